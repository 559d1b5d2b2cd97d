//! An import and its states: uploaded → mapped (the trial run is running) → checked → running → done, or failed with a reason.
//! Each transition is one UPDATE with the previous state as a condition, so that of concurrent requests one succeeds.

use diesel::prelude::*;

use super::counts::Counts;
use super::reading::sheet::Choice;
use super::row::Outcome;
use crate::db::schema::{import_pieces, import_rows, imports};
use crate::db::{Connection, UtcDateTime};

crate::text_enum! {
    pub enum State {
        Uploaded = "uploaded" / "Waiting for columns to be matched",
        Mapped = "mapped" / "Checking",
        Checked = "checked" / "Ready to import",
        Running = "running" / "Importing",
        Done = "done" / "Imported",
        Failed = "failed" / "Failed",
    }
}

crate::text_enum! {
    /// What becomes of lines that are probably about a known record.
    pub enum Known {
        Ask = "ask" / "Not decided",
        Leave = "leave" / "Leave them out",
        Match = "match" / "Match them to these records",
        Add = "add" / "Add them as new records",
    }
}

#[derive(Clone, Debug, Queryable)]
pub struct Import {
    pub id: i64,
    pub user_id: i64,
    /// The name of the resource.
    pub resource: String,
    pub file_name: String,
    /// The detected format of the file.
    pub manner: String,
    headings: String,
    targets: String,
    /// Whether 4/2/1964 is 2 April.
    pub month_first: bool,
    pub state: State,
    /// Whether rows with errors are left out; otherwise they stop the import.
    pub skips_errors: bool,
    pub total_rows: i64,
    pub checked_rows: i64,
    pub new_rows: i64,
    pub changed_rows: i64,
    pub same_rows: i64,
    pub error_rows: i64,
    pub note: String,
    pub finished_at: Option<UtcDateTime>,
    pub created_at: UtcDateTime,
    pub updated_at: UtcDateTime,
    encoding: String,
    sheet: String,
    /// Whether a blank cell clears the value of an existing record.
    pub clears_blanks: bool,
    /// Of the new lines, those that are probably about a known record.
    pub known_rows: i64,
    /// Of the changed lines, those that change the name.
    pub renamed_rows: i64,
    pub known: Known,
}

/// A file that has been read once.
pub struct NewImport {
    pub user_id: i64,
    pub resource: &'static str,
    pub file_name: String,
    pub manner: String,
    pub headings: Vec<String>,
    pub total_rows: i64,
}

/// The meaning of the columns, as the user confirmed it.
#[derive(Clone, Debug)]
pub struct Mapping {
    pub targets: Vec<String>,
    pub month_first: bool,
    pub clears_blanks: bool,
}

impl Import {
    pub fn headings(&self) -> Vec<String> {
        serde_json::from_str(&self.headings).unwrap_or_default()
    }

    /// For each column of the file the name of a field, `id`, or blank.
    pub fn targets(&self) -> Vec<String> {
        serde_json::from_str(&self.targets).unwrap_or_default()
    }

    /// How the file is read, if not as detected.
    pub fn choice(&self) -> Choice {
        Choice { encoding: self.encoding.clone(), sheet: self.sheet.clone() }
    }

    /// Most lines would give the record that they match by number another name, as numbers of another system would.
    pub fn mostly_renames(&self) -> bool {
        self.renamed_rows > 0 && self.renamed_rows * 2 > self.changed_rows + self.same_rows
    }

    /// The number of rows that the import would write.
    pub fn to_write(&self) -> i64 {
        self.new_rows + self.changed_rows
    }

    pub fn create(c: &mut Connection, new: &NewImport, now: UtcDateTime) -> QueryResult<i64> {
        diesel::insert_into(imports::table)
            .values((
                imports::user_id.eq(new.user_id),
                imports::resource.eq(new.resource),
                imports::file_name.eq(&new.file_name),
                imports::manner.eq(&new.manner),
                imports::headings.eq(json(&new.headings)),
                imports::total_rows.eq(new.total_rows),
                imports::created_at.eq(now),
                imports::updated_at.eq(now),
            ))
            .returning(imports::id)
            .get_result(c)
    }

    pub fn find(c: &mut Connection, id: i64) -> QueryResult<Option<Self>> {
        imports::table.filter(imports::id.eq(id)).first(c).optional()
    }

    /// The user's own import of this resource; those of others are not found.
    pub fn find_for(c: &mut Connection, user_id: i64, resource: &str, id: i64) -> QueryResult<Option<Self>> {
        imports::table
            .filter(imports::id.eq(id))
            .filter(imports::user_id.eq(user_id))
            .filter(imports::resource.eq(resource))
            .first(c)
            .optional()
    }

    /// The user's latest imports of this resource.
    pub fn list_for(c: &mut Connection, user_id: i64, resource: &str) -> QueryResult<Vec<Self>> {
        imports::table
            .filter(imports::user_id.eq(user_id))
            .filter(imports::resource.eq(resource))
            .order(imports::id.desc())
            .limit(10)
            .load(c)
    }

    /// Imports in one of these states that have not changed since `before`.
    pub fn list_still(c: &mut Connection, states: &[State], before: UtcDateTime) -> QueryResult<Vec<Self>> {
        imports::table.filter(imports::state.eq_any(states.to_vec())).filter(imports::updated_at.lt(before)).order(imports::id).load(c)
    }

    /// The file was read in another way. `false` if the columns have been matched meanwhile.
    pub fn reread(c: &mut Connection, id: i64, choice: &Choice, new: &NewImport, now: UtcDateTime) -> QueryResult<bool> {
        let moved = diesel::update(imports::table.filter(imports::id.eq(id)).filter(imports::state.eq(State::Uploaded)))
            .set((
                (imports::encoding.eq(&choice.encoding), imports::sheet.eq(&choice.sheet)),
                imports::manner.eq(&new.manner),
                imports::headings.eq(json(&new.headings)),
                imports::targets.eq("[]"),
                imports::total_rows.eq(new.total_rows),
                imports::updated_at.eq(now),
            ))
            .execute(c)?;
        Ok(moved == 1)
    }

    /// Stores the columns and starts the trial run. `false` if another request was faster.
    pub fn map(c: &mut Connection, id: i64, columns: &Mapping, now: UtcDateTime) -> QueryResult<bool> {
        let moved = diesel::update(imports::table.filter(imports::id.eq(id)).filter(imports::state.eq(State::Uploaded)))
            .set((
                imports::state.eq(State::Mapped),
                imports::targets.eq(json(&columns.targets)),
                imports::month_first.eq(columns.month_first),
                imports::clears_blanks.eq(columns.clears_blanks),
                imports::note.eq(""),
                imports::updated_at.eq(now),
            ))
            .execute(c)?;
        Ok(moved == 1)
    }

    /// Returns to the columns and deletes the result of the trial run.
    pub fn unmap(c: &mut Connection, id: i64, now: UtcDateTime) -> QueryResult<bool> {
        let from = [State::Mapped, State::Checked];
        let moved = diesel::update(imports::table.filter(imports::id.eq(id)).filter(imports::state.eq_any(from)))
            .set((
                imports::state.eq(State::Uploaded),
                (imports::checked_rows.eq(0), imports::new_rows.eq(0), imports::changed_rows.eq(0)),
                (imports::same_rows.eq(0), imports::error_rows.eq(0)),
                (imports::known_rows.eq(0), imports::renamed_rows.eq(0)),
                imports::note.eq(""),
                imports::updated_at.eq(now),
            ))
            .execute(c)?;
        diesel::delete(import_rows::table.filter(import_rows::import_id.eq(id))).execute(c)?;
        Ok(moved == 1)
    }

    /// Adds a batch of the trial run. `false` if another process has continued it.
    pub fn advance(&self, c: &mut Connection, found: Counts, now: UtcDateTime) -> QueryResult<bool> {
        let own = imports::table
            .filter(imports::id.eq(self.id))
            .filter(imports::state.eq(State::Mapped))
            .filter(imports::checked_rows.eq(self.checked_rows));
        let moved = diesel::update(own)
            .set((
                imports::checked_rows.eq(imports::checked_rows + found.sum()),
                imports::new_rows.eq(imports::new_rows + found.new),
                imports::changed_rows.eq(imports::changed_rows + found.changed),
                imports::same_rows.eq(imports::same_rows + found.same),
                imports::error_rows.eq(imports::error_rows + found.errors),
                imports::known_rows.eq(imports::known_rows + found.known),
                imports::renamed_rows.eq(imports::renamed_rows + found.renamed),
                imports::updated_at.eq(now),
            ))
            .execute(c)?;
        Ok(moved == 1)
    }

    /// Changes the state, with a note. `false` if it was not in the state `from`.
    pub fn step(c: &mut Connection, id: i64, from: State, to: State, note: &str, now: UtcDateTime) -> QueryResult<bool> {
        let finished_at = matches!(to, State::Done | State::Failed).then_some(now);
        let note: String = note.chars().take(1_000).collect();
        let moved = diesel::update(imports::table.filter(imports::id.eq(id)).filter(imports::state.eq(from)))
            .set((imports::state.eq(to), imports::note.eq(note), imports::finished_at.eq(finished_at), imports::updated_at.eq(now)))
            .execute(c)?;
        Ok(moved == 1)
    }

    /// Confirms the import. `false` for the second of two requests.
    pub fn confirm(c: &mut Connection, id: i64, skips_errors: bool, known: Known, now: UtcDateTime) -> QueryResult<bool> {
        let own = imports::table.filter(imports::id.eq(id)).filter(imports::state.eq(State::Checked));
        let moved = diesel::update(own)
            .set((
                imports::state.eq(State::Running),
                imports::skips_errors.eq(skips_errors),
                imports::known.eq(known),
                imports::note.eq(""),
                imports::updated_at.eq(now),
            ))
            .execute(c)?;
        Ok(moved == 1)
    }

    /// Recounts after lines proved invalid during the import.
    pub fn count_again(c: &mut Connection, id: i64) -> QueryResult<()> {
        let mut of = |outcome: Outcome| {
            let rows = import_rows::table.filter(import_rows::import_id.eq(id)).filter(import_rows::outcome.eq(outcome));
            rows.count().get_result::<i64>(c)
        };
        let (new, changed, same, errors) = (of(Outcome::New)?, of(Outcome::Change)?, of(Outcome::Same)?, of(Outcome::Error)?);
        diesel::update(imports::table.filter(imports::id.eq(id)))
            .set((
                imports::new_rows.eq(new),
                imports::changed_rows.eq(changed),
                imports::same_rows.eq(same),
                imports::error_rows.eq(errors),
                imports::checked_rows.eq(new + changed + same + errors),
            ))
            .execute(c)
            .map(|_| ())
    }

    /// Deletes an import with its file and its rows, unless it is being written.
    pub fn discard(c: &mut Connection, id: i64) -> QueryResult<bool> {
        let own = imports::table.filter(imports::id.eq(id)).filter(imports::state.ne(State::Running));
        Ok(diesel::delete(own).execute(c)? == 1)
    }

    /// Deletes imports that have not changed since `before`, with everything that belongs to them.
    pub fn clear_before(c: &mut Connection, before: UtcDateTime) -> QueryResult<usize> {
        let old = imports::table.filter(imports::updated_at.lt(before)).filter(imports::state.ne(State::Running));
        diesel::delete(old).execute(c)
    }

    /// Deletes the file, which is no longer needed.
    pub fn forget_file(c: &mut Connection, id: i64) -> QueryResult<usize> {
        diesel::delete(import_pieces::table.filter(import_pieces::import_id.eq(id))).execute(c)
    }
}

fn json(texts: &[String]) -> String {
    serde_json::to_string(texts).unwrap_or_else(|_| "[]".into())
}
