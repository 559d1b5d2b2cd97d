//! Accounts: who people are, how they prove it, and what they may do.

pub mod group;
pub mod session;
pub mod user;
