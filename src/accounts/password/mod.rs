//! Passwords: rules, checking, changing, resetting.

pub mod change;
pub mod fields;
pub mod first;
pub mod forgot;
pub mod reset;
pub mod rules;
pub mod set;
pub mod set_by_admin;
pub mod strength;
pub mod verify;

pub use crate::accounts::password::set::{Reason, set};
