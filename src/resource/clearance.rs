//! Deleting a record that others prevent, in one step: they refer to another record instead, or are deleted as well. Only through
//! a reference that is declared `clearable`.

use diesel::QueryResult;

use super::access::actor::{Action, Actor};
use super::declare::field::Field;
use super::declare::reference::OnDelete;
use super::form::data::FormErrors;
use super::list::query::{Condition, ListQuery, Test};
use super::log::entry::{LogAction, differences};
use super::registry::Registry;
use super::value::{Kind, Row, Value};
use super::write::event::EventKind;
use super::write::relations::{Dependents, LIMIT, naming, referrers, tree};
use super::write::writer::{WriteError, Writer, search_text};
use crate::db::Connection;
use crate::db::connection::exclusive;
use crate::english::plural;
use crate::resource::Resource;

/// The input with the record that is given the others.
pub const RECIPIENT: &str = "recipient";

/// What becomes of the records that prevent the deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clearance {
    /// They refer to the record with this id.
    Give(i64),
    /// They are deleted as well.
    Remove,
}

/// What an actor can do about the records that prevent a deletion.
#[derive(Clone, Debug)]
pub struct Offer {
    resource: &'static str,
    field: &'static str,
    /// What another record can be given: `71 patients`.
    pub given: Option<String>,
    /// What can be deleted as well: `71 assignments`.
    pub removed: Option<String>,
}

impl Offer {
    /// `None` if something else prevents the deletion as well, or if the actor may not change all of the records.
    pub fn find(
        c: &mut Connection,
        registry: &Registry,
        actor: &Actor,
        id: i64,
        name: &str,
        tree: &[Dependents],
    ) -> QueryResult<Option<Self>> {
        let mut protecting = tree.iter().filter(|one| one.protects());
        let (Some(only), None) = (protecting.next(), protecting.next()) else { return Ok(None) };
        let found = referrers(registry, name).find(|(other, field)| other.declaration().name == only.resource && field.label == only.field);
        let Some((other, field)) = found.filter(|(_, field)| field.clearable) else { return Ok(None) };
        let own = other.declaration();
        if only.trashed || only.count > LIMIT || !own.allows(actor, Action::Delete) {
            return Ok(None);
        }
        let query = naming(field, &[id], LIMIT);
        if other.count(c, &query, Some(actor))? < only.count || Dependents::blocks(&below(c, registry, actor, other, &query)?) {
            return Ok(None);
        }
        let moves = optional(registry, name).all(|(referrer, _)| referrer.declaration().allows(actor, Action::Change));
        let sees = registry.get(name).is_some_and(|resource| resource.declaration().allows(actor, Action::View));
        let given = (moves && sees && own.allows(actor, Action::Change)).then(|| counted(registry, other, field, only.count));
        let removed = Some(plural(only.count, &own.singular_lower(), &own.plural_lower()));
        Ok(Some(Self { resource: own.name, field: field.name, given, removed }))
    }

    /// The field to choose the other record with.
    pub fn recipient(&self, registry: &Registry) -> Option<Field> {
        let field = registry.get(self.resource)?.declaration().field(self.field)?;
        Some(Field { name: RECIPIENT, label: "Give to", help: "", required: true, kind: Kind::Integer, ..field.clone() })
    }
}

/// What prevents the deletion of the records that would be deleted as well.
fn below(c: &mut Connection, registry: &Registry, actor: &Actor, other: &Resource, query: &ListQuery) -> QueryResult<Vec<Dependents>> {
    let name = other.declaration().name;
    if referrers(registry, name).next().is_none() {
        return Ok(Vec::new());
    }
    let ids: Vec<i64> = other.list(c, query, Some(actor))?.iter().map(|row| row.id).collect();
    tree(c, registry, actor, name, &ids)
}

/// A row that joins two records is counted as the one at its other end: `71 patients`.
fn counted(registry: &Registry, other: &Resource, field: &Field, count: i64) -> String {
    let own = other.declaration();
    let mut ends = own.fields_named(own.label_from).filter(|end| end.name != field.name);
    let end = match (ends.next(), ends.next()) {
        (Some(end), None) => end.reference.and_then(|reference| registry.get(reference.resource)),
        _ => None,
    };
    let shown = end.unwrap_or(other).declaration();
    plural(count, &shown.singular_lower(), &shown.plural_lower())
}

/// References that would become blank, such as a patient's primary doctor. One that is unique stays out, because the other record
/// has its own.
fn optional<'a>(registry: &'a Registry, name: &'a str) -> impl Iterator<Item = (&'a Resource, &'a Field)> {
    referrers(registry, name).filter(|(_, field)| {
        field.unique_error.is_empty() && field.reference.is_some_and(|reference| reference.on_delete == OnDelete::SetNull)
    })
}

impl Writer<'_> {
    /// Deletes a record after clearing what prevents it. Without such an offer it is refused like any deletion.
    pub fn delete_clearing(&self, c: &mut Connection, resource: &Resource, id: i64, how: Clearance) -> Result<Row, WriteError> {
        let name = resource.declaration().name;
        exclusive(c, name, id)?;
        self.registry.find(c, resource, id, Some(self.actor))?.ok_or(WriteError::NotFound)?;
        let found = tree(c, self.registry, self.actor, name, &[id])?;
        if let Some(offer) = Offer::find(c, self.registry, self.actor, id, name, &found)?
            && let Some(other) = self.registry.get(offer.resource)
            && let Some(field) = other.declaration().field(offer.field)
        {
            match how {
                Clearance::Give(to) if offer.given.is_some() => self.give(c, resource, (other, field), id, to)?,
                Clearance::Remove if offer.removed.is_some() => self.remove_all(c, resource, (other, field), id)?,
                _ => {}
            }
        }
        self.delete(c, resource, id)
    }

    /// Optional references become blank first, so that the log has them.
    fn remove_all(&self, c: &mut Connection, resource: &Resource, (other, field): (&Resource, &Field), id: i64) -> Result<(), WriteError> {
        for (referrer, optional) in optional(self.registry, resource.declaration().name) {
            for row in self.referring(c, referrer, optional, id)? {
                self.refer(c, referrer, optional, &row, Value::Null)?;
            }
        }
        for row in other.list(c, &naming(field, &[id], LIMIT), None)? {
            self.delete(c, other, row.id)?;
        }
        Ok(())
    }

    /// Makes the records refer to another one. Where that one has the same record already, the old one is deleted.
    fn give(
        &self,
        c: &mut Connection,
        resource: &Resource,
        (other, field): (&Resource, &Field),
        id: i64,
        to: i64,
    ) -> Result<(), WriteError> {
        let target = if to == id { None } else { self.registry.find(c, resource, to, Some(self.actor))? };
        let Some(target) = target else {
            let mut errors = FormErrors::default();
            errors.add(RECIPIENT, format!("Choose another {} from the list", resource.declaration().singular_lower()));
            return Err(WriteError::Invalid(errors));
        };
        let mut before = Vec::new();
        for (referrer, optional) in optional(self.registry, resource.declaration().name) {
            before.extend(self.referring(c, referrer, optional, id)?.into_iter().map(|row| (referrer, optional, row)));
        }
        let earlier = self.take();
        for row in other.list(c, &naming(field, &[id], LIMIT), None)? {
            if self.has_same(c, other, field, &row, target.id)? {
                self.delete(c, other, row.id)?;
            } else {
                let values = [(field.name, Value::Integer(target.id))].into_iter().collect();
                self.update(c, other, row.id, values, FormErrors::default(), None)?;
            }
        }
        // A restoration reads the entries backwards, and has to give back the rows before the optional references.
        let moved = self.take();
        earlier.into_iter().for_each(|entry| self.log_entry(entry));
        for (referrer, optional, row) in before {
            self.refer_instead(c, referrer, optional, &row, target.id)?;
        }
        moved.into_iter().for_each(|entry| self.log_entry(entry));
        Ok(())
    }

    /// The whole records whose optional field refers to this one.
    fn referring(&self, c: &mut Connection, resource: &Resource, field: &Field, id: i64) -> Result<Vec<Row>, WriteError> {
        let ids: Vec<i64> = resource.list(c, &naming(field, &[id], LIMIT), None)?.iter().map(|row| row.id).collect();
        let mut rows = Vec::new();
        for id in ids {
            rows.extend(self.registry.find(c, resource, id, None)?);
        }
        Ok(rows)
    }

    /// Whether another row joins the same records already.
    fn has_same(&self, c: &mut Connection, other: &Resource, field: &Field, row: &Row, to: i64) -> QueryResult<bool> {
        let own = other.declaration();
        if own.unique_together.is_empty() || !own.label_from.contains(&field.name) {
            return Ok(false);
        }
        let value = |one: &Field| if one.name == field.name { Value::Integer(to) } else { row.values.at(one.name).clone() };
        let same = own.fields_named(own.label_from).map(|one| Condition { field: one.name, test: Test::In(vec![value(one)]) });
        let query = ListQuery { conditions: same.collect(), limit: 1, ..ListQuery::default() };
        Ok(!other.list(c, &query, None)?.is_empty())
    }

    /// Sets an optional reference, and logs it. The database may have set it along with the rows.
    fn refer_instead(&self, c: &mut Connection, resource: &Resource, field: &Field, before: &Row, to: i64) -> Result<(), WriteError> {
        let mut now = self.registry.find(c, resource, before.id, None)?.ok_or(WriteError::NotFound)?;
        if now.values.at(field.name).as_id() != Some(to) {
            now.values.set(field.name, Value::Integer(to));
            resource.update(c, now.id, &now.values, &search_text(resource, &now.values), self.now)?;
            now = self.registry.find(c, resource, before.id, None)?.ok_or(WriteError::NotFound)?;
        }
        let changes = differences(c, self.registry, self.zone, resource.declaration(), Some(before), Some(&now))?;
        self.log(LogAction::Change, resource, &now, changes);
        self.publish(c, resource, EventKind::Changed, Some(before), Some(&now))?;
        Ok(())
    }
}
