//! The trial run: each batch of the file is written as the import would write it, and rolled back; its result is stored. It
//! continues where it stopped, even after a restart.

use std::fs::File;
use std::time::{Duration, Instant};

use actix_web::web::Data;
use tokio::sync::mpsc;

use super::chunks::{self, PieceError};
use super::columns::dates;
use super::counts::Counts;
use super::import::{Import, State};
use super::matching::{Plan, Reader};
use super::reading;
use super::reading::sheet::{self, Choice, Flow, Limits, Line, Manner};
use super::row::{self, ImportRow, NewRow, Outcome};
use super::savepoint::{Attempt, Done, Scribe};
use super::twins::{mark_known, mark_similar, mark_twins};
use crate::app::App;
use crate::db::connection::part;
use crate::db::{Connection, DbError};
use crate::resource::log::entry::LogAction;
use crate::resource::{Actor, Resource};

/// The most lines of a batch.
const STRETCH: usize = 250;
/// On SQLite all other writers wait for a batch, so it ends after this time.
const TURN: Duration = Duration::from_millis(200);
/// Lines that are written together before they are tried one by one.
const TOGETHER: usize = 25;
/// The lines by which columns are guessed.
const EXAMPLES: usize = 2_000;
/// How often a batch is retried while the database is busy.
const TRIES: u32 = 30;

/// Reads the whole file once: its detected format, its headings, and the number of its lines.
pub fn survey(file: &File, limits: &Limits, choice: &Choice) -> sheet::Reading<(Manner, Vec<String>, i64)> {
    let (mut headings, mut lines) = (None, 0);
    let manner = reading::read(file, limits, choice, &mut |line| {
        match headings {
            None => headings = Some(line.cells),
            Some(_) => lines += 1,
        }
        Flow::On
    })?;
    match headings {
        Some(headings) if lines > 0 => Ok((manner, headings, lines)),
        _ => Err(sheet::SheetError("The sheet has no rows below the headings.".into())),
    }
}

/// How the file is read, and the first lines below the headings, by which columns are guessed.
pub fn examples(file: &File, limits: &Limits, choice: &Choice) -> (Manner, Vec<Line>) {
    let mut lines = Vec::new();
    // Errors of reading were reported after the upload.
    let manner = reading::read(file, limits, choice, &mut |line| {
        lines.push(line);
        if lines.len() > EXAMPLES { Flow::Stop } else { Flow::On }
    });
    (manner.unwrap_or_default(), lines.into_iter().skip(1).collect())
}

/// Starts it on a task of its own.
pub fn start(app: Data<App>, import: i64, actor: Actor) {
    actix_web::rt::spawn(async move {
        if let Err(why) = run(&app, import, actor).await {
            tracing::warn!(import, %why, "the check of an import failed");
            let (now, note) = (app.now(), "The file could not be checked completely. Upload it again.");
            let failed =
                app.db.write(move |c| Import::step(c, import, State::Mapped, State::Failed, note, now).map_err(DbError::from)).await;
            if let Err(error) = failed {
                tracing::warn!(import, %error, "could not mark an import as failed");
            }
        }
    });
}

async fn run(app: &Data<App>, id: i64, actor: Actor) -> Result<(), String> {
    let begun = app
        .db
        .read(move |c| {
            let Some(import) = Import::find(c, id)? else { return Ok(None) };
            let last = ImportRow::last_line(c, id)?;
            match chunks::fetch(c, id) {
                Ok(file) => Ok(Some((import, last, Ok(file)))),
                Err(PieceError::File(error)) => Ok(Some((import, last, Err(error.to_string())))),
                Err(PieceError::Db(error)) => Err(DbError::from(error)),
            }
        })
        .await
        .map_err(|error| error.to_string())?;
    let Some((import, last, file)) = begun else { return Ok(()) };
    let mut stretches = stretches(file?, Limits::for_uploads_of(app.settings.upload_limit), import.choice(), last);
    let mut dates = dates::Columns::of(app, &import);
    let mut import = import;
    while let Some(stretch) = stretches.recv().await {
        let mut lines = stretch.map_err(|error| error.to_string())?;
        dates.read(&lines);
        while !lines.is_empty() {
            let before = import.checked_rows;
            let Some(further) = tried(app, &actor, import, lines.clone()).await? else { return Ok(()) };
            import = further;
            lines.drain(..usize::try_from(import.checked_rows - before).unwrap_or(0).clamp(1, lines.len()));
        }
    }
    let (now, note) = (app.now(), dates.mixed());
    let done = app.db.write(move |c| Import::step(c, id, State::Mapped, State::Checked, &note, now).map_err(DbError::from)).await;
    done.map(|_| ()).map_err(|error| error.to_string())
}

/// Reads the file on its own thread, a few batches ahead of the database.
fn stretches(file: File, limits: Limits, choice: Choice, last: i64) -> mpsc::Receiver<sheet::Reading<Vec<Line>>> {
    let (sender, receiver) = mpsc::channel(2);
    actix_web::rt::task::spawn_blocking(move || {
        let (mut stretch, mut is_heading) = (Vec::new(), true);
        let read = reading::read(&file, &limits, &choice, &mut |line| {
            if std::mem::take(&mut is_heading) || i64::from(line.number) <= last {
                return Flow::On;
            }
            stretch.push(line);
            if stretch.len() < STRETCH {
                return Flow::On;
            }
            match sender.blocking_send(Ok(std::mem::take(&mut stretch))) {
                Ok(()) => Flow::On,
                Err(_) => Flow::Stop,
            }
        });
        // The receiver is gone when the trial run was abandoned.
        let _ = match read {
            Ok(_) if stretch.is_empty() => Ok(()),
            Ok(_) => sender.blocking_send(Ok(stretch)),
            Err(error) => sender.blocking_send(Err(error)),
        };
    });
    receiver
}

/// Tries the beginning of a batch, as many lines as its time allows, and retries while the database is busy. `None` if another
/// process has continued the import.
async fn tried(app: &Data<App>, actor: &Actor, import: Import, lines: Vec<Line>) -> Result<Option<Import>, String> {
    let mut tries = 0;
    loop {
        let (data, actor, import, lines) = (app.clone(), actor.clone(), import.clone(), lines.clone());
        match app.db.write(move |c| stretch(c, &data, &actor, import, lines)).await {
            Ok(further) => return Ok(further),
            Err(DbError::Unavailable(_)) if tries < TRIES => {
                tries += 1;
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            Err(error) => return Err(error.to_string()),
        }
    }
}

/// Carries the result out of the savepoint that is rolled back.
enum Back {
    Found(Vec<Attempt>),
    Db(DbError),
}

impl From<diesel::result::Error> for Back {
    fn from(error: diesel::result::Error) -> Self {
        Self::Db(error.into())
    }
}

fn stretch(c: &mut Connection, app: &App, actor: &Actor, mut import: Import, lines: Vec<Line>) -> Result<Option<Import>, DbError> {
    let Some(resource) = app.registry.get(&import.resource) else { return Ok(None) };
    let mut plans = Reader::new(app, actor, resource, &import).plan(c, lines)?;
    mark_twins(c, &import, &mut plans)?;
    let (scribe, begun) = (Scribe::new(app, actor, resource), Instant::now());
    let tried = part(c, |c| {
        let mut attempts = Vec::new();
        for some in plans.chunks(TOGETHER) {
            if !attempts.is_empty() && begun.elapsed() > TURN {
                break;
            }
            attempts.extend(scribe.write(c, &some.iter().collect::<Vec<_>>()).map_err(Back::Db)?);
        }
        Err::<(), _>(Back::Found(attempts))
    });
    let attempts = match tried {
        Err(Back::Found(attempts)) => attempts,
        Err(Back::Db(error)) => return Err(error),
        Ok(()) => return Ok(None),
    };
    mark_known(c, &import, resource.declaration(), &mut plans, &attempts)?;
    mark_similar(c, actor, resource, &mut plans, &attempts)?;
    let now = app.now();
    let renamed = attempts.iter().flatten().filter(|done| renames(resource, done)).count() as i64;
    let rows: Vec<NewRow> = plans.into_iter().zip(attempts).map(|(plan, attempt)| found(&import, plan, attempt, now)).collect();
    let counts = Counts { renamed, ..row::count(&rows) };
    if !import.advance(c, counts, now)? {
        return Ok(None);
    }
    row::insert(c, &rows)?;
    import.checked_rows += counts.sum();
    Ok(Some(import))
}

/// Whether an existing record would get another name.
fn renames(resource: &Resource, done: &Done) -> bool {
    let name = resource.declaration().natural_key.first().copied().unwrap_or_default();
    let changes = done.entries.iter().filter(|entry| entry.action == LogAction::Change).flat_map(|entry| &entry.changes);
    changes.into_iter().any(|change| change.field == name)
}

fn found(import: &Import, plan: Plan, attempt: Attempt, now: crate::db::UtcDateTime) -> NewRow {
    let changes = |done: &Done| done.entries.iter().flat_map(|entry| entry.changes.clone()).collect::<Vec<_>>();
    let (outcome, reason, changes, label) = match &attempt {
        Err(sentence) => (Outcome::Error, sentence.clone(), Vec::new(), plan.target.as_ref().map_or("", |row| &row.label)),
        Ok(done) if plan.target.is_none() => (Outcome::New, String::new(), changes(done), done.row.label.as_str()),
        Ok(done) if done.entries.is_empty() => (Outcome::Same, String::new(), Vec::new(), done.row.label.as_str()),
        Ok(done) => (Outcome::Change, String::new(), changes(done), done.row.label.as_str()),
    };
    NewRow {
        import_id: import.id,
        line: plan.line,
        cells: serde_json::to_string(&plan.cells).unwrap_or_else(|_| "[]".into()),
        outcome: outcome.as_str().into(),
        reason,
        changes: serde_json::to_string(&changes).unwrap_or_else(|_| "[]".into()),
        label: label.into(),
        // An invalid line does not occupy its key.
        row_key: if outcome == Outcome::Error { String::new() } else { plan.key },
        target_id: plan.target.as_ref().map(|row| row.id),
        target_version: plan.target.as_ref().map_or(0, |row| row.version),
        created_at: now,
        updated_at: now,
        known_id: plan.known_id.filter(|_| outcome == Outcome::New),
        known_line: plan.known_line.filter(|_| outcome == Outcome::New),
        known_key: plan.known_key,
    }
}
