//! A list, ready to be drawn: columns with their order, rows with their cells, filters, chips and pages. The admin and
//! the staff pages draw the same one.

use std::collections::HashMap;

use diesel::QueryResult;

use super::filters::{Chip, Filter, capital, chips, cut, filters};
use super::listing::{Listing, PAGE_SIZE};
use super::selection::Bar;
use crate::app::App;
use crate::db::Connection;
use crate::resource::actor::Actor;
use crate::resource::field::Widget;
use crate::resource::value::Row;
use crate::resource::{Declaration, Field, Kind, Resource, Value};

pub struct ChangeList {
    pub path: String,
    pub caption: String,
    pub search_hint: String,
    pub search: String,
    pub sort: String,
    pub columns: Vec<Column>,
    pub rows: Vec<ListRow>,
    pub filters: Vec<Filter>,
    /// Filters that are on and have no control of their own.
    pub kept: Vec<(&'static str, String)>,
    pub chips: Vec<Chip>,
    pub notices: Vec<String>,
    pub total: i64,
    pub range: String,
    pub pages: Vec<PageLink>,
    pub is_narrowed: bool,
    /// Where rows can be ticked and acted upon.
    pub selection: Option<Bar>,
}

pub struct Column {
    pub label: &'static str,
    pub class: &'static str,
    pub sort: String,
    /// `ascending`, `descending` or nothing.
    pub sorted: &'static str,
}

pub struct ListRow {
    pub id: i64,
    /// What people call it.
    pub label: String,
    pub href: String,
    pub cells: Vec<Cell>,
}

pub struct Cell {
    pub label: &'static str,
    pub class: &'static str,
    pub text: String,
    pub truth: Option<bool>,
}

pub struct PageLink {
    pub label: String,
    /// Blank for a gap and for the page in hand.
    pub href: String,
    pub current: bool,
}

/// What a page makes of a list.
pub struct Wanted<'a> {
    pub resource: &'a dyn Resource,
    pub listing: Listing,
    /// The address of the list.
    pub path: &'a str,
    /// The address of a record, with its id.
    pub href: &'a dyn Fn(i64) -> String,
    pub columns: &'a [&'static str],
    pub filters: &'a [&'static str],
}

impl ChangeList {
    pub fn load(c: &mut Connection, app: &App, actor: &Actor, wanted: Wanted) -> QueryResult<Self> {
        let declaration = wanted.resource.declaration();
        let mut listing = wanted.listing;
        let zone = &app.settings.time_zone;
        let today = app.today();
        let query = listing.query(declaration, zone, today);
        let total = wanted.resource.count(c, &query, Some(actor))?;
        let last = ((total + PAGE_SIZE - 1) / PAGE_SIZE).max(1);
        if listing.page > last {
            listing.notices.push("There is no such page, so the last one is shown.".into());
            listing.page = last;
        }
        let query = listing.query(declaration, zone, today);
        let mut rows = wanted.resource.list(c, &query, Some(actor))?;
        app.registry.name(c, declaration, &mut rows)?;
        let fields: Vec<&Field> = wanted.columns.iter().filter_map(|name| declaration.field(name)).collect();
        let names = labels(c, app, &fields, &rows)?;
        let cells = |row: &Row| fields.iter().enumerate().map(|(place, field)| cell(app, field, place, row, &names)).collect();
        let first = (listing.page - 1) * PAGE_SIZE;
        let filters = filters(c, app, actor, declaration, wanted.filters, &listing)?;
        Ok(Self {
            path: wanted.path.into(),
            caption: declaration.plural.into(),
            search_hint: hint(declaration),
            search: listing.search.clone(),
            sort: listing.sort(),
            columns: fields.iter().enumerate().map(|(place, field)| column(field, place, &listing, declaration, wanted.path)).collect(),
            rows: rows
                .iter()
                .map(|row| ListRow { id: row.id, label: row.label.clone(), href: (wanted.href)(row.id), cells: cells(row) })
                .collect(),
            chips: chips(c, app, actor, declaration, &listing, wanted.path)?,
            kept: listing.filters.iter().filter(|(name, _)| !filters.iter().any(|filter| filter.name == *name)).cloned().collect(),
            filters,
            range: if rows.is_empty() {
                "None".into()
            } else {
                format!("{}–{} of {}", thousands(first + 1), thousands(first + rows.len() as i64), thousands(total))
            },
            pages: pages(&listing, last, wanted.path),
            notices: std::mem::take(&mut listing.notices),
            is_narrowed: listing.is_narrowed(),
            selection: None,
            total,
        })
    }

    pub fn total_text(&self) -> String {
        thousands(self.total)
    }
}

/// 12,345
pub fn thousands(number: i64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The labels of all records that these rows refer to, one question a column.
fn labels(c: &mut Connection, app: &App, fields: &[&Field], rows: &[Row]) -> QueryResult<HashMap<(&'static str, i64), String>> {
    let mut labels = HashMap::new();
    for field in fields {
        let Some(reference) = field.reference else { continue };
        let mut ids: Vec<i64> = rows.iter().filter_map(|row| row.values.at(field.name).as_id()).collect();
        ids.sort_unstable();
        ids.dedup();
        let found = app.registry.labels(c, reference.resource, &ids)?;
        labels.extend(found.into_iter().map(|(id, label)| ((reference.resource, id), label)));
    }
    Ok(labels)
}

fn class(field: &Field, place: usize) -> &'static str {
    match field.kind {
        _ if place == 0 => "main-cell",
        Kind::Integer if field.reference.is_none() => "number",
        Kind::Time => "soft",
        _ => "",
    }
}

fn cell(app: &App, field: &Field, place: usize, row: &Row, names: &HashMap<(&'static str, i64), String>) -> Cell {
    let value = row.values.at(field.name);
    let text = match (field.reference, value) {
        (Some(reference), Value::Integer(id)) => names.get(&(reference.resource, *id)).cloned().unwrap_or_default(),
        _ if field.widget == Widget::ResourceName => {
            app.registry.get(value.as_text()).map_or_else(|| value.as_text().into(), |known| known.declaration().singular.into())
        }
        _ => value.show(field.kind, &app.settings.time_zone),
    };
    let text = if text.is_empty() && place == 0 { row.label.clone() } else { text };
    let truth = if let Value::Bool(yes) = value { Some(*yes) } else { None };
    Cell { label: field.label, class: class(field, place), text: cut(text), truth }
}

fn column(field: &Field, place: usize, listing: &Listing, declaration: &Declaration, path: &str) -> Column {
    let order = if listing.order.is_empty() { declaration.order } else { listing.order.as_slice() };
    let sorted = order.first().filter(|(name, _)| *name == field.name).map(|(_, descends)| *descends);
    Column {
        label: field.label,
        class: class(field, place),
        sort: listing.ordered_by(field.name, sorted == Some(false)).address(path),
        sorted: match sorted {
            Some(false) => "ascending",
            Some(true) => "descending",
            None => "",
        },
    }
}

fn hint(declaration: &Declaration) -> String {
    let labels: Vec<String> = declaration.fields_named(declaration.search).map(|field| crate::resource::form::lower(field.label)).collect();
    match labels.split_last() {
        None => String::new(),
        Some((only, [])) => capital(only),
        Some((last, rest)) => capital(&format!("{} or {last}", rest.join(", "))),
    }
}

/// First, last, and those around the page in hand.
fn pages(listing: &Listing, last: i64, path: &str) -> Vec<PageLink> {
    if last == 1 {
        return Vec::new();
    }
    let link = |page: i64, label: String| PageLink { label, href: listing.on_page(page).address(path), current: false };
    let gap = || PageLink { label: "…".into(), href: String::new(), current: false };
    let mut links = Vec::new();
    if listing.page > 1 {
        links.push(link(listing.page - 1, "Previous".into()));
    }
    let mut before = 0;
    for page in around(listing.page, last) {
        if page > before + 1 {
            links.push(gap());
        }
        links.push(if page == listing.page {
            PageLink { label: thousands(page), href: String::new(), current: true }
        } else {
            link(page, thousands(page))
        });
        before = page;
    }
    if listing.page < last {
        links.push(link(listing.page + 1, "Next".into()));
    }
    links
}

fn around(page: i64, last: i64) -> Vec<i64> {
    let mut shown = vec![1, page - 1, page, page + 1, last];
    shown.retain(|shown| (1..=last).contains(shown));
    shown.sort_unstable();
    shown.dedup();
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_grouped() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(thousands), ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn few_pages_are_offered_of_many() {
        assert_eq!(around(1, 9), [1, 2, 9]);
        assert_eq!(around(5, 2_000), [1, 4, 5, 6, 2_000]);
        assert_eq!(around(2, 2), [1, 2]);
    }
}
