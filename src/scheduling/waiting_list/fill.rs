//! Offers a time that has become free to those who wait for one, in the transaction that frees it: the urgent ones first, then those who
//! wait for this doctor, then those who have waited longest.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable};
use time::{Date, Duration};

use crate::db::sql::{Bind, Sql};
use crate::db::{Connection, UtcDateTime, Zone};
use crate::resource::Model;
use crate::resource::write::event::Event;
use crate::resource::write::message::Message;
use crate::scheduling::appointment::model::Appointment;
use crate::scheduling::appointment::terms::Terms;
use crate::scheduling::booking_rules::model::BookingRules;
use crate::scheduling::messages::offered;
use crate::scheduling::offer::make::NewOffer;
use crate::scheduling::offer::model::{Cause, OfferedTime};
use crate::scheduling::slots::load::load;
use crate::scheduling::slots::span::Span;

/// The most entries that are looked at for one time.
const MOST: i64 = 60;
/// A time that is sooner is not offered: nobody could come.
const SOONEST: Duration = Duration::minutes(60);

/// Somebody who waits, and whom the time suits.
#[derive(Clone, Copy, Debug, Queryable)]
struct Waiting {
    id: i64,
    patient_id: i64,
    type_id: i64,
    /// On the wall of the site, in minutes.
    from_time: Option<i64>,
    to_time: Option<i64>,
}

/// The emails that offer the time.
pub fn fill(c: &mut Connection, event: &Event, doctor_id: i64, starts_at: UtcDateTime) -> QueryResult<Vec<Message>> {
    if starts_at < event.at.plus(SOONEST) {
        return Ok(Vec::new());
    }
    let rules = BookingRules::load(c)?;
    if !rules.fills_waiting_list {
        return Ok(Vec::new());
    }
    // Not to whom it was: they have just given it up.
    let patient = event.before.and_then(|row| row.values.at(Appointment::FIELDS.patient_id).as_id()).unwrap_or_default();
    let all = waiting(c, event, doctor_id, starts_at, patient)?;
    let mut messages = Vec::new();
    let mut free: Vec<(i64, Option<i64>)> = Vec::new();
    for one in all {
        if messages.len() >= usize::try_from(rules.offers_at_once).unwrap_or(1) {
            break;
        }
        let wall = match free.iter().find(|(type_id, _)| *type_id == one.type_id) {
            Some((_, wall)) => *wall,
            None => {
                let wall = wall(c, event.zone, one.type_id, doctor_id, starts_at)?;
                free.push((one.type_id, wall));
                wall
            }
        };
        if !wall.is_some_and(|wall| suits(&one, wall)) {
            continue;
        }
        let offer = NewOffer {
            patient_id: one.patient_id,
            type_id: one.type_id,
            appointment_id: None,
            waiting_entry_id: Some(one.id),
            schedule_exception_id: None,
            cause: Cause::WaitingList,
            times: vec![OfferedTime { starts_at, doctor_id }],
        };
        let id = offer.insert(c, event.at)?;
        messages.extend(offered::message(c, id, event.zone, event.has_texts, event.at)?);
    }
    Ok(messages)
}

/// Those who wait for this doctor or any, and can be told; in the order of their turn.
fn waiting(c: &mut Connection, event: &Event, doctor_id: i64, starts_at: UtcDateTime, but: i64) -> QueryResult<Vec<Waiting>> {
    let day: Date = event.zone.date(starts_at);
    let date = || Bind::Date(Some(day));
    let minute = starts_at.unix_minutes();
    Sql::new("SELECT w.id, w.patient_id, w.type_id, w.from_time, w.to_time FROM waiting_entries AS w ")
        .text("JOIN patients AS p ON p.id = w.patient_id JOIN appointment_types AS t ON t.id = w.type_id ")
        .text("LEFT JOIN users AS u ON u.id = p.user_id AND u.is_active AND u.email_confirmed_at IS NOT NULL ")
        .text("WHERE w.state = 'waiting' AND w.deleted_at IS NULL AND t.is_active AND t.deleted_at IS NULL AND p.may_contact ")
        .text("AND p.deceased_on IS NULL AND p.deleted_at IS NULL AND (COALESCE(u.email, p.email) <> ''")
        .text(if event.has_texts { " OR (p.phone <> '' AND p.reminders_by IN ('both', 'sms'))" } else { "" })
        .text(") AND (w.doctor_id IS NULL OR w.doctor_id = ")
        .number(doctor_id)
        .text(") AND w.patient_id <> ")
        .number(but)
        .text(" AND (w.from_day IS NULL OR w.from_day <= ")
        .bind(date())
        .text(") AND (w.to_day IS NULL OR w.to_day >= ")
        .bind(date())
        // Nobody is at two places at once, and nobody is asked twice for the same time.
        .text(") AND NOT EXISTS (SELECT 1 FROM claims AS k WHERE k.kind = 'patient' AND k.resource_id = w.patient_id AND k.starts > ")
        .number(minute - 1_440)
        .text(" AND k.starts < t.minutes + ")
        .number(minute)
        .text(" AND k.ends > ")
        .number(minute)
        .text(") AND NOT EXISTS (SELECT 1 FROM appointment_offers AS o JOIN offered_times AS f ON f.offer_id = o.id ")
        .text("WHERE o.waiting_entry_id = w.id AND f.starts_at = ")
        .bind(Bind::Timestamp(Some(starts_at)))
        .text(" AND f.doctor_id = ")
        .number(doctor_id)
        .text(") ORDER BY w.is_urgent DESC, CASE WHEN w.doctor_id IS NULL THEN 1 ELSE 0 END, w.created_at, w.id LIMIT ")
        .number(MOST)
        .returning::<(BigInt, BigInt, BigInt, Nullable<BigInt>, Nullable<BigInt>)>()
        .load(c)
}

/// The minute on the wall at which the time begins, if a visit of this type can be booked then.
fn wall(c: &mut Connection, clinic: &Zone, type_id: i64, doctor_id: i64, starts_at: UtcDateTime) -> QueryResult<Option<i64>> {
    let Some(terms) = Terms::find(c, type_id)? else { return Ok(None) };
    let (request, minute) = (terms.request(type_id), starts_at.unix_minutes());
    let range = Span::new(minute, minute + 1);
    let diary = load(c, clinic, &[doctor_id], &request, range)?;
    let free = diary.starts(doctor_id, &request, range);
    Ok(free.first().map(|free| diary.zones.of(free.site_id).on_wall(minute).1))
}

fn suits(one: &Waiting, wall: i64) -> bool {
    let to = one.to_time.map_or(1_440, |to| if to == 0 { 1_440 } else { to });
    one.from_time.unwrap_or(0) <= wall && wall < to
}
