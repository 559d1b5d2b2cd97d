//! The database: one connection type for SQLite and PostgreSQL, the pools, and the only way into blocking code.
//!
//! All differences between the two databases are handled in this folder.

pub mod catalog;
pub mod clock;
pub mod connection;
pub mod currency;
mod either;
pub mod locale;
pub mod migrations;
pub mod pool;
pub mod recent;
pub mod schema;
pub mod sql;
pub mod time;
pub mod url;
pub mod wall;

pub use crate::db::connection::{Backend, Connection};
pub use crate::db::pool::{Db, DbError};
pub use crate::db::time::{UtcDateTime, Zone};
