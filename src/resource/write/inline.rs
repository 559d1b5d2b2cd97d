//! Saving the rows of an inline, in the transaction of its parent and through the same writer.

use diesel::Connection as _;
use time::Date;

use super::writer::{WriteError, Writer};
use crate::db::Connection;
use crate::english::plural;
use crate::resource::Resource;
use crate::resource::access::actor::Action;
use crate::resource::declare::field::Field;
use crate::resource::declare::inline::{Inline, RowErrors, SentRow};
use crate::resource::form::bind::Binder;
use crate::resource::form::data::{FormData, parse};
use crate::resource::form::errors::FormErrors;
use crate::resource::form::inline_bind::LISTED;
use crate::resource::list::query::{ListQuery, Test};
use crate::resource::value::{Row, Value, Values};

/// The rows of one inline under one record.
pub struct Rows<'a> {
    inline: &'a Inline,
    child: &'a Resource,
    writer: &'a Writer<'a>,
    binder: Binder<'a>,
    today: Date,
    errors: RowErrors,
}

impl<'a> Rows<'a> {
    /// `None` if the actor may not view such rows.
    pub fn of(inline: &'a Inline, writer: &'a Writer<'a>, today: Date) -> Option<Self> {
        let child = inline.child(writer.registry, writer.actor)?;
        let binder = Binder::new(writer.registry, writer.actor, writer.zone);
        Some(Self { inline, child, writer, binder, today, errors: Vec::new() })
    }

    /// Validates the rows without writing them, for a parent that has errors itself.
    pub fn read(mut self, typed: &FormData) -> RowErrors {
        let start = self.start();
        for row in self.inline.sent(typed).iter().filter(|row| !row.delete && !row.is_blank(&start)) {
            if row.id.is_none() || (self.may(Action::Change) && !row.data.has(LISTED)) {
                let (_, errors) = self.values(row);
                self.add(&row.name, errors);
            }
        }
        self.errors
    }

    /// Deletes the ticked rows, changes the existing ones and adds the new ones. If there are errors, the caller must roll
    /// back.
    pub fn save(mut self, c: &mut Connection, parent: i64, typed: &FormData) -> Result<RowErrors, WriteError> {
        let (may_delete, may_change, may_add) = (self.may(Action::Delete), self.may(Action::Change), self.may(Action::Add));
        if !(may_delete || may_change || may_add) {
            return Ok(self.errors);
        }
        let (sent, start) = (self.inline.sent(typed), self.start());
        let mut known = Vec::new();
        for row in &sent {
            let Some(id) = row.id else { continue };
            match self.child.find(c, id, Some(self.writer.actor))?.filter(|found| self.is_of(found, parent)) {
                Some(_) => known.push((row, id)),
                None if !(may_delete || may_change) => {}
                None => self
                    .tell(self.inline.resource, "One row no longer belongs to this record and was removed. Check the rows and save again."),
            }
        }
        for (row, id) in known.iter().filter(|(row, _)| row.delete && may_delete) {
            let done = c.transaction(|c| self.writer.delete(c, self.child, *id).map(|_| ()));
            self.settle(row, done)?;
        }
        let is_changed = |row: &SentRow| may_change && !(row.delete && may_delete) && !row.data.has(LISTED);
        for (row, id) in known.iter().filter(|(row, _)| is_changed(row)) {
            let (values, errors) = self.values(row);
            let done = c.transaction(|c| self.writer.update(c, self.child, *id, values, errors, row.version).map(|_| ()));
            self.settle(row, done)?;
        }
        for row in sent.iter().filter(|row| may_add && row.id.is_none() && !row.is_blank(&start)) {
            let (mut values, errors) = self.values(row);
            values.set(self.inline.field, Value::Integer(parent));
            let done = c.transaction(|c| self.writer.create(c, self.child, values, errors).map(|_| ()));
            self.settle(row, done)?;
        }
        if self.errors.is_empty() {
            self.check_number(c, parent)?;
        }
        Ok(self.errors)
    }

    fn may(&self, action: Action) -> bool {
        self.child.declaration().allows(self.writer.actor, action)
    }

    fn is_of(&self, row: &Row, parent: i64) -> bool {
        row.values.at(self.inline.field).as_id() == Some(parent)
    }

    /// The initial values of an empty row.
    fn start(&self) -> FormData {
        let columns = self.inline.columns(self.child.declaration());
        FormData::of(
            columns.into_iter(),
            &self.child.initial(self.writer.actor, self.writer.now),
            &self.writer.actor.zone(self.writer.zone),
        )
    }

    /// The values of the fields that the actor may set. A reference that is not sent stays unchanged.
    fn values(&self, row: &SentRow) -> (Values, FormErrors) {
        let columns = self.inline.columns(self.child.declaration());
        let set = |field: &&Field| {
            self.binder.can_choose(field) && (!field.keeps_value_unsent() || row.id.is_none() || row.data.sends(field.name))
        };
        parse(columns.into_iter().filter(set), &row.data, self.today, &self.writer.actor.zone(self.writer.zone))
    }

    /// Turns errors that the user can correct into messages at the row.
    fn settle(&mut self, row: &SentRow, done: Result<(), WriteError>) -> Result<(), WriteError> {
        let mut errors = FormErrors::default();
        match done {
            Ok(()) => return Ok(()),
            Err(WriteError::Invalid(wrong)) => errors = wrong,
            Err(WriteError::Refused(sentence)) => errors.add("", sentence),
            Err(WriteError::Protected(by)) => {
                let named: Vec<String> = by.iter().map(|one| format!("{} {}", one.count, one.noun())).collect();
                errors.add("", format!("It cannot be deleted while it is used by: {}", named.join(", ")));
            }
            Err(WriteError::Conflict(conflict)) => {
                errors.add_conflict(format!("{}. Your changes are shown here. If you save again, you replace theirs.", conflict.message()));
            }
            Err(WriteError::NotFound) => errors.add("", "It has been deleted"),
            Err(error @ WriteError::Db(_)) => return Err(error),
        }
        self.add(&row.name, errors);
        Ok(())
    }

    /// Checks the minimum and the maximum over all rows, including those that the actor may not view.
    fn check_number(&mut self, c: &mut Connection, parent: i64) -> Result<(), WriteError> {
        let query = ListQuery::only(self.inline.field, Test::In(vec![Value::Integer(parent)]), 1);
        let total = self.child.count(c, &query, None)?;
        let own = self.child.declaration();
        if total > self.inline.max {
            let most = plural(self.inline.max, &own.singular_lower(), &own.plural_lower());
            self.tell(self.inline.resource, &format!("Enter no more than {most}"));
        } else if total < self.inline.min {
            let least = plural(self.inline.min, &own.singular_lower(), &own.plural_lower());
            self.tell(self.inline.resource, &format!("Enter at least {least}"));
        }
        Ok(())
    }

    fn tell(&mut self, name: &str, text: &str) {
        if !self.errors.iter().any(|(known, _)| known == name) {
            let mut errors = FormErrors::default();
            errors.add("", text);
            self.add(name, errors);
        }
    }

    fn add(&mut self, name: &str, errors: FormErrors) {
        if !errors.is_empty() {
            self.errors.push((name.into(), errors));
        }
    }
}
