//! The clinic’s people: doctors, patients, and who looks after whom.

pub mod doctor;
pub mod mapping;
pub mod patient;
