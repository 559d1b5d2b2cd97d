//! Doctors, patients, and their assignments.

pub mod assignment;
pub mod details;
pub mod doctor;
pub mod home;
pub mod patient;
pub mod patient_access;
pub mod patient_actions;
pub mod staff;
