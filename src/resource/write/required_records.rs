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
    fn required_record(&self, resource: &Resource, row: &Row) -> Option<&RequiredRecord> {
        let named = |required: &&RequiredRecord| {
            required.resource == resource.declaration().name && row.values.at(required.field).as_text() == required.value
        };
        self.required.iter().find(named)
    }

    /// Why a record cannot be deleted: a hook of its model refuses it, or a setting names it.
    pub fn refusal(&self, c: &mut Connection, resource: &Resource, row: &Row, actor: &Actor) -> QueryResult<Option<String>> {
        let refused = resource.before_delete(c, row, actor)?;
        Ok(refused.or_else(|| self.required_record(resource, row).map(|required| format!("{}.", required.why))))
    }

    /// Renaming the record would have the same effect as deleting it.
    pub fn check_required(&self, resource: &Resource, candidate: &mut Candidate) {
        let Some(required) = candidate.before.and_then(|before| self.required_record(resource, before)) else { return };
        if candidate.values.at(required.field).as_text() != required.value {
            candidate.errors.add(required.field, required.why);
        }
    }
}
