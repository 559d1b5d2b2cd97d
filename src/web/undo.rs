//! Undoing the last change of a record, from the message that follows it: an ordinary change back to the values before, refused if
//! somebody has changed the record since.

use actix_web::HttpResponse;
use actix_web::web::Path;

use crate::english::isolated;
use crate::error::AppResult;
use crate::resource::log::entry::{LogAction, LogEntry};
use crate::resource::value::{Row, Value, Values};
use crate::resource::write::writer::WriteError;
use crate::resource::{FormErrors, Kind, Resource};
use crate::web::page::flash::{Tone, leave, leave_undoable};
use crate::web::record::submit::{Done, leave_unchanged};
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::response::see_other;

enum Undone {
    /// The record as it was, and whether rows that were changed with it stay.
    Back(Row, bool),
    /// A sentence that says why not.
    Refused(String),
}

/// Leaves a message about a saved record, with 'Undo' if its own values were changed.
pub fn leave_saved(visit: &Visit, record: &str, done: Done, saved: &Row, message: String) {
    match done {
        Done::Unchanged => leave_unchanged(visit),
        Done::Changed(before) if before.version < saved.version => {
            leave_undoable(&visit.request, &visit.app, message, format!("{record}/undo/{}", saved.version));
        }
        _ => leave(&visit.request, &visit.app, Tone::Ok, message),
    }
}

/// Undoes the change that made this version. `list` is the address of the records.
pub async fn undo(visit: &Visit, user: &CurrentUser, name: &'static str, list: &str, place: Path<(i64, i64)>) -> AppResult<HttpResponse> {
    let (app, actor, (id, version)) = (visit.app.clone(), user.to_actor(), place.into_inner());
    let done = visit.app.db.write(move |c| {
        let resource = app.registry.get(name).ok_or(WriteError::NotFound)?;
        let row = app.registry.find(c, resource, id, Some(&actor))?.ok_or(WriteError::NotFound)?;
        let changed = |label: &str| Undone::Refused(format!("{} has been changed since. Nothing was undone.", isolated(label)));
        if row.version != version {
            return Ok(changed(&row.label));
        }
        let entry = LogEntry::find_version(c, name, id, version)?;
        // One undoes what one did oneself; the history of the administration has the rest.
        let entry = entry.filter(|entry| entry.action == LogAction::Change && entry.actor_id == Some(actor.id));
        let entry = entry.ok_or(WriteError::NotFound)?;
        let values = before(resource, &entry);
        let has_rows = LogEntry::count_beside(c, &entry)? > 0;
        let written = app.act(c, &actor, |c, writer| {
            writer.set_note(format!("Undid version {version}"));
            writer.update(c, resource, id, values, FormErrors::default(), Some(version))
        });
        match written {
            Ok(row) => Ok(Undone::Back(row, has_rows)),
            Err(WriteError::Conflict(_)) => Ok(changed(&row.label)),
            Err(error) => Err(error),
        }
    });
    let done = match done.await {
        Err(WriteError::Invalid(errors)) => {
            let why = errors.first_text();
            Undone::Refused(format!("Nothing was undone. {why}."))
        }
        done => done?,
    };
    let (tone, message) = match done {
        Undone::Back(row, has_rows) => {
            let rest = if has_rows { " Rows that were saved with it have not changed." } else { "" };
            (Tone::Ok, format!("{} is as it was before.{rest}", isolated(&row.label)))
        }
        Undone::Refused(sentence) => (Tone::Warn, sentence),
    };
    leave(&visit.request, &visit.app, tone, message);
    Ok(see_other(format!("{list}/{id}")))
}

/// The values before a change. A file that was replaced is gone.
fn before(resource: &Resource, entry: &LogEntry) -> Values {
    let own = resource.declaration();
    let known = entry.changes().into_iter().filter_map(|change| {
        let field = own.field(&change.field).filter(|field| field.is_editable() && field.kind != Kind::File)?;
        Some((field.name, Value::from_json(field.kind, &change.before)?))
    });
    known.collect()
}
