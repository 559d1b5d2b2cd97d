//! Accounts: who people are, how they prove it, and what they may do.

pub mod account;
pub mod browser;
pub mod budget;
pub mod cookie_words;
pub mod cookies_page;
pub mod device;
pub mod group;
pub mod invitation;
pub mod invitation_page;
pub mod mails;
pub mod open_sessions;
pub mod password_page;
pub mod password_rules;
pub mod registration;
pub mod session;
pub mod sessions_page;
pub mod setup;
pub mod sign_in;
pub mod sign_in_attempt;
pub mod sign_out;
pub mod user;
pub mod user_acts;
pub mod view_as;
