//! Finding, changing and deleting a record of any resource, for the administration and the staff pages.

use actix_web::web::Data;

use super::read::{named, opened, visible};
use crate::app::App;
use crate::error::{AppError, AppResult};
use crate::resource::value::Row;
use crate::resource::write::relations::{Dependents, tree};
use crate::resource::write::writer::WriteError;
use crate::resource::{Actor, FormErrors, Values};

/// Opens a record that the user may view, and logs the view if the declaration requires it.
pub async fn find(app: &Data<App>, actor: Actor, name: &'static str, id: i64) -> AppResult<Row> {
    let (data, who) = (app.clone(), actor.clone());
    let found = app.db.read(move |c| visible(c, &data, &who, name, id)).await?;
    opened(app, &actor, name, id, &found.label).await?;
    Ok(found)
}

/// What a deletion would delete as well, and what prevents it.
pub async fn consequences(app: &Data<App>, actor: Actor, name: &'static str, id: i64) -> AppResult<(Row, Vec<Dependents>, Option<String>)> {
    let (data, who) = (app.clone(), actor.clone());
    let found = app
        .db
        .read(move |c| {
            let resource = named(&data, name)?;
            let row = visible(c, &data, &who, name, id)?;
            let refused = data.registry.refusal(c, resource, &row, &who)?;
            let touched = tree(c, &data.registry, &who, name, &[id])?;
            Ok::<_, AppError>((row, touched, refused))
        })
        .await?;
    opened(app, &actor, name, id, &found.0.label).await?;
    Ok(found)
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
