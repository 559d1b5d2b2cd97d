//! Accounts: users, how they sign in, and what they may do.

pub mod api_token;
pub mod code;
pub mod identity;
pub mod invitation;
pub mod mail;
pub mod origin;
pub mod password;
pub mod profile;
pub mod registration;
pub mod revoke;
pub mod second_factor;
pub mod session;
pub mod sign_in;
pub mod throttle;
pub mod user;
