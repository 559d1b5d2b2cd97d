//! Cells that refer to another record by its label: each label is looked up once and cached.

use std::collections::HashMap;

use diesel::QueryResult;

use super::columns::cells;
use super::reading::sheet::Line;
use crate::app::App;
use crate::db::Connection;
use crate::resource::form::clean::key;
use crate::resource::list::query::{NATURAL_KEY, fold, terms};
use crate::resource::{Actor, Field, Kind, ListQuery, Resource, Row, Test, Value};

/// The most records with the same label that are considered.
const NAMESAKES: i64 = 50;
/// The most labels that are cached.
const REMEMBERED: usize = 20_000;

pub struct Naming<'a> {
    app: &'a App,
    actor: &'a Actor,
    named: HashMap<(&'static str, String), Result<i64, String>>,
}

impl<'a> Naming<'a> {
    pub fn new(app: &'a App, actor: &'a Actor) -> Self {
        Self { app, actor, named: HashMap::new() }
    }

    /// The id of the record that this cell refers to, or a sentence that says why there is none; `None` for a cell that is an id
    /// or blank.
    pub fn of(&self, field: &Field, text: &str) -> Option<&Result<i64, String>> {
        self.named.get(&(field.name, text.to_string()))
    }

    /// Looks up the labels in the cells of these lines; ids need no look-up.
    pub fn learn(&mut self, c: &mut Connection, columns: &[(usize, &Field)], lines: &[Line]) -> QueryResult<()> {
        if self.named.len() > REMEMBERED {
            self.named.clear();
        }
        for (place, field) in columns.iter().filter(|(_, field)| field.is_reference()) {
            let texts = lines.iter().filter_map(|line| line.cells.get(*place)).map(|text| text.trim());
            let mut texts: Vec<String> =
                texts.filter(|text| !text.is_empty() && text.parse::<i64>().is_err()).map(ToString::to_string).collect();
            texts.sort();
            texts.dedup();
            texts.retain(|text| !self.named.contains_key(&(field.name, text.clone())));
            let target = field.reference.and_then(|reference| self.app.registry.get(reference.resource));
            let Some(target) = target.filter(|_| !texts.is_empty()) else { continue };
            let known = self.by_name(c, target, &texts)?;
            let mut alike: HashMap<String, Vec<&Row>> = HashMap::new();
            for row in &known {
                alike.entry(key(&row.label)).or_default().push(row);
                // Users are exported as `Rosa Marin (rosa)`, and found as `rosa` as well.
                if let Some(short) = in_brackets(&row.label) {
                    alike.entry(key(short)).or_default().push(row);
                }
            }
            for text in texts {
                let same = alike.get(&key(&text)).map_or(&[][..], Vec::as_slice);
                let mut found: Vec<i64> = same.iter().filter(|row| row.label == text).map(|row| row.id).collect();
                if found.is_empty() {
                    found = same.iter().map(|row| row.id).collect();
                }
                if found.is_empty() {
                    found = self.by_words(c, target, &text)?;
                }
                let named = match found.as_slice() {
                    [id] => Ok(*id),
                    several => Err(cells::unnamed(field, &text, several.len())),
                };
                self.named.insert((field.name, text), named);
            }
        }
        Ok(())
    }

    /// In one query, if the label is the first part of the natural key.
    fn by_name(&self, c: &mut Connection, target: &Resource, texts: &[String]) -> QueryResult<Vec<Row>> {
        let own = target.declaration();
        let first = own.natural_key.first().and_then(|name| own.field(name));
        if first.is_none_or(|field| field.kind != Kind::Text) {
            return Ok(Vec::new());
        }
        let short = texts.iter().filter_map(|text| in_brackets(text)).map(String::from);
        let values = texts.iter().cloned().chain(short).map(Value::Text).collect();
        let wanted = ListQuery::only(NATURAL_KEY, Test::In(values), i64::MAX).order_by("id", false);
        target.list(c, &wanted, Some(self.actor))
    }

    /// One by one, ignoring case and accents.
    fn by_words(&self, c: &mut Connection, target: &Resource, text: &str) -> QueryResult<Vec<i64>> {
        if !target.declaration().is_searched() {
            return Ok(Vec::new());
        }
        let wanted = ListQuery { terms: terms(text), limit: NAMESAKES, ..ListQuery::default() };
        let rows = target.list(c, &wanted, Some(self.actor))?;
        Ok(rows.into_iter().filter(|row| fold(&row.label) == fold(text)).map(|row| row.id).collect())
    }
}

/// `rosa` in `Rosa Marin (rosa)`.
fn in_brackets(label: &str) -> Option<&str> {
    label.strip_suffix(')')?.rsplit_once(" (").map(|(_, short)| short)
}
