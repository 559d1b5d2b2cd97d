//! A form as a browser sends it.

pub use super::errors::{FormError, FormErrors};
pub use super::parse::{clean, is_email, lower, missing, parse};

use super::field::{Field, Widget};
use super::value::{Value, Values};
use crate::db::Zone;

/// The most names a form may send; more is not a form of ours.
const MOST_PAIRS: usize = 500;

/// What was typed, as it was typed. Where a name comes twice, the first wins; a checklist reads them all.
#[derive(Clone, Debug, Default)]
pub struct FormData(Vec<(String, String)>);

impl FormData {
    /// Reads `application/x-www-form-urlencoded`; `None` when there is more than any form of ours sends.
    pub fn parse(body: &[u8]) -> Option<Self> {
        let pairs: Vec<_> =
            form_urlencoded::parse(body).take(MOST_PAIRS + 1).map(|(key, value)| (key.into_owned(), value.into_owned())).collect();
        (pairs.len() <= MOST_PAIRS).then_some(Self(pairs))
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The text, blank where there is none.
    pub fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or("")
    }

    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Whether the form had this field, be it in one part or as a date and a time.
    pub fn sends(&self, name: &str) -> bool {
        self.has(name) || self.has(&format!("{name}-date"))
    }

    pub fn push(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.push((name.into(), value.into()));
    }

    pub fn into_pairs(self) -> Vec<(String, String)> {
        self.0
    }

    /// The form that would have sent these values.
    pub fn of<'a>(fields: impl Iterator<Item = &'a Field>, values: &Values, zone: &Zone) -> Self {
        let mut data = Self::default();
        for field in fields {
            match values.at(field.name) {
                Value::Null => {}
                Value::Text(text) => data.push(field.name, text.clone()),
                Value::Integer(number) => data.push(field.name, number.to_string()),
                Value::Bool(true) => data.push(field.name, "on"),
                Value::Bool(false) => {}
                Value::Time(at) if field.is_editable() => {
                    let (date, time) = zone.wall(*at);
                    data.push(format!("{}-date", field.name), date);
                    data.push(format!("{}-time", field.name), time);
                    data.push(format!("{}-was", field.name), at.rfc3339());
                }
                Value::Time(at) => data.push(field.name, at.rfc3339()),
                Value::Many(ids) => ids.iter().for_each(|id| data.push(field.name, id.to_string())),
                Value::Date(date) if field.widget != Widget::RememberedDate || !field.is_editable() => {
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
