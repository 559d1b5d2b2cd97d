//! What hangs on a record: shown before a deletion, and followed by it.

use diesel::QueryResult;

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
    pub resource: &'static str,
    pub slug: &'static str,
    /// `patient` or `patients`, as the count asks.
    pub noun: String,
    pub field: &'static str,
    pub on_delete: OnDelete,
    pub count: i64,
    pub samples: Vec<(i64, String)>,
    pub children: Vec<Dependents>,
}

impl Dependents {
    /// Whether anything here or below keeps the record from being deleted.
    pub fn protects(&self) -> bool {
        self.on_delete == OnDelete::Protect || (self.on_delete == OnDelete::Cascade && (self.count > LIMIT || self.children.iter().any(Dependents::protects)))
    }

    /// Only what protects, for the page that says why not.
    pub fn protecting(tree: &[Dependents]) -> Vec<Dependents> {
        tree.iter()
            .flat_map(|one| if one.on_delete == OnDelete::Cascade && one.count <= LIMIT { Self::protecting(&one.children) } else { vec![one.clone()] })
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
        fields.filter(move |field| field.is_reference() && field.reference.is_some_and(|reference| reference.resource == name)).map(move |field| (resource, field))
    })
}

/// The records in `resource` whose `field` names one of `ids`.
pub fn dependents_of(c: &mut Connection, resource: &dyn Resource, field: &Field, ids: &[i64], limit: i64) -> QueryResult<Vec<Row>> {
    let wanted = Test::In(ids.iter().map(|id| Value::Integer(*id)).collect());
    resource.list(c, &ListQuery::only(field.name, wanted, limit), None)
}

/// The tree of what a deletion touches.
pub fn tree(c: &mut Connection, registry: &Registry, name: &str, ids: &[i64]) -> QueryResult<Vec<Dependents>> {
    let mut found = Vec::new();
    for (resource, field) in referrers(registry, name) {
        let rows = dependents_of(c, resource, field, ids, LIMIT + 1)?;
        let Some(reference) = field.reference else { continue };
        if rows.is_empty() {
            continue;
        }
        let declaration = resource.declaration();
        let mut samples: Vec<Row> = rows.iter().take(SAMPLES).cloned().collect();
        registry.name(c, declaration, &mut samples)?;
        let below: Vec<i64> = rows.iter().map(|row| row.id).collect();
        let follow = reference.on_delete == OnDelete::Cascade && rows.len() as i64 <= LIMIT;
        found.push(Dependents {
            resource: declaration.name,
            slug: declaration.slug,
            noun: if rows.len() == 1 { declaration.singular_lower() } else { declaration.plural_lower() },
            field: field.label,
            on_delete: reference.on_delete,
            count: rows.len() as i64,
            samples: samples.into_iter().map(|row| (row.id, row.label)).collect(),
            children: if follow { tree(c, registry, declaration.name, &below)? } else { Vec::new() },
        });
    }
    Ok(found)
}
