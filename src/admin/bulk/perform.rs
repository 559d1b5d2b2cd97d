//! Performing a bulk action in one transaction: on all confirmed records, or on none.

use actix_web::web::Data;
use diesel::QueryResult;
use diesel::result::Error;

use super::action::BulkOperation;
use super::plan::{Batch, BulkPlan, counted, sort};
use crate::app::App;
use crate::db::connection::exclusive_all;
use crate::db::{Connection, DbError};
use crate::error::AppError;
use crate::resource::access::actor::{Action, Actor};
use crate::resource::form::data::{lower, parse};
use crate::resource::log::append::Entry;
use crate::resource::log::entry::{LogAction, words};
use crate::resource::value::{Row, Values};
use crate::resource::write::writer::{WriteError, Writer};
use crate::resource::{Field, FormData, FormErrors, Resource, Value};
use crate::web::list::selection::Selection;

/// After this many failures the rest is not attempted.
const FAILURES: usize = 200;

/// Why nothing was done.
pub enum BulkError {
    /// The records, or their state, differ from what was shown.
    Overtaken,
    /// The values of the form are wrong.
    Inputs(FormErrors),
    /// The action failed for these records.
    Rows(Vec<Batch>, Vec<i64>),
    Other(AppError),
}

impl From<Error> for BulkError {
    fn from(error: Error) -> Self {
        Self::Other(error.into())
    }
}

impl From<DbError> for BulkError {
    fn from(error: DbError) -> Self {
        Self::Other(error.into())
    }
}

/// The action, the selection and the actor.
pub struct BulkRequest {
    pub actor: Actor,
    /// The resource's name, and the value of the action.
    pub name: &'static str,
    pub word: String,
    pub chosen: Selection,
    pub typed: FormData,
}

/// Performs it in one transaction. Returns how many records it changed, and how many were left out.
pub async fn perform(app: &Data<App>, order: BulkRequest) -> Result<(usize, usize), BulkError> {
    let data = app.clone();
    app.db
        .write(move |c| {
            let gone = || BulkError::Other(AppError::NotFound);
            let resource = data.registry.get(order.name).ok_or_else(gone)?;
            let own = resource.declaration();
            let operation = BulkOperation::named(&data, &order.actor, own, &order.word).ok_or_else(gone)?;
            let plan = BulkPlan::make(c, &data, &order.actor, resource, &operation, &order.chosen)?;
            if plan.seen() != order.typed.text("_seen") || plan.is_too_much || plan.rows.is_empty() {
                return Err(BulkError::Overtaken);
            }
            let inputs = operation.inputs();
            let (values, mut errors) = parse(inputs.iter(), &order.typed, data.latest_today(&order.actor), &data.zone(&order.actor));
            check_references(c, &data, &order.actor, &inputs, &values, &mut errors)?;
            if !errors.is_empty() {
                return Err(BulkError::Inputs(errors));
            }
            data.act(c, &order.actor, |c, writer| {
                each(c, writer, resource, &operation, &plan.rows, &values)?;
                let summary = message(c, writer, &inputs, &values)?;
                let note = format!("{}{summary}", operation.title(&counted(plan.rows.len(), own)));
                writer.log_entry(Entry::noted(LogAction::Act, own.name, note));
                Ok((plan.rows.len(), plan.out.iter().map(|batch| batch.count).sum()))
            })
        })
        .await
}

/// A reference must be to a record that this user may view.
fn check_references(
    c: &mut Connection,
    app: &App,
    actor: &Actor,
    inputs: &[Field],
    values: &Values,
    errors: &mut FormErrors,
) -> QueryResult<()> {
    for field in inputs {
        let target = field.reference.and_then(|reference| app.registry.get(reference.resource));
        let (Some(target), Value::Integer(id)) = (target, values.at(field.name)) else { continue };
        if !target.declaration().allows(actor, Action::View) || target.find(c, *id, Some(actor))?.is_none() {
            errors.add(field.name, format!("Choose the {} from the list", lower(field.label)));
        }
    }
    Ok(())
}

/// One record after the other. A failure does not stop it, so that all are reported, but then nothing is committed.
fn each(
    c: &mut Connection,
    writer: &Writer,
    resource: &Resource,
    operation: &BulkOperation,
    rows: &[Row],
    values: &Values,
) -> Result<(), BulkError> {
    exclusive_all(c, resource.declaration().name, rows.iter().map(|row| row.id))?;
    let (mut failed, mut ids) = (Vec::new(), Vec::new());
    for row in rows {
        let why = match operation.each(c, writer, resource, row, values) {
            Ok(()) => continue,
            Err(WriteError::Invalid(errors)) => errors.iter().map(|error| error.text.clone()).collect::<Vec<_>>().join(". "),
            Err(WriteError::Refused(sentence)) => sentence,
            Err(WriteError::Protected(_)) => "Other records depend on it.".into(),
            Err(WriteError::NotFound) => "No longer exists.".into(),
            // After an error of the database, PostgreSQL accepts no further statement in the transaction.
            Err(WriteError::Db(_)) if !ids.is_empty() => break,
            Err(error) => return Err(BulkError::Other(error.into())),
        };
        sort(&mut failed, why, row);
        ids.push(row.id);
        if ids.len() >= FAILURES {
            break;
        }
    }
    if ids.is_empty() { Ok(()) } else { Err(BulkError::Rows(failed, ids)) }
}

/// The chosen values, for the log: ` (Doctor: Dr Grace Hopper)`.
fn message(c: &mut Connection, writer: &Writer, inputs: &[Field], values: &Values) -> QueryResult<String> {
    let mut summary = Vec::new();
    for field in inputs {
        let value = words(c, writer.registry, writer.zone, field, values.at(field.name))?;
        summary.push(format!("{}: {}", field.label, if value.is_empty() { "blank" } else { &value }));
    }
    Ok(if summary.is_empty() { String::new() } else { format!(" ({})", summary.join(", ")) })
}
