//! One-time codes sent by email: creating, limiting and checking them.

pub mod limits;
pub mod one_time;
pub mod purpose;
pub mod text;
