//! Which records of a model an actor may view.

use diesel::QueryResult;

use super::actor::Actor;
use crate::db::Connection;
use crate::db::sql::{BoxedExpression, Sql};
use crate::resource::Resource;

/// Up to this many ids are looked up one by one, which is faster than scanning a large table.
pub const FEW: i64 = 500;

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

/// Returns the ids of an actor's records, at most as many as the last argument says.
pub type IdsFor = fn(&mut Connection, &Actor, i64) -> QueryResult<Option<Vec<i64>>>;

/// A scope of its own, as conditions.
#[derive(Clone, Copy)]
pub struct Rule {
    /// Whether this actor sees every record, so that the conditions do not apply.
    pub sees_all: fn(&Actor) -> bool,
    /// The condition on the rows of the table.
    pub visible: fn(&Actor) -> BoxedExpression,
    /// The ids of all visible rows; `None` if there are more than the limit.
    pub few: IdsFor,
}

/// The ids without duplicates, if there are no more than `most`.
pub fn few(mut ids: Vec<i64>, most: i64) -> Option<Vec<i64>> {
    ids.sort_unstable();
    ids.dedup();
    i64::try_from(ids.len()).is_ok_and(|number| number <= most).then_some(ids)
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

    /// The condition that selects the records visible to the actor; `None` if they see every record.
    pub(crate) fn visible(&self, actor: &Actor) -> Option<Sql> {
        if self.sees_all(actor) {
            return None;
        }
        match self.scope {
            Scope::All => None,
            Scope::Rule(rule) => Some(Sql::new("(").expression((rule.visible)(actor)).text(")")),
            Scope::Through(field) => {
                let (table, parent) = (self.declaration().table, self.parent(field));
                let Some((parent, rule)) = parent.and_then(|parent| Some((parent, parent.visible(actor)?))) else {
                    return Some(Sql::new("1 = 0"));
                };
                let own = parent.declaration().table;
                Some(Sql::new(format!("{table}.{field} IN (SELECT {own}.id FROM {own} WHERE ")).append(rule).text(")"))
            }
        }
    }

    /// The ids of all records that the actor sees; `None` if there are more than `most`, or if they see every record.
    pub(crate) fn few_visible(&self, c: &mut Connection, actor: &Actor, most: i64) -> QueryResult<Option<Vec<i64>>> {
        if self.sees_all(actor) {
            return Ok(None);
        }
        match self.scope {
            Scope::All => Ok(None),
            Scope::Rule(rule) => (rule.few)(c, actor, most),
            Scope::Through(field) => {
                let parents = self.parent(field).map_or(Ok(None), |parent| parent.few_visible(c, actor, most))?;
                let Some(parents) = parents else { return Ok(None) };
                let table = self.declaration().table;
                let asked = Sql::new(format!("SELECT id FROM {table} WHERE ")).is_one_of(field, &parents);
                Ok(few(asked.text(" LIMIT ").number(most + 1).load_ids(c)?, most))
            }
        }
    }

    /// The error in a scope through a parent, if there is one.
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
        None
    }

    fn parent(&self, field: &str) -> Option<&'static Resource> {
        Some((self.declaration().field(field)?.reference?.model)())
    }
}
