//! Registration: creating one's own account, and confirming the email address.

pub mod account;
pub mod activation;
pub mod activation_page;
pub mod admin_page;
pub mod invite;
pub mod link;
pub mod offer;
pub mod outcome;
pub mod pages;
pub mod policy;
pub mod policy_page;
pub mod private;
pub mod register;
