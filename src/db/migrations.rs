//! The migrations of both databases, compiled into the program.

use diesel::connection::SimpleConnection;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::connection::Connection;

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

/// Whether migrations are pending.
pub fn is_pending(connection: &mut Connection) -> Result<bool, String> {
    if !is_begun(connection).map_err(|error| error.to_string())? {
        return Ok(true);
    }
    match connection {
        Connection::Postgres(inner) => inner.has_pending_migration(POSTGRES),
        Connection::Sqlite(inner) => inner.has_pending_migration(SQLITE),
    }
    .map_err(|error| error.to_string())
}

/// Checked first, because the harness would create its table, and a check must not change anything.
fn is_begun(connection: &mut Connection) -> diesel::QueryResult<bool> {
    use diesel::RunQueryDsl;
    use diesel::dsl::{select, sql};
    use diesel::sql_types::BigInt;
    match connection {
        Connection::Postgres(inner) => {
            let found = sql::<BigInt>(
                "(SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = '__diesel_schema_migrations')",
            );
            select(found).get_result::<i64>(inner)
        }
        Connection::Sqlite(inner) => {
            let found = sql::<BigInt>("(SELECT count(*) FROM sqlite_master WHERE name = '__diesel_schema_migrations')");
            select(found).get_result::<i64>(inner)
        }
    }
    .map(|count| count > 0)
}

fn apply(connection: &mut Connection) -> Result<Vec<String>, String> {
    let versions = match connection {
        Connection::Postgres(inner) => inner.run_pending_migrations(POSTGRES),
        Connection::Sqlite(inner) => inner.run_pending_migrations(SQLITE),
    };
    Ok(versions.map_err(|error| error.to_string())?.iter().map(ToString::to_string).collect())
}
