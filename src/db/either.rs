//! SQLite or PostgreSQL behind one type. The derive cannot name an enum `Connection`; an alias can.

/// A connection to whichever database `DATABASE_URL` names.
#[derive(diesel::MultiConnection)]
pub enum Either {
    Postgres(diesel::PgConnection),
    Sqlite(diesel::SqliteConnection),
}

/// The backend that every query is written for.
pub type Backend = <Either as diesel::Connection>::Backend;
