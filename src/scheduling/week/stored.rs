//! The week as it is stored, and what somebody else made of it while a page was open.

use diesel::QueryResult;
use diesel::prelude::*;
use time::Date;

use super::form::{HoursRow, Period, WeekForm};
use crate::crypto::keys::digest;
use crate::db::Connection;
use crate::db::schema::working_hours;
use crate::scheduling::working_hours::{WorkingHours, clock};

/// The hours of a doctor, in order of time. What is over by this day is left alone.
pub fn load(c: &mut Connection, doctor_id: i64, today: Date) -> QueryResult<Vec<WorkingHours>> {
    use working_hours as own;
    let current = own::valid_to.is_null().or(own::valid_to.ge(Some(today)));
    let mine = own::table.filter(own::doctor_id.eq(doctor_id)).filter(own::deleted_at.is_null());
    mine.filter(current).order((own::valid_from, own::from_time, own::id)).load(c)
}

/// Another one for every change of any of the rows.
pub fn fingerprint(rows: &[WorkingHours]) -> String {
    let mut known: Vec<(i64, i64)> = rows.iter().map(|row| (row.id, row.version)).collect();
    known.sort_unstable();
    digest(&format!("{known:?}"))
}

/// The form of what is stored. The usual week comes first, with or without hours.
pub fn form(rows: &[WorkingHours]) -> WeekForm {
    let mut form = WeekForm { periods: vec![Period::blank(String::new(), String::new())], seen: fingerprint(rows) };
    rows.iter().for_each(|row| add(&mut form, row, ""));
    form.numbered()
}

/// The form as it was typed, over what is stored now.
pub fn reconciled(typed: &WeekForm, rows: &[WorkingHours]) -> WeekForm {
    let mut form = WeekForm { seen: fingerprint(rows), ..typed.clone() };
    let mut shown: Vec<i64> = Vec::new();
    for row in form.periods.iter_mut().flat_map(|period| &mut period.days).flat_map(|day| &mut day.rows) {
        let Some((id, version)) = row.stored else { continue };
        match rows.iter().find(|known| known.id == id) {
            Some(known) => {
                shown.push(id);
                row.stored = Some((id, known.version));
                if known.version != version {
                    row.note = format!("Somebody else has changed this to {}", times(known));
                }
            }
            None => {
                row.stored = None;
                row.note = "Somebody else has removed this. Saving adds it again".into();
            }
        }
    }
    for row in rows.iter().filter(|row| !shown.contains(&row.id)) {
        add(&mut form, row, "Somebody else has added this");
    }
    form.numbered()
}

fn times(row: &WorkingHours) -> String {
    format!("{} {}–{}", row.weekday.label(), clock(row.from_time), clock(row.to_time))
}

fn add(form: &mut WeekForm, row: &WorkingHours, note: &str) {
    let date = |date: Option<Date>| date.map_or_else(String::new, |date| date.to_string());
    let (from, to) = (date(row.valid_from), date(row.valid_to));
    let place = form.periods.iter().position(|period| period.from == from && period.to == to);
    if place.is_none() {
        form.periods.push(Period::blank(from, to));
    }
    let period = match place {
        Some(place) => form.periods.get_mut(place),
        None => form.periods.last_mut(),
    };
    let day = period.and_then(|period| period.days.iter_mut().find(|day| day.day == row.weekday));
    if let Some(day) = day {
        day.rows.push(HoursRow {
            stored: Some((row.id, row.version)),
            from: clock(row.from_time),
            to: clock(row.to_time),
            site: row.site_id.map_or_else(String::new, |id| id.to_string()),
            note: note.into(),
            ..HoursRow::new(row.kind)
        });
    }
}
