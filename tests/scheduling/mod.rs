//! Appointments: what can be booked, that no two of them overlap, and the pages that show them.

mod booking;
mod browser;
mod caldav;
mod calendar;
mod demo;
mod desk;
mod guard;
mod messages;
mod operations;
mod outside_calendar;
mod planning;
pub mod portal;
mod race;
mod reports;
mod series;
mod slots;
mod week;

use praxis::resource::Value;
use serde_json::{Value as Json, json};
use time::{Date, Duration, Weekday};

use crate::support::Clinic;
use crate::support::page::Page;
use crate::support::program::Program;

/// A Monday in a week or two, on which doctors work from 09:00 to 12:00.
pub fn monday(clinic: &Clinic) -> Date {
    let mut day = clinic.app.today() + Duration::days(7);
    while day.weekday() != Weekday::Monday {
        day = day.next_day().expect("a day");
    }
    day
}

/// `2026-12-07T09:30:00Z`; the clinic is in UTC.
pub fn at(day: Date, clock: &str) -> String {
    format!("{day}T{clock}:00Z")
}

/// A type of appointment: minutes, and the buffers before and after.
pub async fn kind(clinic: &Clinic, name: &str, minutes: i64, buffers: (i64, i64)) -> i64 {
    kind_with(clinic, name, minutes, buffers, vec![]).await
}

pub async fn kind_with(clinic: &Clinic, name: &str, minutes: i64, buffers: (i64, i64), more: Vec<(&'static str, Value)>) -> i64 {
    let mut values = vec![
        ("name", Value::Text(name.into())),
        ("minutes", Value::Integer(minutes)),
        ("buffer_before", Value::Integer(buffers.0)),
        ("buffer_after", Value::Integer(buffers.1)),
    ];
    values.extend(more);
    clinic.record("appointment_type", values).await
}

/// A doctor who works on every weekday from 09:00 to 12:00.
pub async fn doctor(clinic: &Clinic, name: &str) -> i64 {
    let doctor = clinic.doctor(name).await;
    for day in ["monday", "tuesday", "wednesday", "thursday", "friday"] {
        hours(clinic, doctor, day, (9, 12)).await;
    }
    doctor
}

pub async fn hours(clinic: &Clinic, doctor: i64, day: &str, (from, to): (i64, i64)) -> i64 {
    let values = vec![
        ("doctor_id", Value::Integer(doctor)),
        ("weekday", Value::Text(day.into())),
        ("from_time", Value::Integer(from * 60)),
        ("to_time", Value::Integer(to * 60)),
    ];
    clinic.record("working_hours", values).await
}

/// What a program sends to book.
pub fn wish(patient: i64, doctor: i64, kind: i64, starts_at: &str) -> Json {
    json!({ "patient": patient, "doctor": doctor, "type": kind, "starts_at": starts_at, "state": "booked" })
}

pub async fn book(program: &Program, patient: i64, doctor: i64, kind: i64, starts_at: &str) -> Page {
    program.post("/api/appointments/", wish(patient, doctor, kind, starts_at)).await
}

/// The id of the appointment that was booked.
pub fn booked(page: &Page) -> i64 {
    assert_eq!(page.status, 201, "{}", page.body);
    page.json()["id"].as_i64().expect("an id")
}
