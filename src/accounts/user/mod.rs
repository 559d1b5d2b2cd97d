//! Users and groups: the models, their rules and the directory.

pub mod actions;
pub mod confirmed;
pub mod directory;
pub mod find;
pub mod group;
mod hooks;
pub mod model;
pub mod rights;
pub mod rules;
