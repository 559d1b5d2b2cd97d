//! Makes the searched texts anew when the rules for them have changed.

use diesel::QueryResult;
use diesel::prelude::*;

use crate::db::Connection;
use crate::db::connection::{exclusive, transaction};
use crate::db::schema::search_versions;
use crate::db::sql::{Bind, Sql};
use crate::resource::registry::Registry;
use crate::resource::write::writer::search_text;
use crate::resource::{Field, Resource};

/// To be increased with every change of what `search_text` returns, or of what a model's `complete` fills in.
const VERSION: i32 = 2;
/// Records in one transaction.
const BATCH: i64 = 1_000;

/// Makes what is outdated anew, and returns the number of records. `progress` is told each record's model and how many are done.
pub fn rebuild(c: &mut Connection, registry: &Registry, progress: &mut dyn FnMut(&str, u64)) -> QueryResult<u64> {
    let mut done = 0;
    for resource in registry.iter().filter(|resource| !resource.declaration().search_spellings.is_empty()) {
        let own = resource.declaration();
        let known = search_versions::table.find(own.name).select(search_versions::version).first::<i32>(c).optional()?;
        if known == Some(VERSION) {
            continue;
        }
        let mut last = 0;
        loop {
            let ids = transaction(c, |c| batch(c, resource, last))?;
            done += ids.len() as u64;
            progress(own.plural, done);
            match ids.last() {
                Some(id) if ids.len() as i64 == BATCH => last = *id,
                _ => break,
            }
        }
        transaction(c, |c| {
            exclusive(c, "search_versions", 0)?;
            let row = (search_versions::resource.eq(own.name), search_versions::version.eq(VERSION));
            diesel::delete(search_versions::table.find(own.name)).execute(c)?;
            diesel::insert_into(search_versions::table).values(row).execute(c)
        })?;
    }
    Ok(done)
}

/// The next records after this id, those in the trash as well. Neither their versions nor their times change, because no user
/// changed them.
fn batch(c: &mut Connection, resource: &Resource, last: i64) -> QueryResult<Vec<i64>> {
    let own = resource.declaration();
    let rows = resource.after(c, last, BATCH)?;
    for row in &rows {
        let mut values = row.values.clone();
        resource.complete(&mut values);
        let changed = own.fields.iter().filter(|field| field.is_stored() && values.at(field.name) != row.values.at(field.name));
        let set = |field: &Field| Some(Sql::new(format!("\"{}\" = ", field.name)).bind(values.at(field.name).to_bind(field.column)?));
        let mut sets: Vec<Sql> = changed.filter_map(set).collect();
        sets.push(Sql::new("search_text = ").bind(Bind::Text(Some(search_text(resource, &values)))));
        let statement = Sql::new(format!("UPDATE {} SET ", own.table)).append(Sql::join(sets, ", "));
        // Whoever saved the record meanwhile has made its text anew.
        statement.text(" WHERE id = ").number(row.id).text(" AND version = ").number(row.version).execute(c)?;
    }
    Ok(rows.iter().map(|row| row.id).collect())
}
