//! Accounts at other providers (OpenID Connect): signing in with them, linking and unlinking.

pub mod callback;
pub mod depart;
pub mod link;
pub mod model;
pub mod new_account;
pub mod notices;
pub mod page;
pub mod pending;
pub mod session;
pub mod sign_in;
pub mod unlink_by_admin;
