//! `GET /api/slots/`: the times that are free. Whatever it offers can be booked, because both ask the same rule.

use actix_web::HttpResponse;
use serde_json::{Value as Json, json};

use crate::api::{Answer, ApiError, Call};
use crate::clinic::doctor::Doctor;
use crate::clinic::patient::Patient;
use crate::db::wall::Minute;
use crate::db::{UtcDateTime, Zone};
use crate::resource::form::time_input::iso_date;
use crate::resource::{FormData, Model};
use crate::scheduling::slots::offer::{Asked, Offers, free_times};

/// The longest range, in days, and the most times of one response.
pub const MOST_DAYS: i64 = 31;
pub const MOST: usize = 1_000;
/// Without `to`, in days.
pub const USUAL_DAYS: i64 = 7;

const DAY: i64 = 1_440;

pub async fn index(call: Call) -> Answer {
    let (app, actor) = (call.app.clone(), call.actor()?);
    let asked = asked(&call.query()?, app.now(), &app.zone(&actor))?;
    let body = call
        .app
        .db
        .read(move |c| {
            let unknown = |name: &'static str| ApiError::field(name, format!("There is no {name} with this number"));
            let sees = |c: &mut _, name: &str, id: Option<i64>| match app.registry.get(name).zip(id) {
                Some((resource, id)) => Ok::<_, ApiError>(resource.find(c, id, Some(&actor))?.is_some()),
                None => Ok(true),
            };
            for (name, id) in [(Doctor::NAME, asked.doctor_id), (Patient::NAME, asked.patient_id)] {
                if !sees(c, name, id)? {
                    return Err(unknown(name));
                }
            }
            let zone = app.clinic_zone();
            let found = free_times(c, &zone, &asked, Offers::All(MOST))?.ok_or_else(|| unknown("type"))?;
            let slots = found.slots.iter().map(|slot| {
                json!({
                    "doctor": slot.doctor_id,
                    "starts_at": at(slot.starts),
                    "ends_at": at(slot.starts + found.minutes),
                    "site": slot.site_id,
                    "time_zone": found.zones.of(slot.site_id).name(),
                })
            });
            Ok(Json::Array(slots.collect()))
        })
        .await?;
    Ok(HttpResponse::Ok().json(body))
}

fn at(minute: Minute) -> String {
    UtcDateTime::from_unix_minutes(minute).rfc3339_micros()
}

fn asked(typed: &FormData, now: UtcDateTime, zone: &Zone) -> Result<Asked, ApiError> {
    let mut errors = Vec::new();
    let mut number = |name: &'static str| {
        let text = typed.text(name).trim();
        let number = text.parse::<i64>().ok();
        if !text.is_empty() && number.is_none() {
            errors.push((name, format!("The {name} must be a number")));
        }
        number
    };
    let (type_id, doctor_id, patient_id) = (number("type"), number("doctor"), number("patient"));
    let mut minute = |name: &'static str, is_end: bool| {
        let text = typed.text(name).trim();
        let found = minute(text, is_end, zone);
        if !text.is_empty() && found.is_none() {
            errors.push((name, format!("{name} must be a date or a time, like 2026-11-21 or 2026-11-21T08:30:00Z")));
        }
        found
    };
    let from = minute("from", false).unwrap_or_else(|| now.unix_minutes());
    let to = minute("to", true).unwrap_or(from.saturating_add(USUAL_DAYS * DAY));
    if typed.text("type").trim().is_empty() {
        errors.push(("type", "Enter the type".into()));
    }
    if to.saturating_sub(from) > MOST_DAYS * DAY {
        errors.push(("to", format!("Ask for {MOST_DAYS} days or fewer at once")));
    }
    match type_id.filter(|_| errors.is_empty()) {
        // What has passed is not free.
        Some(type_id) => Ok(Asked {
            type_id,
            doctor_id,
            patient_id,
            moved: None,
            is_overbooked: false,
            from: from.max(now.unix_minutes()),
            to,
            ..Asked::default()
        }),
        None => Err(ApiError::fields(errors)),
    }
}

/// A date is its beginning or, as an end, the beginning of the next one, in the zone of the caller.
fn minute(text: &str, is_end: bool, zone: &Zone) -> Option<Minute> {
    match UtcDateTime::parse(text) {
        Some(at) => Some(at.unix_minutes()),
        None => {
            let day = iso_date(text)?;
            Some(zone.at_wall(day, if is_end { DAY } else { 0 }))
        }
    }
}
