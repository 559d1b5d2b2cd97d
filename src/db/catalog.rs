//! Metadata of the database: its size, its version, and the indexes of a table.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::connection::Connection;
use super::sql::Sql;

/// The statement for the database of this connection.
fn either(c: &Connection, sqlite: &'static str, postgres: &'static str) -> Sql {
    Sql::new(if let Connection::Sqlite(_) = c { sqlite } else { postgres })
}

/// Bytes on the disk.
pub fn size(c: &mut Connection) -> QueryResult<i64> {
    let sqlite = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()";
    either(c, sqlite, "SELECT pg_database_size(current_database())").returning::<BigInt>().get_result(c)
}

/// `12.3 MB`
pub fn bytes(count: i64) -> String {
    let steps = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    let step = steps.iter().find(|(size, _)| count >= *size);
    step.map_or_else(|| format!("{count} bytes"), |(size, name)| format!("{:.1} {name}", count as f64 / *size as f64))
}

/// For example `3.50.4` or `17.2`.
pub fn version(c: &mut Connection) -> QueryResult<String> {
    let postgres = "SELECT split_part(current_setting('server_version'), ' ', 1)";
    either(c, "SELECT sqlite_version()", postgres).returning::<Text>().get_result(c)
}

/// Which of the tables have more rows than this; counting stops there.
pub fn larger_than<'a>(c: &mut Connection, tables: impl Iterator<Item = &'a str>, rows: i64) -> QueryResult<BTreeSet<String>> {
    let counted = |table: &str| {
        let some = Sql::new(format!("SELECT '{table}' WHERE (SELECT count(*) FROM (SELECT 1 FROM {table} LIMIT ")).number(rows + 1);
        some.text(") AS counted) > ").number(rows)
    };
    let asked = Sql::join(tables.map(counted).collect(), " UNION ALL ");
    Ok(asked.returning::<Text>().load::<String>(c)?.into_iter().collect())
}

/// An index on a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Index {
    pub unique: bool,
    /// Its columns and expressions as in the statement, without order and collation.
    pub terms: Vec<String>,
}

/// The indexes of all tables, by table.
pub fn indexes(c: &mut Connection) -> QueryResult<BTreeMap<String, Vec<Index>>> {
    let found = match c {
        Connection::Sqlite(_) => {
            "SELECT tbl_name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL \
             UNION ALL SELECT m.name, 'CREATE UNIQUE INDEX made ON own (' || (SELECT group_concat(name) FROM pragma_index_info(il.name)) || ')' \
             FROM sqlite_master AS m, pragma_index_list(m.name) AS il WHERE m.type = 'table' AND il.origin = 'u'"
        }
        Connection::Postgres(_) => "SELECT tablename::text, indexdef FROM pg_indexes WHERE schemaname = current_schema()",
    };
    let rows: Vec<(String, String)> = Sql::new(found).returning::<(Text, Text)>().load(c)?;
    let mut all: BTreeMap<String, Vec<Index>> = BTreeMap::new();
    for (table, made) in rows {
        all.entry(table).or_default().extend(read(&made));
    }
    Ok(all)
}

/// `CREATE UNIQUE INDEX a ON b USING btree (c, d DESC) WHERE …`
fn read(made: &str) -> Option<Index> {
    let (head, rest) = made.split_once(" ON ")?;
    let (_, rest) = rest.split_once('(')?;
    let mut terms = vec![String::new()];
    let mut depth = 0;
    for letter in rest.chars() {
        match letter {
            ')' if depth == 0 => break,
            ',' if depth == 0 => terms.push(String::new()),
            letter => {
                depth += i32::from(letter == '(') - i32::from(letter == ')');
                terms.last_mut()?.push(letter);
            }
        }
    }
    let terms = terms.iter().map(|term| plain(term)).collect();
    Some(Index { unique: head.to_uppercase().contains("UNIQUE"), terms })
}

fn plain(term: &str) -> String {
    let mut term = term.split_whitespace().collect::<Vec<_>>().join(" ");
    for end in [" NULLS FIRST", " NULLS LAST", " DESC", " ASC", " gin_trgm_ops"] {
        term = term.strip_suffix(end).unwrap_or(&term).to_string();
    }
    term.replace("::text", "").replace('"', "")
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn an_index_is_read_from_what_made_it() {
        let terms = |made: &str| read(made).unwrap().terms;
        assert_eq!(
            terms("CREATE INDEX a ON b (substr(search_text, 1, 120), id) WHERE deleted_at IS NULL"),
            ["substr(search_text, 1, 120)", "id"]
        );
        assert_eq!(terms("CREATE INDEX a ON public.b USING btree (born NULLS FIRST, id DESC)"), ["born", "id"]);
        assert_eq!(terms("CREATE UNIQUE INDEX a ON public.b USING btree (lower(name))"), ["lower(name)"]);
        assert!(read("CREATE UNIQUE INDEX a ON b (c)").unwrap().unique);
    }
}
