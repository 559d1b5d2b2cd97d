//! Accounts: who people are, how they prove it, and what they may do.

pub mod account;
pub mod group;
pub mod invitation;
pub mod invitation_page;
pub mod mails;
pub mod password_page;
pub mod password_rules;
pub mod registration;
pub mod session;
pub mod setup;
pub mod sign_in;
pub mod sign_out;
pub mod user;
