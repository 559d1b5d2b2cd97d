//! Exporting a list as a file. The user chooses the columns; the rows are those of the list's search and filters. Every export is
//! logged.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use actix_web::web::Path;
use askama::Template;

use crate::admin::export;
use crate::app::App;
use crate::english::plural;
use crate::error::{AppError, AppResult};
use crate::resource::log::append::Entry;
use crate::resource::log::entry::LogAction;
use crate::resource::{Actor, Condition, Declaration, Field, FormData, Kind, ListQuery, Test, Value};
use crate::transfer::columns::NUMBER;
use crate::transfer::writing::{Format, MOST_XLSX_ROWS};
use crate::web::list::changelist::thousands;
use crate::web::list::filters::chips;
use crate::web::list::params::Listing;
use crate::web::page::shell::Shell;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::html;

/// Rows read together.
pub const BATCH: i64 = 1_000;
/// The most records that can be selected by id.
const MOST_PICKED: usize = 1_000;

#[derive(Template)]
#[template(path = "admin/export/export.html")]
struct ExportPage {
    shell: Shell,
    action: String,
    back: String,
    /// The query string of the list.
    state: String,
    rows: String,
    narrowed: Vec<String>,
    /// Name, label, whether it is chosen.
    columns: Vec<(&'static str, &'static str, bool)>,
    error: Option<&'static str>,
    is_csv: bool,
}

/// What to export of a list.
#[derive(Clone)]
pub struct Wanted {
    pub name: &'static str,
    pub query: ListQuery,
    listing: Listing,
}

/// Fields that can be written as text.
fn readable(declaration: &Declaration) -> impl Iterator<Item = &Field> {
    declaration.fields.iter().filter(|field| field.kind != Kind::Many)
}

/// The list in its state, or the records that were selected in it.
fn wanted(app: &App, actor: &Actor, declaration: &Declaration, state: &str) -> Wanted {
    let listing = Listing::read(state, declaration, declaration.list_filter);
    let mut query = listing.query(declaration, &app.zone(actor), app.today_of(actor));
    (query.limit, query.offset, query.seek) = (BATCH, 0, None);
    let asked = FormData::parse(state.as_bytes()).unwrap_or_default();
    if asked.has("ids") {
        let picked = asked.all("ids").flat_map(|ids| ids.split(',')).filter_map(|id| id.trim().parse().ok());
        let ids: Vec<Value> = picked.take(MOST_PICKED).map(Value::Integer).collect();
        query.conditions.push(Condition { field: NUMBER, test: Test::In(ids) });
    }
    Wanted { name: declaration.name, query, listing }
}

pub async fn new(visit: Visit, user: CurrentUser, slug: Path<String>) -> AppResult<HttpResponse> {
    let declaration = crate::admin::declared(&visit.app, &slug)?;
    let state = visit.request.query_string().to_string();
    let chosen = shown(declaration, &state);
    render(&visit, &user, declaration, state, &chosen, None).await
}

async fn render(
    visit: &Visit,
    user: &CurrentUser,
    declaration: &Declaration,
    state: String,
    chosen: &[&str],
    error: Option<&'static str>,
) -> AppResult<HttpResponse> {
    let wanted = wanted(&visit.app, user, declaration, &state);
    let back = wanted.listing.address(&crate::admin::home(declaration));
    let (app, actor) = (visit.app.clone(), user.to_actor());
    let (count, narrowed) = visit
        .app
        .db
        .read(move |c| {
            let resource = app.registry.get(wanted.name).ok_or(AppError::NotFound)?;
            let count = resource.count(c, &wanted.query, Some(&actor))?;
            let chips = chips(c, &app, &actor, resource.declaration(), &wanted.listing, "")?;
            Ok::<_, AppError>((count, chips.into_iter().map(|chip| chip.label).collect()))
        })
        .await?;
    let home = crate::admin::home(declaration);
    let number = std::iter::once((NUMBER, "Number", chosen.contains(&NUMBER)));
    let title = format!("Export {}", declaration.plural_lower());
    let page = ExportPage {
        shell: visit.shell(title).under(&[crate::admin::ROOT, (declaration.plural, &home)]).renamed("Export").with_errors(error.is_some()),
        action: format!("{home}/export"),
        back,
        state,
        rows: plural(count, &declaration.singular_lower(), &declaration.plural_lower()),
        narrowed,
        columns: number.chain(readable(declaration).map(|field| (field.name, field.label, chosen.contains(&field.name)))).collect(),
        is_csv: true,
        error,
    };
    html(if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page)
}

/// The columns of the list. In place of one that follows from others there are those that identify a record, by which a file can be
/// imported again.
fn shown(declaration: &Declaration, state: &str) -> Vec<&'static str> {
    let listing = Listing::read(state, declaration, declaration.list_filter);
    let columns = listing.shown(declaration.list_display).iter().copied();
    let stored = |name: &'static str| match declaration.field(name) {
        Some(field) if field.is_derived => declaration.natural_key.to_vec(),
        _ => vec![name],
    };
    let mut columns: Vec<&str> = columns.flat_map(stored).collect();
    columns.dedup();
    columns
}

/// The selection of the list as a query string for the export page, where the columns are chosen.
fn picked(posted: &FormData) -> Option<String> {
    if posted.has("_all") {
        return Some(posted.text("_list").into());
    }
    let ids: Vec<&str> = posted.all("_id").chain(posted.all("_ids")).collect();
    (!ids.is_empty()).then(|| format!("{}&ids={}", posted.text("_list"), ids.join(",")).trim_start_matches('&').to_string())
}

/// Sends the file. It is logged before the first byte is sent.
pub async fn create(visit: Visit, user: CurrentUser, slug: Path<String>, posted: PostedForm) -> AppResult<HttpResponse> {
    let declaration = crate::admin::declared(&visit.app, &slug)?;
    let format = Format::named(posted.text("format")).unwrap_or(Format::Csv);
    if let Some(state) = picked(&posted) {
        let chosen = shown(declaration, &state);
        return render(&visit, &user, declaration, state, &chosen, None).await;
    }
    let state = posted.text("state").to_string();
    let known = |name: &&str| *name == NUMBER || readable(declaration).any(|field| field.name == *name);
    let chosen: Vec<&str> = posted.all("columns").filter(known).collect();
    if chosen.is_empty() {
        return render(&visit, &user, declaration, state, &[], Some("Choose at least one column")).await;
    }
    // In the order of the page, whatever the order in the request.
    let columns: Vec<&'static str> =
        std::iter::once(NUMBER).chain(readable(declaration).map(|field| field.name)).filter(|name| chosen.contains(name)).collect();
    let wanted = wanted(&visit.app, &user, declaration, &state);
    let count = note(&visit, &user, wanted.clone(), columns.clone(), format).await?;
    if format == Format::Xlsx && count > MOST_XLSX_ROWS {
        return render(&visit, &user, declaration, state, &chosen, Some("Too many rows for an Excel sheet. Choose CSV")).await;
    }
    let file = export::file::start(visit.app.clone(), user.to_actor(), wanted, columns, format);
    let name = format!("{}-{}.{}", declaration.slug, visit.app.today(), format.word());
    Ok(HttpResponse::Ok()
        .content_type(format.media_type())
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .streaming(file))
}

/// Logs who exported what, how much, and with which search and filters.
async fn note(visit: &Visit, user: &CurrentUser, wanted: Wanted, columns: Vec<&'static str>, format: Format) -> AppResult<i64> {
    let (app, actor) = (visit.app.clone(), user.to_actor());
    visit
        .app
        .db
        .write(move |c| {
            let resource = app.registry.get(wanted.name).ok_or(AppError::NotFound)?;
            let own = resource.declaration();
            let count = resource.count(c, &wanted.query, Some(&actor))?;
            let filters: Vec<String> = chips(c, &app, &actor, own, &wanted.listing, "")?.into_iter().map(|chip| chip.label).collect();
            let filters = if filters.is_empty() { String::new() } else { format!("; {}", filters.join(", ")) };
            let labels: Vec<&str> = columns.iter().map(|name| label(own, name)).collect();
            let noun = if count == 1 { own.singular_lower() } else { own.plural_lower() };
            let message =
                format!("{} {noun} as {}{filters}; columns: {}", thousands(count), format.word().to_uppercase(), labels.join(", "));
            app.act(c, &actor, |_, writer| {
                writer.log_entry(Entry::noted(LogAction::Export, wanted.name, message));
                Ok::<_, AppError>(())
            })?;
            Ok(count)
        })
        .await
}

/// The heading of the column.
pub fn label(declaration: &Declaration, name: &str) -> &'static str {
    declaration.field(name).map_or("Number", |field| field.label)
}
