//! The parameters of a list: search, filters, order, pages. Errors are reported under the name of the parameter.

use time::Duration;

use crate::api::http::error::ApiError;
use crate::api::schema::{ID, Lookup, Member, Shape};
use crate::db::{UtcDateTime, Zone};
use crate::resource::form::time_input::iso_date;
use crate::resource::list::query::{SEARCH_LIMIT, terms};
use crate::resource::list::search::rank::has_weights;
use crate::resource::{Condition, Declaration, FormData, Kind, ListQuery, Test, Value};

/// The most values of one filter.
pub const MOST_VALUES: usize = 500;

/// Reads search, filters and order; the page is read separately. A date means the whole day in the zone of the caller.
pub fn read(own: &Declaration, shape: &Shape, typed: &FormData, zone: &Zone) -> Result<ListQuery, ApiError> {
    let mut wrong: Vec<(String, String)> = Vec::new();
    let by_weight = has_weights(own) && !typed.text("search").trim().is_empty() && typed.text("ordering").is_empty();
    let mut query = ListQuery { order: order(own, shape, typed), by_weight, ..ListQuery::default() };
    let search = typed.text("search");
    match search.contains('\0') {
        true => wrong.push(("search".into(), "A search must not contain null characters".into())),
        false if shape.is_searched => query.terms = terms(search),
        false => {}
    }
    for member in &shape.members {
        for lookup in &member.filters {
            let parameter = lookup.parameter(member.name);
            let said: Vec<&str> = typed.all(&parameter).filter(|text| !text.is_empty()).collect();
            if said.is_empty() {
                continue;
            }
            match test(zone, member, *lookup, &said) {
                Ok(Some(test)) => query.conditions.push(Condition { field: member.field.name, test }),
                Ok(None) => {}
                Err(text) => wrong.push((parameter, text)),
            }
        }
    }
    if wrong.is_empty() {
        return Ok(query);
    }
    Err(ApiError::fields(wrong.iter().map(|(name, text)| (name.as_str(), text.clone()))))
}

/// The search text for the log.
pub fn searched(typed: &FormData) -> String {
    typed.text("search").trim().chars().take(SEARCH_LIMIT).collect()
}

/// The requested order; by id by default. Unknown names are ignored.
fn order(own: &Declaration, shape: &Shape, typed: &FormData) -> Vec<(&'static str, bool)> {
    let mut order: Vec<(&'static str, bool)> = Vec::new();
    for part in typed.all("ordering").flat_map(|text| text.split(',')).map(str::trim) {
        let (name, descends) = part.strip_prefix('-').map_or((part, false), |name| (name, true));
        let Some(member) = shape.member(name).filter(|member| member.sortable) else { continue };
        let known = if member.name == ID { Some(ID) } else { own.sortable(member.field.name) };
        if let Some(known) = known.filter(|known| !order.iter().any(|(taken, _)| taken == known) && order.len() < 4) {
            order.push((known, descends));
        }
    }
    if order.is_empty() { vec![(ID, false)] } else { order }
}

/// `None` if every record passes.
fn test(zone: &Zone, member: &Member, lookup: Lookup, said: &[&str]) -> Result<Option<Test>, String> {
    let first = said.first().copied().unwrap_or_default();
    let equal = |texts: &[&str]| -> Result<Test, String> {
        if member.field.kind == Kind::DateTime {
            return Ok(Test::Within(texts.iter().map(|text| moments(zone, text)).collect::<Result<_, _>>()?));
        }
        Ok(Test::In(texts.iter().map(|text| value(member, text)).collect::<Result<_, _>>()?))
    };
    Ok(Some(match lookup {
        Lookup::IsNull => Test::Blank(yes_or_no(first)?),
        Lookup::Equal => equal(said)?,
        Lookup::In => {
            let parts: Vec<&str> = said.iter().flat_map(|text| text.split(',')).map(str::trim).filter(|part| !part.is_empty()).collect();
            if parts.len() > MOST_VALUES {
                return Err(format!("You can send up to {MOST_VALUES} values at once"));
            }
            equal(&parts)?
        }
        Lookup::AtLeast if member.field.kind == Kind::DateTime => Test::AtLeast(moments(zone, first)?.0),
        Lookup::AtMost if member.field.kind == Kind::DateTime => Test::Below(moments(zone, first)?.1),
        Lookup::AtLeast => Test::AtLeast(fitted(member, value(member, first)?)),
        Lookup::AtMost => match after(value(member, first)?) {
            Some(end) => Test::Below(fitted(member, end)),
            None => return Ok(None),
        },
    }))
}

fn yes_or_no(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err("Enter true or false".into()),
    }
}

/// What a time or a date stands for: from the first moment up to the one after the last.
fn moments(zone: &Zone, text: &str) -> Result<(Value, Value), String> {
    let said = text.trim();
    let ends = match (UtcDateTime::parse(said), iso_date(said)) {
        (Some(at), _) => (at, at.plus(Duration::microseconds(1))),
        (None, Some(date)) => (zone.start_of(date), date.next_day().map_or(zone.start_of(date), |next| zone.start_of(next))),
        (None, None) => return Err("Enter a time, like 2026-11-21T08:30:00Z, or a date".into()),
    };
    Ok((Value::DateTime(ends.0), Value::DateTime(ends.1)))
}

fn value(member: &Member, text: &str) -> Result<Value, String> {
    let said = text.trim();
    match member.field.kind {
        Kind::Bool => yes_or_no(said).map(Value::Bool),
        Kind::Measure(measure) => {
            let number = if measure.is_whole() { said.parse().ok() } else { measure.from_json(&said.into()) };
            number.map(Value::Integer).ok_or_else(|| format!("Enter a value like {}", measure.example()))
        }
        Kind::Integer | Kind::Many => said.parse().map(Value::Integer).map_err(|_| "Enter a whole number".into()),
        Kind::Choice(choices) => match choices.iter().find(|(stored, _)| *stored == said) {
            Some((stored, _)) => Ok(Value::Text((*stored).into())),
            None => Err(format!("Choose one of: {}", choices.iter().map(|(stored, _)| *stored).collect::<Vec<_>>().join(", "))),
        },
        Kind::Date => iso_date(said).map(Value::Date).ok_or_else(|| "Enter a date, like 2026-11-21".into()),
        // Times are ranges: see `moments`.
        Kind::DateTime | Kind::File => Err("This cannot be compared".into()),
        Kind::Text if text.contains('\0') => Err("A value must not contain null characters".into()),
        Kind::Text => Ok(Value::Text(text.into())),
    }
}

/// The next greater value; `None` if there is none.
fn after(value: Value) -> Option<Value> {
    match value {
        Value::Integer(number) => number.checked_add(1).map(Value::Integer),
        Value::Date(date) => date.next_day().map(Value::Date),
        _ => None,
    }
}

/// Clamps an end of a range to the values that the column can hold.
fn fitted(member: &Member, value: Value) -> Value {
    match value {
        Value::Integer(number) if member.field.range.1 <= i64::from(i32::MAX) => {
            Value::Integer(number.clamp(i32::MIN.into(), i32::MAX.into()))
        }
        other => other,
    }
}
