//! The schemas of the two databases are equal.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use praxis::db::Connection;

use crate::support::Clinic;
use crate::support::database::Backend;
use crate::{facts, stories};

facts![both_databases_have_the_same_migrations];
stories![both_databases_have_the_same_tables_and_columns, schema_rs_matches_the_migrations, every_reference_has_its_declared_delete_rule];

fn both_databases_have_the_same_migrations() {
    let names = |folder: &str| {
        let mut names: Vec<String> = std::fs::read_dir(format!("migrations/{folder}"))
            .expect("a folder")
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    };
    assert_eq!(names("sqlite"), names("postgres"));
}

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Bool)]
    is_nullable: bool,
}

type Schema = BTreeMap<String, Vec<(String, String, bool)>>;

/// Tables with their columns in order: name, type, whether it is nullable.
fn schema(c: &mut Connection) -> QueryResult<Schema> {
    let columns: Vec<Column> = match c {
        Connection::Sqlite(c) => diesel::sql_query(
            "SELECT m.name AS table_name, p.name AS column_name, p.type AS kind, (p.\"notnull\" = 0) AS is_nullable \
             FROM sqlite_master m JOIN pragma_table_info(m.name) p \
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE '%\\_search%' ESCAPE '\\' AND m.name NOT LIKE '\\_\\_diesel%' ESCAPE '\\' ORDER BY m.name, p.cid",
        )
        .load(c)?,
        Connection::Postgres(c) => diesel::sql_query(
            "SELECT table_name::text, column_name::text, data_type::text AS kind, (is_nullable = 'YES') AS is_nullable \
             FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name) \
             WHERE table_type = 'BASE TABLE' AND table_schema = 'public' AND table_name NOT LIKE '\\_\\_diesel%' ORDER BY table_name, ordinal_position",
        )
        .load(c)?,
    };
    let mut schema = Schema::new();
    for column in columns {
        let kind = match column.kind.to_lowercase().as_str() {
            "integer" if column.column_name == "id" => "bigint".into(),
            "timestamp without time zone" => "timestamp".into(),
            "bytea" => "blob".into(),
            other => other.to_string(),
        };
        schema.entry(column.table_name).or_default().push((column.column_name, kind, column.is_nullable));
    }
    Ok(schema)
}

async fn both_databases_have_the_same_tables_and_columns(clinic: Clinic) {
    let own = clinic.ask(schema).await;
    assert!(own.contains_key("patients") && own.contains_key("log_entries"), "{:?}", own.keys());
    if clinic.backend == Backend::Postgres {
        let other = Clinic::open(Backend::Sqlite).await;
        let sqlite = other.ask(schema).await;
        assert_eq!(own.keys().collect::<Vec<_>>(), sqlite.keys().collect::<Vec<_>>());
        for (table, columns) in &own {
            assert_eq!(columns, &sqlite[table], "{table}");
        }
        other.server.stop(false).await;
    }
}

#[derive(QueryableByName, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct ForeignKey {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
    #[diesel(sql_type = Text)]
    target: String,
    #[diesel(sql_type = Text)]
    on_delete: String,
}

fn foreign_keys(c: &mut Connection) -> QueryResult<Vec<ForeignKey>> {
    let mut keys: Vec<ForeignKey> = match c {
        Connection::Sqlite(c) => diesel::sql_query(
            "SELECT m.name AS table_name, f.\"from\" AS column_name, f.\"table\" AS target, f.on_delete FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'",
        )
        .load(c)?,
        Connection::Postgres(c) => diesel::sql_query(
            "SELECT k.table_name::text, k.column_name::text, u.table_name::text AS target, r.delete_rule::text AS on_delete \
             FROM information_schema.referential_constraints r \
             JOIN information_schema.key_column_usage k ON k.constraint_name = r.constraint_name \
             JOIN information_schema.constraint_column_usage u ON u.constraint_name = r.constraint_name",
        )
        .load(c)?,
    };
    keys.sort();
    Ok(keys)
}

/// The confirmation page uses the declaration; the database must do the same.
async fn every_reference_has_its_declared_delete_rule(clinic: Clinic) {
    use praxis::resource::declare::reference::OnDelete;
    let keys = clinic.ask(foreign_keys).await;
    let mut declared = Vec::new();
    for resource in clinic.app.registry.iter() {
        let own = resource.declaration();
        for field in own.fields.iter().filter(|field| field.is_reference()) {
            let reference = field.reference.expect("a reference");
            let target = clinic.app.registry.get(reference.resource).expect("a target").declaration().table;
            let on_delete = match reference.on_delete {
                OnDelete::Cascade => "CASCADE",
                OnDelete::Protect => "RESTRICT",
                OnDelete::SetNull => "SET NULL",
            };
            declared.push(ForeignKey {
                table_name: own.table.into(),
                column_name: field.name.into(),
                target: target.into(),
                on_delete: on_delete.into(),
            });
        }
    }
    for own in clinic.app.registry.iter().map(|resource| resource.declaration()) {
        declared.extend(own.fields.iter().filter(|field| field.kind == praxis::resource::Kind::File).map(|field| ForeignKey {
            table_name: own.table.into(),
            column_name: field.name.into(),
            target: "files".into(),
            on_delete: "RESTRICT".into(),
        }));
    }
    declared.sort();
    // Every foreign key of a resource's table is declared, and vice versa.
    let is_declared = |table: &str| clinic.app.registry.iter().any(|resource| resource.declaration().table == table);
    let in_database: Vec<ForeignKey> = keys.into_iter().filter(|key| is_declared(&key.table_name)).collect();
    assert_eq!(in_database, declared);
}

/// The file is generated; this notices if somebody forgot to.
async fn schema_rs_matches_the_migrations(clinic: Clinic) {
    let text = std::fs::read_to_string("src/db/schema.rs").expect("schema.rs");
    let mut listed: BTreeMap<String, Vec<(String, bool)>> = BTreeMap::new();
    for block in text.split("diesel::table! {").skip(1) {
        let mut lines = block.lines().map(str::trim).filter(|line| !line.is_empty());
        let table = lines.next().and_then(|line| line.split(' ').next()).expect("a name").to_string();
        let columns = lines
            .take_while(|line| line.contains("->"))
            .filter_map(|line| line.split_once(" -> "))
            .map(|(name, kind)| (name.to_string(), kind.starts_with("Nullable")));
        listed.insert(table, columns.collect());
    }
    let made: BTreeMap<String, Vec<(String, bool)>> = clinic
        .ask(schema)
        .await
        .into_iter()
        .map(|(table, columns)| (table, columns.into_iter().map(|(name, _, null)| (name, null)).collect()))
        .collect();
    assert_eq!(listed, made);
}
