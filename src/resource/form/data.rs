//! The data of a form, as submitted by a browser.

pub use super::errors::{Collided, FormError, FormErrors};
pub use super::parse::{choose_again, clean, lower, missing, parse, read};

use crate::db::Zone;
use crate::email_address;
use crate::resource::declare::field::Field;
use crate::resource::declare::widget::Widget;
use crate::resource::value::{Kind, Value, Values};

/// The most pairs that a form may send.
pub const MOST_PAIRS: usize = 1_000;

/// The values as typed. If a name occurs twice, the first counts; a checklist reads all of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FormData(Vec<(String, String)>);

impl FormData {
    /// Parses `application/x-www-form-urlencoded`; `None` if there are more than 1,000 pairs.
    pub fn parse(body: &[u8]) -> Option<Self> {
        let pairs: Vec<_> =
            form_urlencoded::parse(body).take(MOST_PAIRS + 1).map(|(key, value)| (key.into_owned(), value.into_owned())).collect();
        (pairs.len() <= MOST_PAIRS).then_some(Self(pairs))
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text, blank if absent.
    pub fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or("")
    }

    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Whether the form has this field, as one input or as a date and a time.
    pub fn sends(&self, name: &str) -> bool {
        self.has(name) || self.has(&format!("{name}-date"))
    }

    pub fn push(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.push((name.into(), value.into()));
    }

    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(key, _)| key.as_str())
    }

    /// The values whose names have this prefix, under the rest of their names.
    pub fn under(&self, start: &str) -> Self {
        let part = self.0.iter().filter_map(|(key, value)| Some((key.strip_prefix(start)?.to_string(), value.clone())));
        Self(part.collect())
    }

    /// The form without the inputs of this field: its own name, the parts of a date, the search of a reference.
    pub fn without(mut self, field: &str) -> Self {
        self.0.retain(|(key, _)| !is_of(field, key));
        self
    }

    /// The form with the value of one name replaced.
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.0.retain(|(key, _)| key != name);
        self.push(name, value);
        self
    }

    /// The values of both forms, this one's first.
    pub fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// The form with the stored values of these fields, whatever was submitted for them.
    pub fn with_fixed<'a>(&self, fields: impl Iterator<Item = &'a Field> + Clone, stored: &Values, zone: &Zone) -> Self {
        let mut whole = Self::of(fields.clone(), stored, zone);
        let typed = self.0.iter().filter(|(key, _)| !fields.clone().any(|field| is_of(field.name, key)));
        whole.0.extend(typed.cloned());
        whole
    }

    /// The inputs of this field that are not blank.
    pub fn only(&self, field: &str) -> Self {
        Self(self.0.iter().filter(|(key, value)| is_of(field, key) && !key.ends_with("__find") && !value.is_empty()).cloned().collect())
    }

    /// The form without the names for which `forgotten` is true.
    pub fn forget(mut self, forgotten: impl Fn(&str) -> bool) -> Self {
        self.0.retain(|(key, _)| !forgotten(key));
        self
    }

    /// The form without what must never be sent back: passwords, one-time codes, the answers of passkeys.
    pub fn without_secrets(self) -> Self {
        self.forget(|name| name.contains("password") || name.contains("passkey") || matches!(name, "proof" | "code"))
    }

    /// Whether the form has an input of this field.
    pub fn mentions(&self, field: &str) -> bool {
        self.0.iter().any(|(key, _)| is_of(field, key) && !key.ends_with("__find"))
    }

    pub fn into_pairs(self) -> Vec<(String, String)> {
        self.0
    }

    /// Encoded as `application/x-www-form-urlencoded`.
    pub fn encoded(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(self.pairs()).finish()
    }

    /// The form that would submit these values.
    pub fn of<'a>(fields: impl Iterator<Item = &'a Field>, values: &Values, zone: &Zone) -> Self {
        let mut data = Self::default();
        for field in fields {
            match values.at(field.name) {
                Value::Null => {}
                Value::Text(text) if field.widget == Widget::Email => data.push(field.name, email_address::shown(text)),
                Value::Text(text) => data.push(field.name, text.clone()),
                Value::Integer(number) => match field.kind {
                    Kind::Measure(measure) => data.push(field.name, measure.input(*number, zone)),
                    _ => data.push(field.name, number.to_string()),
                },
                Value::Bool(true) => data.push(field.name, "on"),
                Value::Bool(false) => {}
                Value::DateTime(at) if field.is_editable() => {
                    let (date, time) = zone.wall(*at);
                    data.push(format!("{}-date", field.name), date);
                    data.push(format!("{}-time", field.name), time);
                    data.push(format!("{}-was", field.name), at.rfc3339());
                }
                Value::DateTime(at) => data.push(field.name, at.rfc3339()),
                Value::Many(ids) => ids.iter().for_each(|id| data.push(field.name, id.to_string())),
                Value::Date(date) if field.widget != Widget::DateParts || !field.is_editable() => {
                    data.push(field.name, date.to_string());
                }
                Value::Date(date) => {
                    data.push(format!("{}-day", field.name), date.day().to_string());
                    data.push(format!("{}-month", field.name), u8::from(date.month()).to_string());
                    data.push(format!("{}-year", field.name), date.year().to_string());
                }
            }
        }
        data
    }
}

/// Whether an input belongs to a field.
fn is_of(field: &str, key: &str) -> bool {
    key.strip_prefix(field).is_some_and(|rest| {
        matches!(rest, "" | "-day" | "-month" | "-year" | "-date" | "-time" | "-was" | "-file" | "-remove" | "__problem" | "__find")
    })
}
