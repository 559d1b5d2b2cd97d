//! Limits on guessing: attempts, lockout, and when to try again.

pub mod attempt;
pub mod budget;
pub mod client;
pub mod retry_after;
