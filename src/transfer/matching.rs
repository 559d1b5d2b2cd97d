//! The meaning of the lines of a file: which record each one belongs to, and which values it has.

use diesel::QueryResult;

use super::cells;
use super::columns::NUMBER;
use super::import::Import;
use super::reading::sheet::Line;
use super::references::Naming;
use crate::app::App;
use crate::db::Connection;
use crate::english::plural;
use crate::resource::form::data::parse;
use crate::resource::list::query::NATURAL_KEY;
use crate::resource::{Actor, Declaration, Field, FormData, FormErrors, Kind, ListQuery, Resource, Row, Test, Value, Values};

/// The interpretation of the columns of an import.
pub struct Reader<'a> {
    pub app: &'a App,
    pub actor: &'a Actor,
    pub resource: &'a Resource,
    month_first: bool,
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
    /// Why the line cannot be imported.
    pub refused: Option<String>,
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

    /// The values of the natural key, if every part has a column and the first has a value.
    fn key_of(&self, line: &Line) -> Option<Vec<Value>> {
        let mut key = Vec::new();
        for name in self.own().natural_key {
            let (place, field) = self.columns.iter().find(|(_, field)| field.name == *name)?;
            let text = line.cells.get(*place).map_or("", String::as_str);
            let mut data = FormData::default();
            self.send(&mut data, field, text).ok()?;
            let (values, errors) = parse(std::iter::once(*field), &data, self.app.today(), &self.app.zone(self.actor));
            // A required part that is blank is reported later, with all other errors.
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
            plan.refused = Some(format!(
                "This line has {}, but the file has {}",
                plural(plan.cells.len() as i64, "column", "columns"),
                plural(self.width as i64, "heading", "headings")
            ));
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
            let Ok(id) = number.parse::<i64>() else { return Err(format!("‘{number}’ is not a valid {noun} number")) };
            let found = by_number.iter().find(|row| row.id == id);
            return found
                .cloned()
                .map(Some)
                .ok_or_else(|| format!("The {noun} with the number {id} does not exist, or you do not have access"));
        }
        let Some(key) = key else { return Ok(None) };
        let same = |row: &&Row| self.own().natural_key.iter().zip(key).all(|(name, value)| alike(row.values.at(name), value));
        let found: Vec<&Row> = by_key.iter().filter(same).collect();
        match found.as_slice() {
            [] => Ok(None),
            [row] => Ok(Some((*row).clone())),
            several => Err(format!(
                "{} {} have this {}; enter the number of the right one",
                several.len(),
                self.own().plural_lower(),
                super::columns::key_words(self.own())
            )),
        }
    }

    /// A blank cell means the initial value in a new record, and clears the value of an existing one.
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
        let (values, wrong) = parse(sent.into_iter(), &data, self.app.today(), &self.app.zone(self.actor));
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

fn alike(stored: &Value, given: &Value) -> bool {
    stored == given || (stored.is_blank() && given.is_blank())
}

/// All errors of a line in one text; a sentence without the field's name is prefixed with its label.
pub fn message(declaration: &Declaration, errors: &FormErrors) -> String {
    let sentences = errors.iter().map(|error| match declaration.field(error.field) {
        Some(field) if !error.text.to_lowercase().contains(&field.label.to_lowercase()) => format!("{}: {}", field.label, error.text),
        _ => error.text.clone(),
    });
    sentences.collect::<Vec<_>>().join("; ")
}
