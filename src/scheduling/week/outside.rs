//! Booked appointments outside of the hours of their doctor: after the hours have changed, somebody has to move them.

use diesel::QueryResult;

use crate::app::App;
use crate::db::sql::{Bind, Sql};
use crate::db::wall::Minute;
use crate::db::{Connection, UtcDateTime};
use crate::english::plural;
use crate::resource::Actor;
use crate::scheduling::entry::{Entry, Wanted, load};
use crate::scheduling::slots::load::work_times;
use crate::scheduling::slots::rota::windows;
use crate::scheduling::slots::span::Span;
use crate::web::page::extension::{Card, CardLine};

/// How far ahead they are looked for, in minutes, among how many, and how many are listed.
const AHEAD: Minute = 400 * 1_440;
const MOST: i64 = 3_000;
const LISTED: usize = 50;

/// The appointments ahead that do not lie within the hours, or are at another site. Either may be at none, as when it is booked.
pub fn outside(c: &mut Connection, app: &App, actor: &Actor, doctor_id: i64) -> QueryResult<Vec<Entry>> {
    let now = app.now();
    let range = Span::new(now.unix_minutes(), now.unix_minutes() + AHEAD);
    let condition = Sql::new("appointments.doctor_id = ")
        .number(doctor_id)
        .text(" AND appointments.state IN ('requested', 'booked') AND appointments.starts_at > ")
        .bind(Bind::Timestamp(Some(now)))
        .text(" AND appointments.starts_at < ")
        .bind(Bind::Timestamp(Some(UtcDateTime::from_unix_minutes(range.to))));
    let booked = load(c, actor, Wanted { condition, is_latest_first: false, only_visible: false, most: MOST })?;
    let times = work_times(c, &app.clinic_zone(), &[doctor_id], range)?;
    let open = times.rotas.get(&doctor_id).map_or_else(Vec::new, |rota| windows(rota, &times.closed, &times.zones, range));
    let is_at = |entry: &Entry, site: Option<i64>| site.is_none() || entry.site_id.is_none() || entry.site_id == site;
    let is_within = |entry: &Entry| {
        open.iter().any(|window| window.span.from <= entry.starts && entry.ends <= window.span.to && is_at(entry, window.site_id))
    };
    Ok(booked.into_iter().filter(|entry| !is_within(entry)).collect())
}

/// `None` if there are none.
pub fn card(entries: &[Entry], app: &App, actor: &Actor) -> Option<Card> {
    let (zone, now) = (app.zone(actor), app.now());
    let line = |entry: &Entry| CardLine {
        when: zone.show_date(zone.on_wall(entry.starts).0),
        label: format!("{}, {}", entry.clock(&zone), entry.name()),
        href: if entry.patient.is_some() { format!("/appointments/{}", entry.id) } else { String::new() },
        note: entry.kind.clone(),
        badge: entry.badge(now),
    };
    (!entries.is_empty()).then(|| Card {
        title: format!("{} outside of the hours", count(entries)),
        empty: String::new(),
        lines: entries.iter().take(LISTED).map(line).collect(),
        button: None,
    })
}

/// `3 booked appointments`
pub fn count(entries: &[Entry]) -> String {
    plural(i64::try_from(entries.len()).unwrap_or(0), "booked appointment", "booked appointments")
}
