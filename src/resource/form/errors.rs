//! What there is to mend in a form.

/// One thing to mend. `part` names the box of a date; `field` is blank for the form as a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct FormError {
    pub field: &'static str,
    pub part: &'static str,
    pub text: String,
}

const CONFLICT: &str = "conflict";

#[derive(Clone, Debug, Default, PartialEq)]
pub struct FormErrors(Vec<FormError>);

impl FormErrors {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn add(&mut self, field: &'static str, text: impl Into<String>) {
        self.add_part(field, "", text);
    }

    /// One error a field: the first one said stays.
    pub fn add_part(&mut self, field: &'static str, part: &'static str, text: impl Into<String>) {
        if field.is_empty() || self.of(field).is_none() {
            self.0.push(FormError { field, part, text: text.into() });
        }
    }

    /// Somebody else was faster: for the form as a whole.
    pub fn add_conflict(&mut self, text: impl Into<String>) {
        self.add_part("", CONFLICT, text);
    }

    pub fn is_conflict(&self) -> bool {
        self.0.iter().any(|error| error.part == CONFLICT)
    }

    pub fn of(&self, field: &str) -> Option<&FormError> {
        self.0.iter().find(|error| error.field == field)
    }

    pub fn iter(&self) -> impl Iterator<Item = &FormError> {
        self.0.iter()
    }
}
