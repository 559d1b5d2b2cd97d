//! The import itself: writes every line that the trial run accepted, in one transaction. If records have changed since, nothing
//! is written, unless lines with errors may be left out.

use std::collections::HashSet;

use actix_web::web::Data;
use diesel::connection::SimpleConnection;

use super::import::{Import, Known, State};
use super::log_spool::Spool;
use super::matching::{Plan, Reader};
use super::reading::sheet::Line;
use super::row::{ImportRow, Outcome};
use super::savepoint::Scribe;
use crate::app::App;
use crate::db::connection::exclusive;
use crate::db::{Connection, DbError};
use crate::resource::log::append::{Entry, append};
use crate::resource::log::entry::LogAction;
use crate::resource::{Actor, Resource};

/// Lines that are looked up together.
const STRETCH: i64 = 500;
/// Lines that are written together before they are tried one by one.
const TOGETHER: usize = 100;
/// The most problems that are listed.
const MOST_PROBLEMS: usize = 1_000;

/// Why nothing was written.
enum Stopped {
    /// Lines that can no longer be written, with the reason.
    RecordErrors(Vec<(i64, String)>),
    /// Another process is running it, or it has finished.
    Elsewhere,
    File(std::io::Error),
    Db(DbError),
}

impl From<diesel::result::Error> for Stopped {
    fn from(error: diesel::result::Error) -> Self {
        Self::Db(error.into())
    }
}

impl From<DbError> for Stopped {
    fn from(error: DbError) -> Self {
        Self::Db(error)
    }
}

impl From<std::io::Error> for Stopped {
    fn from(error: std::io::Error) -> Self {
        Self::File(error)
    }
}

/// Starts it on a task of its own; the import already has the state `running`.
pub fn start(app: Data<App>, id: i64, actor: Actor) {
    actix_web::rt::spawn(async move {
        app.progress.begin(id);
        let data = app.clone();
        let done = app.db.write(move |c| run(c, &data, id, &actor)).await;
        if let Err(stopped) = done {
            settle(&app, id, stopped).await;
        }
        app.progress.end(id);
    });
}

/// Nothing was written: stores the reason, so that the user can start again.
async fn settle(app: &Data<App>, id: i64, stopped: Stopped) {
    let (problems, note) = match stopped {
        Stopped::Elsewhere => return,
        Stopped::RecordErrors(problems) => {
            let note = "Nothing was imported: some records have changed since the check. See the errors.";
            (problems, note)
        }
        Stopped::File(error) => {
            tracing::warn!(import = id, %error, "an import failed");
            (Vec::new(), "Nothing was imported: the disk of the server is full or not writable. Try again later.")
        }
        Stopped::Db(error) => {
            tracing::warn!(import = id, %error, "an import failed");
            (Vec::new(), "Nothing was imported: the database was busy or restarted. Try again.")
        }
    };
    let now = app.now();
    let settled = app
        .db
        .write(move |c| {
            for (line, reason) in problems.iter().take(MOST_PROBLEMS) {
                ImportRow::refuse(c, id, *line, reason, now)?;
            }
            Import::count_again(c, id)?;
            Import::step(c, id, State::Running, State::Checked, note, now).map_err(DbError::from)
        })
        .await;
    if let Err(error) = settled {
        tracing::warn!(import = id, %error, "could not reset a failed import");
    }
}

fn run(c: &mut Connection, app: &App, id: i64, actor: &Actor) -> Result<(), Stopped> {
    if let Connection::Postgres(inner) = c {
        inner.batch_execute("SET LOCAL lock_timeout = '30s'; SET LOCAL statement_timeout = '60s'")?;
    }
    exclusive(c, "import", id)?;
    let import = Import::find(c, id)?.filter(|import| import.state == State::Running).ok_or(Stopped::Elsewhere)?;
    let resource = app.registry.get(&import.resource).ok_or(Stopped::Elsewhere)?;
    let own = resource.declaration();
    let mut spool = Spool::new(own.name)?;
    let scribe = Scribe::new(app, actor, resource);
    let problems = write(c, app, &import, (actor, resource), &scribe, &mut spool)?;
    let left_out = import.error_rows + problems.len() as i64;
    let now = app.now();
    if !problems.is_empty() && !import.skips_errors {
        return Err(Stopped::RecordErrors(problems));
    }
    for (line, reason) in &problems {
        ImportRow::refuse(c, id, *line, reason, now)?;
    }
    Import::count_again(c, id)?;
    let import = Import::find(c, id)?.ok_or(Stopped::Elsewhere)?;
    Import::forget_file(c, id)?;
    if !Import::step(c, id, State::Running, State::Done, "", now)? {
        return Err(Stopped::Elsewhere);
    }
    let message = format!(
        "{} added and {} changed from {}{}",
        import.new_rows,
        import.changed_rows,
        import.file_name,
        if left_out > 0 { format!("; {left_out} left out") } else { String::new() }
    );
    spool.drain(500, |some| append(c, &app.keys, actor, now, some).map_err(Stopped::from))?;
    let totals = scribe.settle_totals(c)?;
    append(c, &app.keys, actor, now, &totals)?;
    append(c, &app.keys, actor, now, &[Entry::noted(LogAction::Import, own.name, message)])?;
    Ok(())
}

/// Which lines are written when. Those that are probably about a known record come last, because an earlier line may add it;
/// those that probably repeat an earlier line come after that, two about the same record never together.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    Ordinary,
    Known,
    Repeated,
}

impl Turn {
    fn of(row: &ImportRow) -> Self {
        match (row.known_line, row.known_id) {
            (Some(_), _) => Self::Repeated,
            (None, Some(_)) => Self::Known,
            (None, None) => Self::Ordinary,
        }
    }
}

/// Writes line after line, and reports those that cannot be written.
fn write(
    c: &mut Connection,
    app: &App,
    import: &Import,
    (actor, resource): (&Actor, &Resource),
    scribe: &Scribe,
    spool: &mut Spool,
) -> Result<Vec<(i64, String)>, Stopped> {
    let mut reader = Reader::new(app, actor, resource, import);
    let mut problems = Vec::new();
    let turns: &[Turn] = if import.known_rows > 0 { &[Turn::Ordinary, Turn::Known, Turn::Repeated] } else { &[Turn::Ordinary] };
    for turn in turns {
        reader.known = if *turn == Turn::Ordinary { Known::Ask } else { import.known };
        let mut last = 0;
        loop {
            let rows = ImportRow::list_after(c, import.id, &[Outcome::New, Outcome::Change], last, STRETCH)?;
            let Some(end) = rows.last() else { break };
            last = end.line;
            let rows: Vec<ImportRow> = rows.into_iter().filter(|row| Turn::of(row) == *turn).collect();
            for some in stretches(&rows, *turn) {
                problems.extend(write_some(c, app, import, &mut reader, (some, *turn), (scribe, spool))?);
            }
        }
    }
    Ok(problems)
}

/// The lines that are looked up together: of known ones up to where a record repeats, because each may change it.
fn stretches(rows: &[ImportRow], turn: Turn) -> impl Iterator<Item = &[ImportRow]> {
    let about = move |row: &ImportRow| match row.known_id {
        Some(id) if turn == Turn::Known => id.to_string(),
        _ => row.known_key.clone(),
    };
    let mut seen = HashSet::new();
    rows.chunk_by(move |row, next| {
        seen.insert(about(row));
        let next = about(next);
        let ends = turn != Turn::Ordinary && (next.is_empty() || seen.contains(&next));
        if ends {
            seen.clear();
        }
        !ends
    })
}

fn write_some(
    c: &mut Connection,
    app: &App,
    import: &Import,
    reader: &mut Reader,
    (rows, turn): (&[ImportRow], Turn),
    (scribe, spool): (&Scribe, &mut Spool),
) -> Result<Vec<(i64, String)>, Stopped> {
    let (mut problems, now) = (Vec::new(), app.now());
    if turn != Turn::Ordinary && import.known == Known::Leave {
        rows.iter().try_for_each(|row| ImportRow::settle(c, import.id, row.line, Outcome::Same, now).map(|_| ()))?;
        app.progress.add(import.id, rows.len() as i64);
        return Ok(problems);
    }
    if turn != Turn::Ordinary && import.known == Known::Match {
        reader.matches = rows.iter().filter_map(|row| Some((row.line, row.known_id?))).collect();
    }
    let lines = rows.iter().map(|row| Line { number: u32::try_from(row.line).unwrap_or(0), cells: row.cells(), fault: None });
    let mut plans = reader.plan(c, lines.collect())?;
    if turn == Turn::Ordinary {
        for (plan, row) in plans.iter_mut().zip(rows).filter(|(plan, _)| plan.refused.is_none()) {
            plan.refused = overtaken(plan, row, reader.resource);
        }
    }
    for some in plans.chunks(TOGETHER) {
        for (plan, attempt) in some.iter().zip(scribe.write(c, &some.iter().collect::<Vec<_>>())?) {
            match attempt {
                Ok(done) => {
                    if turn != Turn::Ordinary && plan.target.is_some() {
                        let outcome = if done.entries.is_empty() { Outcome::Same } else { Outcome::Change };
                        ImportRow::settle(c, import.id, plan.line, outcome, now)?;
                    }
                    done.entries.into_iter().try_for_each(|entry| spool.push(entry))?;
                }
                Err(reason) => problems.push((plan.line, reason)),
            }
        }
        app.progress.add(import.id, some.len() as i64);
    }
    Ok(problems)
}

/// How the record has changed since the trial run, in a sentence.
fn overtaken(plan: &Plan, row: &ImportRow, resource: &Resource) -> Option<String> {
    let noun = resource.declaration().singular_lower();
    match (&plan.target, row.target_id) {
        (None, None) if plan.known_id.is_some() => Some(format!("Another {noun} like this now exists; check the file again")),
        (None, None) => None,
        (Some(_), None) => Some(format!("Another {noun} like this now exists; check the file again")),
        (None, Some(_)) => Some(format!("The {noun} no longer exists; check the file again")),
        (Some(found), Some(id)) if found.id != id => Some(format!("The line now matches a different {noun}; check the file again")),
        (Some(found), _) if found.version != row.target_version => Some(format!("The {noun} has changed since; check the file again")),
        _ => None,
    }
}
