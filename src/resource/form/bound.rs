//! What a template draws of a form: its sections, fields and controls, with what was typed and what to mend.

use crate::resource::declare::inline::BoundInline;
use crate::resource::declare::widget::Widget;

#[derive(Debug, Default)]
pub struct BoundForm {
    pub sections: Vec<BoundSection>,
    pub inlines: Vec<BoundInline>,
    /// What the form carries along unseen.
    pub hidden: Vec<(&'static str, String)>,
    pub errors: Vec<Summary>,
}

#[derive(Debug)]
pub struct BoundSection {
    pub title: String,
    pub description: &'static str,
    /// Closed until somebody opens it.
    pub folds: bool,
    pub fields: Vec<BoundField>,
}

/// A line of the error summary: the id of the control and the words.
#[derive(Debug)]
pub struct Summary {
    pub target: String,
    pub text: String,
}

#[derive(Debug)]
pub struct BoundField {
    /// The name that is sent, which is the id of the control as well.
    pub name: String,
    pub label: &'static str,
    pub help: &'static str,
    pub optional: bool,
    pub error: Option<String>,
    pub autocomplete: &'static str,
    pub widget: Widget,
    /// The first and the last of fields that stand side by side.
    pub opens_row: bool,
    pub closes_row: bool,
    pub control: Control,
    /// Why this person cannot set it; blank where nobody can, or they can.
    pub locked: String,
    /// Buttons beside a reference.
    pub related: Vec<Related>,
}

/// A button that leads to a related record and back.
#[derive(Clone, Debug)]
pub struct Related {
    pub value: String,
    pub label: &'static str,
    /// What it is about, for screen readers.
    pub of: String,
}

#[derive(Debug)]
pub enum Control {
    Line {
        kind: &'static str,
        value: String,
        inputmode: &'static str,
        max: usize,
    },
    Password {
        autocomplete: &'static str,
        /// A new one has at least so many characters; 0 where nothing is said of it.
        least: i64,
    },
    /// A line with words that are offered while one types.
    Offer {
        value: String,
        words: Vec<String>,
    },
    Area {
        value: String,
        max: usize,
    },
    Tick {
        checked: bool,
    },
    Radios {
        choices: Vec<Choice>,
    },
    Select {
        choices: Vec<Choice>,
    },
    Date {
        day: String,
        month: String,
        year: String,
        wrong: &'static str,
    },
    /// A near date: the browser's picker.
    Day {
        value: String,
        past: bool,
        zone: String,
    },
    /// A date and a time on the clinic's wall, and the instant that they stood for before.
    Moment {
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
    },
    Checklist {
        groups: Vec<(String, Vec<Choice>)>,
    },
    /// With an address, where the text is a way to reach somebody.
    Fixed {
        text: String,
        href: Option<String>,
    },
}

#[derive(Clone, Debug)]
pub struct Choice {
    pub value: String,
    pub label: String,
    pub chosen: bool,
}

/// One field where a template draws a section's.
pub struct Alone<'a> {
    pub fields: [&'a BoundField; 1],
}

impl BoundField {
    pub fn alone(&self) -> Alone<'_> {
        Alone { fields: [self] }
    }

    /// The ids of the hint, the count and the error, for screen readers.
    pub fn described_by(&self) -> String {
        let hint = (!self.help.is_empty()).then(|| format!("{}-hint", self.name));
        let count = matches!(self.control, Control::Area { max: 1.., .. }).then(|| format!("{}-count", self.name));
        let error = self.error.is_some().then(|| format!("{}-error", self.name));
        hint.into_iter().chain(error).chain(count).collect::<Vec<_>>().join(" ")
    }
}
