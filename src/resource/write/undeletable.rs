//! Which of many records cannot be deleted, and why: the rules of [`relations`](crate::resource::write::relations) for each
//! record, in a number of queries that does not grow with the number of records.

use std::collections::{BTreeMap, BTreeSet};

use diesel::QueryResult;

use super::relations::{LIMIT, naming, referrers};
use crate::db::Connection;
use crate::resource::access::actor::{Action, Actor};
use crate::resource::declare::field::Field;
use crate::resource::declare::reference::OnDelete;
use crate::resource::list::query::ListQuery;
use crate::resource::registry::Registry;
use crate::resource::value::Row;

/// The records among `ids` that cannot be deleted, each with a sentence that says why.
pub fn held(c: &mut Connection, registry: &Registry, actor: &Actor, name: &str, ids: &[i64]) -> QueryResult<BTreeMap<i64, String>> {
    let mut held = BTreeMap::new();
    let to_trash = registry.get(name).is_some_and(|resource| resource.declaration().trash);
    for (resource, field) in referrers(registry, name) {
        let Some(reference) = field.reference else { continue };
        let own = resource.declaration();
        if reference.on_delete == OnDelete::Protect && own.trash && !to_trash {
            for row in resource.list(c, &ListQuery { trashed: true, ..naming(field, ids, LIMIT + 1) }, None)? {
                let why = format!("Used by {} in the trash ({}).", own.plural_lower(), field.label);
                held.extend(parent(&row, field).map(|id| (id, why)));
            }
        }
        let rows = resource.list(c, &naming(field, ids, LIMIT + 1), None)?;
        if rows.len() as i64 > LIMIT && reference.on_delete != OnDelete::Protect {
            held.extend(ids.iter().map(|id| (*id, format!("Too many {} would be deleted at once.", own.plural_lower()))));
            continue;
        }
        match reference.on_delete {
            _ if rows.is_empty() => {}
            OnDelete::SetNull => {}
            OnDelete::Protect => {
                let parents = rows.iter().filter_map(|row| parent(row, field));
                held.extend(parents.map(|id| (id, format!("Used by {} ({}).", own.plural_lower(), field.label))));
            }
            OnDelete::Cascade => {
                let seen: BTreeSet<i64> = if own.allows(actor, Action::View) {
                    resource.list(c, &naming(field, ids, LIMIT + 1), Some(actor))?.iter().map(|row| row.id).collect()
                } else {
                    BTreeSet::new()
                };
                // Read-only resources such as sessions are deleted without a permission.
                let free = |row: &Row| own.read_only || (own.allows(actor, Action::Delete) && seen.contains(&row.id));
                let forbidden = rows.iter().filter(|row| !free(row)).filter_map(|row| parent(row, field));
                held.extend(
                    forbidden.map(|id| (id, format!("Has {} that you do not have permission to delete or view.", own.plural_lower()))),
                );
                let below: Vec<i64> = rows.iter().map(|row| row.id).collect();
                for (child, why) in self::held(c, registry, actor, own.name, &below)? {
                    let parent = rows.iter().find(|row| row.id == child).and_then(|row| parent(row, field));
                    held.extend(parent.map(|id| (id, format!("Has {} that cannot be deleted. {why}", own.plural_lower()))));
                }
            }
        }
    }
    Ok(held)
}

fn parent(row: &Row, field: &Field) -> Option<i64> {
    row.values.at(field.name).as_id()
}
