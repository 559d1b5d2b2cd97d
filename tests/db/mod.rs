mod invariants;
mod patient_access;
mod schema;
