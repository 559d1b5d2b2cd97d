//! The type of a file's column.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, Queryable};
use diesel::sql_types::BigInt;

use crate::db::sql::ColumnType;
use crate::resource::value::{Column, Kind, Value};

/// The id of a file. The column is a BIGINT that refers to `files`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileId(pub i64);

impl Column for FileId {
    const KIND: Kind = Kind::File;
    const TYPE: ColumnType = ColumnType::BigInt;

    fn to_value(&self) -> Value {
        Value::Integer(self.0)
    }
}

impl<DB: Backend> FromSql<BigInt, DB> for FileId
where
    i64: FromSql<BigInt, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        <i64 as FromSql<BigInt, DB>>::from_sql(bytes).map(Self)
    }
}

impl<DB: Backend> Queryable<BigInt, DB> for FileId
where
    i64: FromSql<BigInt, DB>,
{
    type Row = Self;

    fn build(row: Self) -> deserialize::Result<Self> {
        Ok(row)
    }
}
