//! Doctors, patients, and their assignments.

pub mod assignment;
pub mod details;
pub mod doctor;
pub mod home;
pub mod language;
pub mod own_contact;
pub mod own_record;
pub mod patient;
pub mod patient_access;
pub mod patient_actions;
pub mod patient_age;
pub mod patient_duplicates;
pub mod patient_identifier;
pub mod patient_name;
pub mod staff;
pub mod who_looked;
