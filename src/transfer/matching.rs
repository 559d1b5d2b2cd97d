//! What the lines of a file speak of: which record each one means, and which records its cells name.

use std::collections::HashMap;

use diesel::QueryResult;

use super::cells;
use super::columns::NUMBER;
use super::import::Import;
use super::reading::Line;
use crate::app::App;
use crate::db::Connection;
use crate::resource::form::parse;
use crate::resource::query::{NATURAL_KEY, fold, terms};
use crate::resource::{Actor, Declaration, Field, FormData, FormErrors, Kind, ListQuery, Resource, Row, Test, Value, Values};

/// More records than this with one name are not told apart.
const NAMESAKES: i64 = 50;
/// So many names of other records are remembered from line to line.
const REMEMBERED: usize = 20_000;

/// How the columns of this import are meant.
pub struct Reader<'a> {
    pub app: &'a App,
    pub actor: &'a Actor,
    pub resource: &'a dyn Resource,
    month_first: bool,
    width: usize,
    number: Option<usize>,
    /// Column and field.
    columns: Vec<(usize, &'a Field)>,
    /// What the cells of references turned out to name.
    named: HashMap<(&'static str, String), Result<i64, String>>,
}

/// What is to be done for one line.
#[derive(Clone, Debug)]
pub struct Plan {
    pub line: i64,
    pub cells: Vec<String>,
    /// The record that the line means, when it is there already.
    pub target: Option<Row>,
    pub values: Values,
    pub errors: FormErrors,
    /// The record it speaks of, in a word that is the same for every line that does; blank when nothing tells.
    pub key: String,
    /// Why nothing can be done.
    pub refused: Option<String>,
}

impl<'a> Reader<'a> {
    pub fn new(app: &'a App, actor: &'a Actor, resource: &'a dyn Resource, import: &Import) -> Self {
        let fields = super::columns::importable(app, actor, resource.declaration());
        let targets = import.targets();
        let field = |name: &String| fields.iter().find(|field| field.name == name).copied();
        Self {
            app,
            actor,
            resource,
            month_first: import.month_first,
            width: import.headings().len(),
            number: targets.iter().position(|name| name == NUMBER),
            columns: targets.iter().enumerate().filter_map(|(place, name)| Some((place, field(name)?))).collect(),
            named: HashMap::new(),
        }
    }

    fn own(&self) -> &'a Declaration {
        self.resource.declaration()
    }

    /// Finds out what these lines mean; asks the database once for all of them where it can.
    pub fn plan(&mut self, c: &mut Connection, lines: Vec<Line>) -> QueryResult<Vec<Plan>> {
        self.name_references(c, &lines)?;
        let numbers: Vec<Value> = lines.iter().filter_map(|line| self.number_of(line)?.parse().ok()).map(Value::Integer).collect();
        let by_number = self.list(c, "id", numbers)?;
        let keys: Vec<Option<Vec<Value>>> = lines.iter().map(|line| self.key_of(line)).collect();
        let firsts: Vec<Value> = keys.iter().flatten().filter_map(|key| key.first().cloned()).collect();
        let by_key = self.list(c, NATURAL_KEY, firsts)?;
        let plans = lines.into_iter().zip(keys).map(|(line, key)| self.one(line, key, &by_number, &by_key));
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

    fn number_of<'l>(&self, line: &'l Line) -> Option<&'l str> {
        let text = line.cells.get(self.number?)?.trim();
        (!text.is_empty()).then_some(text)
    }

    /// The values of the natural key, when every part has a column and the first a value.
    fn key_of(&self, line: &Line) -> Option<Vec<Value>> {
        let mut key = Vec::new();
        for name in self.own().natural_key {
            let (place, field) = self.columns.iter().find(|(_, field)| field.name == *name)?;
            let text = line.cells.get(*place).map_or("", String::as_str);
            let mut data = FormData::default();
            self.send(&mut data, field, text).ok()?;
            let (values, errors) = parse(std::iter::once(*field), &data, self.app.today());
            // A part that is blank although it must not be is told later, with everything else.
            if !errors.is_empty() && !text.trim().is_empty() {
                return None;
            }
            key.push(values.at(name).clone());
        }
        key.first().filter(|first| !first.is_blank())?;
        Some(key)
    }

    fn one(&self, line: Line, key: Option<Vec<Value>>, by_number: &[Row], by_key: &[Row]) -> Plan {
        let mut plan = Plan {
            line: line.number.into(),
            cells: line.cells,
            target: None,
            values: Values::default(),
            errors: FormErrors::default(),
            key: String::new(),
            refused: line.fault,
        };
        if plan.cells.len() > self.width && plan.refused.is_none() {
            plan.refused = Some(format!("This line has {} columns, but there are {} headings", plan.cells.len(), self.width));
        }
        if plan.refused.is_some() {
            return plan;
        }
        match self.target(&plan.cells, key.as_deref(), by_number, by_key) {
            Ok(target) => plan.target = target,
            Err(reason) => {
                plan.refused = Some(reason);
                return plan;
            }
        }
        plan.key = match (&plan.target, key) {
            (Some(row), _) => format!("#{}", row.id),
            (None, Some(key)) => key.iter().map(|value| value.to_json().to_string()).collect::<Vec<_>>().join(" "),
            (None, None) => String::new(),
        };
        (plan.values, plan.errors) = self.values(&plan.cells, plan.target.is_none());
        plan
    }

    fn target(&self, cells: &[String], key: Option<&[Value]>, by_number: &[Row], by_key: &[Row]) -> Result<Option<Row>, String> {
        let noun = self.own().singular_lower();
        let number = self.number.and_then(|place| cells.get(place)).map_or("", |text| text.trim());
        if !number.is_empty() {
            let Ok(id) = number.parse::<i64>() else { return Err(format!("‘{number}’ is no number of a {noun}")) };
            let found = by_number.iter().find(|row| row.id == id);
            return found.cloned().map(Some).ok_or_else(|| format!("There is no {noun} with the number {id}, or it is not yours to see"));
        }
        let Some(key) = key else { return Ok(None) };
        let same = |row: &&Row| self.own().natural_key.iter().zip(key).all(|(name, value)| alike(row.values.at(name), value));
        let found: Vec<&Row> = by_key.iter().filter(same).collect();
        match found.as_slice() {
            [] => Ok(None),
            [row] => Ok(Some((*row).clone())),
            several => Err(format!(
                "{} {} have this {}; give the number of the one that is meant",
                several.len(),
                self.own().plural_lower(),
                super::columns::key_words(self.own())
            )),
        }
    }

    /// A blank cell leaves a new record what it starts with, and takes a known one's value away.
    fn values(&self, cells: &[String], is_new: bool) -> (Values, FormErrors) {
        let (mut data, mut errors, mut sent) = (FormData::default(), FormErrors::default(), Vec::new());
        for (place, field) in &self.columns {
            let text = cells.get(*place).map_or("", String::as_str);
            if text.trim().is_empty() && (is_new || field.kind == Kind::Bool) {
                continue;
            }
            match self.send(&mut data, field, text) {
                Ok(()) => sent.push(*field),
                Err(sentence) => errors.add(field.name, sentence),
            }
        }
        let (values, wrong) = parse(sent.into_iter(), &data, self.app.today());
        wrong.iter().for_each(|error| errors.add(error.field, error.text.clone()));
        (values, errors)
    }

    /// As the form of this field would have sent the cell.
    fn send(&self, data: &mut FormData, field: &Field, text: &str) -> Result<(), String> {
        let text = text.trim();
        if !field.is_reference() || text.is_empty() {
            return cells::fill(data, field, text, self.month_first);
        }
        match self.named.get(&(field.name, text.to_string())) {
            Some(Ok(id)) => data.push(field.name, id.to_string()),
            Some(Err(sentence)) => return Err(sentence.clone()),
            None => data.push(field.name, text),
        }
        Ok(())
    }

    /// Looks up the records that cells name by what people call them; numbers stand for themselves.
    fn name_references(&mut self, c: &mut Connection, lines: &[Line]) -> QueryResult<()> {
        if self.named.len() > REMEMBERED {
            self.named.clear();
        }
        for (place, field) in self.columns.clone().into_iter().filter(|(_, field)| field.is_reference()) {
            let texts = lines.iter().filter_map(|line| line.cells.get(place)).map(|text| text.trim());
            let mut texts: Vec<String> =
                texts.filter(|text| !text.is_empty() && text.parse::<i64>().is_err()).map(ToString::to_string).collect();
            texts.sort();
            texts.dedup();
            texts.retain(|text| !self.named.contains_key(&(field.name, text.clone())));
            let target = field.reference.and_then(|reference| self.app.registry.get(reference.resource));
            let Some(target) = target.filter(|_| !texts.is_empty()) else { continue };
            let known = self.by_name(c, target, &texts)?;
            for text in texts {
                let mut found: Vec<i64> = known.iter().filter(|row| row.label == text).map(|row| row.id).collect();
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

    /// All at once, where the label is the first part of the natural key.
    fn by_name(&self, c: &mut Connection, target: &dyn Resource, texts: &[String]) -> QueryResult<Vec<Row>> {
        let own = target.declaration();
        let first = own.natural_key.first().and_then(|name| own.field(name));
        if first.is_none_or(|field| field.kind != Kind::Text) {
            return Ok(Vec::new());
        }
        let values = texts.iter().cloned().map(Value::Text).collect();
        let wanted = ListQuery::only(NATURAL_KEY, Test::In(values), i64::MAX).order_by("id", false);
        target.list(c, &wanted, Some(self.actor))
    }

    /// One by one, forgiving case and marks.
    fn by_words(&self, c: &mut Connection, target: &dyn Resource, text: &str) -> QueryResult<Vec<i64>> {
        if !target.declaration().is_searched() {
            return Ok(Vec::new());
        }
        let wanted = ListQuery { terms: terms(text), limit: NAMESAKES, ..ListQuery::default() };
        let rows = target.list(c, &wanted, Some(self.actor))?;
        Ok(rows.into_iter().filter(|row| fold(&row.label) == fold(text)).map(|row| row.id).collect())
    }
}

fn alike(stored: &Value, given: &Value) -> bool {
    stored == given || (stored.is_blank() && given.is_blank())
}

/// What is wrong with a line, in one text; a sentence that does not name its field gets the label before it.
pub fn told(declaration: &Declaration, errors: &FormErrors) -> String {
    let sentences = errors.iter().map(|error| match declaration.field(error.field) {
        Some(field) if !error.text.to_lowercase().contains(&field.label.to_lowercase()) => format!("{}: {}", field.label, error.text),
        _ => error.text.clone(),
    });
    sentences.collect::<Vec<_>>().join("; ")
}
