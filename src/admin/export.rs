//! Export: what a list shows, as a file. The columns are chosen, the rows are those of the list's search and filters, and
//! it is written down who took what. Rows are read a thousand at a time and sent as they come.

use std::collections::HashMap;
use std::fs::File;

use actix_web::http::{StatusCode, header};
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpResponse, web};
use askama::Template;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::app::App;
use crate::db::{Connection, DbError};
use crate::error::{AppError, AppResult};
use crate::resource::history::LogAction;
use crate::resource::keyset::Seek;
use crate::resource::log::Entry;
use crate::resource::{Actor, Condition, Declaration, Field, FormData, Kind, ListQuery, Resource, Row, Test, Value};
use crate::transfer::columns::NUMBER;
use crate::transfer::writing::{Cell, Format, MOST_XLSX_ROWS, Sheet, Written};
use crate::web::changelist::thousands;
use crate::web::current::CurrentUser;
use crate::web::filters::chips;
use crate::web::form::Posted;
use crate::web::listing::Listing;
use crate::web::page::{Shell, Visit, html};

/// Rows that are read together.
const BATCH: i64 = 1_000;
/// Records that can be picked by number.
const MOST_PICKED: usize = 1_000;

#[derive(Template)]
#[template(path = "admin/export.html")]
struct ExportPage {
    shell: Shell,
    action: String,
    back: String,
    /// The list as its address has it.
    state: String,
    rows: String,
    narrowed: Vec<String>,
    /// Word, label, whether it is chosen.
    columns: Vec<(&'static str, &'static str, bool)>,
    error: Option<&'static str>,
    is_csv: bool,
    plural: String,
}

/// What of a list is wanted.
#[derive(Clone)]
struct Wanted {
    name: &'static str,
    query: ListQuery,
    listing: Listing,
}

/// Fields that can be read as text.
fn readable(declaration: &Declaration) -> impl Iterator<Item = &Field> {
    declaration.fields.iter().filter(|field| field.kind != Kind::Many)
}

/// The list as its address asks for it, or the records that were picked in it.
fn wanted(app: &App, declaration: &Declaration, state: &str) -> Wanted {
    let listing = Listing::read(state, declaration, declaration.filter);
    let mut query = listing.query(declaration, &app.settings.time_zone, app.today());
    (query.limit, query.offset) = (BATCH, 0);
    let asked = FormData::parse(state.as_bytes()).unwrap_or_default();
    if asked.has("ids") {
        let picked = asked.all("ids").flat_map(|ids| ids.split(',')).filter_map(|id| id.trim().parse().ok());
        let ids: Vec<Value> = picked.take(MOST_PICKED).map(Value::Integer).collect();
        query.conditions.push(Condition { field: NUMBER, test: Test::In(ids) });
    }
    Wanted { name: declaration.name, query, listing }
}

pub async fn new(visit: Visit, user: CurrentUser, slug: Path<String>) -> AppResult<HttpResponse> {
    let declaration = super::declared(&visit.app, &slug)?;
    let state = visit.request.query_string().to_string();
    let chosen: Vec<&str> = declaration.list.to_vec();
    draw(&visit, &user, declaration, state, &chosen, None).await
}

async fn draw(
    visit: &Visit,
    user: &CurrentUser,
    declaration: &Declaration,
    state: String,
    chosen: &[&str],
    error: Option<&'static str>,
) -> AppResult<HttpResponse> {
    let wanted = wanted(&visit.app, declaration, &state);
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
    let home = super::home(declaration);
    let number = std::iter::once((NUMBER, "Number", chosen.contains(&NUMBER)));
    let title = format!("Export {}", declaration.plural_lower());
    let page = ExportPage {
        shell: visit.shell(title).under(&[super::ROOT, (declaration.plural, &home)]).renamed("Export").with_errors(error.is_some()),
        action: format!("{home}/export"),
        back: if state.is_empty() { home } else { format!("{home}?{state}") },
        state,
        rows: thousands(count),
        narrowed,
        columns: number.chain(readable(declaration).map(|field| (field.name, field.label, chosen.contains(&field.name)))).collect(),
        is_csv: true,
        error,
        plural: declaration.plural_lower(),
    };
    html(if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page)
}

/// Sends the file. It is written down before the first byte leaves.
pub async fn create(visit: Visit, user: CurrentUser, slug: Path<String>, posted: Posted) -> AppResult<HttpResponse> {
    let declaration = super::declared(&visit.app, &slug)?;
    let format = Format::named(posted.text("format")).unwrap_or(Format::Csv);
    let state = posted.text("state").to_string();
    let known = |name: &&str| *name == NUMBER || readable(declaration).any(|field| field.name == *name);
    let chosen: Vec<&str> = posted.all("columns").filter(known).collect();
    if chosen.is_empty() {
        return draw(&visit, &user, declaration, state, &[], Some("Choose at least one column")).await;
    }
    // In the order of the page, whatever order they were sent in.
    let columns: Vec<&'static str> =
        std::iter::once(NUMBER).chain(readable(declaration).map(|field| field.name)).filter(|name| chosen.contains(name)).collect();
    let wanted = wanted(&visit.app, declaration, &state);
    let count = note(&visit, &user, wanted.clone(), columns.clone(), format).await?;
    if format == Format::Xlsx && count > MOST_XLSX_ROWS {
        return draw(&visit, &user, declaration, state, &chosen, Some("These are more rows than an Excel sheet can hold; take CSV")).await;
    }
    let (sender, receiver) = channel(4);
    let export = Export { app: visit.app.clone(), actor: user.to_actor(), wanted, columns, sender };
    actix_web::rt::spawn(export.run(format));
    let name = format!("{}-{}.{}", declaration.slug, visit.app.today(), format.word());
    Ok(HttpResponse::Ok()
        .content_type(format.media_type())
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .streaming(pieces(receiver)))
}

type Piece = std::io::Result<Bytes>;

fn pieces(receiver: Receiver<Piece>) -> impl futures_util::Stream<Item = Piece> {
    futures_util::stream::unfold(receiver, |mut receiver| async move { receiver.recv().await.map(|piece| (piece, receiver)) })
}

/// Who takes what, how much of it, and how it was looked for.
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
            let told = format!("{} {noun} as {}{filters}; columns: {}", thousands(count), format.word().to_uppercase(), labels.join(", "));
            app.act(c, &actor, |_, writer| {
                writer.set_down(Entry::noted(LogAction::Export, wanted.name, told));
                Ok::<_, AppError>(())
            })?;
            Ok(count)
        })
        .await
}

fn label(declaration: &Declaration, name: &str) -> &'static str {
    declaration.field(name).map_or("Number", |field| field.label)
}

/// A file on its way.
struct Export {
    app: Data<App>,
    actor: Actor,
    wanted: Wanted,
    columns: Vec<&'static str>,
    sender: Sender<Piece>,
}

impl Export {
    async fn run(mut self, format: Format) {
        if let Err(error) = self.all(format).await {
            tracing::warn!(%error, "an export broke off");
            // Nobody is there to be told when the browser has gone.
            let _ = self.sender.send(Err(std::io::Error::other(error.to_string()))).await;
        }
    }

    async fn all(&mut self, format: Format) -> AppResult<()> {
        let own = super::declared_as(&self.app, self.wanted.name)?;
        let headings: Vec<String> = self.columns.iter().map(|name| label(own, name).to_string()).collect();
        let mut sheet = Sheet::new(format, &headings).map_err(AppError::internal)?;
        loop {
            let (app, actor, wanted, columns) = (self.app.clone(), self.actor.clone(), self.wanted.clone(), self.columns.clone());
            let (back, last) = self.app.db.read(move |c| batch(c, &app, &actor, &wanted, &columns, sheet)).await?;
            sheet = back;
            let ready = sheet.ready();
            if !ready.is_empty() && self.sender.send(Ok(ready.into())).await.is_err() {
                return Ok(());
            }
            let Some(last) = last else { break };
            self.wanted.query.seek = Some(Seek { anchor: Some(last), backwards: false });
        }
        match web::block(move || sheet.finish()).await.map_err(AppError::internal)?.map_err(AppError::internal)? {
            Written::Bytes(bytes) => self.send(bytes).await,
            Written::File(file) => self.copy(file).await,
        }
    }

    async fn send(&self, bytes: Vec<u8>) -> AppResult<()> {
        // A browser that has gone needs no more.
        let _ = self.sender.send(Ok(bytes.into())).await;
        Ok(())
    }

    async fn copy(&self, mut file: File) -> AppResult<()> {
        loop {
            let read = web::block(move || {
                let mut piece = vec![0; 64 * 1024];
                let length = std::io::Read::read(&mut file, &mut piece)?;
                piece.truncate(length);
                Ok::<_, std::io::Error>((piece, file))
            });
            let (piece, rest) = read.await.map_err(AppError::internal)?.map_err(AppError::internal)?;
            if piece.is_empty() || self.sender.send(Ok(piece.into())).await.is_err() {
                return Ok(());
            }
            file = rest;
        }
    }
}

/// Writes the next rows; hands the sheet back with the number of the last row, if there may be more.
fn batch(
    c: &mut Connection,
    app: &App,
    actor: &Actor,
    wanted: &Wanted,
    columns: &[&'static str],
    mut sheet: Sheet,
) -> Result<(Sheet, Option<i64>), AppError> {
    let resource = app.registry.get(wanted.name).ok_or(AppError::NotFound)?;
    let rows = resource.list(c, &wanted.query, Some(actor))?;
    if rows.is_empty() {
        still_there(c, resource, wanted)?;
    }
    let labels = labels(c, app, resource.declaration(), columns, &rows)?;
    for row in &rows {
        let cells: Vec<Cell> = columns.iter().map(|name| cell(app, resource.declaration(), name, row, &labels)).collect();
        sheet.write(&cells).map_err(AppError::internal)?;
    }
    let is_full = rows.len() as i64 == BATCH;
    Ok((sheet, rows.last().filter(|_| is_full).map(|row| row.id)))
}

/// A row that was removed for good while the next were asked for is no end of the list: a file that is cut short must
/// not look whole.
fn still_there(c: &mut Connection, resource: &dyn Resource, wanted: &Wanted) -> Result<(), AppError> {
    match wanted.query.seek.and_then(|seek| seek.anchor) {
        Some(anchor) if resource.labels(c, &[anchor])?.is_empty() => {
            Err(DbError::Unavailable("a record was removed during an export".into()).into())
        }
        _ => Ok(()),
    }
}

type Labels = HashMap<(&'static str, i64), String>;

/// What the rows refer to, one question a column.
fn labels(c: &mut Connection, app: &App, own: &Declaration, columns: &[&'static str], rows: &[Row]) -> Result<Labels, AppError> {
    let mut labels = Labels::new();
    for field in own.fields_named(columns) {
        let Some(reference) = field.reference else { continue };
        let mut ids: Vec<i64> = rows.iter().filter_map(|row| row.values.at(field.name).as_id()).collect();
        ids.sort_unstable();
        ids.dedup();
        let found = app.registry.labels(c, reference.resource, &ids)?;
        labels.extend(found.into_iter().map(|(id, label)| ((reference.resource, id), label)));
    }
    Ok(labels)
}

fn cell(app: &App, own: &Declaration, name: &str, row: &Row, labels: &Labels) -> Cell {
    let Some(field) = own.field(name) else { return Cell::Number(row.id) };
    let value = row.values.at(field.name);
    match (field.reference, value) {
        (Some(reference), Value::Integer(id)) => {
            labels.get(&(reference.resource, *id)).map_or_else(|| Cell::Number(*id), |label| Cell::text(label.clone()))
        }
        _ => Cell::of(field, value, &app.settings.time_zone),
    }
}
