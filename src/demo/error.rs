//! Why the demo data was not written.

use crate::db::DbError;
use crate::resource::write::writer::WriteError;

#[derive(Debug)]
pub enum DemoError {
    /// The database already holds users or records.
    NotEmpty,
    Db(DbError),
    Write(WriteError),
}

impl std::fmt::Display for DemoError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotEmpty => f.write_str("the database already has users or patients; demo data needs an empty database"),
            Self::Db(error) => write!(f, "{error}"),
            Self::Write(error) => write!(f, "{error:?}"),
        }
    }
}

impl From<DbError> for DemoError {
    fn from(error: DbError) -> Self {
        Self::Db(error)
    }
}

impl From<diesel::result::Error> for DemoError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Db(error.into())
    }
}

impl From<WriteError> for DemoError {
    fn from(error: WriteError) -> Self {
        Self::Write(error)
    }
}
