//! By what a line and a record are recognised as the same: by the natural key, or by what the record is probably known by.

use std::collections::HashMap;

use diesel::QueryResult;

use super::import::Import;
use super::matching::Plan;
use super::row::ImportRow;
use super::savepoint::Attempt;
use crate::db::Connection;
use crate::resource::form::clean;
use crate::resource::{Declaration, Row, Value};

type Names = &'static [&'static str];

/// The values by which a line names its record.
pub struct Key {
    pub names: Names,
    /// The value of the first name, by which records are looked up.
    pub first: Value,
    /// The same for every line and record with this key.
    pub written: String,
}

impl Key {
    /// `None` if a value is blank, because that is no sign of a namesake.
    pub fn new(names: Names, values: &[Value]) -> Option<Self> {
        if values.iter().any(Value::is_blank) {
            return None;
        }
        let part = |value: &Value| match value {
            Value::Text(text) => clean::key(text),
            other => other.to_json().to_string(),
        };
        let written = format!("{}: {}", names.join(" "), values.iter().map(part).collect::<Vec<_>>().join("\n"));
        Some(Self { names, first: values.first()?.clone(), written })
    }

    fn of(row: &Row, names: Names) -> Option<Self> {
        let values: Vec<Value> = names.iter().map(|name| row.values.at(name).clone()).collect();
        Self::new(names, &values)
    }
}

/// Records by each of their keys.
pub fn by_key<'r>(own: &Declaration, rows: &'r [Row]) -> HashMap<String, Vec<&'r Row>> {
    let mut found: HashMap<String, Vec<&Row>> = HashMap::new();
    for row in rows {
        for key in [own.natural_key, own.known_by].into_iter().filter_map(|names| Key::of(row, names)) {
            found.entry(key.written).or_default().push(row);
        }
    }
    found
}

/// Two lines of a file must not match the same record.
pub fn mark_twins(c: &mut Connection, import: &Import, plans: &mut [Plan]) -> QueryResult<()> {
    let is_sure = |plan: &Plan| !plan.key.is_empty() && !plan.is_probable;
    let keys: Vec<String> = plans.iter().filter(|plan| is_sure(plan)).map(|plan| plan.key.clone()).collect();
    let mut seen: HashMap<String, i64> = ImportRow::lines_of(c, import.id, &keys)?.into_iter().collect();
    for plan in plans.iter_mut().filter(|plan| is_sure(plan) && plan.refused.is_none()) {
        match seen.get(&plan.key) {
            Some(line) => plan.refused = Some(format!("Line {line} is already about this record")),
            None => {
                seen.insert(plan.key.clone(), plan.line);
            }
        }
    }
    Ok(())
}

/// If two lines are only probably about the same record, the user is asked. What a record is known by is read from the record
/// as it would be stored, because it may follow from other values, as an age from a date of birth.
pub fn mark_known(c: &mut Connection, import: &Import, own: &Declaration, plans: &mut [Plan], tried: &[Attempt]) -> QueryResult<()> {
    for (plan, attempt) in plans.iter_mut().zip(tried) {
        plan.known_key = match attempt {
            Ok(_) if plan.is_probable => plan.key.clone(),
            Ok(done) => Key::of(&done.row, own.known_by).map(|key| key.written).unwrap_or_default(),
            Err(_) => String::new(),
        };
    }
    let keys: Vec<String> = plans.iter().filter(|plan| plan.is_probable).map(|plan| plan.known_key.clone()).collect();
    let mut seen: HashMap<String, i64> = ImportRow::lines_known(c, import.id, &keys)?.into_iter().collect();
    for plan in plans.iter_mut().filter(|plan| !plan.known_key.is_empty()) {
        match seen.get(&plan.known_key) {
            Some(line) if plan.is_probable => plan.known_line = Some(*line),
            Some(_) => {}
            None => {
                seen.insert(plan.known_key.clone(), plan.line);
            }
        }
    }
    Ok(())
}
