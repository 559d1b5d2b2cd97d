//! Patients who wait for an earlier time. When an appointment is cancelled or moved, its time is offered to those whom it suits.

pub mod fill;
pub mod model;
pub mod offering;
pub mod own_page;
pub mod rule;
