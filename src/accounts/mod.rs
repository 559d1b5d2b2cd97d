//! Accounts: who people are, how they prove it, and what they may do.

pub mod account;
pub mod api_token;
pub mod api_token_secret;
pub mod browser;
pub mod budget;
pub mod device;
pub mod everywhere;
pub mod group;
pub mod invitation;
pub mod invitation_page;
pub mod mails;
pub mod password_page;
pub mod password_rules;
pub mod proof;
pub mod registration;
pub mod session;
pub mod sessions_page;
pub mod setup;
pub mod sign_in;
pub mod sign_in_attempt;
pub mod sign_out;
pub mod token_family;
pub mod user;
pub mod user_acts;
pub mod view_as;
