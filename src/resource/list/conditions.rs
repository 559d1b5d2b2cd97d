//! The WHERE clause of a list.

use super::comparison::{NONE, test};
use super::query::{Condition, ListQuery, NATURAL_KEY, Test, fold};
use super::search::matching::Matching;
use super::search::term::SearchTerm;
use super::visible::Visible;
use crate::db::sql::{Bind, ColumnType, Sql};
use crate::resource::Resource;
use crate::resource::declare::declaration::Declaration;
use crate::resource::declare::reference::Join;
use crate::resource::value::Value;

/// The condition of a query, combined with its search and with what is visible.
pub fn conditions(resource: &Resource, query: &ListQuery, matching: &Matching, visible: &Visible) -> Sql {
    let own = resource.declaration();
    let table = own.table;
    let mut parts = Vec::new();
    if own.trash {
        parts.push(Sql::new(query.in_trash(table)));
    }
    parts.extend(resource.seen(query, visible));
    parts.extend(matching.ids.iter().map(|ids| Sql::default().is_one_of(&format!("{table}.id"), ids)));
    let terms: Vec<Sql> = matching.terms.iter().map(|term| found(own, term, matching.many || matching.ids.is_some())).collect();
    match matching.certain.is_empty() || terms.is_empty() {
        true => parts.extend(terms),
        false => {
            let either = Sql::new("((").append(Sql::join(terms, " AND ")).text(") OR ");
            parts.push(either.append(Sql::default().is_one_of(&format!("{table}.id"), &matching.certain)).text(")"));
        }
    }
    parts.extend(query.conditions.iter().map(|condition| tested(own, condition).unwrap_or_else(|| Sql::new(NONE))));
    if parts.is_empty() {
        return Sql::new("1 = 1");
    }
    Sql::join(parts, " AND ")
}

/// One search term, in the text of the record or of the records it refers to, which are tested one by one if that is for few records,
/// or if so many match that the page is soon full.
fn found(own: &Declaration, term: &SearchTerm, one_by_one: bool) -> Sql {
    let mut places = Vec::new();
    if !own.search_fields.is_empty() {
        places.extend(term.tests(own));
    }
    for field in own.fields_named(own.search_through) {
        let Some(reference) = field.reference else { continue };
        let (table, other) = (own.table, reference.table);
        let inside = match one_by_one {
            // The comparison that is always true keeps PostgreSQL from testing every row of the other table to make a hash of them.
            true => Sql::new(format!("EXISTS (SELECT 1 FROM {other} WHERE {other}.id = {table}.{} AND {table}.id > 0 AND (", field.name)),
            false => Sql::new(format!("{table}.{} IN (SELECT {other}.id FROM {other} WHERE (", field.name)),
        };
        let target = (reference.model)().declaration();
        let tests = SearchTerm::new(target, &term.text).tests(target);
        places.push(inside.append(Sql::join(tests, " OR ")).text("))"));
    }
    if places.is_empty() {
        return Sql::new(NONE);
    }
    Sql::new("(").append(Sql::join(places, " OR ")).text(")")
}

/// `None` if the value does not fit the column or the model cannot be filtered by the field; nothing matches then.
fn tested(own: &Declaration, condition: &Condition) -> Option<Sql> {
    let place = |name: &str| format!("{}.{name}", own.table);
    match condition.field {
        "id" => test(&place("id"), ColumnType::BigInt, &condition.test),
        NATURAL_KEY => {
            let field = own.field(own.natural_key.first()?)?;
            match &condition.test {
                Test::In(values) if own.line_of(field.name).is_some() => Some(alike(own, own.line_of(field.name)?, values)),
                other => test(&place(field.name), field.column, other),
            }
        }
        name => {
            let field = own.field(name)?;
            match field.join {
                Some(join) => joined(own, join, &condition.test),
                None if own.list_filter.contains(&name) => test(&place(name), field.column, &condition.test),
                None => None,
            }
        }
    }
}

/// Records whose searched field in this line is one of these texts, but for case, accents and white space; the caller compares
/// further. Reads the index of the list's order.
fn alike(own: &Declaration, place: String, values: &[Value]) -> Sql {
    let is_alone = own.search_fields.len() == 1 && own.search_spellings.is_empty();
    let one = |value: &Value| {
        let folded = fold(value.as_text());
        let whole = if is_alone { folded } else { format!("{folded}\n") };
        let least: String = whole.chars().take(120).collect();
        if is_alone {
            return Sql::new(format!("{place} = ")).bind(Bind::Text(Some(least)));
        }
        let mut most = least.clone();
        let after = most.pop().and_then(|last| char::from_u32(u32::from(last) + 1)).unwrap_or(char::MAX);
        most.push(after);
        let range = Sql::new(format!("({place} >= ")).bind(Bind::Text(Some(least)));
        range.text(format!(" AND {place} < ")).bind(Bind::Text(Some(most))).text(")")
    };
    let filling = values.len().next_power_of_two() - values.len();
    let padded = values.iter().chain(values.last().into_iter().flat_map(|last| std::iter::repeat_n(last, filling)));
    match values {
        [] => Sql::new(NONE),
        _ => Sql::new("(").append(Sql::join(padded.map(one).collect(), " OR ")).text(")"),
    }
}

/// A many-to-many field: its join table has a row with one of these ids, or none at all.
fn joined(own: &Declaration, join: Join, test: &Test) -> Option<Sql> {
    let Join { table, own: key, other } = join;
    let id = format!("{}.id", own.table);
    match test {
        Test::In(values) => {
            let ids: Vec<i64> = values.iter().map(Value::as_id).collect::<Option<_>>()?;
            let inside = Sql::new(format!("{id} IN (SELECT {key} FROM {table} WHERE ")).is_one_of(other, &ids);
            Some(inside.text(")"))
        }
        Test::Blank(blank) => {
            let no = if *blank { "NOT " } else { "" };
            Some(Sql::new(format!("{id} {no}IN (SELECT {key} FROM {table})")))
        }
        _ => None,
    }
}
