//! Actors, their permissions, and which records they may view.

pub mod actor;
pub mod permissions;
pub mod scope;
pub mod table;
