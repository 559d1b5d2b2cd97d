//! The result of the trial run: a page of it, and the lines with errors as a file.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use askama::Template;

use super::pages::inner_shell;
use crate::db::Zone;
use crate::english::{cut, plural};
use crate::error::{AppError, AppResult};
use crate::resource::log::entry::Change;
use crate::resource::{Declaration, FormData, Kind, Value};
use crate::transfer::columns;
use crate::transfer::import::{Import, Known, State};
use crate::transfer::reading::column_name;
use crate::transfer::row::{ImportRow, Outcome, Shown};
use crate::transfer::writing::{Cell, Format, Sheet};
use crate::web::list::changelist::thousands;
use crate::web::page::shell::Shell;
use crate::web::request::visit::Visit;
use crate::web::response::html;

/// Lines on a page.
const PAGE: i64 = 50;

#[derive(Template)]
#[template(path = "admin/import/import_result.html")]
struct ResultPage {
    shell: Shell,
    import: Import,
    here: String,
    list: String,
    plural: String,
    when: String,
    tabs: Vec<Tab>,
    lines: Vec<Found>,
    newer: Option<String>,
    older: Option<String>,
    /// What may be done with lines that are probably known: value and label.
    choices: Vec<(&'static str, &'static str)>,
    /// `name, age and gender`
    known_why: String,
    /// A sentence about names that the import would change, because its numbers may be those of another system.
    renames: String,
    /// Seconds for which nobody else can write on SQLite.
    seconds: i64,
}

struct Tab {
    label: &'static str,
    count: String,
    href: String,
    current: bool,
}

struct Found {
    line: i64,
    outcome: &'static str,
    tone: &'static str,
    label: String,
    href: Option<String>,
    reason: String,
    /// What the line is probably about: a text, and its link.
    known: Option<(String, String)>,
    is_new: bool,
    changes: Vec<Change>,
    cells: Vec<(String, String)>,
}

/// The page with the result of the trial run, and of the import if it has run.
pub async fn render(visit: &Visit, declaration: &Declaration, import: Import) -> AppResult<HttpResponse> {
    let asked = FormData::parse(visit.request.query_string().as_bytes()).unwrap_or_default();
    let word = asked.text("outcome");
    let shown = match Outcome::parse(word) {
        Some(outcome) => Shown::Only(outcome),
        None if word == KNOWN => Shown::Known,
        None => Shown::All,
    };
    let page = asked.text("page").parse().ok().filter(|page| (1..=1_000_000).contains(page)).unwrap_or(1_i64);
    let id = import.id;
    let rows = visit.app.db.read(move |c| ImportRow::page(c, id, shown, PAGE + 1, (page - 1) * PAGE).map_err(AppError::from)).await?;
    let home = crate::admin::home(declaration);
    let here = format!("{home}/import/{id}");
    let word = shown_word(shown);
    let link = |page: i64| format!("{here}?outcome={word}&page={page}");
    let tab = |label, of: Shown, count: i64| Tab {
        label,
        count: thousands(count),
        href: if of == Shown::All { here.clone() } else { format!("{here}?outcome={}", shown_word(of)) },
        current: of == shown,
    };
    let mut tabs = vec![
        tab("All", Shown::All, import.checked_rows),
        tab("New", Shown::Only(Outcome::New), import.new_rows),
        tab("Changed", Shown::Only(Outcome::Change), import.changed_rows),
        tab("Unchanged", Shown::Only(Outcome::Same), import.same_rows),
        tab("Errors", Shown::Only(Outcome::Error), import.error_rows),
    ];
    if import.known_rows > 0 {
        tabs.push(tab("Probably known", Shown::Known, import.known_rows));
    }
    let title = match import.state {
        State::Done => format!("{} imported", import.file_name),
        State::Failed => format!("{} not imported", import.file_name),
        _ => format!("Changes in {}", import.file_name),
    };
    let headings = import.headings();
    let page = ResultPage {
        shell: inner_shell(visit, declaration, &import, title),
        list: home.clone(),
        plural: declaration.plural_lower(),
        when: import.finished_at.map_or_else(String::new, |at| visit.zone().show(at)),
        tabs,
        choices: [Known::Leave, Known::Match, Known::Add].map(|known| (known.as_str(), known.label())).into(),
        known_why: known_why(declaration),
        renames: renames(declaration, &import),
        newer: (page > 1).then(|| link(page - 1)),
        older: (rows.len() as i64 > PAGE).then(|| link(page + 1)),
        lines: rows.into_iter().take(PAGE as usize).map(|row| found(row, (declaration, &home), &headings, &visit.zone())).collect(),
        seconds: if visit.app.settings.database_url.path().is_some() { import.to_write() / 2_000 } else { 0 },
        here,
        import,
    };
    html(StatusCode::OK, &page)
}

/// The word for the lines that are probably known, beside those of the outcomes.
const KNOWN: &str = "known";

fn shown_word(shown: Shown) -> &'static str {
    match shown {
        Shown::All => "",
        Shown::Only(outcome) => outcome.as_str(),
        Shown::Known => KNOWN,
    }
}

/// By what a row is probably known.
fn known_why(declaration: &Declaration) -> String {
    let nearly = "the name and another detail are nearly the same";
    match columns::labels(declaration, declaration.known_by) {
        same if same.is_empty() => format!("In a record, {nearly}."),
        same => format!("In a record or an earlier row the {same} are the same, or {nearly}."),
    }
}

fn renames(declaration: &Declaration, import: &Import) -> String {
    if !import.mostly_renames() {
        return String::new();
    }
    let (rows, noun) = (plural(import.renamed_rows, "row gives", "rows give"), declaration.singular_lower());
    let name = columns::labels(declaration, declaration.natural_key.get(..1).unwrap_or_default());
    format!("{rows} the {noun} of this number another {name}. Are these the numbers of another system?")
}

/// The change with its dates written out, so that nobody mistakes the day for the month.
fn written_out(declaration: &Declaration, zone: &Zone, change: Change) -> Change {
    let kind = declaration.field(&change.field).map(|field| field.kind);
    let long = |json: &serde_json::Value, text: String| match Value::from_json(Kind::Date, json) {
        Some(Value::Date(date)) if kind == Some(Kind::Date) => zone.long_date(date),
        _ => text,
    };
    let (before_text, after_text) = (long(&change.before, change.before_text), long(&change.after, change.after_text));
    Change { before_text, after_text, ..change }
}

fn found(row: ImportRow, (declaration, home): (&Declaration, &str), headings: &[String], zone: &Zone) -> Found {
    let known = match (row.known_line, row.known_id) {
        (Some(line), _) => Some((format!("Probably the same as line {line}"), String::new())),
        (None, Some(id)) => Some((format!("Probably the {} with the number {id}", declaration.singular_lower()), format!("{home}/{id}"))),
        (None, None) => None,
    };
    let cells = row.cells();
    let changes = row.changes().into_iter().map(|change| written_out(declaration, zone, change)).collect();
    let tone = match row.outcome {
        Outcome::New => "ok",
        Outcome::Change => "info",
        Outcome::Same => "",
        Outcome::Error => "danger",
    };
    let named = |(place, cell): (usize, String)| {
        let heading = headings.get(place).filter(|heading| !heading.is_empty());
        (heading.cloned().unwrap_or_else(|| format!("Column {}", column_name(place))), cut(&cell, 200))
    };
    Found {
        line: row.line,
        outcome: row.outcome.label(),
        tone,
        href: row.target_id.map(|id| format!("{home}/{id}")),
        label: if row.label.is_empty() {
            cells.iter().find(|cell| !cell.is_empty()).map(|cell| cut(cell, 60)).unwrap_or_default()
        } else {
            row.label
        },
        reason: row.reason,
        known,
        is_new: row.outcome == Outcome::New,
        changes,
        cells: cells.into_iter().enumerate().filter(|(_, cell)| !cell.is_empty()).map(named).collect(),
    }
}

/// Lines read together for the file of errors.
const STRETCH: i64 = 1_000;

pub async fn errors_file(visit: &Visit, import: Import) -> AppResult<HttpResponse> {
    let asked = FormData::parse(visit.request.query_string().as_bytes()).unwrap_or_default();
    let format = Format::named(asked.text("format")).unwrap_or(Format::Csv);
    let mut headings = import.headings();
    headings.extend(["Line".to_string(), "Reason".to_string()]);
    let width = headings.len() - 2;
    let (id, zone) = (import.id, visit.zone());
    let written = visit
        .app
        .db
        .read(move |c| {
            let mut sheet = Sheet::new(format, &headings, &zone).map_err(AppError::internal)?;
            let mut last = 0;
            loop {
                let rows = ImportRow::list_after(c, id, &[Outcome::Error], last, STRETCH)?;
                let Some(end) = rows.last() else { return sheet.finish().map_err(AppError::internal) };
                last = end.line;
                for row in rows {
                    let mut cells: Vec<Cell> = row.cells().into_iter().take(width).map(Cell::text).collect();
                    cells.resize(width, Cell::Blank);
                    cells.extend([Cell::Number(row.line), Cell::text(row.reason)]);
                    sheet.write(&cells).map_err(AppError::internal)?;
                }
            }
        })
        .await?;
    let bytes = written.into_bytes().map_err(AppError::internal)?;
    Ok(HttpResponse::Ok()
        .content_type(format.media_type())
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"errors-{id}.{}\"", format.word())))
        .body(bytes))
}
