//! The meaning of the lines of a file: which record each one belongs to, and which values it has.

use std::collections::HashMap;

use diesel::QueryResult;

use super::columns::{NUMBER, cells};
use super::import::{Import, Known};
use super::keys::{Key, by_key};
use super::reading::sheet::Line;
use super::references::Naming;
use crate::app::App;
use crate::db::Connection;
use crate::english::plural;
use crate::resource::form::clean;
use crate::resource::form::data::parse;
use crate::resource::list::query::NATURAL_KEY;
use crate::resource::{Actor, Declaration, Field, FormData, FormErrors, Kind, ListQuery, Resource, Row, Test, Value, Values};

/// The interpretation of the columns of an import.
pub struct Reader<'a> {
    pub app: &'a App,
    pub actor: &'a Actor,
    pub resource: &'a Resource,
    month_first: bool,
    clears_blanks: bool,
    /// What becomes of lines that are probably about a known record.
    pub known: Known,
    /// The records that lines are about by the user's decision, whatever their keys.
    pub matches: HashMap<i64, i64>,
    width: usize,
    number: Option<usize>,
    /// Column index and field.
    columns: Vec<(usize, &'a Field)>,
    naming: Naming<'a>,
}

/// What to do for one line.
#[derive(Clone, Debug)]
pub struct Plan {
    pub line: i64,
    pub cells: Vec<String>,
    /// The existing record that the line matches.
    pub target: Option<Row>,
    pub values: Values,
    pub errors: FormErrors,
    /// Identifies the record: the same for every line that matches it; blank if there is no key.
    pub key: String,
    /// The key only says what the line is probably about.
    pub is_probable: bool,
    /// The record that the line is probably about, and the earlier line that is probably the same.
    pub known_id: Option<i64>,
    pub known_line: Option<i64>,
    /// What the record is probably known by, once it was written on trial.
    pub known_key: String,
    /// Why the line cannot be imported.
    pub refused: Option<String>,
}

/// The records that some lines may be about.
struct Rows<'r> {
    by_number: HashMap<i64, &'r Row>,
    by_key: HashMap<String, Vec<&'r Row>>,
}

impl<'a> Reader<'a> {
    pub fn new(app: &'a App, actor: &'a Actor, resource: &'a Resource, import: &Import) -> Self {
        let fields = super::columns::importable(app, actor, resource.declaration());
        let targets = import.targets();
        let field = |name: &String| fields.iter().find(|field| field.name == name).copied();
        Self {
            app,
            actor,
            resource,
            month_first: import.month_first,
            clears_blanks: import.clears_blanks,
            known: Known::Ask,
            matches: HashMap::new(),
            width: import.headings().len(),
            number: targets.iter().position(|name| name == NUMBER),
            columns: targets.iter().enumerate().filter_map(|(place, name)| Some((place, field(name)?))).collect(),
            naming: Naming::new(app, actor),
        }
    }

    fn own(&self) -> &'a Declaration {
        self.resource.declaration()
    }

    /// Plans these lines, with as few queries for all of them as possible.
    pub fn plan(&mut self, c: &mut Connection, lines: Vec<Line>) -> QueryResult<Vec<Plan>> {
        self.naming.learn(c, &self.columns, &lines)?;
        let numbers = lines.iter().filter_map(|line| self.number_in(&line.cells)?.parse().ok());
        let numbered = self.list(c, "id", numbers.chain(self.matches.values().copied()).map(Value::Integer).collect())?;
        let keys: Vec<Option<Key>> = lines.iter().map(|line| self.key_of(line)).collect();
        let firsts: Vec<Value> = keys.iter().flatten().map(|key| key.first.clone()).collect();
        let named = self.list(c, NATURAL_KEY, firsts)?;
        let rows = Rows { by_number: numbered.iter().map(|row| (row.id, row)).collect(), by_key: by_key(self.own(), &named) };
        let plans = lines.into_iter().zip(keys).map(|(line, key)| self.one(line, key, &rows));
        Ok(plans.collect())
    }

    fn list(&self, c: &mut Connection, condition: &'static str, mut values: Vec<Value>) -> QueryResult<Vec<Row>> {
        if values.is_empty() {
            return Ok(Vec::new());
        }
        values.dedup();
        let wanted = ListQuery::only(condition, Test::In(values), i64::MAX).order_by("id", false);
        self.resource.list(c, &wanted, Some(self.actor))
    }

    fn number_in<'l>(&self, cells: &'l [String]) -> Option<&'l str> {
        let text = cells.get(self.number?)?.trim();
        (!text.is_empty()).then_some(text)
    }

    /// The natural key, or what the record is probably known by if the key is not whole: a blank part is no sign of a namesake.
    fn key_of(&self, line: &Line) -> Option<Key> {
        let whole = |names| self.parts(line, names).and_then(|values| Key::new(names, &values));
        whole(self.own().natural_key).or_else(|| whole(self.own().known_by))
    }

    /// The values of these fields, if each has a column and a value.
    fn parts(&self, line: &Line, names: &[&str]) -> Option<Vec<Value>> {
        let mut parts = Vec::new();
        for name in names {
            let (place, field) = self.columns.iter().find(|(_, field)| field.name == *name)?;
            let text = line.cells.get(*place).map_or("", String::as_str);
            let mut data = FormData::default();
            self.send(&mut data, field, text).ok()?;
            let (values, errors) = parse(std::iter::once(*field), &data, self.app.latest_today(self.actor), &self.app.zone(self.actor));
            // What is wrong is reported later, with all other errors.
            if !errors.is_empty() || values.at(name).is_blank() {
                return None;
            }
            parts.push(values.at(name).clone());
        }
        (!parts.is_empty()).then_some(parts)
    }

    fn one(&self, line: Line, key: Option<Key>, rows: &Rows) -> Plan {
        let mut plan = Plan {
            line: line.number.into(),
            cells: line.cells,
            target: None,
            values: Values::default(),
            errors: FormErrors::default(),
            key: String::new(),
            is_probable: false,
            known_id: None,
            known_line: None,
            known_key: String::new(),
            refused: line.fault,
        };
        if plan.cells.len() > self.width && plan.refused.is_none() {
            plan.refused = Some(format!(
                "This line has {}, but the file has {}",
                plural(plan.cells.len() as i64, "column", "columns"),
                plural(self.width as i64, "heading", "headings")
            ));
        }
        if plan.refused.is_some() {
            return plan;
        }
        if let Err(reason) = self.find_target(&mut plan, key.as_ref(), rows) {
            plan.refused = Some(reason);
            return plan;
        }
        plan.key = match (&plan.target, key) {
            (Some(row), _) => format!("#{}", row.id),
            (None, Some(key)) => key.written,
            (None, None) => String::new(),
        };
        (plan.values, plan.errors) = self.values(&plan);
        plan
    }

    /// The record that the line is about: by its number, else by its key.
    fn find_target(&self, plan: &mut Plan, key: Option<&Key>, rows: &Rows) -> Result<(), String> {
        let noun = self.own().singular_lower();
        if let Some(number) = self.number_in(&plan.cells) {
            let Ok(id) = number.parse::<i64>() else { return Err(format!("‘{number}’ is not a valid {noun} number")) };
            let found = rows.by_number.get(&id).map(|row| (*row).clone());
            let gone = || format!("The {noun} with the number {id} does not exist, or you do not have access");
            plan.target = Some(found.ok_or_else(gone)?);
            return Ok(());
        }
        if let Some(row) = self.matches.get(&plan.line).and_then(|id| rows.by_number.get(id)) {
            plan.target = Some((*row).clone());
            return Ok(());
        }
        let Some(key) = key else { return Ok(()) };
        plan.is_probable = key.names != self.own().natural_key;
        match rows.by_key.get(&key.written).map_or(&[][..], Vec::as_slice) {
            [] => {}
            _ if plan.is_probable && self.known == Known::Add => {}
            [row] if plan.is_probable && self.known != Known::Match => plan.known_id = Some(row.id),
            [row] => plan.target = Some((*row).clone()),
            several => {
                let (count, nouns) = (several.len(), self.own().plural_lower());
                let words = super::columns::labels(self.own(), key.names);
                return Err(format!("{count} {nouns} have the same {words}; enter the number of the right one"));
            }
        }
        Ok(())
    }

    /// A blank cell means the initial value in a new record. It changes nothing in an existing one, or clears the value if the
    /// user asked for that.
    fn values(&self, plan: &Plan) -> (Values, FormErrors) {
        let (mut data, mut errors, mut sent) = (FormData::default(), FormErrors::default(), Vec::new());
        let by_key = plan.target.as_ref().filter(|_| self.number_in(&plan.cells).is_none());
        for (place, field) in &self.columns {
            let text = plan.cells.get(*place).map_or("", String::as_str);
            let is_ignored = plan.target.is_none() || field.kind == Kind::Bool || !self.clears_blanks;
            if text.trim().is_empty() && is_ignored {
                continue;
            }
            // A key finds its record in any spelling, and the record keeps its own.
            let is_same = |row: &Row| clean::key(row.values.at(field.name).as_text()) == clean::key(text);
            let same = |row: &Row| field.kind == Kind::Text && (is_same(row) || self.matches.contains_key(&plan.line));
            if self.own().natural_key.contains(&field.name) && by_key.is_some_and(same) {
                continue;
            }
            match self.send(&mut data, field, text) {
                Ok(()) => sent.push(*field),
                Err(sentence) => errors.add(field.name, sentence),
            }
        }
        let (values, wrong) = parse(sent.into_iter(), &data, self.app.latest_today(self.actor), &self.app.zone(self.actor));
        wrong.iter().for_each(|error| errors.add(error.field, error.text.clone()));
        (values, errors)
    }

    /// Adds the cell as the form of this field would send it.
    fn send(&self, data: &mut FormData, field: &Field, text: &str) -> Result<(), String> {
        let text = text.trim();
        if !field.is_reference() || text.is_empty() {
            return cells::fill(data, field, text, self.month_first);
        }
        match self.naming.of(field, text) {
            Some(Ok(id)) => data.push(field.name, id.to_string()),
            Some(Err(sentence)) => return Err(sentence.clone()),
            None => data.push(field.name, text),
        }
        Ok(())
    }
}

/// All errors of a line in one text; a sentence without the field's name is prefixed with its label.
pub fn message(declaration: &Declaration, errors: &FormErrors) -> String {
    let sentences = errors.iter().map(|error| match declaration.field(error.field) {
        Some(field) if !error.text.to_lowercase().contains(&field.label.to_lowercase()) => format!("{}: {}", field.label, error.text),
        _ => error.text.clone(),
    });
    sentences.collect::<Vec<_>>().join("; ")
}
