//! What hangs on a record: shown before a deletion, and followed by it. Counted by the database; only the names that are
//! shown are read.

use diesel::QueryResult;

use super::actor::{Action, Actor};
use super::declaration::{Declaration, Resource};
use super::field::{Field, OnDelete};
use super::query::{ListQuery, Test};
use super::registry::Registry;
use super::value::Value;
use crate::db::Connection;

/// More records than this are not deleted in one act.
pub const LIMIT: i64 = 10_000;
/// So many of a kind are named on the confirmation page.
pub const SAMPLES: usize = 100;
/// So many ids are asked about at once.
const CHUNK: i64 = 500;

/// Records of one kind that refer to what is deleted.
#[derive(Clone, Debug)]
pub struct Dependents {
    pub resource: &'static str,
    pub singular: String,
    pub plural: String,
    pub field: &'static str,
    pub on_delete: OnDelete,
    pub count: i64,
    /// They are in the trash already and go for good.
    pub buried: bool,
    /// The actor may not delete these, or cannot even see some of them.
    pub forbidden: bool,
    /// As many as are shown, as far as the actor may see them.
    pub samples: Vec<Sample>,
    pub children: Vec<Dependents>,
}

/// One of them by name, and its page where the actor may open it.
#[derive(Clone, Debug)]
pub struct Sample {
    pub id: i64,
    pub label: String,
    pub href: Option<String>,
}

impl Dependents {
    /// Whether anything here or below keeps the record from being deleted.
    pub fn protects(&self) -> bool {
        if self.buried || self.count > LIMIT {
            return self.forbidden || self.count > LIMIT;
        }
        let stays = self.forbidden || self.children.iter().any(Dependents::protects);
        self.on_delete == OnDelete::Protect || (self.on_delete == OnDelete::Cascade && stays)
    }

    /// Only what protects, for the page that says why not.
    pub fn protecting(tree: &[Dependents]) -> Vec<Dependents> {
        tree.iter()
            .flat_map(|one| {
                let follow = one.on_delete == OnDelete::Cascade && one.count <= LIMIT && !one.forbidden && !one.buried;
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
        self.on_delete == OnDelete::SetNull && !self.buried
    }

    /// `patient` or `patients`, as the count asks.
    pub fn noun(&self) -> &str {
        if self.count == 1 { &self.singular } else { &self.plural }
    }

    pub fn is_too_many(&self) -> bool {
        self.count > LIMIT
    }

    pub fn rest(&self) -> i64 {
        self.count - self.samples.len() as i64
    }

    /// Takes in what was found of the same kind for other ids.
    fn add(&mut self, more: Dependents) {
        self.count += more.count;
        self.forbidden |= more.forbidden;
        self.samples.extend(more.samples);
        self.samples.truncate(SAMPLES);
        merge(&mut self.children, more.children);
    }
}

fn merge(into: &mut Vec<Dependents>, more: Vec<Dependents>) {
    for one in more {
        let same = |known: &&mut Dependents| (known.resource, known.field, known.buried) == (one.resource, one.field, one.buried);
        match into.iter_mut().find(same) {
            Some(known) => known.add(one),
            None => into.push(one),
        }
    }
}

/// Every reference field that points at this resource, but for those of resources that go along unmentioned.
pub fn referrers<'a>(registry: &'a Registry, name: &'a str) -> impl Iterator<Item = (&'a dyn Resource, &'a Field)> {
    registry.iter().filter(|resource| !resource.declaration().unmentioned).flat_map(move |resource| {
        let fields = resource.declaration().fields.iter();
        fields
            .filter(move |field| field.is_reference() && field.reference.is_some_and(|reference| reference.resource == name))
            .map(move |field| (resource, field))
    })
}

/// The question for records whose `field` names one of `ids`, in the order of their numbers.
pub fn naming(field: &Field, ids: &[i64], limit: i64) -> ListQuery {
    let wanted = Test::In(ids.iter().map(|id| Value::Integer(*id)).collect());
    ListQuery::only(field.name, wanted, limit).order_by("id", false)
}

/// The tree of what a deletion by this actor touches: counts of all, names of what they may see.
pub fn tree(c: &mut Connection, registry: &Registry, actor: &Actor, name: &str, ids: &[i64]) -> QueryResult<Vec<Dependents>> {
    let to_trash = registry.get(name).is_some_and(|resource| resource.declaration().trash);
    let (mut found, look) = (Vec::new(), Look { registry, actor });
    for some in ids.chunks(CHUNK as usize) {
        merge(&mut found, look.level(c, name, some, to_trash)?);
    }
    Ok(found)
}

/// What is in the trash and goes along when a record of the trash is removed for good.
pub fn buried_with(c: &mut Connection, registry: &Registry, actor: &Actor, name: &str, id: i64) -> QueryResult<Vec<Dependents>> {
    let mut found = Vec::new();
    for (resource, field) in referrers(registry, name) {
        found.extend(Look { registry, actor }.buried(c, resource, field, &[id])?);
    }
    Ok(found)
}

/// Who looks, and where.
struct Look<'a> {
    registry: &'a Registry,
    actor: &'a Actor,
}

impl Look<'_> {
    /// What refers to these few records.
    fn level(&self, c: &mut Connection, name: &str, ids: &[i64], to_trash: bool) -> QueryResult<Vec<Dependents>> {
        let mut found = Vec::new();
        for (resource, field) in referrers(self.registry, name) {
            let own = resource.declaration();
            if !to_trash {
                found.extend(self.buried(c, resource, field, ids)?);
            }
            let Some(mut one) = self.counted(c, resource, field, &naming(field, ids, SAMPLES as i64))? else { continue };
            if own.allows(self.actor, Action::View) {
                one.samples = self.samples(c, resource, field, ids)?;
            }
            if one.on_delete == OnDelete::Cascade && one.count <= LIMIT {
                one.children = self.below(c, resource, field, ids, to_trash && own.trash)?;
            }
            one.forbidden &= one.on_delete == OnDelete::Cascade;
            found.push(one);
        }
        Ok(found)
    }

    /// Counts, and whether the actor sees them all and may delete them. What nobody deletes by hand, such as sessions, goes
    /// along without a right of its own.
    fn counted(&self, c: &mut Connection, resource: &dyn Resource, field: &Field, query: &ListQuery) -> QueryResult<Option<Dependents>> {
        let (own, count) = (resource.declaration(), resource.count(c, query, None)?);
        let Some(reference) = field.reference.filter(|_| count > 0) else { return Ok(None) };
        let seen = if own.allows(self.actor, Action::View) { resource.count(c, query, Some(self.actor))? } else { 0 };
        Ok(Some(Dependents {
            resource: own.name,
            singular: own.singular_lower(),
            plural: own.plural_lower(),
            field: field.label,
            on_delete: reference.on_delete,
            count,
            buried: query.trashed,
            forbidden: !own.read_only && (seen < count || !own.allows(self.actor, Action::Delete)),
            samples: Vec::new(),
            children: Vec::new(),
        }))
    }

    fn samples(&self, c: &mut Connection, resource: &dyn Resource, field: &Field, ids: &[i64]) -> QueryResult<Vec<Sample>> {
        let own: &Declaration = resource.declaration();
        let mut rows = resource.list(c, &naming(field, ids, SAMPLES as i64), Some(self.actor))?;
        self.registry.name(c, own, &mut rows)?;
        let place = own.place(self.actor);
        Ok(rows
            .into_iter()
            .map(|row| Sample { id: row.id, href: place.as_ref().map(|place| format!("{place}/{}", row.id)), label: row.label })
            .collect())
    }

    /// What refers to those that refer to these, some at a time.
    fn below(
        &self,
        c: &mut Connection,
        resource: &dyn Resource,
        field: &Field,
        ids: &[i64],
        to_trash: bool,
    ) -> QueryResult<Vec<Dependents>> {
        let (mut children, mut offset) = (Vec::new(), 0);
        while referrers(self.registry, resource.declaration().name).next().is_some() {
            let query = ListQuery { offset, ..naming(field, ids, CHUNK) };
            let some: Vec<i64> = resource.list(c, &query, None)?.iter().map(|row| row.id).collect();
            merge(&mut children, self.level(c, resource.declaration().name, &some, to_trash)?);
            offset += CHUNK;
            if (some.len() as i64) < CHUNK {
                break;
            }
        }
        Ok(children)
    }

    /// Those in the trash, which cannot outlive what they refer to.
    fn buried(&self, c: &mut Connection, resource: &dyn Resource, field: &Field, ids: &[i64]) -> QueryResult<Option<Dependents>> {
        let stays = field.reference.is_none_or(|reference| reference.on_delete == OnDelete::SetNull);
        if stays || !resource.declaration().trash {
            return Ok(None);
        }
        self.counted(c, resource, field, &ListQuery { trashed: true, ..naming(field, ids, 1) })
    }
}
