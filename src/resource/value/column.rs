//! Rust types as columns: what the compiler knows of a declared field.

use diesel::QueryResult;
use diesel::result::Error;
use time::Date;

use super::{Kind, Value};
use crate::db::UtcDateTime;
use crate::db::sql::{Bind, ColumnType};

/// A Rust type that a declared column may have.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a declared column",
    note = "implement `Column` for it, or declare an enum with `text_enum!`"
)]
pub trait Column {
    const KIND: Kind;
    const TYPE: ColumnType;
    const NULLABLE: bool = false;
    fn to_value(&self) -> Value;
}

macro_rules! column {
    ($type:ty, $kind:ident, $column:ident, |$from:ident| $value:expr) => {
        impl Column for $type {
            const KIND: Kind = Kind::$kind;
            const TYPE: ColumnType = ColumnType::$column;

            fn to_value(&self) -> Value {
                let $from = self;
                $value
            }
        }
    };
}

column!(String, Text, Text, |text| Value::Text(text.clone()));
column!(i32, Integer, Integer, |number| Value::Integer((*number).into()));
column!(i64, Integer, BigInt, |number| Value::Integer(*number));
column!(bool, Bool, Bool, |yes| Value::Bool(*yes));
column!(Date, Date, Date, |date| Value::Date(*date));
column!(UtcDateTime, DateTime, Timestamp, |at| Value::DateTime(*at));

impl<T: Column> Column for Option<T> {
    const KIND: Kind = T::KIND;
    const TYPE: ColumnType = T::TYPE;
    const NULLABLE: bool = true;

    fn to_value(&self) -> Value {
        self.as_ref().map_or(Value::Null, Column::to_value)
    }
}

impl Value {
    /// The value as a bound parameter of this column type; `None` if it does not fit.
    pub fn to_bind(&self, column: ColumnType) -> Option<Bind> {
        Some(match (column, self) {
            (_, Self::Null) => Bind::null(column),
            (ColumnType::Text, Self::Text(text)) => Bind::Text(Some(text.clone())),
            (ColumnType::Integer, Self::Integer(number)) => Bind::Integer(Some(i32::try_from(*number).ok()?)),
            (ColumnType::BigInt, Self::Integer(number)) => Bind::BigInt(Some(*number)),
            (ColumnType::Bool, Self::Bool(yes)) => Bind::Bool(Some(*yes)),
            (ColumnType::Date, Self::Date(date)) => Bind::Date(Some(*date)),
            (ColumnType::Timestamp, Self::DateTime(at)) => Bind::Timestamp(Some(*at)),
            _ => return None,
        })
    }
}

/// The error for a value that does not fit the column of this name.
pub fn misfit<T>(name: &str) -> QueryResult<T> {
    Err(Error::SerializationError(format!("the value of {name} does not fit its column").into()))
}
