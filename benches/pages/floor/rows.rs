//! The rows that the statements select.

use diesel::Queryable;
use time::{Date, PrimitiveDateTime};

/// A row of the list.
#[derive(Queryable)]
pub struct Listed {
    pub id: i64,
    pub name: String,
    pub date_of_birth: Option<Date>,
    pub age: i32,
    pub gender: String,
    pub primary_doctor_id: Option<i64>,
    pub created_at: PrimitiveDateTime,
}

#[derive(Queryable)]
pub struct Patient {
    pub id: i64,
    pub name: String,
    pub date_of_birth: Option<Date>,
    pub age: i32,
    pub gender: String,
    pub address: String,
    pub primary_doctor_id: Option<i64>,
    pub created_at: PrimitiveDateTime,
    pub version: i64,
}

/// A record and what it is called.
#[derive(Queryable)]
pub struct Name {
    pub id: i64,
    pub name: String,
}

#[derive(Queryable)]
pub struct Doctor {
    pub id: i64,
    pub name: String,
    pub specialization: String,
    pub created_at: PrimitiveDateTime,
}

/// A doctor of a patient.
#[derive(Queryable)]
pub struct DoctorOf {
    pub assignment: i64,
    pub id: i64,
    pub name: String,
    pub specialization: String,
    pub since: PrimitiveDateTime,
}

/// A patient of a doctor, or a new one.
#[derive(Queryable)]
pub struct PatientOf {
    pub id: i64,
    pub name: String,
    pub age: i32,
    pub since: PrimitiveDateTime,
}
