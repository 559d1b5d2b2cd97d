//! The pages of an import until it is checked: the file, the columns, and the progress.

use askama::Template;

use crate::english::{cut, plural};
use crate::resource::{Actor, Declaration, Field, Kind};
use crate::transfer::columns::dates::Order;
use crate::transfer::columns::{self, NUMBER};
use crate::transfer::import::{Import, State};
use crate::transfer::reading::sheet::{Line, Manner};
use crate::transfer::reading::{column_name, encoding};
use crate::web::list::changelist::thousands;
use crate::web::page::shell::Shell;
use crate::web::request::visit::Visit;
use crate::web::sessions::presence::LOOKS_AGAIN;

fn shell(visit: &Visit, declaration: &Declaration, title: String) -> Shell {
    visit.shell(title).under(&[crate::admin::ROOT, (declaration.plural, &crate::admin::home(declaration))])
}

/// The shell of a page about one file.
pub fn inner_shell(visit: &Visit, declaration: &Declaration, import: &Import, title: String) -> Shell {
    let upload = format!("{}/import", crate::admin::home(declaration));
    shell(visit, declaration, title).renamed(&import.file_name).after("Import", &upload)
}

#[derive(Template)]
#[template(path = "admin/import/import.html")]
pub struct UploadPage {
    shell: Shell,
    action: String,
    back: String,
    error: Option<String>,
    limit: String,
    fields: Vec<(&'static str, bool)>,
    key: String,
    latest: Vec<Latest>,
}

struct Latest {
    name: String,
    href: String,
    state: &'static str,
    tone: &'static str,
    note: String,
}

impl UploadPage {
    pub fn new(visit: &Visit, actor: &Actor, declaration: &Declaration, latest: &[Import], error: Option<String>) -> Self {
        let home = crate::admin::home(declaration);
        let given = visit.app.registry.get(declaration.name).map(|resource| resource.initial(actor, visit.app.now())).unwrap_or_default();
        let needed = |field: &Field| field.required && !field.filled_by_validate && given.get(field.name).is_none();
        let line = |import: &Import| Latest {
            name: import.file_name.clone(),
            href: format!("{home}/import/{}", import.id),
            state: import.state.label(),
            tone: tone(import.state),
            note: format!("{} · {}", plural(import.total_rows, "row", "rows"), visit.zone().show(import.created_at)),
        };
        Self {
            shell: shell(visit, declaration, format!("Import {}", declaration.plural_lower()))
                .renamed("Import")
                .with_errors(error.is_some()),
            action: format!("{home}/import"),
            back: home.clone(),
            error,
            limit: format!("{} MB", visit.app.settings.upload_limit / (1024 * 1024)),
            fields: columns::importable(&visit.app, actor, declaration).iter().map(|field| (field.label, needed(field))).collect(),
            key: columns::key_words(declaration),
            latest: latest.iter().map(line).collect(),
        }
    }
}

fn tone(state: State) -> &'static str {
    match state {
        State::Done => "ok",
        State::Failed => "danger",
        State::Uploaded | State::Checked => "warn",
        State::Mapped | State::Running => "info",
    }
}

#[derive(Template)]
#[template(path = "admin/import/import_columns.html")]
pub struct ColumnsPage {
    shell: Shell,
    action: String,
    discard: String,
    error: Option<String>,
    file_name: String,
    manner: String,
    rows: String,
    columns: Vec<Column>,
    /// The encodings of a CSV file and the sheets of a workbook, if there is a choice: value, label, whether it is chosen.
    encodings: Vec<(String, String, bool)>,
    /// The encoding or the sheet that the page shows.
    read_as: String,
    sheets: Vec<(String, String, bool)>,
    clears_blanks: bool,
    has_dates: bool,
    month_first: bool,
    key: String,
    plural: String,
}

struct Column {
    heading: String,
    examples: String,
    /// The order of its dates.
    note: String,
    /// Name, label, whether it is chosen.
    choices: Vec<(String, &'static str, bool)>,
}

/// The file of an import as it was read.
pub struct FileShown<'a> {
    pub import: &'a Import,
    pub manner: &'a Manner,
    pub examples: &'a [Line],
    /// Nothing was chosen yet.
    pub is_first: bool,
}

impl ColumnsPage {
    pub fn new(
        visit: &Visit,
        declaration: &Declaration,
        file: &FileShown,
        fields: &[&Field],
        targets: &[String],
        error: Option<String>,
    ) -> Self {
        let FileShown { import, manner, examples, is_first } = file;
        let cells = |place: usize| examples.iter().filter_map(move |line| line.cells.get(place)).filter(|cell| !cell.is_empty());
        let order = |place: usize| Order::of(cells(place).map(String::as_str));
        let is_date = |name: &&String| fields.iter().any(|field| field.name == **name && field.kind == Kind::Date);
        let dates = targets.iter().enumerate().filter(|(_, name)| is_date(name)).map(|(place, _)| place);
        let month_first = match is_first {
            true => dates.filter_map(|place| order(place).is_month_first()).next().unwrap_or(visit.zone().is_month_first()),
            false => import.month_first,
        };
        let mut encodings: Vec<_> =
            encoding::CHOICES.iter().map(|(name, label)| ((*name).into(), (*label).into(), *name == manner.encoding)).collect();
        if !encodings.iter().any(|(_, _, chosen)| *chosen) {
            encodings.insert(0, (manner.encoding.into(), manner.encoding.into(), true));
        }
        let sheets = manner.sheets.iter().filter(|_| manner.sheets.len() > 1);
        let here = format!("{}/import/{}", crate::admin::home(declaration), import.id);
        let column = |(place, heading): (usize, String)| {
            let chosen = targets.get(place).map_or("", String::as_str);
            let number = std::iter::once((NUMBER.to_string(), "Number (identifies the record)", chosen == NUMBER));
            let choices = fields.iter().map(|field| (field.name.to_string(), field.label, field.name == chosen)).chain(number);
            Column {
                heading: if heading.trim().is_empty() { format!("Column {}", column_name(place)) } else { cut(&heading, 60) },
                examples: cells(place).take(3).map(|cell| cut(cell, 40)).collect::<Vec<_>>().join(" · "),
                note: order(place).note(),
                choices: choices.collect(),
            }
        };
        Self {
            shell: inner_shell(visit, declaration, import, "Match columns".into()).with_errors(error.is_some()),
            action: format!("{here}/columns"),
            discard: format!("{here}/discard"),
            error,
            file_name: import.file_name.clone(),
            manner: import.manner.clone(),
            rows: plural(import.total_rows, "row", "rows"),
            columns: import.headings().into_iter().enumerate().map(column).collect(),
            has_dates: fields.iter().any(|field| field.kind == Kind::Date),
            month_first,
            clears_blanks: import.clears_blanks,
            encodings: if manner.encoding.is_empty() { Vec::new() } else { encodings },
            read_as: if manner.encoding.is_empty() { manner.sheet.clone() } else { manner.encoding.into() },
            sheets: sheets.map(|name| (name.clone(), cut(name, 60), *name == manner.sheet)).collect(),
            key: columns::key_words(declaration),
            plural: declaration.plural_lower(),
        }
    }
}

#[derive(Template)]
#[template(path = "admin/import/import_progress.html")]
pub struct ProgressPage {
    shell: Shell,
    is_writing: bool,
    done: i64,
    total: i64,
    message: String,
    /// The address for the automatic refresh without script, which does not count as presence.
    again: String,
    back: String,
    plural: String,
}

impl ProgressPage {
    pub fn new(visit: &Visit, declaration: &Declaration, import: &Import) -> Self {
        let is_writing = import.state == State::Running;
        let known = if is_writing { visit.app.progress.of(import.id) } else { Some(import.checked_rows) };
        let total = if is_writing { import.to_write() } else { import.total_rows };
        let done = known.unwrap_or(0).min(total);
        Self {
            shell: inner_shell(
                visit,
                declaration,
                import,
                format!("{} {}", if is_writing { "Importing" } else { "Checking" }, import.file_name),
            ),
            is_writing,
            done,
            total,
            message: match known {
                Some(_) => format!("{} of {}", thousands(done), plural(total, "row", "rows")),
                None => plural(total, "row", "rows"),
            },
            again: format!("{}?{LOOKS_AGAIN}", visit.request.path()),
            back: crate::admin::home(declaration),
            plural: declaration.plural_lower(),
        }
    }
}
