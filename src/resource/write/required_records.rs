//! Records that a setting names: as long as it does, they stay and keep their name.

use diesel::QueryResult;

use crate::db::Connection;
use crate::resource::Resource;
use crate::resource::access::actor::Actor;
use crate::resource::declare::candidate::Candidate;
use crate::resource::registry::Registry;
use crate::resource::value::Row;

/// The record of this resource whose field says this.
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

    /// Why a record may not go: a rule of its model, or a setting that names it.
    pub fn refusal(&self, c: &mut Connection, resource: &Resource, row: &Row, actor: &Actor) -> QueryResult<Option<String>> {
        let refused = resource.before_delete(c, row, actor)?;
        Ok(refused.or_else(|| self.kept(resource, row).map(|kept| format!("{}.", kept.why))))
    }

    /// Another name would be the same as no record.
    pub fn check_kept(&self, resource: &Resource, candidate: &mut Candidate) {
        let Some(kept) = candidate.before.and_then(|before| self.kept(resource, before)) else { return };
        if candidate.values.at(kept.field).as_text() != kept.value {
            candidate.errors.add(kept.field, kept.why);
        }
    }
}
