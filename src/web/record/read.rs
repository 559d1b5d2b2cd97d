//! Reading a record: who may view it, why it cannot be found, and logging the view.

use actix_web::web::Data;

use crate::app::App;
use crate::db::Connection;
use crate::error::{AppError, AppResult};
use crate::resource::access::actor::Action;
use crate::resource::list::query::SEARCH_LIMIT;
use crate::resource::value::Row;
use crate::resource::{Actor, Declaration, Field, FormData, Resource};

/// The record. [`AppError::InTrash`] or [`AppError::NotFound`] if the user cannot view it.
pub fn visible(c: &mut Connection, app: &App, actor: &Actor, name: &'static str, id: i64) -> AppResult<Row> {
    let resource = named(app, name)?;
    match app.registry.find(c, resource, id, Some(actor))? {
        Some(row) => Ok(row),
        None => Err(missing(c, app, actor, resource, id)?),
    }
}

/// Why a record cannot be viewed. Only users who may restore it learn that it is in the trash.
fn missing(c: &mut Connection, app: &App, actor: &Actor, resource: &Resource, id: i64) -> AppResult<AppError> {
    let own = resource.declaration();
    let place = own.list_url(actor).filter(|_| own.trash && own.allows(actor, Action::Delete));
    let Some(place) = place else { return Ok(AppError::NotFound) };
    let trashed = app.registry.find_in_trash(c, resource, id, Some(actor))?;
    Ok(trashed.map_or(AppError::NotFound, |_| AppError::InTrash(format!("{place}/trash"))))
}

/// Logs that the user viewed a record.
pub async fn opened(app: &Data<App>, actor: &Actor, name: &'static str, id: i64, label: &str) -> AppResult<()> {
    app.read_log.opened(actor, app.now(), named(app, name)?.declaration(), id, label).await
}

/// Logs a search of a list, in its own fields or through its references, and searches in its filters.
pub async fn searched(app: &Data<App>, actor: &Actor, own: &Declaration, typed: &FormData) -> AppResult<()> {
    let words: String = typed.text("q").replace('\0', "").trim().chars().take(SEARCH_LIMIT).collect();
    if let Some(searched) = search_logged_as(app, own) {
        app.read_log.searched(actor, app.now(), searched, &words).await?;
    }
    found(app, actor, own, typed).await
}

/// The resource under which searches of this list are logged, if they are.
pub fn search_logged_as<'a>(app: &'a App, own: &'a Declaration) -> Option<&'a Declaration> {
    let mut through = own.fields_named(own.search_through).filter_map(|field| target(app, field));
    if own.logs_reads { Some(own) } else { through.find(|target| target.logs_reads) }
}

/// Logs searches for a record to refer to, in a form or a filter.
pub async fn found(app: &Data<App>, actor: &Actor, own: &Declaration, typed: &FormData) -> AppResult<()> {
    for field in &own.fields {
        if let Some(target) = target(app, field) {
            app.read_log.searched(actor, app.now(), target, typed.text(&format!("{}__find", field.name)).trim()).await?;
        }
    }
    Ok(())
}

/// The resource that a field refers to.
fn target<'a>(app: &'a App, field: &Field) -> Option<&'a Declaration> {
    field.reference.and_then(|reference| app.registry.get(reference.resource)).map(|target| target.declaration())
}

pub(crate) fn named<'a>(app: &'a App, name: &str) -> AppResult<&'a Resource> {
    app.registry.get(name).ok_or(AppError::NotFound)
}
