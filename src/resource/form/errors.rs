//! The errors of a form.

use crate::resource::value::Values;

/// One error. `part` names an input of a date; `field` is blank for the form as a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct FormError {
    pub field: &'static str,
    pub part: &'static str,
    pub kind: ErrorKind,
    pub text: String,
}

/// What code needs to know about an error in addition to its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    Invalid,
    /// Another record has this value already.
    Taken,
    /// Somebody else changed the record first.
    Conflict,
    /// Others have what was asked for, such as a time.
    Collision,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct FormErrors {
    errors: Vec<FormError>,
    /// Values that can be chosen instead, after a collision.
    offers: Vec<Values>,
}

impl FormErrors {
    pub fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    pub fn add(&mut self, field: &'static str, text: impl Into<String>) {
        self.add_part(field, "", text);
    }

    pub fn add_part(&mut self, field: &'static str, part: &'static str, text: impl Into<String>) {
        self.push(FormError { field, part, kind: ErrorKind::Invalid, text: text.into() });
    }

    /// The same errors, each at the field that `place` returns.
    pub fn placed(&self, place: impl Fn(&FormError) -> &'static str) -> Self {
        let mut placed = Self { errors: Vec::new(), offers: self.offers.clone() };
        self.iter().for_each(|error| placed.push(FormError { field: place(error), ..error.clone() }));
        placed
    }

    /// Another record has the value of this field.
    pub fn add_taken(&mut self, field: &'static str, text: impl Into<String>) {
        self.push(FormError { field, part: "", kind: ErrorKind::Taken, text: text.into() });
    }

    /// Somebody else changed the record first; an error of the form as a whole.
    pub fn add_conflict(&mut self, text: impl Into<String>) {
        self.push(FormError { field: "", part: "", kind: ErrorKind::Conflict, text: text.into() });
    }

    /// Others have what was asked for. `offers` are values that can be chosen instead.
    pub fn add_collision(&mut self, field: &'static str, text: impl Into<String>, offers: Vec<Values>) {
        self.push(FormError { field, part: "", kind: ErrorKind::Collision, text: text.into() });
        self.offers.extend(offers);
    }

    /// Each field has one error: the first.
    fn push(&mut self, error: FormError) {
        if error.field.is_empty() || self.of(error.field).is_none() {
            self.errors.push(error);
        }
    }

    /// Values that can be chosen instead, after a collision.
    pub fn offers(&self) -> &[Values] {
        &self.offers
    }

    pub fn is_collision(&self) -> bool {
        self.errors.iter().any(|error| error.kind == ErrorKind::Collision)
    }

    /// Two transactions asked for the same at once, and the database refused the second, which could not say what is free
    /// instead. Asked again, it can.
    pub fn is_lost_race(&self) -> bool {
        self.is_collision() && self.offers.is_empty()
    }

    pub fn is_conflict(&self) -> bool {
        self.errors.iter().any(|error| error.kind == ErrorKind::Conflict)
    }

    pub fn is_taken(&self) -> bool {
        self.errors.iter().any(|error| matches!(error.kind, ErrorKind::Taken | ErrorKind::Collision))
    }

    pub fn of(&self, field: &str) -> Option<&FormError> {
        self.errors.iter().find(|error| error.field == field)
    }

    pub fn iter(&self) -> impl Iterator<Item = &FormError> {
        self.errors.iter()
    }
}
