//! Finding and deleting a record of any resource: what the admin and the staff pages have in common.

use actix_web::web::Data;

use crate::app::App;
use crate::error::{AppError, AppResult};
use crate::resource::history::LogEntry;
use crate::resource::relations::{Dependents, tree};
use crate::resource::value::Row;
use crate::resource::write::WriteError;
use crate::resource::{Actor, Resource};

fn named<'a>(app: &'a App, name: &str) -> AppResult<&'a dyn Resource> {
    app.registry.get(name).ok_or(AppError::NotFound)
}

/// A record that this person sees.
pub async fn find(app: &Data<App>, actor: Actor, name: &'static str, id: i64) -> AppResult<Row> {
    let data = app.clone();
    app.db.read(move |c| data.registry.find(c, named(&data, name)?, id, Some(&actor))?.ok_or(AppError::NotFound)).await
}

/// What a deletion would take along, and what stands against it.
pub async fn consequences(app: &Data<App>, actor: Actor, name: &'static str, id: i64) -> AppResult<(Row, Vec<Dependents>, Option<String>)> {
    let data = app.clone();
    app.db
        .read(move |c| {
            let resource = named(&data, name)?;
            let row = data.registry.find(c, resource, id, Some(&actor))?.ok_or(AppError::NotFound)?;
            let refused = resource.before_delete(c, &row, &actor)?;
            Ok((row, tree(c, &data.registry, &actor, name, &[id])?, refused))
        })
        .await
}

/// Deletes a record and what goes with it.
pub async fn delete(app: &Data<App>, actor: Actor, name: &'static str, id: i64) -> Result<Row, WriteError> {
    let data = app.clone();
    app.db
        .write(move |c| {
            let resource = data.registry.get(name).ok_or(WriteError::Gone)?;
            data.act(c, &actor, |c, writer| writer.delete(c, resource, id))
        })
        .await
}

/// The newest entries of a record's history.
pub async fn history(app: &Data<App>, name: &'static str, id: i64, limit: i64, offset: i64) -> AppResult<Vec<LogEntry>> {
    app.db.read(move |c| Ok(LogEntry::list_for_object(c, name, id, limit, offset)?)).await
}
