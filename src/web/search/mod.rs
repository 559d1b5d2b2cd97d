//! The one search: what can be found, the palette and the results page.

pub mod page;
pub mod palette;
pub mod targets;
pub mod visible;
