//! Parsing the members of a body into valid values, or into errors. Read-only and unknown members are ignored.

use serde_json::{Map, Value as Json};
use time::Date;

use crate::api::schema::{Member, Shape};
use crate::api::state::State;
use crate::db::Zone;
use crate::english::{alternatives, with_article};
use crate::resource::form::data::{lower, missing, read};
use crate::resource::{Actor, Field, FormData, FormErrors, Kind, Value, Values};

/// The kind of request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Create,
    /// PUT: required members must be present; absent optional members keep their values.
    Replace,
    /// PATCH: any subset.
    Patch,
}

/// Reads the members; `given` are the initial values of a new record.
pub fn values(
    (app, actor): (&State, &Actor),
    shape: &Shape,
    members: &Map<String, Json>,
    is_form: bool,
    purpose: Purpose,
    given: &Values,
) -> (Values, FormErrors) {
    let (mut values, mut errors) = (Values::default(), FormErrors::default());
    let (today, zone) = (app.latest_today(actor), &app.clinic_zone());
    // Files are read with the connection, in `file`.
    for member in shape.writable().filter(|member| !member.is_file()) {
        let field = &member.field;
        let sent = members.get(member.name).filter(|json| !is_absent(field, json, is_form));
        match sent {
            Some(json) => match value(field, json, is_form, today, zone) {
                Ok(value) => values.set(field.name, value),
                Err(text) => errors.add(field.name, text),
            },
            None if purpose == Purpose::Patch => {}
            None if is_form && field.kind == Kind::Bool => values.set(field.name, Value::Bool(false)),
            // The writer reports missing values of a new record, because it knows what `validate` fills in.
            None if purpose == Purpose::Create => {
                if let Some(value) = nothing(member).filter(|_| given.get(field.name).is_none()) {
                    values.set(field.name, value);
                }
            }
            None if field.filled_by_validate => values.set(field.name, Value::Null),
            None if member.required => errors.add(field.name, missing(field)),
            None => {}
        }
    }
    (values, errors)
}

/// A blank in a form counts as absent, unless the field is a text that may be blank.
fn is_absent(field: &Field, json: &Json, is_form: bool) -> bool {
    is_form && json.as_str() == Some("") && field.kind != Kind::Text && !field.nullable
}

/// The value of an optional column that is never null, if the member is null.
fn nothing(member: &Member) -> Option<Value> {
    match member.field.kind {
        _ if member.field.nullable || member.required || member.field.filled_by_validate => None,
        Kind::Text => Some(Value::Text(String::new())),
        Kind::Bool => Some(Value::Bool(false)),
        _ => None,
    }
}

fn value(field: &Field, json: &Json, is_form: bool, today: Date, zone: &Zone) -> Result<Value, String> {
    let label = field.label;
    let is_blank = json.is_null() || (is_form && json.as_str() == Some("") && field.kind != Kind::Text);
    match json {
        _ if is_blank && (field.nullable || (field.filled_by_validate && is_form)) => return Ok(Value::Null),
        _ if json.is_null() => return Err(format!("{label} must not be null")),
        _ => {}
    }
    match field.kind {
        Kind::Text => match json {
            Json::String(text) => typed(field, text, today, zone),
            Json::Number(number) => typed(field, &number.to_string(), today, zone),
            _ => Err(format!("{label} must be a string")),
        },
        Kind::Choice(choices) => match json {
            Json::String(text) if text.trim().is_empty() => Err(missing(field)),
            Json::String(text) => choice(choices, text.trim()).ok_or_else(|| format!("{label} must be {}", listed(choices))),
            _ => Err(format!("{label} must be {}", listed(choices))),
        },
        Kind::Bool => yes_or_no(json).map(Value::Bool).ok_or_else(|| format!("{label} must be true or false")),
        Kind::Integer => match whole(json) {
            Some(text) => typed(field, &text, today, zone),
            None if field.is_reference() => Err(format!("{label} must be the number of {}", with_article(&lower(target(field))))),
            None => Err(format!("{label} must be a whole number, like 42")),
        },
        Kind::Measure(measure) => {
            match whole(json).filter(|_| measure.is_whole()).map_or_else(|| measure.from_json(json), |text| text.parse().ok()) {
                Some(number) => typed(field, &measure.input(number, zone), today, zone),
                None => Err(format!("{label} must be like {}", measure.example())),
            }
        }
        Kind::Date => match json.as_str().filter(|text| is_day(text)) {
            Some(text) => typed(field, text, today, zone),
            None => Err(format!("{label} must be a date, like 2026-11-21")),
        },
        Kind::DateTime => match json.as_str() {
            Some(text) if text.contains('T') => typed(field, text, today, zone),
            _ => Err(format!("{label} must be a time, like 2026-11-21T08:30:00Z")),
        },
        Kind::Many => {
            let ids = json.as_array().map(|items| items.iter().map(|item| whole(item)?.parse().ok()).collect::<Option<Vec<i64>>>());
            let mut ids = ids.flatten().ok_or_else(|| format!("{label} must be a list of numbers"))?;
            ids.sort_unstable();
            ids.dedup();
            Ok(Value::Many(ids))
        }
        Kind::File => Err(format!("{label} must be a file")),
    }
}

/// The noun for the record that a reference refers to.
fn target(field: &Field) -> &str {
    field.reference.map_or(field.label, |reference| reference.resource)
}

/// Parses by the rules of forms, so that both accept the same values.
fn typed(field: &Field, text: &str, today: Date, zone: &Zone) -> Result<Value, String> {
    let mut form = FormData::default();
    form.push(field.name, text);
    read(field, &form, today, zone).map_err(|(_, text)| text)
}

/// The stored value of a choice; upper case and labels are accepted as well.
fn choice(choices: &[(&'static str, &'static str)], text: &str) -> Option<Value> {
    let same = |(stored, shown): &&(&str, &str)| stored.eq_ignore_ascii_case(text) || shown.eq_ignore_ascii_case(text);
    choices
        .iter()
        .find(|(stored, _)| *stored == text)
        .or_else(|| choices.iter().find(same))
        .map(|(stored, _)| Value::Text((*stored).into()))
}

fn listed(choices: &[(&'static str, &'static str)]) -> String {
    let words: Vec<&str> = choices.iter().map(|(stored, _)| *stored).collect();
    alternatives(&words)
}

/// The digits of a whole number: 42, 42.0, "42", "-1".
pub fn whole(json: &Json) -> Option<String> {
    let text = match json {
        Json::Number(number) => number.to_string(),
        Json::String(text) => text.trim().to_string(),
        _ => return None,
    };
    let figures = text.split_once('.').map_or(text.as_str(), |(whole, rest)| if rest.trim_matches('0').is_empty() { whole } else { "" });
    let unsigned = figures.strip_prefix(['-', '+']).unwrap_or(figures);
    let is_number = (1..=30).contains(&unsigned.len()) && unsigned.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| figures.to_string())
}

fn yes_or_no(json: &Json) -> Option<bool> {
    match json {
        Json::Bool(yes) => Some(*yes),
        Json::Number(number) => number.as_i64().filter(|number| matches!(number, 0 | 1)).map(|number| number == 1),
        Json::String(text) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "t" | "yes" | "y" | "on" | "1" => Some(true),
            "false" | "f" | "no" | "n" | "off" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// `2026-11-21`, in digits.
fn is_day(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(place, byte)| if matches!(place, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::field;
    use serde_json::json;
    use time::macros::date;

    fn said(kind: Kind, json: Json) -> Result<Value, String> {
        let field = field("Thing").optional().named("thing").kind(kind);
        value(&field, &json, false, date!(2026 - 11 - 21), &Zone::named("UTC").unwrap())
    }

    #[test]
    fn values_are_taken_as_such_clients_send_them() {
        assert_eq!(said(Kind::Text, json!(" Zoë ")), Ok(Value::Text("Zoë".into())));
        assert_eq!(said(Kind::Text, json!(5)), Ok(Value::Text("5".into())));
        for forty in [json!(40), json!(40.0), json!("40"), json!(" 40 ")] {
            assert_eq!(said(Kind::Integer, forty), Ok(Value::Integer(40)));
        }
        assert_eq!(said(Kind::Bool, json!("no")), Ok(Value::Bool(false)));
        assert_eq!(said(Kind::Date, json!("2026-02-28")), Ok(Value::Date(date!(2026 - 02 - 28))));
        assert_eq!(said(Kind::Many, json!([3, "1", 3])), Ok(Value::Many(vec![1, 3])));
        assert_eq!(said(Kind::Choice(&[("female", "Female")]), json!("Female")), Ok(Value::Text("female".into())));
    }

    #[test]
    fn what_is_of_another_kind_is_told() {
        for (kind, json) in [
            (Kind::Text, json!(true)),
            (Kind::Text, json!(["a"])),
            (Kind::Text, json!(null)),
            (Kind::Text, json!("a\u{0}b")),
            (Kind::Integer, json!(1.5)),
            (Kind::Integer, json!(1e300)),
            (Kind::Integer, json!(true)),
            (Kind::Integer, json!("4 2")),
            (Kind::Integer, json!("")),
            (Kind::Integer, json!(18_446_744_073_709_551_615_u64)),
            (Kind::Bool, json!("perhaps")),
            (Kind::Bool, json!(2)),
            (Kind::Date, json!("2026-02-30")),
            (Kind::Date, json!("2 Apr 2026")),
            (Kind::Date, json!("2026-2-3")),
            (Kind::Date, json!(20260203)),
            (Kind::DateTime, json!("soon")),
            (Kind::Many, json!(3)),
            (Kind::Many, json!([{}])),
            (Kind::Choice(&[("female", "Female")]), json!("Z")),
            (Kind::Choice(&[("female", "Female")]), json!(1)),
        ] {
            assert!(said(kind, json.clone()).is_err(), "{kind:?} {json}");
        }
    }
}
