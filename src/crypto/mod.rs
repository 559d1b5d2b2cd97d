//! Keys, sealing and password hashing.

pub mod keys;
pub mod passwords;
pub mod seal;
