//! The log: entries, the chain of hashes, views and versions.

pub mod append;
mod chain;
pub mod entry;
pub mod people;
pub mod verify;
pub mod versions;
pub mod views;
