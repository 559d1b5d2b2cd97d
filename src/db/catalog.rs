//! Metadata of the database: its size, its version, and the indexes of a table.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Text};

use super::connection::Connection;

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

#[derive(QueryableByName)]
struct Words {
    #[diesel(sql_type = Text)]
    words: String,
}

fn number(c: &mut Connection, sqlite: &str, postgres: &str) -> QueryResult<i64> {
    let found: Number = match c {
        Connection::Sqlite(c) => sql_query(sqlite).get_result(c)?,
        Connection::Postgres(c) => sql_query(postgres).get_result(c)?,
    };
    Ok(found.number)
}

fn words(c: &mut Connection, sqlite: &str, postgres: &str, about: Option<&str>) -> QueryResult<Vec<String>> {
    let found: Vec<Words> = match (c, about) {
        (Connection::Sqlite(c), Some(about)) => sql_query(sqlite).bind::<Text, _>(about).load(c)?,
        (Connection::Postgres(c), Some(about)) => sql_query(postgres).bind::<Text, _>(about).load(c)?,
        (Connection::Sqlite(c), None) => sql_query(sqlite).load(c)?,
        (Connection::Postgres(c), None) => sql_query(postgres).load(c)?,
    };
    Ok(found.into_iter().map(|found| found.words).collect())
}

/// Bytes on the disk.
pub fn size(c: &mut Connection) -> QueryResult<i64> {
    number(
        c,
        "SELECT page_count * page_size AS number FROM pragma_page_count(), pragma_page_size()",
        "SELECT pg_database_size(current_database()) AS number",
    )
}

/// `12.3 MB`
pub fn bytes(count: i64) -> String {
    let steps = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    let step = steps.iter().find(|(size, _)| count >= *size);
    step.map_or_else(|| format!("{count} bytes"), |(size, name)| format!("{:.1} {name}", count as f64 / *size as f64))
}

/// For example `3.50.4` or `17.2`.
pub fn version(c: &mut Connection) -> QueryResult<String> {
    let sqlite = "SELECT sqlite_version() AS words";
    Ok(words(c, sqlite, "SELECT split_part(current_setting('server_version'), ' ', 1) AS words", None)?.pop().unwrap_or_default())
}

/// Whether a table has more rows than this; counting stops there.
pub fn holds_more_than(c: &mut Connection, table: &str, rows: i64) -> QueryResult<bool> {
    let asked = format!("SELECT count(*) AS number FROM (SELECT 1 FROM {table} LIMIT {}) AS counted", rows + 1);
    Ok(number(c, &asked, &asked)? > rows)
}

/// An index on a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Index {
    pub unique: bool,
    /// Its columns and expressions as in the statement, without order and collation.
    pub terms: Vec<String>,
}

/// The indexes of a table, parsed from the statements that create them, which both databases store.
pub fn indexes(c: &mut Connection, table: &str) -> QueryResult<Vec<Index>> {
    let sqlite = "SELECT sql AS words FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = ? \
         UNION ALL SELECT 'CREATE UNIQUE INDEX made ON own (' || (SELECT group_concat(name) FROM pragma_index_info(il.name)) || ')' \
         FROM sqlite_master AS m JOIN pragma_index_list(m.name) AS il ON il.origin = 'u' WHERE m.type = 'table' AND m.name = ?1";
    let postgres = "SELECT indexdef AS words FROM pg_indexes WHERE schemaname = current_schema() AND tablename = $1";
    Ok(words(c, sqlite, postgres, Some(table))?.iter().filter_map(|made| read(made)).collect())
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
