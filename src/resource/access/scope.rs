//! Which records of a model an actor may view.

use super::actor::Actor;
use super::table::AccessTable;
use crate::resource::Resource;

/// The scope of a model, declared as `scope RULE;`, or as `scope through patient_id;` if a record is visible to everyone who
/// may view the record it refers to.
#[derive(Clone, Copy)]
pub enum Scope {
    /// Everyone with the view permission sees every record.
    All,
    Rule(Rule),
    /// The field that refers to the parent, whose scope applies.
    Through(&'static str),
}

/// A scope of its own: a table in the database says who sees which record.
#[derive(Clone, Copy)]
pub struct Rule {
    /// Whether this actor sees every record, so that the table does not matter.
    pub sees_all: fn(&Actor) -> bool,
    pub access: AccessTable,
}

impl Resource {
    /// Whether this actor sees every record.
    pub fn sees_all(&self, actor: &Actor) -> bool {
        match self.scope {
            Scope::All => true,
            Scope::Rule(rule) => (rule.sees_all)(actor),
            Scope::Through(field) => self.parent(field).is_some_and(|parent| parent.sees_all(actor)),
        }
    }

    /// What is said when nothing matches. Somebody who sees part of the records is not told whether a hidden one matches.
    pub fn nothing_found(&self, actor: &Actor) -> String {
        if self.sees_all(actor) { "No results".into() } else { format!("No {} you can see matches", self.declaration().singular_lower()) }
    }

    /// The model's own access table.
    pub fn access(&self) -> Option<AccessTable> {
        match self.scope {
            Scope::Rule(rule) => Some(rule.access),
            Scope::All | Scope::Through(_) => None,
        }
    }

    /// The error in the scope, if there is one.
    pub(crate) fn wrong_scope(&self) -> Option<String> {
        let (mut model, mut met) = (self, vec![self.declaration().name]);
        while let Scope::Through(field) = model.scope {
            let reference = model.declaration().field(field).filter(|field| field.is_reference());
            let Some(reference) = reference.and_then(|field| field.reference) else {
                return Some(format!("scope through {field}, which is not a reference to one record"));
            };
            if met.contains(&reference.resource) {
                return Some(format!("scope through {field} leads back to {}", reference.resource));
            }
            met.push(reference.resource);
            model = (reference.model)();
        }
        let own = self.declaration();
        let is_known = |name: &str| own.field(name).is_some() || (own.trash && name == "deleted_at");
        let (name, _) = self.access()?.orders.iter().find(|(name, _)| !is_known(name))?;
        Some(format!("scope: the access table sorts by {name}, which is not a declared field"))
    }

    /// The model that a reference refers to.
    pub(crate) fn parent(&self, field: &str) -> Option<&'static Self> {
        Some((self.declaration().field(field)?.reference?.model)())
    }
}
