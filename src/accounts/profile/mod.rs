//! A user's own pages: profile, email address, activity, cookies, export, deactivation, help.

pub mod activity;
pub mod card;
pub mod cookie_notes;
pub mod cookies;
pub mod deactivate;
pub mod edit;
pub mod email;
pub mod export;
pub mod help;
pub mod page;
