//! What the clinic allows patients who book by themselves, and whether the waiting list fills itself. One row in the database.

pub mod model;
pub mod page;
