//! Finding, changing and deleting a record of any resource, for the administration and the staff pages.

use actix_web::web::Data;
use diesel::QueryResult;

use super::read::{named, opened, visible};
use crate::app::App;
use crate::db::Connection;
use crate::error::{AppError, AppResult};
use crate::resource::clearance::{Clearance, Offer};
use crate::resource::declare::bulk_action::BulkAction;
use crate::resource::log::entry::{LogAction, LogEntry};
use crate::resource::value::Row;
use crate::resource::write::relations::{Dependents, tree};
use crate::resource::write::writer::WriteError;
use crate::resource::{Actor, FormErrors, Resource, Values};

/// Opens a record that the user may view, and logs the view if the declaration requires it.
pub async fn find(app: &Data<App>, actor: Actor, name: &'static str, id: i64) -> AppResult<Row> {
    let (data, who) = (app.clone(), actor.clone());
    let found = app.db.read(move |c| visible(c, &data, &who, name, id)).await?;
    opened(app, &actor, name, id, &found.label).await?;
    Ok(found)
}

/// What a deletion means for other records.
pub struct Consequences {
    pub row: Row,
    pub tree: Vec<Dependents>,
    /// A sentence that refuses it.
    pub refused: Option<String>,
    /// What can be done about the records that prevent it.
    pub offer: Option<Offer>,
    /// The action to take instead.
    pub instead: Option<&'static BulkAction>,
}

/// What a deletion would delete as well, and what prevents it.
pub async fn consequences(app: &Data<App>, actor: Actor, name: &'static str, id: i64) -> AppResult<Consequences> {
    let (data, who) = (app.clone(), actor.clone());
    let found = app
        .db
        .read(move |c| {
            let resource = named(&data, name)?;
            let row = visible(c, &data, &who, name, id)?;
            let refused = data.registry.refusal(c, resource, &row, &who)?;
            let tree = tree(c, &data.registry, &who, name, &[id])?;
            let offer = if refused.is_none() { Offer::find(c, &data.registry, &who, id, name, &tree)? } else { None };
            let instead = alternative(c, &who, resource, &row)?;
            Ok::<_, AppError>(Consequences { row, tree, refused, offer, instead })
        })
        .await?;
    opened(app, &actor, name, id, &found.row.label).await?;
    Ok(found)
}

/// The action to take with a record that cannot be deleted, if this user may.
fn alternative(c: &mut Connection, actor: &Actor, resource: &Resource, row: &Row) -> QueryResult<Option<&'static BulkAction>> {
    let own = resource.declaration();
    let Some(named) = own.delete_alternative else { return Ok(None) };
    let Some(act) = own.actions.iter().find(|act| act.name == named.action && act.allows(actor)) else { return Ok(None) };
    Ok((act.reject)(c, actor, row)?.is_none().then_some(act))
}

/// Does what a deletion page offers instead.
pub async fn act_instead(app: &Data<App>, actor: Actor, name: &'static str, id: i64) -> Result<(Row, &'static BulkAction), WriteError> {
    let data = app.clone();
    app.db
        .write(move |c| {
            let resource = data.registry.get(name).ok_or(WriteError::NotFound)?;
            let row = data.registry.find(c, resource, id, Some(&actor))?.ok_or(WriteError::NotFound)?;
            let act = alternative(c, &actor, resource, &row)?.ok_or(WriteError::NotFound)?;
            data.act(c, &actor, |c, writer| (act.apply)(c, writer, resource, &row, &Values::default()))?;
            Ok((row, act))
        })
        .await
}

/// Deletes a record after clearing what prevents it.
pub async fn delete_clearing(app: &Data<App>, actor: Actor, name: &'static str, id: i64, how: Clearance) -> Result<Row, WriteError> {
    let data = app.clone();
    app.db
        .write(move |c| {
            let resource = data.registry.get(name).ok_or(WriteError::NotFound)?;
            data.act(c, &actor, |c, writer| writer.delete_clearing(c, resource, id, how))
        })
        .await
}

/// Changes these values of a record.
pub async fn change(app: &Data<App>, actor: Actor, name: &'static str, id: i64, values: Values) -> Result<Row, WriteError> {
    let data = app.clone();
    app.db
        .write(move |c| {
            let resource = data.registry.get(name).ok_or(WriteError::NotFound)?;
            data.act(c, &actor, |c, writer| writer.update(c, resource, id, values, FormErrors::default(), None))
        })
        .await
}

/// Changes these values of a record, unless somebody has changed it since it was read.
pub async fn change_version(app: &Data<App>, actor: Actor, name: &'static str, row: &Row, values: Values) -> Result<Row, WriteError> {
    let (data, id, version) = (app.clone(), row.id, row.version);
    app.db
        .write(move |c| {
            let resource = data.registry.get(name).ok_or(WriteError::NotFound)?;
            data.act(c, &actor, |c, writer| writer.update(c, resource, id, values, FormErrors::default(), Some(version)))
        })
        .await
}

/// The label of a record that this user deleted last of all, for whoever presses the button twice.
pub async fn deleted_by(app: &Data<App>, actor: Actor, name: &'static str, id: i64) -> AppResult<Option<String>> {
    let last = app.db.read(move |c| Ok::<_, AppError>(LogEntry::list_for_object(c, name, id, 1, 0)?.pop())).await?;
    let own = last.filter(|entry| entry.actor_id == Some(actor.id) && matches!(entry.action, LogAction::Trash | LogAction::Delete));
    Ok(own.map(|entry| entry.object_label))
}

/// Deletes a record and everything that is deleted with it.
pub async fn delete(app: &Data<App>, actor: Actor, name: &'static str, id: i64) -> Result<Row, WriteError> {
    let data = app.clone();
    app.db
        .write(move |c| {
            let resource = data.registry.get(name).ok_or(WriteError::NotFound)?;
            data.act(c, &actor, |c, writer| writer.delete(c, resource, id))
        })
        .await
}
