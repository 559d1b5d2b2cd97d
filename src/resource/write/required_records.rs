//! Records that a setting names: they cannot be deleted or renamed as long as it does.

use diesel::QueryResult;

use crate::db::Connection;
use crate::resource::Resource;
use crate::resource::access::actor::Actor;
use crate::resource::declare::candidate::Candidate;
use crate::resource::registry::Registry;
use crate::resource::value::Row;

/// The record of this resource whose field has this value.
#[derive(Clone, Debug)]
pub struct RequiredRecord {
    pub resource: &'static str,
    pub field: &'static str,
    pub value: String,
    /// What it is needed for and what to do first, without the full stop.
    pub why: &'static str,
}

impl Registry {
    fn kept(&self, resource: &Resource, row: &Row) -> Option<&RequiredRecord> {
        let named =
            |kept: &&RequiredRecord| kept.resource == resource.declaration().name && row.values.at(kept.field).as_text() == kept.value;
        self.kept.iter().find(named)
    }

    /// Why a record cannot be deleted: a hook of its model refuses it, or a setting names it.
    pub fn refusal(&self, c: &mut Connection, resource: &Resource, row: &Row, actor: &Actor) -> QueryResult<Option<String>> {
        let refused = resource.before_delete(c, row, actor)?;
        Ok(refused.or_else(|| self.kept(resource, row).map(|kept| format!("{}.", kept.why))))
    }

    /// Renaming the record would have the same effect as deleting it.
    pub fn check_required(&self, resource: &Resource, candidate: &mut Candidate) {
        let Some(kept) = candidate.before.and_then(|before| self.kept(resource, before)) else { return };
        if candidate.values.at(kept.field).as_text() != kept.value {
            candidate.errors.add(kept.field, kept.why);
        }
    }
}
