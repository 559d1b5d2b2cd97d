//! Appointments: the model, its states, and the rule that decides what can be booked.

mod any_doctor;
pub mod claims;
pub mod model;
pub mod offers;
pub mod refusal;
pub mod revision;
pub mod rule;
pub mod state;
pub mod terms;
