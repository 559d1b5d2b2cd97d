//! Notes that are not signed yet. Only their author sees them.

pub mod autosave;
pub mod conflict;
pub mod discard;
pub mod model;
pub mod page;
pub mod save;
pub mod sign;
pub mod start;
pub mod typed;
