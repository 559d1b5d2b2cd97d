//! Passwords: setting one.

mod set;

pub use set::{Reason, set};
