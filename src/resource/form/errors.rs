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
    /// What was asked for in vain, after a collision.
    collided: Option<Box<Collided>>,
    /// Values that can be chosen instead, once somebody has looked for them.
    offers: Vec<Values>,
}

/// A record that could not be stored, because others have what it asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Collided {
    /// `None` for a new record.
    pub id: Option<i64>,
    pub values: Values,
}

impl FormErrors {
    pub fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    /// The first error, for a page without the fields; blank for none.
    pub fn first_text(&self) -> &str {
        self.errors.first().map_or("", |error| &error.text)
    }

    pub fn add(&mut self, field: &'static str, text: impl Into<String>) {
        self.add_part(field, "", text);
    }

    pub fn add_part(&mut self, field: &'static str, part: &'static str, text: impl Into<String>) {
        self.push(FormError { field, part, kind: ErrorKind::Invalid, text: text.into() });
    }

    /// The same errors, each at the field that `place` returns.
    pub fn placed(&self, place: impl Fn(&FormError) -> &'static str) -> Self {
        let mut placed = Self { errors: Vec::new(), ..self.clone() };
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

    /// Others have what was asked for.
    pub fn add_collision(&mut self, field: &'static str, text: impl Into<String>) {
        self.push(FormError { field, part: "", kind: ErrorKind::Collision, text: text.into() });
    }

    /// The same errors; after a collision with the record that was to be stored, so that others can look for what is free instead.
    pub fn over(mut self, id: Option<i64>, values: &Values) -> Self {
        if self.is_collision() {
            self.collided = Some(Box::new(Collided { id, values: values.clone() }));
        }
        self
    }

    /// The same errors, with values that can be chosen instead and a sentence about them.
    pub fn offering(mut self, hint: &str, offers: Vec<Values>) -> Self {
        self.collided = None;
        self.offers = offers;
        for error in self.errors.iter_mut().filter(|error| error.kind == ErrorKind::Collision && !hint.is_empty()) {
            error.text = format!("{}. {hint}", error.text);
        }
        self
    }

    /// The record that could not be stored, until somebody has looked for what is free instead.
    pub fn collided(&self) -> Option<&Collided> {
        self.collided.as_deref()
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
