//! What the page of an appointment says of its series: its place in it, and the others.

use diesel::QueryResult;

use crate::app::App;
use crate::db::sql::{Bind, Sql};
use crate::db::{Connection, UtcDateTime, Zone};
use crate::resource::access::actor::{Action, Actor};
use crate::resource::{Model, Row, Value};
use crate::scheduling::appointment::model::Appointment;
use crate::scheduling::appointment::state::State;
use crate::scheduling::entry::{Entry, Wanted, load};
use crate::web::page::extension::{Card, CardLine};

const MOST: i64 = 100;

/// `None` if it was booked alone.
pub fn card(c: &mut Connection, app: &App, actor: &Actor, row: &Row) -> QueryResult<Option<Card>> {
    let Value::Text(series) = row.values.at(Appointment::FIELDS.series) else { return Ok(None) };
    let condition = Sql::new("appointments.series = ").bind(Bind::Text(Some(series.clone())));
    let condition = condition.text(" AND appointments.state <> 'entered_in_error'");
    let all = load(c, actor, Wanted { condition, is_latest_first: false, only_visible: true, most: MOST })?;
    let (zone, now) = (app.zone(actor), app.now());
    let Some(place) = all.iter().position(|entry| entry.id == row.id) else { return Ok(None) };
    let starts = all.get(place).map(|entry| entry.starts);
    let following = all.iter().filter(|entry| Some(entry.starts) >= starts && matches!(entry.state, State::Requested | State::Booked));
    let may_change = Appointment::resource().declaration().allows(actor, Action::Change);
    let can_cancel = may_change && following.count() > 1;
    let button = can_cancel.then(|| ("Cancel this and the following".into(), format!("/appointments/{}/series/cancel", row.id)));
    Ok(Some(Card {
        title: format!("{} of {}{}", place + 1, all.len(), weekday(&all, &zone)),
        empty: String::new(),
        lines: all.iter().map(|entry| line(entry, row.id, &zone, now)).collect(),
        button,
    }))
}

/// `, Mondays`, if all of them are on one.
fn weekday(all: &[Entry], zone: &Zone) -> String {
    let day = |entry: &Entry| zone.on_wall(entry.starts).0.weekday();
    let first = all.first().map(day);
    match first {
        Some(first) if all.iter().all(|entry| day(entry) == first) => format!(", {first}s"),
        _ => String::new(),
    }
}

/// The one whose page it is needs no link.
fn line(entry: &Entry, here: i64, zone: &Zone, now: UtcDateTime) -> CardLine {
    let line = entry.line(zone, now);
    if entry.id == here { CardLine { href: String::new(), ..line } } else { line }
}
