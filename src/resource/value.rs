//! Values between typed columns and the world: forms, lists, history and, later, JSON.

use time::Date;

use crate::db::time::{UtcDateTime, Zone};

/// What a column holds, whatever its Rust type.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Text(String),
    Integer(i64),
    Bool(bool),
    Date(Date),
    Time(UtcDateTime),
    /// The ids of a many-to-many field, ascending.
    Many(Vec<i64>),
}

/// What sort of column it is; it follows from the Rust type and cannot be declared wrongly.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    Text,
    Integer,
    Bool,
    Date,
    Time,
    /// Stored word and shown word.
    Choice(&'static [(&'static str, &'static str)]),
    Many,
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

    pub fn as_text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            _ => "",
        }
    }

    /// The words for people; blank for nothing. References are resolved by whoever has their labels.
    pub fn show(&self, kind: Kind, zone: &Zone) -> String {
        match self {
            Self::Null => String::new(),
            Self::Text(text) => match kind {
                Kind::Choice(choices) => {
                    choices.iter().find(|(stored, _)| stored == text).map_or(text.clone(), |(_, shown)| (*shown).to_string())
                }
                _ => text.clone(),
            },
            Self::Integer(number) => number.to_string(),
            Self::Bool(true) => "Yes".into(),
            Self::Bool(false) => "No".into(),
            Self::Date(date) => zone.show_date(*date),
            Self::Time(at) => zone.show(*at),
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
            Self::Time(at) => at.rfc3339().into(),
            Self::Many(ids) => ids.clone().into(),
        }
    }

    /// Reads what [`Self::to_json`] wrote; `None` where it does not fit the kind, which a declaration may have changed.
    pub fn from_json(kind: Kind, json: &serde_json::Value) -> Option<Self> {
        if json.is_null() {
            return Some(if kind == Kind::Many { Self::Many(Vec::new()) } else { Self::Null });
        }
        Some(match kind {
            Kind::Text | Kind::Choice(_) => Self::Text(json.as_str()?.into()),
            Kind::Integer => Self::Integer(json.as_i64()?),
            Kind::Bool => Self::Bool(json.as_bool()?),
            Kind::Date => Self::Date(Date::parse(json.as_str()?, &time::format_description::well_known::Iso8601::DATE).ok()?),
            Kind::Time => Self::Time(UtcDateTime::parse(json.as_str()?)?),
            Kind::Many => Self::Many(json.as_array()?.iter().map(serde_json::Value::as_i64).collect::<Option<_>>()?),
        })
    }
}

/// A Rust type that a declared column may have.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a declared column",
    note = "implement `Column` for it, or declare an enum with `text_enum!`"
)]
pub trait Column: Sized {
    const KIND: Kind;
    const NULLABLE: bool = false;
    fn to_value(&self) -> Value;
    /// `None` when the value is of another kind.
    fn from_value(value: &Value) -> Option<Self>;
}

macro_rules! column {
    ($type:ty, $kind:ident, $variant:ident, $into:expr, $from:expr) => {
        impl Column for $type {
            const KIND: Kind = Kind::$kind;

            fn to_value(&self) -> Value {
                Value::$variant($into(self))
            }

            fn from_value(value: &Value) -> Option<Self> {
                match value {
                    Value::$variant(inner) => $from(inner),
                    _ => None,
                }
            }
        }
    };
}

column!(String, Text, Text, String::clone, |text: &String| Some(text.clone()));
column!(i32, Integer, Integer, |number: &i32| i64::from(*number), |number: &i64| i32::try_from(*number).ok());
column!(i64, Integer, Integer, |number: &i64| *number, |number: &i64| Some(*number));
column!(bool, Bool, Bool, |yes: &bool| *yes, |yes: &bool| Some(*yes));
column!(Date, Date, Date, |date: &Date| *date, |date: &Date| Some(*date));
column!(UtcDateTime, Time, Time, |at: &UtcDateTime| *at, |at: &UtcDateTime| Some(*at));

impl<T: Column> Column for Option<T> {
    const KIND: Kind = T::KIND;
    const NULLABLE: bool = true;

    fn to_value(&self) -> Value {
        self.as_ref().map_or(Value::Null, Column::to_value)
    }

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            other => T::from_value(other).map(Some),
        }
    }
}

/// Values by field name, in the order of the declaration.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Values(Vec<(&'static str, Value)>);

impl Values {
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// The value, or `Null` where there is none.
    pub fn at(&self, name: &str) -> &Value {
        self.get(name).unwrap_or(&Value::Null)
    }

    pub fn set(&mut self, name: &'static str, value: Value) {
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some(place) => place.1 = value,
            None => self.0.push((name, value)),
        }
    }

    /// These values over those of `base`, in the order of `base`, so that what stays the same is equal to it.
    pub fn over(mut self, base: &Values) -> Values {
        let mut whole = base.clone();
        for (name, value) in self.0.drain(..) {
            whole.set(name, value);
        }
        whole
    }

    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &Value)> {
        self.0.iter().map(|(name, value)| (*name, value))
    }

    /// A column of a typed row; the error names the field of a declaration that does not fit its table.
    pub fn column<T: Column>(&self, name: &'static str) -> Result<T, diesel::result::Error> {
        T::from_value(self.at(name))
            .ok_or_else(|| diesel::result::Error::SerializationError(format!("the value of {name} does not fit its column").into()))
    }
}

impl FromIterator<(&'static str, Value)> for Values {
    fn from_iter<I: IntoIterator<Item = (&'static str, Value)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}

/// One record of any resource.
#[derive(Clone, Debug)]
pub struct Row {
    pub id: i64,
    /// What people call it.
    pub label: String,
    /// Counts up with every change: what a form remembers of the state that it was opened with.
    pub version: i64,
    pub values: Values,
}
