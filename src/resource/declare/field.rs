//! A field: what people see of a column. `field("Name").max(120)` and the words that refine it.

use super::lock::Lock;
use crate::resource::value::{Column, Kind, Value};

/// What happens to this record when the one it refers to is deleted. The database enforces the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnDelete {
    /// It goes as well.
    Cascade,
    /// It stays and keeps the other from being deleted.
    Protect,
    /// It stays and forgets the other.
    SetNull,
}

/// A field that names a record of another resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The name of the resource, such as `doctor`.
    pub resource: &'static str,
    pub on_delete: OnDelete,
}

/// How a value is typed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Widget {
    /// Follows from the kind: a line, a number, a tick box, a select.
    Plain,
    Email,
    Telephone,
    Area,
    /// Never sent back to the browser, and taken as typed.
    CurrentPassword,
    NewPassword,
    Radio,
    /// Three boxes, for dates that one remembers.
    RememberedDate,
    /// The whole list with tick boxes, for many-to-many.
    Checklist,
    /// A line that offers the names of time zones.
    TimeZone,
    /// The name of a resource, shown as people call it.
    ResourceName,
}

impl Widget {
    /// The address that reaches a value: writes to an email address, calls a telephone.
    pub fn contact(self, value: &str) -> Option<String> {
        match self {
            _ if value.is_empty() => None,
            Self::Email => {
                Some(format!("mailto:{}", value.replace('%', "%25").replace('?', "%3F").replace('&', "%26").replace('#', "%23")))
            }
            Self::Telephone => {
                // '+33 (0)1' is two ways to write one number: from abroad the nought is not dialled.
                let dialled = if value.trim_start().starts_with('+') { value.replace("(0)", "") } else { value.into() };
                let number: String = dialled.chars().filter(|letter| letter.is_ascii_digit() || *letter == '+').collect();
                (number.len() > 2).then(|| format!("tel:{number}"))
            }
            _ => None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Editable,
    /// Shown, never taken from a form.
    ReadOnly,
    /// Set by the program, shown in lists and details only.
    Automatic,
    /// Worked out from the others whenever the record is read; no column.
    Computed,
}

#[derive(Clone, Debug)]
pub struct Field {
    pub name: &'static str,
    pub label: &'static str,
    pub help: &'static str,
    /// A value as it could be, for whoever learns what is expected; blank for none.
    pub example: &'static str,
    pub kind: Kind,
    pub widget: Widget,
    pub required: bool,
    /// The model fills it in when it is left blank, from something else.
    pub completed: bool,
    /// Whether the column may be null.
    pub nullable: bool,
    pub mode: Mode,
    /// Who may set it, where not all who may change the record.
    pub lock: Lock,
    /// Characters of a text.
    pub max_length: usize,
    /// Smallest and largest number.
    pub range: (i64, i64),
    pub reference: Option<Reference>,
    /// The value of the `autocomplete` attribute.
    pub autocomplete: &'static str,
    /// A date may not lie in the future.
    pub past: bool,
    /// Never set for many records at once.
    pub one_by_one: bool,
    /// Said in place of 'Enter …' or 'Choose …' when a required field is blank.
    pub missing: &'static str,
    /// Said when another record holds the same value.
    pub taken: &'static str,
}

/// A field with this label; everything else follows from the column's type or is said with the methods below.
pub fn field(label: &'static str) -> Field {
    Field {
        name: "",
        label,
        help: "",
        example: "",
        kind: Kind::Text,
        widget: Widget::Plain,
        required: true,
        completed: false,
        nullable: false,
        mode: Mode::Editable,
        lock: Lock::Open,
        max_length: 255,
        range: (0, i64::MAX),
        reference: None,
        autocomplete: "off",
        past: false,
        one_by_one: false,
        missing: "",
        taken: "",
    }
}

impl Field {
    pub fn help(mut self, text: &'static str) -> Self {
        self.help = text;
        self
    }

    /// A text as it could be.
    pub fn example(mut self, text: &'static str) -> Self {
        self.example = text;
        self
    }

    /// At most so many characters.
    pub fn max(mut self, characters: usize) -> Self {
        self.max_length = characters;
        self
    }

    pub fn range(mut self, least: i64, most: i64) -> Self {
        self.range = (least, most);
        self
    }

    /// May be left blank although the column is never null.
    pub fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    /// May be left blank where the model's `validate` can tell the value from others.
    pub fn completed(mut self) -> Self {
        self.completed = true;
        self
    }

    pub fn read_only(mut self) -> Self {
        self.mode = Mode::ReadOnly;
        self
    }

    pub fn widget(mut self, widget: Widget) -> Self {
        self.widget = widget;
        self
    }

    pub fn autocomplete(mut self, token: &'static str) -> Self {
        self.autocomplete = token;
        self
    }

    pub fn past(mut self) -> Self {
        self.past = true;
        self
    }

    /// One value for many records makes no sense, or would be too easy.
    pub fn one_by_one(mut self) -> Self {
        self.one_by_one = true;
        self
    }

    /// What to say when the field is required and blank.
    pub fn missing(mut self, text: &'static str) -> Self {
        self.missing = text;
        self
    }

    /// What to say when the value is taken.
    pub fn taken(mut self, text: &'static str) -> Self {
        self.taken = text;
        self
    }

    pub fn references(mut self, resource: &'static str, on_delete: OnDelete) -> Self {
        self.reference = Some(Reference { resource, on_delete });
        self
    }

    /// A field of a form that is no column.
    pub fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// What a field that is no column holds, when it is no text.
    pub fn holding(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    /// Ties the field to a column; called by the macro, which knows the column's name and type.
    pub fn of<M, T: Column>(mut self, name: &'static str, _column: fn(&M) -> &T) -> Self {
        self.name = name;
        self.kind = T::KIND;
        self.nullable = T::NULLABLE;
        // A column that is smaller than an i64 says so by not taking the largest.
        if T::KIND == Kind::Integer && T::from_value(&Value::Integer(i64::MAX)).is_none() {
            self.range.1 = self.range.1.min(i32::MAX.into());
        }
        self.required = self.required && !T::NULLABLE && T::KIND != Kind::Bool;
        self
    }

    /// A column that the program sets.
    pub fn automatic(mut self) -> Self {
        self.mode = Mode::Automatic;
        self
    }

    /// Worked out from the row, with the words that `show` gives a text.
    pub fn computed(mut self, name: &'static str) -> Self {
        self.name = name;
        self.required = false;
        self.mode = Mode::Computed;
        self
    }

    /// Ties the field to a join table.
    pub fn many(mut self, name: &'static str, resource: &'static str) -> Self {
        self.name = name;
        self.kind = Kind::Many;
        self.required = false;
        self.widget = Widget::Checklist;
        self.references(resource, OnDelete::Cascade)
    }

    pub fn is_editable(&self) -> bool {
        self.mode == Mode::Editable
    }

    /// Whether a list can be ordered by it.
    pub fn is_sortable(&self) -> bool {
        self.mode != Mode::Computed && self.kind != Kind::Many
    }

    /// Whether the value names one record of another resource.
    pub fn is_reference(&self) -> bool {
        self.reference.is_some() && self.kind != Kind::Many
    }
}
