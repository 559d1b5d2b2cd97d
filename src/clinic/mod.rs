//! The clinic's people: doctors, patients, and who looks after whom.

pub mod assignment;
pub mod doctor;
pub mod home;
pub mod patient;
pub mod patient_actions;
pub mod patient_scope;
pub mod staff;
