//! What hangs on a record: shown before a deletion, and followed by it.

use diesel::QueryResult;

use super::actor::{Action, Actor};
use super::declaration::Resource;
use super::field::{Field, OnDelete};
use super::query::{ListQuery, Test};
use super::registry::Registry;
use super::value::{Row, Value};
use crate::db::Connection;

/// More records than this are not deleted in one act.
pub const LIMIT: i64 = 10_000;
/// So many are named on the confirmation page.
const SAMPLES: usize = 20;

/// Records of one kind that refer to what is deleted.
#[derive(Clone, Debug)]
pub struct Dependents {
    /// `patient` or `patients`, as the count asks.
    pub noun: String,
    pub field: &'static str,
    pub on_delete: OnDelete,
    pub count: i64,
    /// The actor may not delete these, or cannot even see some of them.
    pub forbidden: bool,
    /// Names, as far as the actor may see them.
    pub samples: Vec<(i64, String)>,
    pub children: Vec<Dependents>,
}

impl Dependents {
    /// Whether anything here or below keeps the record from being deleted.
    pub fn protects(&self) -> bool {
        let stays = self.forbidden || self.children.iter().any(Dependents::protects);
        self.on_delete == OnDelete::Protect || self.count > LIMIT || (self.on_delete == OnDelete::Cascade && stays)
    }

    /// Only what protects, for the page that says why not.
    pub fn protecting(tree: &[Dependents]) -> Vec<Dependents> {
        tree.iter()
            .flat_map(|one| {
                let follow = one.on_delete == OnDelete::Cascade && one.count <= LIMIT && !one.forbidden;
                if follow { Self::protecting(&one.children) } else { vec![one.clone()] }
            })
            .filter(Dependents::protects)
            .collect()
    }

    /// Whether a tree holds anything that protects.
    pub fn blocks(tree: &[Dependents]) -> bool {
        tree.iter().any(Self::protects)
    }

    /// Whether these stay and only forget the other.
    pub fn is_forgotten(&self) -> bool {
        self.on_delete == OnDelete::SetNull
    }

    pub fn rest(&self) -> i64 {
        self.count - self.samples.len() as i64
    }
}

/// Every reference field that points at this resource.
pub fn referrers<'a>(registry: &'a Registry, name: &'a str) -> impl Iterator<Item = (&'a dyn Resource, &'a Field)> {
    registry.iter().flat_map(move |resource| {
        let fields = resource.declaration().fields.iter();
        fields
            .filter(move |field| field.is_reference() && field.reference.is_some_and(|reference| reference.resource == name))
            .map(move |field| (resource, field))
    })
}

/// The records in `resource` whose `field` names one of `ids`, as far as `scope` sees them.
pub fn dependents_of(
    c: &mut Connection,
    resource: &dyn Resource,
    field: &Field,
    ids: &[i64],
    limit: i64,
    scope: Option<&Actor>,
) -> QueryResult<Vec<Row>> {
    let wanted = Test::In(ids.iter().map(|id| Value::Integer(*id)).collect());
    resource.list(c, &ListQuery::only(field.name, wanted, limit), scope)
}

/// The same in the trash, whoever may see it.
pub fn buried_of(c: &mut Connection, resource: &dyn Resource, field: &Field, ids: &[i64]) -> QueryResult<Vec<Row>> {
    let wanted = Test::In(ids.iter().map(|id| Value::Integer(*id)).collect());
    resource.list(c, &ListQuery { trashed: true, ..ListQuery::only(field.name, wanted, i64::MAX) }, None)
}

/// The tree of what a deletion by this actor touches: counts of all, names of what they may see.
pub fn tree(c: &mut Connection, registry: &Registry, actor: &Actor, name: &str, ids: &[i64]) -> QueryResult<Vec<Dependents>> {
    let mut found = Vec::new();
    for (resource, field) in referrers(registry, name) {
        let rows = dependents_of(c, resource, field, ids, LIMIT + 1, None)?;
        let Some(reference) = field.reference else { continue };
        if rows.is_empty() {
            continue;
        }
        let declaration = resource.declaration();
        let mut seen = if declaration.allows(actor, Action::View) {
            dependents_of(c, resource, field, ids, LIMIT + 1, Some(actor))?
        } else {
            Vec::new()
        };
        // What nobody deletes by hand, such as sessions, goes along without a right of its own.
        let forbidden = !declaration.read_only && (seen.len() < rows.len() || !declaration.allows(actor, Action::Delete));
        seen.truncate(SAMPLES);
        let mut samples = seen;
        registry.name(c, declaration, &mut samples)?;
        let below: Vec<i64> = rows.iter().map(|row| row.id).collect();
        let follow = reference.on_delete == OnDelete::Cascade && rows.len() as i64 <= LIMIT;
        found.push(Dependents {
            noun: if rows.len() == 1 { declaration.singular_lower() } else { declaration.plural_lower() },
            field: field.label,
            on_delete: reference.on_delete,
            count: rows.len() as i64,
            forbidden: forbidden && reference.on_delete == OnDelete::Cascade,
            samples: samples.into_iter().map(|row| (row.id, row.label)).collect(),
            children: if follow { tree(c, registry, actor, declaration.name, &below)? } else { Vec::new() },
        });
    }
    Ok(found)
}
