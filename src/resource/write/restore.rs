//! Restoring a record from the trash, with the records that were deleted with it.

use super::event::EventKind;
use super::writer::{WriteError, Writer, constraint_error};
use crate::db::Connection;
use crate::db::connection::exclusive;
use crate::resource::Resource;
use crate::resource::declare::field::Field;
use crate::resource::declare::reference::OnDelete;
use crate::resource::list::query::{Condition, ListQuery, Test};
use crate::resource::log::entry::{LogAction, LogEntry};
use crate::resource::value::{Row, Value};

/// Restored records: resource and id.
type Back = Vec<(&'static str, i64)>;

impl Writer<'_> {
    /// Takes a record out of the trash. Records that were deleted with it are restored too, and references to it that were
    /// cleared or given to another record are set again, unless somebody has changed the referring record since. The log of the deletion lists both.
    pub fn restore(&self, c: &mut Connection, resource: &Resource, id: i64) -> Result<Row, WriteError> {
        let name = resource.declaration().name;
        exclusive(c, name, id)?;
        self.registry.find_in_trash(c, resource, id, Some(self.actor))?.ok_or(WriteError::NotFound)?;
        let act = LogEntry::list_of_deletion(c, name, id)?;
        let row = self.restore_one(c, resource, id)?;
        let mut back: Back = vec![(name, id)];
        // Dependents were deleted before the record itself, so they come after it in reverse order.
        for entry in act.iter().rev() {
            let Some(other) = self.registry.get(&entry.resource) else { continue };
            if entry.action == LogAction::Trash {
                let trashed = self.registry.find_in_trash(c, other, entry.object_id, None)?;
                if trashed.is_some_and(|trashed| names_one(other, &trashed, &back)) {
                    match self.restore_one(c, other, entry.object_id) {
                        Ok(_) => back.push((other.declaration().name, entry.object_id)),
                        // Something else prevents it; the user can restore it afterwards.
                        Err(WriteError::Refused(_)) => {}
                        Err(error) => return Err(error),
                    }
                }
            } else if let Some(now) = self.registry.find(c, other, entry.object_id, None)?.filter(|now| now.version == entry.version) {
                self.remember(c, other, &now, entry, &back)?;
            }
        }
        Ok(row)
    }

    fn restore_one(&self, c: &mut Connection, resource: &Resource, id: i64) -> Result<Row, WriteError> {
        let trashed = self.registry.find_in_trash(c, resource, id, None)?.ok_or(WriteError::NotFound)?;
        self.check_place(c, resource, &trashed)?;
        let lost = self.lost_references(c, resource, &trashed)?;
        resource.set_deleted_at(c, id, None).map_err(|error| constraint_error(resource, error))?;
        let mut row = self.registry.find(c, resource, id, None)?.ok_or(WriteError::NotFound)?;
        self.log(LogAction::Restore, resource, &row, Vec::new());
        self.publish(c, resource, EventKind::Restored, Some(&trashed), Some(&row))?;
        for field in lost {
            row = self.refer(c, resource, field, &row, Value::Null)?;
        }
        Ok(row)
    }

    /// Another record may have the unique values by now; the sentence names it.
    fn check_place(&self, c: &mut Connection, resource: &Resource, trashed: &Row) -> Result<(), WriteError> {
        let own = resource.declaration();
        let alone = own.fields.iter().filter(|field| !field.unique_error.is_empty()).map(|field| (vec![field], field.unique_error));
        let together = (own.fields_named(own.label_from).collect::<Vec<&Field>>(), own.unique_together);
        for (fields, message) in alone.chain(std::iter::once(together)) {
            let asked = |field: &&Field| own.list_filter.contains(&field.name) && !trashed.values.at(field.name).is_blank();
            if message.is_empty() || fields.is_empty() || !fields.iter().all(asked) {
                continue;
            }
            let same =
                fields.iter().map(|field| Condition { field: field.name, test: Test::In(vec![trashed.values.at(field.name).clone()]) });
            let query = ListQuery { conditions: same.collect(), limit: 1, ..ListQuery::default() };
            let Some(other) = resource.list(c, &query, None)?.pop() else { continue };
            let other = self.registry.visible_label(c, self.actor, own.name, other.id)?;
            return refused(format!("{} cannot be restored. {message}: {other}.", trashed.label));
        }
        Ok(())
    }

    /// References to records in the trash. One that may be blank is cleared; for any other, that record must be restored
    /// first.
    fn lost_references<'a>(&self, c: &mut Connection, resource: &'a Resource, trashed: &Row) -> Result<Vec<&'a Field>, WriteError> {
        let mut lost = Vec::new();
        for field in resource.declaration().fields.iter().filter(|field| field.is_reference()) {
            let target = field.reference.and_then(|reference| Some((reference, self.registry.get(reference.resource)?)));
            let (Some((reference, target)), Some(id)) = (target, trashed.values.at(field.name).as_id()) else { continue };
            if !target.declaration().trash || target.find(c, id, None)?.is_some() {
                continue;
            }
            if reference.on_delete == OnDelete::SetNull {
                lost.push(field);
                continue;
            }
            let kind = target.declaration().singular_lower();
            return refused(format!("{} cannot be restored. Its {kind} is in the trash: restore that first.", trashed.label));
        }
        Ok(lost)
    }

    /// Sets the references again that this entry cleared or gave to another record.
    fn remember(&self, c: &mut Connection, other: &Resource, now: &Row, entry: &LogEntry, back: &Back) -> Result<(), WriteError> {
        let mut now = now.clone();
        for field in other.declaration().fields.iter().filter(|field| field.is_reference()) {
            let changes = entry.changes();
            let Some(change) = changes.iter().find(|change| change.field == field.name) else { continue };
            let to = back
                .iter()
                .filter(|(name, _)| field.reference.is_some_and(|reference| reference.resource == *name))
                .find(|(_, id)| change.before == serde_json::json!(id));
            let value = now.values.at(field.name);
            let stands = value.is_blank() || value.as_id().is_some_and(|id| change.after == serde_json::json!(id));
            if let Some((_, id)) = to.filter(|_| stands) {
                now = self.refer(c, other, field, &now, Value::Integer(*id))?;
            }
        }
        Ok(())
    }
}

fn refused<T>(sentence: String) -> Result<T, WriteError> {
    Err(WriteError::Refused(sentence))
}

/// Whether a record refers to one of these.
fn names_one(other: &Resource, row: &Row, back: &Back) -> bool {
    other.declaration().fields.iter().filter(|field| field.is_reference()).any(|field| {
        back.iter().any(|(name, id)| {
            field.reference.is_some_and(|reference| reference.resource == *name) && row.values.at(field.name).as_id() == Some(*id)
        })
    })
}
