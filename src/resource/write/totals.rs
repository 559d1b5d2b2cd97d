//! Values that follow from the rows of an inline, such as the total of an invoice. Only models that declare `has_totals` have
//! such values.

use std::collections::BTreeSet;

use diesel::QueryResult;
use diesel::result::Error;

use super::event::EventKind;
use super::writer::{Writer, search_text};
use crate::db::Connection;
use crate::db::connection::exclusive;
use crate::resource::declare::declaration::Declaration;
use crate::resource::log::entry::{Change, LogAction, differences};
use crate::resource::model::Resource;
use crate::resource::value::Row;

/// Records whose rows were written: name of the model and id.
pub type Parents = BTreeSet<(&'static str, i64)>;

/// Whether records of this model are rows of the other, which has totals of them.
pub(super) fn has_totals_of(parent: &Declaration, child: &str, field: &str) -> bool {
    parent.has_totals && parent.inlines.iter().any(|inline| inline.resource == child && inline.field == field)
}

impl Writer<'_> {
    /// Notes the records whose totals this row may change. A row that was moved notes its former parent as well, and a record
    /// that was restored notes itself, because its rows may have been deleted in between.
    pub(super) fn note_parents(&self, child: &Resource, row: &Row, action: LogAction, changes: &[Change]) {
        let own = child.declaration();
        if own.has_totals && action == LogAction::Restore {
            self.parents.borrow_mut().insert((own.name, row.id));
        }
        for parent in self.registry.iter().map(|parent| parent.declaration()).filter(|parent| parent.has_totals) {
            for inline in parent.inlines.iter().filter(|inline| inline.resource == own.name) {
                let former = changes.iter().find(|change| change.field == inline.field).and_then(|change| change.before.as_i64());
                let ids = row.values.at(inline.field).as_id().into_iter().chain(former);
                self.parents.borrow_mut().extend(ids.map(|id| (parent.name, id)));
            }
        }
    }

    /// The records noted so far, for a caller that settles them later.
    pub fn take_parents(&self) -> Parents {
        self.parents.take()
    }

    /// Notes records that another writer noted.
    pub fn totals_of(&self, parents: Parents) {
        self.parents.borrow_mut().extend(parents);
    }

    /// Sets what follows from rows that were written in this transaction, once for each record.
    pub fn settle_totals(&self, c: &mut Connection) -> QueryResult<()> {
        loop {
            let Some((name, id)) = self.parents.borrow_mut().pop_first() else { return Ok(()) };
            let Some(resource) = self.registry.get(name) else { continue };
            // Others who write rows of this record wait, so that each total counts all rows.
            exclusive(c, name, id)?;
            let Some(before) = self.registry.find(c, resource, id, None)? else { continue };
            let values = resource.after_rows(c, &before)?;
            let own = resource.declaration();
            if let Some((field, _)) = values.iter().find(|(field, _)| !own.field(field).is_some_and(|field| field.is_stored())) {
                return Err(Error::QueryBuilderError(format!("after_rows of {name} sets {field}, which is not one of its fields").into()));
            }
            let values = values.over(&before.values);
            if values == before.values {
                continue;
            }
            resource.update(c, id, &values, &search_text(resource, &values), self.now)?;
            let Some(row) = self.registry.find(c, resource, id, None)? else { continue };
            let changes = differences(c, self.registry, self.zone, own, Some(&before), Some(&row))?;
            self.log(LogAction::Change, resource, &row, changes);
            self.publish(c, resource, EventKind::Changed, Some(&before), Some(&row))?;
        }
    }
}
