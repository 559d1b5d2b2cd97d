//! Who acts, and with which permissions.

pub mod actor;
pub mod permissions;
pub mod scope;
