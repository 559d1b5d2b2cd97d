//! Keys and encryption.

pub mod keys;
pub mod seal;
