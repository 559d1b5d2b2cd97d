//! Values, converted between typed columns, forms, lists, the history and JSON.

mod column;
mod measure;
mod text_enum;
mod values;

use time::Date;

use crate::db::time::{UtcDateTime, Zone};

pub use column::{Column, misfit};
pub use measure::{Decimal, Measure, Minutes, Money, TimeOfDay};
pub use values::{Row, Values};

/// The value of a column, whatever its Rust type.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Text(String),
    Integer(i64),
    Bool(bool),
    Date(Date),
    /// An instant in UTC.
    DateTime(UtcDateTime),
    /// The ids of a many-to-many field, ascending.
    Many(Vec<i64>),
}

/// The kind of a column. It follows from the Rust type, so a declaration cannot get it wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    Text,
    Integer,
    Bool,
    Date,
    /// An instant, shown in the time zone of the reader.
    DateTime,
    /// Pairs of stored text and label.
    Choice(&'static [(&'static str, &'static str)]),
    Many,
    /// An integer with a unit.
    Measure(Measure),
    /// The id of a row of `files`.
    File,
}

impl Value {
    pub fn is_blank(&self) -> bool {
        matches!(self, Self::Null)
            || matches!(self, Self::Text(text) if text.is_empty())
            || matches!(self, Self::Many(ids) if ids.is_empty())
    }

    pub fn as_id(&self) -> Option<i64> {
        match self {
            Self::Integer(id) => Some(*id),
            _ => None,
        }
    }

    pub fn as_datetime(&self) -> Option<UtcDateTime> {
        match self {
            Self::DateTime(at) => Some(*at),
            _ => None,
        }
    }

    pub fn as_text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            _ => "",
        }
    }

    /// The text for users; blank for null. References and files are left to the caller, which has their labels.
    pub fn show(&self, kind: Kind, zone: &Zone) -> String {
        match self {
            Self::Null => String::new(),
            Self::Text(text) => match kind {
                Kind::Choice(choices) => {
                    choices.iter().find(|(stored, _)| stored == text).map_or(text.clone(), |(_, shown)| (*shown).to_string())
                }
                _ => text.clone(),
            },
            Self::Integer(number) => match kind {
                Kind::Measure(measure) => measure.show(*number, zone),
                _ => number.to_string(),
            },
            Self::Bool(true) => "Yes".into(),
            Self::Bool(false) => "No".into(),
            Self::Date(date) => zone.show_date(*date),
            Self::DateTime(at) => zone.show(*at),
            Self::Many(ids) => ids.len().to_string(),
        }
    }

    /// The exact value for the log.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Null => serde_json::Value::Null,
            Self::Text(text) => text.clone().into(),
            Self::Integer(number) => (*number).into(),
            Self::Bool(yes) => (*yes).into(),
            Self::Date(date) => date.to_string().into(),
            Self::DateTime(at) => at.rfc3339().into(),
            Self::Many(ids) => ids.clone().into(),
        }
    }

    /// Parses what [`Self::to_json`] wrote; `None` if it does not fit the kind, which the declaration may have changed
    /// since.
    pub fn from_json(kind: Kind, json: &serde_json::Value) -> Option<Self> {
        if json.is_null() {
            return Some(if kind == Kind::Many { Self::Many(Vec::new()) } else { Self::Null });
        }
        Some(match kind {
            Kind::Text | Kind::Choice(_) => Self::Text(json.as_str()?.into()),
            Kind::Integer | Kind::Measure(_) | Kind::File => Self::Integer(json.as_i64()?),
            Kind::Bool => Self::Bool(json.as_bool()?),
            Kind::Date => Self::Date(Date::parse(json.as_str()?, &time::format_description::well_known::Iso8601::DATE).ok()?),
            Kind::DateTime => Self::DateTime(UtcDateTime::parse(json.as_str()?)?),
            Kind::Many => Self::Many(json.as_array()?.iter().map(serde_json::Value::as_i64).collect::<Option<_>>()?),
        })
    }
}
