//! The filters of a list: what they offer, and what is chosen.

use diesel::QueryResult;

use super::filter_values::{Asked, NONE, SOME, SPANS, show_span};
use super::pagination::{COUNTED, Total};
use super::params::Listing;
use crate::app::App;
use crate::db::Connection;
use crate::english::plural;
use crate::english::{capital, cut};
use crate::resource::access::actor::{Action, Actor};
use crate::resource::list::query::terms;
use crate::resource::{Declaration, Field, Kind, ListQuery, Resource, Value};

/// The most records of a reference that are offered; among more, the user searches.
const OFFERED: usize = 30;

pub struct Filter {
    pub name: &'static str,
    pub label: &'static str,
    pub control: FilterControl,
    pub is_on: bool,
}

pub enum FilterControl {
    /// Several choices; `find` is the search text if there are too many to offer.
    Choices {
        choices: Vec<FilterChoice>,
        find: Option<String>,
        found: String,
    },
    /// A named range, or from one day to another.
    Dates {
        spans: Vec<FilterChoice>,
        from: String,
        to: String,
    },
    /// From one number to another.
    Numbers {
        from: String,
        to: String,
    },
    Text {
        value: String,
    },
}

pub struct FilterChoice {
    pub word: String,
    pub label: String,
    pub chosen: bool,
    /// The number of records with this choice; blank unless it was requested.
    pub count: String,
}

pub struct Chip {
    pub label: String,
    pub without: String,
}

pub fn filters(
    c: &mut Connection,
    app: &App,
    actor: &Actor,
    resource: &Resource,
    wanted: &[&'static str],
    listing: &Listing,
) -> QueryResult<Vec<Filter>> {
    let mut filters = Vec::new();
    for field in resource.declaration().fields_named(wanted) {
        let asked = listing.filter(field.name).cloned().unwrap_or_default();
        let Some(mut control) = control(c, app, actor, field, &asked, listing)? else { continue };
        if listing.facets {
            count(c, app, actor, resource, field, listing, &mut control)?;
        }
        filters.push(Filter { name: field.name, label: field.label, control, is_on: !asked.is_blank() });
    }
    Ok(filters)
}

/// `None` if the user may not view the records to choose from.
fn control(
    c: &mut Connection,
    app: &App,
    actor: &Actor,
    field: &Field,
    asked: &Asked,
    listing: &Listing,
) -> QueryResult<Option<FilterControl>> {
    let choice = |(word, label): (&str, &str)| FilterChoice {
        chosen: asked.has(word),
        word: word.into(),
        label: label.into(),
        count: String::new(),
    };
    let blanks: &[(&str, &str)] = if field.nullable { &[(NONE, "Empty"), (SOME, "Not empty")] } else { &[] };
    let fixed = |pairs: &[(&str, &str)]| pairs.iter().chain(blanks.first()).map(|pair| choice(*pair)).collect::<Vec<_>>();
    Ok(Some(match (field.kind, field.reference) {
        (_, Some(reference)) => match app.registry.get(reference.resource) {
            Some(target) if target.declaration().allows(actor, Action::View) => records(c, app, actor, target, field, asked, listing)?,
            _ => return Ok(None),
        },
        (Kind::Bool, _) => FilterControl::Choices { choices: fixed(&[("yes", "Yes"), ("no", "No")]), find: None, found: String::new() },
        (Kind::Choice(known), _) => FilterControl::Choices { choices: fixed(known), find: None, found: String::new() },
        (Kind::Date | Kind::DateTime, _) => {
            let word = asked.words.first().map_or("", String::as_str);
            let mut spans: Vec<FilterChoice> = SPANS.iter().chain(blanks).map(|pair| choice(*pair)).collect();
            if !word.is_empty() && !spans.iter().any(|span| span.chosen) {
                spans.push(FilterChoice {
                    word: word.into(),
                    label: show_span(word, &app.zone(actor)),
                    chosen: true,
                    count: String::new(),
                });
            }
            FilterControl::Dates { spans, from: asked.from.clone(), to: asked.to.clone() }
        }
        (Kind::Integer | Kind::Measure(_), _) => {
            let end = |end: &String| asked.words.first().filter(|_| end.is_empty()).unwrap_or(end).clone();
            FilterControl::Numbers { from: end(&asked.from), to: end(&asked.to) }
        }
        (Kind::Text, _) => FilterControl::Text { value: asked.words.first().cloned().unwrap_or_default() },
        (Kind::File, _) => {
            FilterControl::Choices { choices: blanks.iter().map(|pair| choice(*pair)).collect(), find: None, found: String::new() }
        }
        (Kind::Many, None) => return Ok(None),
    }))
}

/// The records of a reference: all if they are few, otherwise the chosen ones and the results of the search.
fn records(
    c: &mut Connection,
    app: &App,
    actor: &Actor,
    target: &Resource,
    field: &Field,
    asked: &Asked,
    listing: &Listing,
) -> QueryResult<FilterControl> {
    let find = listing.finds.iter().find(|(name, _)| *name == field.name).map_or("", |(_, text)| text.as_str());
    let all = if find.is_empty() { target.choices(c, OFFERED as i64, actor)? } else { None };
    let is_whole = all.is_some();
    let query = ListQuery { terms: terms(find), limit: OFFERED as i64 + 1, ..ListQuery::default() };
    let rows = match all {
        Some(rows) => rows,
        None if find.is_empty() => Vec::new(),
        None => target.list(c, &query, Some(actor))?,
    };
    let mut choices = Vec::new();
    let mut offer = |word: String, label: String| {
        choices.push(FilterChoice { chosen: asked.has(&word), word, label, count: String::new() });
    };
    for id in asked.words.iter().filter_map(|word| word.parse::<i64>().ok()).filter(|id| !rows.iter().any(|row| row.id == *id)) {
        offer(id.to_string(), app.registry.visible_label(c, actor, target.declaration().name, id)?);
    }
    let (count, is_offered) = (rows.len(), is_whole || !find.is_empty());
    for row in rows.into_iter().take(OFFERED).filter(|row| is_offered || asked.has(&row.id.to_string())) {
        offer(row.id.to_string(), row.label);
    }
    if field.nullable || field.kind == Kind::Many {
        offer(NONE.into(), "Empty".into());
    }
    let found = match count {
        _ if find.is_empty() => String::new(),
        0 => format!("No results for ‘{find}’"),
        many if many > OFFERED => format!("Showing the first {OFFERED}. Type more of the name"),
        some => plural(some as i64, "result", "results"),
    };
    Ok(FilterControl::Choices { choices, find: (!is_whole).then(|| find.to_string()), found })
}

/// Counts the records of each choice, combined with all other filters.
fn count(
    c: &mut Connection,
    app: &App,
    actor: &Actor,
    resource: &Resource,
    field: &Field,
    listing: &Listing,
    control: &mut FilterControl,
) -> QueryResult<()> {
    let (FilterControl::Choices { choices, .. } | FilterControl::Dates { spans: choices, .. }) = control else { return Ok(()) };
    let declaration = resource.declaration();
    let list = listing.query(declaration, &app.zone(actor), app.today_of(actor)).searched(c, resource, actor, app.words())?;
    for choice in choices {
        let asked = listing.asking(field.name, Asked::word(choice.word.clone()));
        let query = asked.query(declaration, &app.zone(actor), app.today_of(actor));
        let query = ListQuery { matching: list.matching.clone(), ..query };
        let total = Total::capped(app.counts.up_to(c, app.moment(), resource, &query, COUNTED + 1, actor)?, COUNTED);
        choice.count = total.short(&app.zone(actor));
    }
    Ok(())
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
        let without = Listing { search: String::new(), ..listing.from_the_top() }.address(path);
        chips.push(Chip { label: format!("Search: {}", cut(&listing.search, SHORT)), without });
    }
    for (name, asked) in &listing.filters {
        let Some(field) = declaration.field(name) else { continue };
        for word in &asked.words {
            let shown = cut(&shown(c, app, actor, field, word)?, SHORT);
            chips.push(Chip { label: format!("{}: {shown}", field.label), without: listing.without(name, Some(word)).address(path) });
        }
        let range = match (asked.from.as_str(), asked.to.as_str()) {
            ("", "") => continue,
            (from, "") => format!("from {from}"),
            ("", to) => format!("up to {to}"),
            (from, to) => format!("{from} to {to}"),
        };
        chips.push(Chip { label: format!("{}: {range}", field.label), without: listing.without(name, None).address(path) });
    }
    Ok(chips)
}

/// A value of a filter for display.
fn shown(c: &mut Connection, app: &App, actor: &Actor, field: &Field, word: &str) -> QueryResult<String> {
    Ok(match (field.kind, field.reference, word.parse::<i64>()) {
        _ if word == NONE => "empty".into(),
        _ if word == SOME => "not empty".into(),
        (_, Some(reference), Ok(id)) => app.registry.visible_label(c, actor, reference.resource, id)?,
        (Kind::Date | Kind::DateTime, _, _) => show_span(word, &app.zone(actor)),
        (Kind::Bool, _, _) => capital(word),
        _ => Value::Text(word.into()).show(field.kind, &app.zone(actor)),
    })
}

/// The most characters of a cell or a label.
pub const SHORT: usize = 80;
