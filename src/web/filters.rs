//! The filters of a list: what they offer, and what is on.

use diesel::QueryResult;

use super::listing::{Listing, SPANS};
use crate::app::App;
use crate::db::Connection;
use crate::resource::actor::{Action, Actor};
use crate::resource::{Declaration, Field, Kind, ListQuery, Value};

/// References with at most so many records become a select among the filters.
const FILTER_LIMIT: i64 = 100;

pub struct Filter {
    pub name: &'static str,
    pub label: &'static str,
    /// None where the word is typed.
    pub choices: Vec<(String, String, bool)>,
    pub typed: String,
}

pub struct Chip {
    pub label: String,
    pub without: String,
}

pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

pub fn filters(
    c: &mut Connection,
    app: &App,
    actor: &Actor,
    declaration: &Declaration,
    wanted: &[&'static str],
    listing: &Listing,
) -> QueryResult<Vec<Filter>> {
    let mut filters = Vec::new();
    for field in declaration.fields_named(wanted) {
        let mut choices = choices(c, app, actor, field)?;
        let is_typed = matches!(field.kind, Kind::Text | Kind::Integer) && field.reference.is_none();
        if is_typed {
            filters.push(Filter { name: field.name, label: field.label, choices: Vec::new(), typed: listing.filter(field.name).into() });
            continue;
        }
        if choices.is_empty() {
            continue;
        }
        if field.nullable {
            choices.push(("none".into(), "None".into()));
        }
        let chosen = listing.filter(field.name);
        let choices = choices.into_iter().map(|(word, label)| (word.clone(), label, word == chosen)).collect();
        filters.push(Filter { name: field.name, label: field.label, choices, typed: String::new() });
    }
    Ok(filters)
}

/// What a filter offers; a reference to many records offers nothing here.
fn choices(c: &mut Connection, app: &App, actor: &Actor, field: &Field) -> QueryResult<Vec<(String, String)>> {
    let owned = |pairs: &[(&str, &str)]| pairs.iter().map(|(word, label)| ((*word).to_string(), (*label).to_string())).collect();
    Ok(match (field.kind, field.reference) {
        (Kind::Bool, _) => owned(&[("yes", "Yes"), ("no", "No")]),
        (Kind::Choice(known), _) => owned(known),
        (Kind::Date | Kind::Time, _) => owned(&SPANS),
        (_, Some(reference)) => match app.registry.get(reference.resource) {
            Some(target) if target.declaration().allows(actor, Action::View) => {
                let rows = target.list(c, &ListQuery { limit: FILTER_LIMIT + 1, ..ListQuery::default() }, Some(actor))?;
                if rows.len() as i64 > FILTER_LIMIT {
                    Vec::new()
                } else {
                    rows.into_iter().map(|row| (row.id.to_string(), row.label)).collect()
                }
            }
            _ => Vec::new(),
        },
        _ => Vec::new(),
    })
}

pub fn chips(
    c: &mut Connection,
    app: &App,
    actor: &Actor,
    declaration: &Declaration,
    listing: &Listing,
    path: &str,
) -> QueryResult<Vec<Chip>> {
    let mut chips = Vec::new();
    if !listing.search.is_empty() {
        let without = Listing { search: String::new(), page: 1, ..listing.clone() }.address(path);
        chips.push(Chip { label: format!("Search: {}", cut(listing.search.clone())), without });
    }
    for (name, word) in &listing.filters {
        let Some(field) = declaration.field(name) else { continue };
        let shown = match (field.kind, field.reference, word.parse::<i64>()) {
            _ if word == "none" => "None".into(),
            (_, Some(reference), Ok(id)) => app.registry.visible_label(c, actor, reference.resource, id)?,
            (Kind::Date | Kind::Time, _, _) => {
                SPANS.iter().find(|(known, _)| known == word).map_or(word.clone(), |(_, label)| (*label).into())
            }
            (Kind::Bool, _, _) => capital(word),
            _ => Value::Text(word.clone()).show(field.kind, &app.settings.time_zone),
        };
        chips.push(Chip { label: format!("{}: {}", field.label, cut(shown)), without: listing.without(name).address(path) });
    }
    Ok(chips)
}

/// A cell shows so much of a long text.
pub fn cut(text: String) -> String {
    if text.chars().count() > 80 { text.chars().take(79).chain(['…']).collect() } else { text }
}
