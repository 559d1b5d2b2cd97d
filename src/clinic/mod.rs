//! Doctors, patients, and their assignments.

pub mod assignment;
pub mod doctor;
pub mod home;
pub mod patient;
pub mod patient_actions;
pub mod patient_scope;
pub mod staff;
