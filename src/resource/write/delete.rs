//! Deleting a record, to the trash or permanently, with the records that refer to it.

use diesel::result::Error;

use super::event::EventKind;
use super::relations::{Dependents, naming, referrers, tree};
use super::writer::{WriteError, Writer, constraint_error, search_text};
use crate::db::Connection;
use crate::db::connection::exclusive;
use crate::resource::Resource;
use crate::resource::declare::field::Field;
use crate::resource::declare::reference::OnDelete;
use crate::resource::list::query::ListQuery;
use crate::resource::log::entry::{LogAction, differences};
use crate::resource::value::{Row, Value};

/// Dependent records loaded at a time.
const SOME: i64 = 200;

impl Writer<'_> {
    /// Deletes a record and what cascades from it, or nothing. A record with a trash is moved there.
    pub fn delete(&self, c: &mut Connection, resource: &Resource, id: i64) -> Result<Row, WriteError> {
        exclusive(c, resource.declaration().name, id)?;
        let row = self.registry.find(c, resource, id, Some(self.actor))?.ok_or(WriteError::NotFound)?;
        let name = resource.declaration().name;
        let protecting = Dependents::protecting(&tree(c, self.registry, self.actor, name, &[id])?);
        if !protecting.is_empty() {
            return Err(WriteError::Protected(protecting));
        }
        self.remove(c, resource, &row, resource.declaration().trash)?;
        Ok(row)
    }

    /// Permanently deletes a record in the trash, with everything in the trash that refers to it.
    pub fn purge(&self, c: &mut Connection, resource: &Resource, id: i64) -> Result<Row, WriteError> {
        exclusive(c, resource.declaration().name, id)?;
        let row = self.registry.find_in_trash(c, resource, id, Some(self.actor))?.ok_or(WriteError::NotFound)?;
        self.destroy(c, resource, &row, LogAction::Purge)?;
        Ok(row)
    }

    fn remove(&self, c: &mut Connection, resource: &Resource, row: &Row, to_trash: bool) -> Result<(), WriteError> {
        if let Some(sentence) = self.registry.refusal(c, resource, row, self.actor)? {
            return Err(WriteError::Refused(sentence));
        }
        for (other, field) in referrers(self.registry, resource.declaration().name) {
            let on_delete = field.reference.map(|reference| reference.on_delete);
            if matches!(on_delete, None | Some(OnDelete::Protect)) {
                continue;
            }
            self.each(c, other, field, row.id, false, &mut |c, dependent| {
                let whole = self.registry.find(c, other, dependent.id, None)?.ok_or(WriteError::NotFound)?;
                match on_delete {
                    Some(OnDelete::SetNull) => self.refer(c, other, field, &whole, Value::Null).map(|_| ()),
                    _ => self.remove(c, other, &whole, to_trash && other.declaration().trash),
                }
            })?;
        }
        if to_trash {
            // What went along may have changed the record once more, as a trigger does with the primary doctor.
            let version = resource.set_deleted_at(c, row.id, Some(self.now))?;
            let trashed = Row { version, ..row.clone() };
            self.log(LogAction::Trash, resource, &trashed, Vec::new());
            self.publish(c, resource, EventKind::Trashed, Some(row), Some(&trashed))?;
            return Ok(());
        }
        self.destroy(c, resource, row, LogAction::Delete)
    }

    /// The last step: deletes cascading records in the trash, then the row itself. Protecting records in the trash are
    /// deleted only if the record itself is purged; otherwise they prevent the deletion.
    fn destroy(&self, c: &mut Connection, resource: &Resource, row: &Row, action: LogAction) -> Result<(), WriteError> {
        let goes_along = |on_delete| on_delete == OnDelete::Cascade || (on_delete == OnDelete::Protect && action == LogAction::Purge);
        let referrers = referrers(self.registry, resource.declaration().name).filter(|(other, _)| other.declaration().trash);
        for (other, field) in referrers.filter(|(_, field)| field.reference.is_some_and(|it| goes_along(it.on_delete))) {
            self.each(c, other, field, row.id, true, &mut |c, trashed| self.destroy(c, other, &trashed, LogAction::Purge))?;
        }
        let changes = differences(c, self.registry, self.zone, resource.declaration(), Some(row), None)?;
        self.log(action, resource, row, changes);
        resource.delete(c, row.id).map_err(|error| constraint_error(resource, error))?;
        self.delete_files(c, resource, row)?;
        self.publish(c, resource, EventKind::Deleted, Some(row), None)?;
        Ok(())
    }

    /// Calls `work` for each record that refers to this one, in batches. Fails if one still refers to it afterwards.
    fn each(
        &self,
        c: &mut Connection,
        other: &Resource,
        field: &Field,
        id: i64,
        trashed: bool,
        work: &mut dyn FnMut(&mut Connection, Row) -> Result<(), WriteError>,
    ) -> Result<(), WriteError> {
        let mut last = 0;
        loop {
            let mut some = other.list(c, &ListQuery { trashed, ..naming(field, &[id], SOME) }, None)?;
            self.registry.name(c, other.declaration(), &mut some)?;
            match some.first() {
                None => return Ok(()),
                Some(first) if first.id <= last => {
                    let message = format!("{} {} still refers to the deleted record", other.declaration().name, first.id);
                    return Err(Error::QueryBuilderError(message.into()).into());
                }
                Some(_) => {}
            }
            for row in some {
                last = row.id;
                work(c, row)?;
            }
        }
    }

    /// Sets a reference of a record, or clears it.
    pub(crate) fn refer(&self, c: &mut Connection, resource: &Resource, field: &Field, row: &Row, to: Value) -> Result<Row, WriteError> {
        let mut after = Row { version: row.version + 1, ..row.clone() };
        after.values.set(field.name, to);
        let changes = differences(c, self.registry, self.zone, resource.declaration(), Some(row), Some(&after))?;
        resource.update(c, row.id, &after.values, &search_text(resource, &after.values), self.now)?;
        self.log(LogAction::Change, resource, &after, changes);
        self.publish(c, resource, EventKind::Changed, Some(row), Some(&after))?;
        Ok(after)
    }
}
