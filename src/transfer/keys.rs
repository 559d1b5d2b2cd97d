//! By what a line and a record are recognised as the same: by the natural key, or by what the record is probably known by.

use std::collections::HashMap;

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

    /// The key of a record.
    pub fn of(row: &Row, names: Names) -> Option<Self> {
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
