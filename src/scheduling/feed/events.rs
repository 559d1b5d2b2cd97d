//! The events in a calendar for programs: appointments of a bounded time, and of doctors also their time off and the holidays of the clinic.

use diesel::prelude::*;
use time::{Date, Duration};

use super::model::{Content, Shown, Subject};
use crate::app::App;
use crate::db::schema::{holidays, schedule_exceptions};
use crate::db::sql::{Bind, Sql};
use crate::db::{Connection, UtcDateTime, Zone};
use crate::ical::{Event, EventTime, Status};
use crate::scheduling::holiday::Holiday;
use crate::scheduling::messages::occasion::Occasion;
use crate::scheduling::schedule_exception::{ExceptionKind, ScheduleException};
use crate::scheduling::slots::load::{rotas, zones};
use crate::scheduling::slots::rota::{Hours, Rota};
use crate::web::page::shell::initials;

/// Days before and after now, of which there are events.
const BACK: i64 = 60;
const AHEAD: i64 = 366;
/// Days for which calendar programs can read that an appointment was cancelled.
const REMEMBERED: i64 = 30;
const MOST: i64 = 5_000;

pub fn list(c: &mut Connection, app: &App, shown: &Shown) -> QueryResult<Vec<Event>> {
    let (clinic, now) = (&app.clinic_zone(), app.now());
    // It completes the names of events that have none of their own.
    let host = app.settings.public_url.host_str().unwrap_or("localhost");
    let at = |at| Bind::Timestamp(Some(at));
    // From midnight to midnight, so that the calendar does not change by the minute.
    let day = |days| clinic.date(now.plus(Duration::days(days)));
    let (from, to) = (clinic.start_of(day(-BACK)), clinic.start_of(day(AHEAD)));
    let range = |condition: Sql| {
        let ranged = subject(shown).text(" AND a.starts_at >= ").bind(at(from)).text(" AND a.starts_at < ").bind(at(to));
        ranged.text(" AND ").append(condition).text(" ORDER BY a.starts_at, a.id LIMIT ").number(MOST)
    };
    let current = Sql::new("a.deleted_at IS NULL AND a.state NOT IN ('cancelled', 'entered_in_error')");
    let since = || at(now.plus(-Duration::days(REMEMBERED)));
    let gone = Sql::new("(a.deleted_at >= ")
        .bind(since())
        .text(" OR (a.deleted_at IS NULL AND a.state IN ('cancelled', 'entered_in_error') AND a.updated_at >= ")
        .bind(since())
        .text("))");
    let mut events: Vec<Event> = Occasion::list(c, range(current), clinic)?.iter().map(|occasion| appointment(shown, occasion)).collect();
    let cancelled = Occasion::list(c, range(gone), clinic)?;
    events.extend(cancelled.iter().map(|occasion| Event { status: Status::Cancelled, ..appointment(shown, occasion) }));
    if let Some(doctor_id) = shown.doctor_id {
        let days = (clinic.date(from), clinic.date(to));
        events.extend(time_off(c, shown, doctor_id, days, clinic, host)?);
        events.extend(closed(c, shown, doctor_id, days, host)?);
    }
    Ok(events)
}

fn subject(shown: &Shown) -> Sql {
    match (shown.subject, shown.doctor_id, shown.room_id) {
        (Subject::Doctor, Some(id), _) => Sql::new("a.doctor_id = ").number(id),
        (Subject::Room, _, Some(id)) => Sql::new("a.room_id = ").number(id),
        (Subject::Person, ..) => Sql::new("(a.patient_id IN (SELECT id FROM patients WHERE deleted_at IS NULL AND user_id = ")
            .number(shown.user_id)
            .text(") OR a.doctor_id IN (SELECT id FROM doctors WHERE deleted_at IS NULL AND user_id = ")
            .number(shown.user_id)
            .text("))"),
        // The database does not have others.
        _ => Sql::new("a.id = ").number(0),
    }
}

fn appointment(shown: &Shown, occasion: &Occasion) -> Event {
    let summary = match shown.content {
        Content::Busy => return Event { location: String::new(), ..occasion.event("Busy") },
        Content::Type => occasion.type_name.clone(),
        Content::Initials => format!("{} · {}", occasion.type_name, initials(&occasion.patient_name)),
    };
    let description = if shown.subject == Subject::Doctor { String::new() } else { format!("With {}", occasion.doctor) };
    Event { description, ..occasion.event(&summary) }
}

/// Whole days as one event, hours as one on each day. The reason is for nobody but the clinic.
fn time_off(
    c: &mut Connection,
    shown: &Shown,
    doctor_id: i64,
    (from, to): (Date, Date),
    clinic: &Zone,
    host: &str,
) -> QueryResult<Vec<Event>> {
    use schedule_exceptions as own;
    let off = own::table.filter(own::doctor_id.eq(doctor_id)).filter(own::kind.eq(ExceptionKind::Off)).filter(own::deleted_at.is_null());
    let known: Vec<ScheduleException> = off.filter(own::last_day.ge(from)).filter(own::first_day.lt(to)).order(own::id).load(c)?;
    let zones = zones(c, clinic)?;
    let mut events = Vec::new();
    for one in known {
        let summary = if shown.content == Content::Busy { "Busy" } else { "Time off" };
        let event =
            |part: String, time| plain(format!("time-off-{}{part}@{host}", one.id), one.version, one.updated_at, time, summary.into());
        let (Some(starts), Some(ends)) = (one.from_time, one.to_time) else {
            events.push(event(String::new(), EventTime::Days(one.first_day, one.last_day)));
            continue;
        };
        let zone = zones.of(one.site_id);
        let days =
            std::iter::successors(Some(one.first_day.max(from)), |day| day.next_day()).take_while(|day| *day <= one.last_day && *day < to);
        for day in days {
            let wall = |minutes: i64| UtcDateTime::from_unix_minutes(zone.at_wall(day, minutes));
            let end = if ends.0 == 0 { 24 * 60 } else { ends.0 };
            events.push(event(format!("-{day}"), EventTime::Between(wall(starts.0), wall(end))));
        }
    }
    Ok(events)
}

/// Holidays of the clinic, and those of a site on which the doctor would only work there.
fn closed(c: &mut Connection, shown: &Shown, doctor_id: i64, (from, to): (Date, Date), host: &str) -> QueryResult<Vec<Event>> {
    use holidays as own;
    let days = own::table.filter(own::deleted_at.is_null()).filter(own::day.ge(from)).filter(own::day.lt(to));
    let known: Vec<Holiday> = days.order((own::day, own::id)).load(c)?;
    let rota = rotas(c, &[doctor_id], (from, to))?.remove(&doctor_id).unwrap_or_default();
    let event = |one: Holiday| {
        let summary = if shown.content == Content::Busy { "Busy".into() } else { one.name };
        plain(format!("holiday-{}@{host}", one.id), one.version, one.updated_at, EventTime::Days(one.day, one.day), summary)
    };
    Ok(known.into_iter().filter(|one| one.site_id.is_none() || is_only_at(&rota, one.site_id, one.day)).map(event).collect())
}

/// Whether the hours of this day, or of the week if there are none, are at this site and at no other.
fn is_only_at(rota: &Rota, site_id: Option<i64>, day: Date) -> bool {
    let is_valid = |hours: &&Hours| {
        !hours.is_break && hours.valid_from.is_none_or(|first| day >= first) && hours.valid_to.is_none_or(|last| day <= last)
    };
    let week: Vec<&Hours> = rota.hours.iter().filter(is_valid).collect();
    let of_day: Vec<&Hours> = week.iter().copied().filter(|hours| hours.weekday == day.weekday()).collect();
    let counted = if of_day.is_empty() { week } else { of_day };
    !counted.is_empty() && counted.iter().all(|hours| hours.site_id == site_id)
}

fn plain(uid: String, version: i64, changed_at: UtcDateTime, time: EventTime, summary: String) -> Event {
    let (location, description) = (String::new(), String::new());
    Event { uid, sequence: version - 1, changed_at, time, status: Status::Confirmed, summary, location, description }
}
