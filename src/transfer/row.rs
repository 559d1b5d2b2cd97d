//! The result of the trial run for one line of a file.

use diesel::prelude::*;

use super::counts::Counts;
use crate::db::schema::import_rows;
use crate::db::{Connection, UtcDateTime};
use crate::resource::log::entry::Change;

crate::text_enum! {
    pub enum Outcome {
        New = "new" / "New",
        Change = "change" / "Changed",
        Same = "same" / "Unchanged",
        Error = "error" / "Error",
    }
}

#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = import_rows)]
pub struct NewRow {
    pub import_id: i64,
    pub line: i64,
    pub cells: String,
    pub outcome: String,
    pub reason: String,
    pub changes: String,
    pub label: String,
    pub row_key: String,
    pub target_id: Option<i64>,
    pub target_version: i64,
    pub created_at: UtcDateTime,
    pub updated_at: UtcDateTime,
    pub known_id: Option<i64>,
    pub known_line: Option<i64>,
    pub known_key: String,
}

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = import_rows)]
pub struct ImportRow {
    pub line: i64,
    cells: String,
    pub outcome: Outcome,
    pub reason: String,
    changes: String,
    pub label: String,
    pub target_id: Option<i64>,
    pub target_version: i64,
    /// The record that the line is probably about, or the earlier line that is probably the same.
    pub known_id: Option<i64>,
    pub known_line: Option<i64>,
    /// What its record is probably known by.
    pub known_key: String,
}

type Columns = (
    import_rows::line,
    import_rows::cells,
    import_rows::outcome,
    import_rows::reason,
    import_rows::changes,
    import_rows::label,
    import_rows::target_id,
    import_rows::target_version,
    import_rows::known_id,
    import_rows::known_line,
    import_rows::known_key,
);
const COLUMNS: Columns = (
    import_rows::line,
    import_rows::cells,
    import_rows::outcome,
    import_rows::reason,
    import_rows::changes,
    import_rows::label,
    import_rows::target_id,
    import_rows::target_version,
    import_rows::known_id,
    import_rows::known_line,
    import_rows::known_key,
);

/// Which lines a page shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    All,
    Only(Outcome),
    /// Those that are probably known.
    Known,
}

impl ImportRow {
    pub fn cells(&self) -> Vec<String> {
        serde_json::from_str(&self.cells).unwrap_or_default()
    }

    pub fn changes(&self) -> Vec<Change> {
        serde_json::from_str(&self.changes).unwrap_or_default()
    }

    /// Lines after `line`, with one of these outcomes.
    pub fn list_after(c: &mut Connection, import: i64, outcomes: &[Outcome], line: i64, limit: i64) -> QueryResult<Vec<Self>> {
        import_rows::table
            .filter(import_rows::import_id.eq(import))
            .filter(import_rows::outcome.eq_any(outcomes.to_vec()))
            .filter(import_rows::line.gt(line))
            .order(import_rows::line)
            .limit(limit)
            .select(COLUMNS)
            .load(c)
    }

    pub fn is_known(&self) -> bool {
        self.known_id.is_some() || self.known_line.is_some()
    }

    /// One page of lines.
    pub fn page(c: &mut Connection, import: i64, shown: Shown, limit: i64, offset: i64) -> QueryResult<Vec<Self>> {
        let mut rows = import_rows::table.filter(import_rows::import_id.eq(import)).into_boxed();
        rows = match shown {
            Shown::All => rows,
            Shown::Only(outcome) => rows.filter(import_rows::outcome.eq(outcome)),
            Shown::Known => rows.filter(import_rows::known_id.is_not_null().or(import_rows::known_line.is_not_null())),
        };
        rows.order(import_rows::line).limit(limit).offset(offset).select(COLUMNS).load(c)
    }

    /// The last line of the trial run so far.
    pub fn last_line(c: &mut Connection, import: i64) -> QueryResult<i64> {
        let last = import_rows::table
            .filter(import_rows::import_id.eq(import))
            .order(import_rows::line.desc())
            .select(import_rows::line)
            .first(c)
            .optional()?;
        Ok(last.unwrap_or(0))
    }

    /// The lines that have one of these keys already: key and line.
    pub fn lines_of(c: &mut Connection, import: i64, keys: &[String]) -> QueryResult<Vec<(String, i64)>> {
        import_rows::table
            .filter(import_rows::import_id.eq(import))
            .filter(import_rows::row_key.eq_any(keys.to_vec()))
            .select((import_rows::row_key, import_rows::line))
            .load(c)
    }

    /// The lines whose record is probably known by one of these keys: key and line, the first line last.
    pub fn lines_known(c: &mut Connection, import: i64, keys: &[String]) -> QueryResult<Vec<(String, i64)>> {
        import_rows::table
            .filter(import_rows::import_id.eq(import))
            .filter(import_rows::known_key.eq_any(keys.iter().filter(|key| !key.is_empty()).cloned().collect::<Vec<_>>()))
            .order(import_rows::line.desc())
            .select((import_rows::known_key, import_rows::line))
            .load(c)
    }

    /// Stores what became of a line that is probably about a known record.
    pub fn settle(c: &mut Connection, import: i64, line: i64, outcome: Outcome, now: UtcDateTime) -> QueryResult<usize> {
        diesel::update(import_rows::table.filter(import_rows::import_id.eq(import)).filter(import_rows::line.eq(line)))
            .set((import_rows::outcome.eq(outcome), import_rows::updated_at.eq(now)))
            .execute(c)
    }

    /// Marks a line as invalid during the import.
    pub fn refuse(c: &mut Connection, import: i64, line: i64, reason: &str, now: UtcDateTime) -> QueryResult<usize> {
        diesel::update(import_rows::table.filter(import_rows::import_id.eq(import)).filter(import_rows::line.eq(line)))
            .set((
                import_rows::outcome.eq(Outcome::Error),
                import_rows::reason.eq(reason),
                import_rows::changes.eq("[]"),
                import_rows::updated_at.eq(now),
            ))
            .execute(c)
    }
}

/// Inserts many rows in one statement, which Diesel supports only for each backend separately.
pub fn insert(c: &mut Connection, rows: &[NewRow]) -> QueryResult<()> {
    for some in rows.chunks(500) {
        match c {
            Connection::Postgres(c) => diesel::insert_into(import_rows::table).values(some).execute(c)?,
            Connection::Sqlite(c) => diesel::insert_into(import_rows::table).values(some).execute(c)?,
        };
    }
    Ok(())
}

pub fn count(rows: &[NewRow]) -> Counts {
    let of = |outcome: Outcome| rows.iter().filter(|row| row.outcome == outcome.as_str()).count() as i64;
    let known = rows.iter().filter(|row| row.known_id.is_some() || row.known_line.is_some()).count() as i64;
    Counts { new: of(Outcome::New), changed: of(Outcome::Change), same: of(Outcome::Same), errors: of(Outcome::Error), known, renamed: 0 }
}
