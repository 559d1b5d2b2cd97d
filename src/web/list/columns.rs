//! The columns of a list and their cells.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use diesel::QueryResult;

use super::filters::SHORT;
use super::params::Listing;
use crate::app::App;
use crate::db::Connection;
use crate::english::cut;
use crate::resource::access::actor::{Action, Actor};
use crate::resource::declare::declaration::CellFn;
use crate::resource::declare::widget::Widget;
use crate::resource::file::{StoredFile, visible};
use crate::resource::log::people::People;
use crate::resource::value::Row;
use crate::resource::{Declaration, Field, Kind, Value};
use crate::web::search::visible::visible_of;

pub struct Column {
    pub label: &'static str,
    pub class: &'static str,
    /// The address of the list ordered by this column alone; blank if it cannot be.
    pub sort: String,
    /// The address of the list ordered by this column as well, after the current orders.
    pub add: String,
    /// `ascending`, `descending` or blank.
    pub sorted: &'static str,
    /// Its rank among several orders, from 1; 0 if there is only one.
    pub place: usize,
}

pub struct Cell {
    pub label: &'static str,
    pub class: &'static str,
    pub text: String,
    pub truth: Option<bool>,
    /// The address of the record in the cell.
    pub href: Option<String>,
}

/// The labels of the records that rows refer to.
pub struct Names {
    labels: HashMap<(&'static str, i64), String>,
    /// The field that shows the label of a row's target, and the targets' addresses by the ids of the rows.
    speaking: &'static str,
    spoken_of: HashMap<i64, String>,
    /// The names of files by their ids, and the address of the list whose records they belong to.
    files: HashMap<i64, String>,
    list: Option<String>,
    /// The fields of who did it, and the users.
    signed: Option<(&'static str, &'static str)>,
    people: People,
    /// What stands in a cell, if not the stored value.
    cell: Option<CellFn>,
}

impl Names {
    /// Runs one query for each resource that is referred to, one for all files, one for whoever did it, and one for each resource
    /// among the targets.
    pub fn load(
        c: &mut Connection,
        app: &App,
        actor: &Actor,
        declaration: &Declaration,
        fields: &[&Field],
        rows: &[Row],
    ) -> QueryResult<Self> {
        let mut asked: BTreeMap<&'static str, BTreeSet<i64>> = BTreeMap::new();
        for field in fields {
            let Some(reference) = field.reference else { continue };
            asked.entry(reference.resource).or_default().extend(rows.iter().filter_map(|row| row.values.at(field.name).as_id()));
        }
        let mut labels = HashMap::new();
        for (resource, ids) in asked {
            let found = app.registry.labels(c, resource, &ids.into_iter().collect::<Vec<_>>())?;
            labels.extend(found.into_iter().map(|(id, label)| ((resource, id), label)));
        }
        let is_file = |field: &&&Field| field.kind == Kind::File;
        let ids = fields.iter().filter(is_file).flat_map(|field| rows.iter().filter_map(|row| row.values.at(field.name).as_id()));
        let files = StoredFile::list(c, &ids.collect::<Vec<_>>())?.into_iter().map(|file| (file.id, file.name)).collect();
        let speaking = declaration.target.map_or("", |(label, _, _)| label);
        let list = declaration.list_url(actor);
        let signed = declaration.signed.filter(|(name, _)| fields.iter().any(|field| field.name == *name));
        let people = match signed {
            Some((_, id)) => People::load(c, &app.registry, rows.iter().map(|row| row.values.at(id).as_id()))?,
            None => People::default(),
        };
        let spoken_of = spoken_of(c, app, actor, declaration, rows)?;
        Ok(Self { labels, speaking, spoken_of, files, list, signed, people, cell: declaration.cell })
    }

    /// Blank for a record that is gone.
    pub fn of(&self, resource: &'static str, id: i64) -> String {
        self.labels.get(&(resource, id)).cloned().unwrap_or_default()
    }

    /// The name of the file in a field; blank if there is none.
    pub fn of_file(&self, value: &Value) -> String {
        value.as_id().and_then(|id| self.files.get(&id)).cloned().unwrap_or_default()
    }

    /// Where the file in a field is downloaded.
    fn download(&self, field: &Field, row: &Row) -> Option<String> {
        let list = self.list.as_ref().filter(|_| field.kind == Kind::File)?;
        Some(visible::path(list, row.id, field.name))
    }

    /// Who did it, if this field says so.
    fn person(&self, field: &Field, row: &Row) -> Option<String> {
        let (_, id) = self.signed.filter(|(name, _)| *name == field.name)?;
        Some(self.people.name(row.values.at(id).as_id(), row.values.at(field.name).as_text()))
    }

    /// The address of the row's target, if this field shows its label.
    fn record(&self, field: &Field, row: &Row) -> Option<String> {
        self.spoken_of.get(&row.id).filter(|_| field.name == self.speaking).cloned()
    }
}

/// The addresses of the targets of rows, such as the records of log entries, if the user may view them.
fn spoken_of(c: &mut Connection, app: &App, actor: &Actor, declaration: &Declaration, rows: &[Row]) -> QueryResult<HashMap<i64, String>> {
    let Some((_, kind, number)) = declaration.target else { return Ok(HashMap::new()) };
    let target = |row: &'_ Row| Some((row.values.at(kind).as_text().to_string(), row.values.at(number).as_id()?));
    let targets: Vec<(i64, String, i64)> = rows.iter().filter_map(|row| target(row).map(|(name, id)| (row.id, name, id))).collect();
    let seen = visible_of(c, app, actor, targets.iter().map(|(_, name, id)| (name.as_str(), *id)))?;
    let address = |name: &str, id: i64| Some(format!("{}/{id}", app.registry.get(name)?.declaration().list_url(actor)?));
    let found = targets.iter().filter(|(_, name, id)| seen.contains(&(name.as_str(), *id)));
    Ok(found.filter_map(|(row, name, id)| Some((*row, address(name, *id)?))).collect())
}

pub fn cell(app: &App, actor: &Actor, field: &Field, place: usize, row: &Row, names: &Names) -> Cell {
    let value = row.values.at(field.name);
    let own = names.cell.and_then(|cell| cell(row, field.name, app.today_of(actor)));
    let text = match (field.reference, value) {
        (Some(reference), Value::Integer(id)) => names.of(reference.resource, *id),
        _ if field.kind == Kind::File => names.of_file(value),
        _ if field.widget == Widget::ResourceName => {
            app.registry.get(value.as_text()).map_or_else(|| value.as_text().into(), |known| known.declaration().singular.into())
        }
        _ => own.or_else(|| names.person(field, row)).unwrap_or_else(|| field.show(value, &app.zone(actor))),
    };
    let text = if text.is_empty() && place == 0 { row.label.clone() } else { text };
    let truth = if let Value::Bool(yes) = value { Some(*yes) } else { None };
    let href = if text.is_empty() {
        None
    } else {
        link(app, actor, field, value).or_else(|| names.record(field, row)).or_else(|| names.download(field, row))
    };
    Cell { label: field.label, class: class(field, place), text: cut(&text, SHORT), truth, href }
}

/// A link to the referenced record, or to an email address or phone number.
fn link(app: &App, actor: &Actor, field: &Field, value: &Value) -> Option<String> {
    match (field.reference, value) {
        (Some(reference), Value::Integer(id)) => {
            let target = app.registry.get(reference.resource)?.declaration();
            target.allows(actor, Action::View).then(|| target.list_url(actor)).flatten().map(|place| format!("{place}/{id}"))
        }
        (None, Value::Text(address)) if field.widget == Widget::Email => Some(format!("mailto:{address}")),
        (None, Value::Text(number)) if field.widget == Widget::Telephone => {
            Some(format!("tel:{}", number.chars().filter(|letter| letter.is_ascii_digit() || *letter == '+').collect::<String>()))
        }
        _ => None,
    }
}

fn class(field: &Field, place: usize) -> &'static str {
    match field.kind {
        _ if place == 0 => "main-cell",
        Kind::Integer | Kind::Measure(_) if field.reference.is_none() => "number",
        Kind::DateTime => "soft",
        // Clear without its label, which phones leave out.
        Kind::Text | Kind::Choice(_) | Kind::Integer => "clear",
        _ => "",
    }
}

pub fn column(field: &Field, place: usize, listing: &Listing, declaration: &Declaration, path: &str) -> Column {
    let order = if listing.order.is_empty() { declaration.ordering } else { listing.order.as_slice() };
    let found = order.iter().position(|(name, _)| *name == field.name);
    let sorted = found.and_then(|found| order.get(found)).map(|(_, descends)| *descends);
    let alone = vec![(field.name, sorted == Some(false) && found == Some(0))];
    let mut added = order.to_vec();
    match found.and_then(|found| added.get_mut(found)) {
        Some(known) => known.1 = !known.1,
        None => added.push((field.name, false)),
    }
    let can = declaration.sortable(field.name).is_some();
    let address = |order: Vec<(&'static str, bool)>| if can { listing.ordered_by(order).address(path) } else { String::new() };
    Column {
        label: field.label,
        class: class(field, place),
        sort: address(alone),
        add: address(added),
        sorted: match sorted {
            Some(false) => "ascending",
            Some(true) => "descending",
            None => "",
        },
        place: found.filter(|_| order.len() > 1).map_or(0, |found| found + 1),
    }
}
