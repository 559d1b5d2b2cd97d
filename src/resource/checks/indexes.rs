//! The indexes that the declarations need: unique indexes for unique values, and indexes for filtering, ordering and
//! searching large tables.

use diesel::QueryResult;

use crate::db::Connection;
use crate::db::catalog::{Index, indexes, larger_than};
use crate::resource::access::table::AccessTable;
use crate::resource::declare::declaration::Declaration;
use crate::resource::declare::field::Mode;
use crate::resource::registry::Registry;
use crate::resource::value::Kind;

/// A table with more rows than this is large.
const LARGE: i64 = 10_000;

/// Missing indexes, one per line, with the place and the fix. They do not stop the program.
pub fn warnings(c: &mut Connection, registry: &Registry) -> QueryResult<Vec<String>> {
    let all = indexes(c)?;
    let large = larger_than(c, registry.iter().map(|resource| resource.declaration().table), LARGE)?;
    let of = |table: &str| all.get(table).map_or(&[][..], Vec::as_slice);
    let mut warnings = Vec::new();
    for resource in registry.iter() {
        let own = resource.declaration();
        let mut lacking = not_unique(own, of(own.table));
        if large.contains(own.table) {
            lacking.extend(not_indexed(own, of(own.table)));
        }
        if let Some(access) = resource.access() {
            lacking.extend(not_sorted(&access, of(access.table)));
        }
        warnings.extend(lacking.into_iter().map(|what| format!("{}, {what}", own.name)));
    }
    Ok(warnings)
}

/// Without a unique index, two concurrent requests can store the same value.
fn not_unique(own: &Declaration, known: &[Index]) -> Vec<String> {
    let unique = |name: &str| known.iter().any(|index| index.unique && index.terms.iter().any(|term| mentions(term, name)));
    let taken = own.fields.iter().filter(|field| !field.unique_error.is_empty() && field.mode == Mode::Editable && !unique(field.name));
    let mut warnings: Vec<String> = taken
        .map(|field| {
            format!("{}: unique_error declares it unique, but {} has no unique index on it; add one in a migration", field.name, own.table)
        })
        .collect();
    let pairs = known.iter().any(|index| index.unique && index.terms.len() > 1);
    if !own.unique_together.is_empty() && !pairs {
        warnings.push(format!("unique_together: {} has no unique index on two columns; add one in a migration", own.table));
    }
    warnings
}

/// A list is read from the access table because an index has its order.
fn not_sorted(access: &AccessTable, known: &[Index]) -> Vec<String> {
    let lacks = |column: &str| !known.iter().any(|index| index.terms == [access.user, column, access.record]);
    let lacking = access.orders.iter().filter(|(_, column)| lacks(column));
    lacking
        .map(|(name, column)| {
            format!(
                "scope: {} has no index on {}, {column}, {} for the order by {name}; add one in a migration",
                access.table, access.user, access.record
            )
        })
        .collect()
}

fn not_indexed(own: &Declaration, known: &[Index]) -> Vec<String> {
    let begins = |place: &str| known.iter().any(|index| index.terms.first().is_some_and(|term| term == place));
    let advice = |part: &str, name: &str| {
        format!("{part}: {} is large and has no index that begins with {name}; add one in a migration or remove the field", own.table)
    };
    let column = |name: &&&str| own.field(name).is_some_and(|field| field.is_sortable());
    let mut warnings: Vec<String> = own
        .list_filter
        .iter()
        .filter(column)
        .filter(|name| !begins(name))
        .map(|name| advice(&format!("list_filter {name}"), name))
        .collect();
    let ordered = own.ordering.iter().map(|(name, _)| name).chain(own.list_display.iter().filter(|name| own.sortable(name).is_some()));
    let mut seen: Vec<&str> = Vec::new();
    for name in ordered.filter(|name| **name != "id" && own.field(name).is_some_and(|field| field.is_sortable() && !field.is_reference())) {
        // Lists order the first search field by the beginning of the folded text.
        let place = if own.search_fields.first() == Some(name) { "substr(search_text, 1, 120)" } else { name };
        if !seen.contains(name) && !begins(place) {
            warnings.push(advice(&format!("order by {name}"), place));
        }
        seen.push(name);
    }
    let texts = own.search_fields.iter().filter_map(|name| own.field(name)).any(|field| field.kind == Kind::Text);
    if texts && !own.search_index {
        warnings
            .push(format!("search_fields: {} is large and has no trigram index; make one in a migration and set search_index", own.table));
    }
    warnings
}

/// Whether an index term such as `lower(username)` contains the column `username`.
fn mentions(term: &str, column: &str) -> bool {
    term.split(|letter: char| !(letter.is_alphanumeric() || letter == '_')).any(|word| word == column)
}
