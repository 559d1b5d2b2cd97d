//! Limits on guessing: attempts, lockout, and when to try again.

pub mod attempt;
pub mod client;
pub mod lockout;
pub mod retry_after;
