//! The files of a record: a new one is attached when the record is saved, and the one that it replaces is deleted, in the same
//! transaction. The trash keeps them.

use diesel::QueryResult;

use super::writer::{WriteError, Writer};
use crate::db::Connection;
use crate::resource::Resource;
use crate::resource::declare::candidate::Candidate;
use crate::resource::declare::field::Field;
use crate::resource::file::StoredFile;
use crate::resource::form::data::{FormErrors, choose_again};
use crate::resource::value::{Kind, Row};

fn files(resource: &Resource) -> impl Iterator<Item = &Field> {
    resource.declaration().fields.iter().filter(|field| field.kind == Kind::File)
}

impl Writer<'_> {
    /// A file may stay; a new one must be one that the actor uploaded and that waits for its record. So nobody takes the file
    /// of another record by its id.
    pub(super) fn check_files(&self, c: &mut Connection, resource: &Resource, candidate: &mut Candidate) -> QueryResult<()> {
        for field in files(resource) {
            let value = candidate.values.at(field.name);
            let Some(id) = value.as_id().filter(|_| candidate.before.is_none_or(|row| row.values.at(field.name) != value)) else {
                continue;
            };
            let file = StoredFile::find(c, id)?.filter(|file| file.waits_for(self.actor.id));
            if !file.is_some_and(|file| field.file.allows(&file.content_type, file.size)) {
                candidate.errors.add(field.name, choose_again(field));
            }
        }
        Ok(())
    }

    /// Attaches what is new and deletes what was replaced. The record is stored already.
    pub(super) fn settle_files(
        &self,
        c: &mut Connection,
        resource: &Resource,
        before: Option<&Row>,
        after: &Row,
    ) -> Result<(), WriteError> {
        for field in files(resource) {
            let old = before.and_then(|row| row.values.at(field.name).as_id());
            let new = after.values.at(field.name).as_id();
            if old == new {
                continue;
            }
            StoredFile::delete(c, old.as_slice())?;
            let Some(id) = new else { continue };
            // Two forms may send the same new file at once.
            if !StoredFile::attach(c, id, resource.declaration().name, field.name, after.id, self.now)? {
                let mut errors = FormErrors::default();
                errors.add(field.name, choose_again(field));
                return Err(WriteError::Invalid(errors));
            }
        }
        Ok(())
    }

    /// Deletes the files of a record that is deleted already.
    pub(super) fn delete_files(&self, c: &mut Connection, resource: &Resource, row: &Row) -> QueryResult<()> {
        let ids: Vec<i64> = files(resource).filter_map(|field| row.values.at(field.name).as_id()).collect();
        StoredFile::delete(c, &ids).map(|_| ())
    }
}
