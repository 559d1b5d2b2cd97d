//! SQLite or PostgreSQL as one type. The derive cannot handle an enum named `Connection`; an alias can have that name.

/// A connection to the database of `DATABASE_URL`.
#[derive(diesel::MultiConnection)]
pub enum Either {
    Postgres(diesel::PgConnection),
    Sqlite(diesel::SqliteConnection),
}

/// The backend of every query.
pub type Backend = <Either as diesel::Connection>::Backend;
