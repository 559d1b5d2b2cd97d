//! The global search: targets, the palette and the results page.

pub mod opened;
pub mod page;
pub mod palette;
pub mod targets;
pub mod visible;
