//! The migrations of both databases, compiled into the program.

use std::collections::BTreeSet;

use diesel::connection::SimpleConnection;
use diesel::migration::MigrationSource;
use diesel::sql_types::{BigInt, Text};
use diesel::{QueryResult, RunQueryDsl};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::connection::Connection;
use super::sql::Sql;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// The id of a lock, because two processes that start together must not migrate at once; the number is arbitrary.
const POSTGRES_LOCK: i64 = 7_218_423_417_001;

/// Runs the pending migrations; returns their names. The error is text for the operator.
pub fn run(connection: &mut Connection) -> Result<Vec<String>, String> {
    if let Connection::Postgres(inner) = connection {
        let wait = format!("SET lock_timeout = 0; SET statement_timeout = 0; SELECT pg_advisory_lock({POSTGRES_LOCK})");
        inner.batch_execute(&wait).map_err(|error| error.to_string())?;
    }
    let ran = apply(connection);
    if let Connection::Postgres(inner) = connection {
        let release = format!("SELECT pg_advisory_unlock({POSTGRES_LOCK}); SET lock_timeout = '2s'; SET statement_timeout = '5s'");
        inner.batch_execute(&release).map_err(|error| error.to_string())?;
    }
    ran
}

/// Whether migrations are pending. Diesel's own check would create its table, and a check must not change anything.
pub fn is_pending(connection: &mut Connection) -> Result<bool, String> {
    let ran = ran(connection).map_err(|error| error.to_string())?;
    let known = match connection {
        Connection::Postgres(_) => versions::<diesel::pg::Pg>(&POSTGRES),
        Connection::Sqlite(_) => versions::<diesel::sqlite::Sqlite>(&SQLITE),
    };
    Ok(!known?.is_subset(&ran))
}

/// The versions of the migrations that ran.
fn ran(connection: &mut Connection) -> QueryResult<BTreeSet<String>> {
    let begun = match connection {
        Connection::Postgres(_) => {
            "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = '__diesel_schema_migrations'"
        }
        Connection::Sqlite(_) => "SELECT count(*) FROM sqlite_master WHERE name = '__diesel_schema_migrations'",
    };
    if Sql::new(begun).returning::<BigInt>().get_result::<i64>(connection)? == 0 {
        return Ok(BTreeSet::new());
    }
    let versions = Sql::new("SELECT version FROM __diesel_schema_migrations").returning::<Text>().load::<String>(connection)?;
    Ok(versions.into_iter().collect())
}

fn versions<DB: diesel::backend::Backend>(source: &impl MigrationSource<DB>) -> Result<BTreeSet<String>, String> {
    let migrations = source.migrations().map_err(|error| error.to_string())?;
    Ok(migrations.iter().map(|migration| migration.name().version().to_string()).collect())
}

fn apply(connection: &mut Connection) -> Result<Vec<String>, String> {
    let versions = match connection {
        Connection::Postgres(inner) => inner.run_pending_migrations(POSTGRES),
        Connection::Sqlite(inner) => inner.run_pending_migrations(SQLITE),
    };
    Ok(versions.map_err(|error| error.to_string())?.iter().map(ToString::to_string).collect())
}
