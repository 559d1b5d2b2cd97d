//! Django's date hierarchy: years, then months, then days, for lists whose declaration names a date.

use diesel::QueryResult;
use time::{Date, Month};

use super::filter_values::{Asked, show_span, span};
use super::params::Listing;
use crate::app::App;
use crate::db::{Connection, Zone};
use crate::resource::access::actor::Actor;
use crate::resource::{ListQuery, Resource, Test, Value};

pub struct DateHierarchy {
    pub label: &'static str,
    /// The address one level up; `None` at the top.
    pub up: Option<String>,
    /// The chosen period, as text.
    pub chosen: String,
    /// Label and address of each period one level down.
    pub steps: Vec<(String, String)>,
}

pub fn date_hierarchy(
    c: &mut Connection,
    app: &App,
    actor: &Actor,
    resource: &Resource,
    filters: &[&'static str],
    listing: &Listing,
    path: &str,
) -> QueryResult<Option<DateHierarchy>> {
    let declaration = resource.declaration();
    let Some(name) = filters.iter().copied().find(|name| *name == declaration.date_hierarchy) else { return Ok(None) };
    let Some(field) = declaration.field(name) else { return Ok(None) };
    let word = listing.filter(name).and_then(|asked| asked.words.first()).map_or("", String::as_str);
    let figures = word.starts_with(|letter: char| letter.is_ascii_digit());
    let word = if figures { word } else { "" };
    let Some((first, last)) = ends(c, app, actor, resource, name)? else { return Ok(None) };
    let within = |step: &String| span(step, app.today_of(actor)).is_some_and(|(from, after)| from <= last && after > first);
    let steps: Vec<String> = match word.len() {
        0 => (first.year()..=last.year()).rev().take(12).map(|year| year.to_string()).collect(),
        4 => (1..=12).map(|month| format!("{word}-{month:02}")).filter(within).collect(),
        _ if word.matches('-').count() == 1 => (1..=days(word)).map(|day| format!("{word}-{day:02}")).filter(within).collect(),
        _ => Vec::new(),
    };
    let at = |word: &str| listing.asking(name, if word.is_empty() { Asked::default() } else { Asked::word(word) }).address(path);
    Ok(Some(DateHierarchy {
        label: field.label,
        up: (!word.is_empty()).then(|| at(word.rsplit_once('-').map_or("", |(up, _)| up))),
        chosen: if word.is_empty() { String::new() } else { show_span(word, &app.zone(actor)) },
        steps: steps.into_iter().map(|step| (short(&step, &app.zone(actor)), at(&step))).collect(),
    }))
}

/// The first and the last date among the visible records.
fn ends(c: &mut Connection, app: &App, actor: &Actor, resource: &Resource, name: &'static str) -> QueryResult<Option<(Date, Date)>> {
    let mut end = |descends: bool| {
        let query = ListQuery::only(name, Test::Blank(false), 1).order_by(name, descends);
        let rows = resource.list(c, &query, Some(actor))?;
        QueryResult::Ok(rows.first().and_then(|row| match row.values.at(name) {
            Value::Date(date) => Some(*date),
            Value::DateTime(at) => Some(app.zone(actor).date(*at)),
            _ => None,
        }))
    };
    Ok(end(false)?.zip(end(true)?))
}

fn days(month: &str) -> u8 {
    let number = |text: &str| text.parse::<i32>().ok();
    let parts = month.split_once('-').and_then(|(year, month)| Some((number(year)?, u8::try_from(number(month)?).ok()?)));
    parts.and_then(|(year, month)| Some(Month::try_from(month).ok()?.length(year))).unwrap_or(0)
}

/// `2026`, `Mar`, `14`
fn short(step: &str, zone: &Zone) -> String {
    match step.matches('-').count() {
        0 => step.into(),
        1 => show_span(step, zone).split_whitespace().next().unwrap_or(step).into(),
        _ => step.rsplit('-').next().map_or(step, |day| day.trim_start_matches('0')).into(),
    }
}
