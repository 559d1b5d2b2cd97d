//! The log: entries, the chain of hashes, views and versions.

pub mod append;
mod chain;
pub mod entry;
pub mod looks;
pub mod people;
pub mod verify;
pub mod versions;
pub mod views;
