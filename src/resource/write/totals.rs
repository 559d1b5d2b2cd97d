//! Values that follow from the rows of an inline, such as the total of an invoice.

use diesel::QueryResult;

use super::writer::{Writer, search_text};
use crate::db::Connection;
use crate::resource::log::entry::{Change, LogAction, differences};
use crate::resource::model::Resource;
use crate::resource::value::Row;

impl Writer<'_> {
    /// Notes the records on whose forms this one is a row. One that was moved notes the former parent as well.
    pub(super) fn note_parents(&self, child: &Resource, row: &Row, changes: &[Change]) {
        let name = child.declaration().name;
        for parent in self.registry.iter().map(|parent| parent.declaration()) {
            for inline in parent.inlines.iter().filter(|inline| inline.resource == name) {
                let former = changes.iter().find(|change| change.field == inline.field).and_then(|change| change.before.as_i64());
                let ids = row.values.at(inline.field).as_id().into_iter().chain(former);
                self.parents.borrow_mut().extend(ids.map(|id| (parent.name, id)));
            }
        }
    }

    /// Sets what follows from rows that were written in this transaction, once for each record.
    pub(super) fn settle_parents(&self, c: &mut Connection) -> QueryResult<()> {
        loop {
            let Some((name, id)) = self.parents.borrow_mut().pop_first() else { return Ok(()) };
            let Some(resource) = self.registry.get(name) else { continue };
            let Some(before) = self.registry.find(c, resource, id, None)? else { continue };
            let values = resource.after_rows(c, &before)?.over(&before.values);
            if values == before.values {
                continue;
            }
            resource.update(c, id, &values, &search_text(resource, &values), self.now)?;
            let Some(row) = self.registry.find(c, resource, id, None)? else { continue };
            let changes = differences(c, self.registry, self.zone, resource.declaration(), Some(&before), Some(&row))?;
            self.log(LogAction::Change, resource, &row, changes);
        }
    }
}
