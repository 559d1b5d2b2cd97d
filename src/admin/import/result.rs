//! The result of the trial run: a page of it, and the lines with errors as a file.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use askama::Template;

use super::pages::{cut, inner_shell};
use crate::error::{AppError, AppResult};
use crate::resource::log::entry::Change;
use crate::resource::{Declaration, FormData};
use crate::transfer::import::{Import, State};
use crate::transfer::reading::column_name;
use crate::transfer::row::{ImportRow, Outcome};
use crate::transfer::writing::{Cell, Format, Sheet, Written};
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
    changes: Vec<Change>,
    cells: Vec<(String, String)>,
}

/// The page with the result of the trial run, and of the import if it has run.
pub async fn render(visit: &Visit, declaration: &Declaration, import: Import) -> AppResult<HttpResponse> {
    let asked = FormData::parse(visit.request.query_string().as_bytes()).unwrap_or_default();
    let outcome = Outcome::parse(asked.text("outcome"));
    let page = asked.text("page").parse().ok().filter(|page| (1..=1_000_000).contains(page)).unwrap_or(1_i64);
    let id = import.id;
    let rows = visit.app.db.read(move |c| ImportRow::page(c, id, outcome, PAGE + 1, (page - 1) * PAGE).map_err(AppError::from)).await?;
    let home = crate::admin::home(declaration);
    let here = format!("{home}/import/{id}");
    let word = outcome.map_or("", Outcome::as_str);
    let link = |page: i64| format!("{here}?outcome={word}&page={page}");
    let tab = |label, of: Option<Outcome>, count: i64| Tab {
        label,
        count: thousands(count),
        href: of.map_or_else(|| here.clone(), |of| format!("{here}?outcome={}", of.as_str())),
        current: of == outcome,
    };
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
        tabs: vec![
            tab("All", None, import.checked_rows),
            tab("New", Some(Outcome::New), import.new_rows),
            tab("Changed", Some(Outcome::Change), import.changed_rows),
            tab("Unchanged", Some(Outcome::Same), import.same_rows),
            tab("Errors", Some(Outcome::Error), import.error_rows),
        ],
        newer: (page > 1).then(|| link(page - 1)),
        older: (rows.len() as i64 > PAGE).then(|| link(page + 1)),
        lines: rows.into_iter().take(PAGE as usize).map(|row| found(row, &home, &headings)).collect(),
        seconds: if visit.app.settings.database_url.path().is_some() { import.to_write() / 2_000 } else { 0 },
        here,
        import,
    };
    html(StatusCode::OK, &page)
}

fn found(row: ImportRow, home: &str, headings: &[String]) -> Found {
    let (cells, changes) = (row.cells(), row.changes());
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
    let id = import.id;
    let written = visit
        .app
        .db
        .read(move |c| {
            let mut sheet = Sheet::new(format, &headings).map_err(AppError::internal)?;
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
    let bytes = match written {
        Written::Bytes(bytes) => bytes,
        Written::File(mut file) => {
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut file, &mut bytes).map_err(AppError::internal)?;
            bytes
        }
    };
    Ok(HttpResponse::Ok()
        .content_type(format.media_type())
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"errors-{id}.{}\"", format.word())))
        .body(bytes))
}
