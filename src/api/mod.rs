//! The JSON API.

pub mod auth;
pub mod bearer;
pub mod known;
