//! What templates render of a form: its sections, fields and controls, with submitted values and errors.

use crate::resource::declare::inline::BoundInline;
use crate::resource::declare::widget::Widget;

#[derive(Debug, Default)]
pub struct BoundForm {
    pub sections: Vec<BoundSection>,
    pub inlines: Vec<BoundInline>,
    /// Hidden inputs: names and values.
    pub hidden: Vec<(&'static str, String)>,
    pub errors: Vec<Summary>,
    /// Records that a new one probably is already.
    pub similar: Option<SimilarRecords>,
}

/// Records that look like the one that is being added, and the button that adds it anyway.
#[derive(Debug)]
pub struct SimilarRecords {
    /// `There is already a patient like this`
    pub title: String,
    pub rows: Vec<SimilarRecord>,
    /// The ids, which the button sends to say that they were seen.
    pub ids: String,
}

#[derive(Debug)]
pub struct SimilarRecord {
    pub label: String,
    /// What distinguishes it from others with the same name.
    pub summary: String,
    pub href: String,
}

#[derive(Debug)]
pub struct BoundSection {
    pub title: String,
    pub description: &'static str,
    /// Collapsed until it is opened.
    pub folds: bool,
    pub fields: Vec<BoundField>,
}

/// A line of the error summary: the id of the control and the message.
#[derive(Debug)]
pub struct Summary {
    pub target: String,
    pub text: String,
}

#[derive(Debug)]
pub struct BoundField {
    /// The name of the input, which is also its id.
    pub name: String,
    pub label: &'static str,
    pub help: &'static str,
    pub optional: bool,
    pub error: Option<String>,
    pub autocomplete: &'static str,
    pub widget: Widget,
    /// Whether the field is the first and whether it is the last of a row of fields.
    pub opens_row: bool,
    pub closes_row: bool,
    pub control: Control,
    /// Why the actor may not set the field; blank if they may, or if nobody may.
    pub locked: String,
    /// The words behind which the field is hidden until it is needed; blank for a field that is always shown.
    pub unfolds: &'static str,
    /// Has the focus when the page is opened.
    pub focus: bool,
    /// Buttons next to a reference.
    pub related: Vec<Related>,
}

/// A button that opens a related record and returns to the form.
#[derive(Clone, Debug)]
pub struct Related {
    pub value: String,
    pub label: &'static str,
    /// What it opens, for screen readers.
    pub of: String,
}

#[derive(Debug)]
pub enum Control {
    Text {
        kind: &'static str,
        value: String,
        inputmode: &'static str,
        max: usize,
    },
    Password {
        autocomplete: &'static str,
        /// The minimum length of a new password; 0 if none is stated.
        least: i64,
    },
    /// A text input with suggestions.
    Suggestions {
        value: String,
        words: Vec<String>,
    },
    Textarea {
        value: String,
        max: usize,
    },
    Checkbox {
        checked: bool,
    },
    Radios {
        choices: Vec<Choice>,
    },
    Select {
        choices: Vec<Choice>,
    },
    DateParts {
        day: String,
        month: String,
        year: String,
        wrong: &'static str,
    },
    /// A date close to today, with the browser's date picker.
    Date {
        value: String,
        past: bool,
        zone: String,
    },
    /// A local date and time, and the instant they stood for when the form was opened.
    DateTime {
        date: String,
        time: String,
        was: String,
        wrong: &'static str,
        zone: String,
    },
    Search {
        query: String,
        choices: Vec<Choice>,
        slug: &'static str,
        found: String,
        /// The rows whose records are not offered again, as the address carries them; blank for none.
        joined: String,
        /// The rows and their field that say it of the record which is chosen there: `mapping.patient_id`; blank for none.
        beside: String,
    },
    Checklist {
        groups: Vec<(String, Vec<Choice>)>,
    },
    File(FileInput),
    /// Text, with a link to the record or contact that it names.
    Fixed {
        text: String,
        href: Option<String>,
    },
}

/// A file to choose, and the one that is stored.
#[derive(Clone, Debug)]
pub struct FileInput {
    /// The id of the shown file; blank without one.
    pub id: String,
    /// Its name and size, and where it is downloaded.
    pub name: String,
    pub size: String,
    pub href: Option<String>,
    /// It was uploaded, but its record has not been saved with it yet.
    pub is_new: bool,
    /// Whether it can be removed, and whether the box for that is ticked.
    pub can_remove: bool,
    pub is_removed: bool,
    /// Media types, separated by commas.
    pub accept: String,
    /// What can be chosen, for people.
    pub hint: String,
}

#[derive(Clone, Debug)]
pub struct Choice {
    pub value: String,
    pub label: String,
    pub chosen: bool,
}

/// A single field, for a template that renders the fields of a section.
pub struct Alone<'a> {
    pub fields: [&'a BoundField; 1],
}

impl BoundForm {
    /// The first field that is typed into has the focus.
    pub fn focus_first(&mut self) {
        let fields = self.sections.iter_mut().filter(|section| !section.folds).flat_map(|section| &mut section.fields);
        let typed =
            |field: &&mut BoundField| !matches!(field.control, Control::Fixed { .. } | Control::Checklist { .. } | Control::File(_));
        if let Some(first) = fields.into_iter().find(typed) {
            first.focus = true;
        }
    }

    /// The same for a form that is opened; one with errors has the focus on their summary.
    pub fn focused(mut self) -> Self {
        if self.errors.is_empty() {
            self.focus_first();
        }
        self
    }

    /// Whether a file can be chosen, so that the form is sent in parts.
    pub fn has_files(&self) -> bool {
        let rows = self.inlines.iter().flat_map(|inline| inline.rows.iter().chain(&inline.blank)).flat_map(|row| &row.cells);
        self.sections.iter().flat_map(|section| &section.fields).chain(rows).any(BoundField::is_file)
    }
}

impl BoundField {
    pub fn is_file(&self) -> bool {
        matches!(self.control, Control::File(_))
    }

    pub fn alone(&self) -> Alone<'_> {
        Alone { fields: [self] }
    }

    /// Whether a hidden field has to be shown: it is filled in, or wrong.
    pub fn is_filled(&self) -> bool {
        let has_text = matches!(&self.control, Control::Text { value, .. } if !value.is_empty());
        has_text || self.error.is_some()
    }

    /// The ids of the hint, the count and the error, for screen readers.
    pub fn described_by(&self) -> String {
        let hint = (!self.help.is_empty()).then(|| format!("{}-hint", self.name));
        let count = matches!(self.control, Control::Textarea { max: 1.., .. }).then(|| format!("{}-count", self.name));
        let error = self.error.is_some().then(|| format!("{}-error", self.name));
        let accepted = self.is_file().then(|| format!("{}-accepted", self.name));
        hint.into_iter().chain(accepted).chain(error).chain(count).collect::<Vec<_>>().join(" ")
    }
}
