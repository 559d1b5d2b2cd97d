//! The records that refer to a record: shown before a deletion, and deleted or changed by it. The database counts them; only
//! the labels that are shown are loaded.

use diesel::QueryResult;

use super::dependents::merge;
pub use super::dependents::{Dependents, LIMIT, SAMPLES, Sample};
use crate::db::Connection;
use crate::resource::Resource;
use crate::resource::access::actor::{Action, Actor};
use crate::resource::declare::declaration::Declaration;
use crate::resource::declare::field::Field;
use crate::resource::declare::reference::OnDelete;
use crate::resource::form::data::lower;
use crate::resource::list::query::{ListQuery, Test};
use crate::resource::registry::Registry;
use crate::resource::value::{Kind, Value};

/// The most ids in one query.
const CHUNK: i64 = 500;

/// Every reference field to this resource, except those of resources that are `cascades_silently`.
pub fn referrers<'a>(registry: &'a Registry, name: &'a str) -> impl Iterator<Item = (&'a Resource, &'a Field)> {
    registry.iter().filter(|resource| !resource.declaration().cascades_silently).flat_map(move |resource| {
        let fields = resource.declaration().fields.iter();
        fields
            .filter(move |field| field.is_reference() && field.reference.is_some_and(|reference| reference.resource == name))
            .map(move |field| (resource, field))
    })
}

/// Every many-to-many field to this resource.
fn listing<'a>(registry: &'a Registry, name: &'a str) -> impl Iterator<Item = (&'a Resource, &'a Field)> {
    registry.iter().flat_map(move |resource| {
        let fields = resource.declaration().fields.iter();
        fields
            .filter(move |field| field.kind == Kind::Many && field.reference.is_some_and(|reference| reference.resource == name))
            .map(move |field| (resource, field))
    })
}

/// The query for records whose `field` refers to one of `ids`, ordered by id.
pub fn naming(field: &Field, ids: &[i64], limit: i64) -> ListQuery {
    let wanted = Test::In(ids.iter().map(|id| Value::Integer(*id)).collect());
    ListQuery::only(field.name, wanted, limit).order_by("id", false)
}

/// Everything that a deletion by this actor affects: counts of all records, labels of those that they may view.
pub fn tree(c: &mut Connection, registry: &Registry, actor: &Actor, name: &str, ids: &[i64]) -> QueryResult<Vec<Dependents>> {
    let to_trash = registry.get(name).is_some_and(|resource| resource.declaration().trash);
    let (mut found, look) = (Vec::new(), Look { registry, actor });
    for some in ids.chunks(CHUNK as usize) {
        merge(&mut found, look.level(c, name, some, to_trash)?);
    }
    Ok(found)
}

/// The records in the trash that are deleted when a record in the trash is purged.
pub fn trashed_with(c: &mut Connection, registry: &Registry, actor: &Actor, name: &str, id: i64) -> QueryResult<Vec<Dependents>> {
    let mut found = Vec::new();
    for (resource, field) in referrers(registry, name) {
        found.extend(Look { registry, actor }.trashed(c, resource, field, &[id])?);
    }
    Ok(found)
}

struct Look<'a> {
    registry: &'a Registry,
    actor: &'a Actor,
}

impl Look<'_> {
    /// The records that refer to these, with their own dependents.
    fn level(&self, c: &mut Connection, name: &str, ids: &[i64], to_trash: bool) -> QueryResult<Vec<Dependents>> {
        let mut found = Vec::new();
        for (resource, field) in referrers(self.registry, name) {
            let own = resource.declaration();
            if !to_trash {
                let trashed = self.trashed(c, resource, field, ids)?.map(|mut one| {
                    one.list_url = self.list_url(resource, ids).map(|list_url| format!("{list_url}/trash"));
                    one.actions = self.actions(own, field, false);
                    one
                });
                found.extend(trashed);
            }
            let Some(mut one) = self.counted(c, resource, field, &naming(field, ids, SAMPLES as i64))? else { continue };
            if own.allows(self.actor, Action::View) {
                one.samples = self.samples(c, resource, field, ids)?;
            }
            if one.on_delete == OnDelete::Cascade && one.count <= LIMIT {
                one.children = self.below(c, resource, field, ids, to_trash && own.trash)?;
            }
            one.forbidden &= one.on_delete == OnDelete::Cascade;
            one.list_url = self
                .list_url(resource, ids)
                .zip(ids.first())
                .filter(|_| own.list_filter.contains(&field.name))
                .map(|(list_url, id)| format!("{list_url}?{}={id}", field.name));
            one.actions = self.actions(own, field, to_trash || !own.trash);
            found.push(one);
        }
        for (resource, field) in listing(self.registry, name) {
            let Some(mut one) = self.counted(c, resource, field, &naming(field, ids, SAMPLES as i64))? else { continue };
            if resource.declaration().allows(self.actor, Action::View) {
                one.samples = self.samples(c, resource, field, ids)?;
            }
            found.push(Dependents { is_many: true, forbidden: false, ..one });
        }
        Ok(found)
    }

    /// The admin list, which has the bulk actions. Only for a single record, because the URL filters by its id.
    fn list_url(&self, resource: &Resource, ids: &[i64]) -> Option<String> {
        let own = resource.declaration();
        let opens = ids.len() == 1 && self.actor.is_staff && own.allows(self.actor, Action::View);
        opens.then(|| format!("/admin/{}", own.slug))
    }

    /// The bulk actions of the list that help, by label.
    fn actions(&self, own: &Declaration, field: &Field, deleting_helps: bool) -> Vec<String> {
        let is_set = own.allows(self.actor, Action::Change) && field.is_editable() && field.bulk_edit && field.unique_error.is_empty();
        let set = is_set.then(|| format!("Set {}", lower(field.label)));
        let delete = (deleting_helps && own.allows(self.actor, Action::Delete)).then(|| "Delete".to_string());
        set.into_iter().chain(delete).collect()
    }

    /// Counts the records, and checks whether the actor may view and delete all of them. Read-only resources such as
    /// sessions are deleted without a permission.
    fn counted(&self, c: &mut Connection, resource: &Resource, field: &Field, query: &ListQuery) -> QueryResult<Option<Dependents>> {
        let (own, count) = (resource.declaration(), resource.count(c, query, None)?);
        let Some(reference) = field.reference.filter(|_| count > 0) else { return Ok(None) };
        let seen = if own.allows(self.actor, Action::View) { resource.count(c, query, Some(self.actor))? } else { 0 };
        Ok(Some(Dependents {
            resource: own.name,
            singular: own.singular_lower(),
            plural: own.plural_lower(),
            field: field.label,
            on_delete: reference.on_delete,
            is_many: false,
            count,
            trashed: query.trashed,
            forbidden: !own.read_only && (seen < count || !own.allows(self.actor, Action::Delete)),
            samples: Vec::new(),
            children: Vec::new(),
            list_url: None,
            actions: Vec::new(),
        }))
    }

    fn samples(&self, c: &mut Connection, resource: &Resource, field: &Field, ids: &[i64]) -> QueryResult<Vec<Sample>> {
        let own: &Declaration = resource.declaration();
        let mut rows = resource.list(c, &naming(field, ids, SAMPLES as i64), Some(self.actor))?;
        self.registry.name(c, own, &mut rows)?;
        let list_url = own.list_url(self.actor);
        Ok(rows
            .into_iter()
            .map(|row| Sample { id: row.id, href: list_url.as_ref().map(|list_url| format!("{list_url}/{}", row.id)), label: row.label })
            .collect())
    }

    /// The dependents of the records that refer to these, in batches.
    fn below(&self, c: &mut Connection, resource: &Resource, field: &Field, ids: &[i64], to_trash: bool) -> QueryResult<Vec<Dependents>> {
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

    /// Records in the trash cannot outlive the record they refer to: they are deleted with it, or prevent its deletion.
    fn trashed(&self, c: &mut Connection, resource: &Resource, field: &Field, ids: &[i64]) -> QueryResult<Option<Dependents>> {
        let stays = field.reference.is_none_or(|reference| reference.on_delete == OnDelete::SetNull);
        if stays || !resource.declaration().trash {
            return Ok(None);
        }
        self.counted(c, resource, field, &ListQuery { trashed: true, ..naming(field, ids, 1) })
    }
}
