//! How a record goes: to the trash and back, or for good, with what hangs on it, or not at all.

use super::declaration::Resource;
use super::field::{Field, OnDelete};
use super::history::{LogAction, LogEntry, differences};
use super::relations::{Dependents, buried_of, dependents_of, referrers, tree};
use super::value::{Row, Value};
use super::write::{WriteError, Writer, explain, search_text};
use crate::db::Connection;
use crate::db::connection::exclusive;

impl Writer<'_> {
    /// Deletes a record and what goes with it, or nothing at all. What has a trash goes there.
    pub fn delete(&self, c: &mut Connection, resource: &dyn Resource, id: i64) -> Result<Row, WriteError> {
        exclusive(c, resource.declaration().name, id)?;
        let row = self.registry.find(c, resource, id, Some(self.actor))?.ok_or(WriteError::Gone)?;
        let name = resource.declaration().name;
        let protecting = Dependents::protecting(&tree(c, self.registry, self.actor, name, &[id])?);
        if !protecting.is_empty() {
            return Err(WriteError::Protected(protecting));
        }
        self.remove(c, resource, &row, resource.declaration().trash)?;
        Ok(row)
    }

    /// Takes a record out of the trash. What went there along with it comes back as well, and who had to forget it refers
    /// to it again, unless somebody has changed that record since. The log of the deletion tells both.
    pub fn restore(&self, c: &mut Connection, resource: &dyn Resource, id: i64) -> Result<Row, WriteError> {
        exclusive(c, resource.declaration().name, id)?;
        self.registry.find_in_trash(c, resource, id, Some(self.actor))?.ok_or(WriteError::Gone)?;
        let act = LogEntry::list_of_deletion(c, resource.declaration().name, id)?;
        let row = self.unbury(c, resource, id)?;
        for entry in act {
            let Some(other) = self.registry.get(&entry.resource) else { continue };
            if entry.action == LogAction::Trash {
                if self.registry.find_in_trash(c, other, entry.object_id, None)?.is_some() {
                    self.unbury(c, other, entry.object_id)?;
                }
            } else if let Some(now) = self.registry.find(c, other, entry.object_id, None)?.filter(|now| now.version == entry.version) {
                self.remember(c, other, &now, &entry, (resource.declaration().name, id))?;
            }
        }
        Ok(row)
    }

    fn unbury(&self, c: &mut Connection, resource: &dyn Resource, id: i64) -> Result<Row, WriteError> {
        resource.bury(c, id, None).map_err(|error| explain(resource, error))?;
        let row = self.registry.find(c, resource, id, None)?.ok_or(WriteError::Gone)?;
        self.log(LogAction::Restore, resource, &row, Vec::new());
        Ok(row)
    }

    /// Puts a reference back that this entry took away.
    fn remember(
        &self,
        c: &mut Connection,
        other: &dyn Resource,
        now: &Row,
        entry: &LogEntry,
        (name, id): (&str, i64),
    ) -> Result<(), WriteError> {
        let fields = other.declaration().fields.iter().filter(|field| field.reference.is_some_and(|reference| reference.resource == name));
        for field in fields {
            let forgotten = entry.changes().iter().any(|change| change.field == field.name && change.before == serde_json::json!(id));
            if forgotten && now.values.at(field.name).is_blank() {
                self.refer(c, other, field, now, Value::Integer(id))?;
            }
        }
        Ok(())
    }

    /// Removes a record for good that is in the trash, with all that refers to it there.
    pub fn purge(&self, c: &mut Connection, resource: &dyn Resource, id: i64) -> Result<Row, WriteError> {
        exclusive(c, resource.declaration().name, id)?;
        let row = self.registry.find_in_trash(c, resource, id, Some(self.actor))?.ok_or(WriteError::Gone)?;
        self.destroy(c, resource, &row, LogAction::Purge)?;
        Ok(row)
    }

    fn remove(&self, c: &mut Connection, resource: &dyn Resource, row: &Row, to_trash: bool) -> Result<(), WriteError> {
        if let Some(sentence) = resource.before_delete(c, row, self.actor)? {
            return Err(WriteError::Refused(sentence));
        }
        for (other, field) in referrers(self.registry, resource.declaration().name) {
            let on_delete = field.reference.map(|reference| reference.on_delete);
            if matches!(on_delete, None | Some(OnDelete::Protect)) {
                continue;
            }
            for dependent in dependents_of(c, other, field, &[row.id], i64::MAX, None)? {
                let whole = self.registry.find(c, other, dependent.id, None)?.ok_or(WriteError::Gone)?;
                match on_delete {
                    Some(OnDelete::SetNull) => self.refer(c, other, field, &whole, Value::Null)?,
                    _ => self.remove(c, other, &whole, to_trash && other.declaration().trash)?,
                }
            }
        }
        if to_trash {
            resource.bury(c, row.id, Some(self.now))?;
            let buried = Row { version: row.version + 1, ..row.clone() };
            self.log(LogAction::Trash, resource, &buried, Vec::new());
            return Ok(());
        }
        self.destroy(c, resource, row, LogAction::Delete)
    }

    /// The last step: what refers to it from the trash goes along, and then the row itself.
    fn destroy(&self, c: &mut Connection, resource: &dyn Resource, row: &Row, action: LogAction) -> Result<(), WriteError> {
        let referrers = referrers(self.registry, resource.declaration().name).filter(|(other, _)| other.declaration().trash);
        for (other, field) in referrers.filter(|(_, field)| !field.reference.is_some_and(|it| it.on_delete == OnDelete::SetNull)) {
            for buried in buried_of(c, other, field, &[row.id])? {
                self.destroy(c, other, &buried, LogAction::Purge)?;
            }
        }
        let changes = differences(c, self.registry, self.zone, resource.declaration(), Some(row), None)?;
        self.log(action, resource, row, changes);
        resource.delete(c, row.id).map_err(|error| explain(resource, error))?;
        Ok(())
    }

    /// Makes one field of a record refer to something else or to nothing.
    fn refer(&self, c: &mut Connection, resource: &dyn Resource, field: &Field, row: &Row, to: Value) -> Result<(), WriteError> {
        let mut after = Row { version: row.version + 1, ..row.clone() };
        after.values.set(field.name, to);
        let changes = differences(c, self.registry, self.zone, resource.declaration(), Some(row), Some(&after))?;
        resource.update(c, row.id, &after.values, &search_text(resource, &after.values), self.now)?;
        self.log(LogAction::Change, resource, &after, changes);
        Ok(())
    }
}
