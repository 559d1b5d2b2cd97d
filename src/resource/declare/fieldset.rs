//! Fieldsets: the sections of a form, each with a title, a description, and fields that may share a row.

use super::declaration::Declaration;
use super::widget::Widget;
use crate::resource::form::bind::{BoundField, BoundForm, BoundSection, Control};

/// A section of the form: `"Person" ("One sentence.") closed: [name, (date_of_birth, age), gender]`. The description and
/// `closed` are optional; fields in parentheses share a row.
#[derive(Clone, Copy, Debug)]
pub struct Fieldset {
    pub title: &'static str,
    /// One sentence under the title; may be blank.
    pub description: &'static str,
    /// Collapsed until it is opened, unless a field has an error.
    pub closed: bool,
    pub rows: &'static [&'static [&'static str]],
}

impl Fieldset {
    /// The names of its fields, in order.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.rows.iter().flat_map(|row| row.iter().copied())
    }
}

impl BoundForm {
    /// Lays the form out as declared: sections with the same title get their description, and adjacent fields share a row
    /// where the declaration says so.
    pub fn arranged(mut self, declaration: &Declaration) -> Self {
        let rows = || declaration.fieldsets.iter().flat_map(|section| section.rows.iter().copied()).filter(|row| row.len() > 1);
        for section in &mut self.sections {
            if let Some(declared) = declaration.fieldsets.iter().find(|declared| declared.title == section.title) {
                section.description = declared.description;
                section.folds = declared.closed && !section.title.is_empty();
            }
            let names: Vec<String> = section.fields.iter().map(|field| field.name.clone()).collect();
            for (place, field) in section.fields.iter_mut().enumerate() {
                let Some(row) = rows().find(|row| row.contains(&field.name.as_str())) else { continue };
                let beside = |other: Option<&String>| other.is_some_and(|name| row.contains(&name.as_str()));
                let before = beside(place.checked_sub(1).and_then(|place| names.get(place)));
                let after = beside(names.get(place + 1));
                field.opens_row = after && !before;
                field.closes_row = before && !after;
            }
        }
        self
    }
}

impl BoundSection {
    /// An open section without a description.
    pub fn plain(title: impl Into<String>, fields: Vec<BoundField>) -> Self {
        Self { title: title.into(), description: "", folds: false, fields }
    }

    /// Whether it has to be open: something in it is filled in, or wrong.
    pub fn is_used(&self) -> bool {
        let is_ticked = |field: &BoundField| matches!(&field.control, Control::Checkbox { checked: true });
        let has_lines = |field: &BoundField| matches!(&field.control, Control::Textarea { value, .. } if !value.is_empty());
        self.is_wrong() || self.fields.iter().any(|field| field.is_filled() || is_ticked(field) || has_lines(field))
    }

    /// Whether a field in it has an error.
    pub fn is_wrong(&self) -> bool {
        self.fields.iter().any(|field| field.error.is_some())
    }
}

impl BoundField {
    /// A form field that no resource declares.
    pub fn plain(name: &'static str, label: &'static str, help: &'static str, control: Control) -> Self {
        let (optional, error, autocomplete, widget) = (false, None, "off", Widget::Plain);
        let (name, locked, related) = (name.into(), String::new(), Vec::new());
        Self {
            focus: false,
            unfolds: "",
            name,
            label,
            help,
            optional,
            error,
            autocomplete,
            widget,
            opens_row: false,
            closes_row: false,
            control,
            locked,
            related,
        }
    }
}
