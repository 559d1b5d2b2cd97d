//! The values of a record by field name.

use super::Value;

/// Values by field name, in the order of the declaration.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Values(Vec<(&'static str, Value)>);

impl Values {
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// The value, or `Null` where there is none.
    pub fn at(&self, name: &str) -> &Value {
        self.get(name).unwrap_or(&Value::Null)
    }

    pub fn set(&mut self, name: &'static str, value: Value) {
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some(place) => place.1 = value,
            None => self.0.push((name, value)),
        }
    }

    /// These values on top of those of `base`, in the order of `base`, so that the two can be compared.
    pub fn over(mut self, base: &Values) -> Values {
        let mut whole = base.clone();
        for (name, value) in self.0.drain(..) {
            whole.set(name, value);
        }
        whole
    }

    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &Value)> {
        self.0.iter().map(|(name, value)| (*name, value))
    }
}

impl FromIterator<(&'static str, Value)> for Values {
    fn from_iter<I: IntoIterator<Item = (&'static str, Value)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}

/// One record of any resource.
#[derive(Clone, Debug)]
pub struct Row {
    pub id: i64,
    /// The name shown to users.
    pub label: String,
    /// Incremented by every change. A form sends the version it was opened with, so that conflicts are detected.
    pub version: i64,
    pub values: Values,
}
