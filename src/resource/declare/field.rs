//! A field: how users see a column. `field("Name").max(120)`, with methods that refine it.

use diesel::deserialize::FromSqlRow;

use super::lock::Lock;
use super::reference::{Join, OnDelete, Reference};
use super::widget::Widget;
use crate::db::sql::ColumnType;
use crate::db::{Backend, Zone};
use crate::email_address;
use crate::resource::file::FileRules;
use crate::resource::model::Model;
use crate::resource::value::{Column, Kind, Value};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Editable,
    /// Shown, but never read from a form.
    ReadOnly,
    /// Set by the program, shown only in lists and details.
    Automatic,
    /// Computed from the other fields when the record is read; has no column.
    Computed,
}

#[derive(Clone, Debug)]
pub struct Field {
    pub name: &'static str,
    pub label: &'static str,
    pub help: &'static str,
    /// An example value for documentation; blank for none.
    pub example: &'static str,
    pub kind: Kind,
    /// The type of the column; meaningless for a field without one.
    pub column: ColumnType,
    pub widget: Widget,
    pub required: bool,
    /// The model's `validate` fills it in if it is left blank.
    pub filled_by_validate: bool,
    /// Entered only if this other field is not known, behind a link with these words: an estimated age, if not the date of birth.
    pub instead_of: (&'static str, &'static str),
    /// Whether the column may be null.
    pub nullable: bool,
    pub mode: Mode,
    /// Follows from other fields.
    pub is_derived: bool,
    /// Who may set it, if not everyone who may change the record.
    pub lock: Lock,
    /// The maximum length of a text, in characters.
    pub max_length: usize,
    /// Smallest and largest number.
    pub range: (i64, i64),
    pub reference: Option<Reference>,
    /// A deletion that this reference prevents may change it to another record, or delete this one as well.
    pub clearable: bool,
    /// What it accepts, if it is a file.
    pub file: FileRules,
    /// The join table of a many-to-many field.
    pub join: Option<Join>,
    /// The value of the `autocomplete` attribute.
    pub autocomplete: &'static str,
    /// A date must not be in the future.
    pub not_in_future: bool,
    /// One value can be set for many records at once.
    pub bulk_edit: bool,
    /// The error for a required field that is blank, in place of 'Enter …' or 'Choose …'.
    pub required_error: &'static str,
    /// The error for a value that another record has.
    pub unique_error: &'static str,
}

/// A field with this label. The rest follows from the column's type or is set with the methods below.
pub fn field(label: &'static str) -> Field {
    Field {
        name: "",
        label,
        help: "",
        example: "",
        kind: Kind::Text,
        column: ColumnType::Text,
        widget: Widget::Plain,
        required: true,
        filled_by_validate: false,
        instead_of: ("", ""),
        nullable: false,
        mode: Mode::Editable,
        is_derived: false,
        lock: Lock::Open,
        max_length: 255,
        range: (0, i64::MAX),
        reference: None,
        clearable: false,
        file: FileRules::NONE,
        join: None,
        autocomplete: "off",
        not_in_future: false,
        bulk_edit: false,
        required_error: "",
        unique_error: "",
    }
}

impl Field {
    pub fn help(mut self, text: &'static str) -> Self {
        self.help = text;
        self
    }

    /// An example value for documentation.
    pub fn example(mut self, text: &'static str) -> Self {
        self.example = text;
        self
    }

    /// At most this many characters.
    pub fn max(mut self, characters: usize) -> Self {
        self.max_length = characters;
        self
    }

    /// A text of several lines, up to 50,000 characters.
    pub fn long_text(mut self) -> Self {
        self.widget = Widget::Area;
        self.max_length = 50_000;
        self
    }

    pub fn range(mut self, least: i64, most: i64) -> Self {
        self.range = (least, most);
        self
    }

    /// The media types of a file that it accepts, decided by its content.
    pub fn accepts(mut self, types: &'static [&'static str]) -> Self {
        self.file.types = types;
        self
    }

    /// The size of the largest file: `max_bytes(5 * MIB)`.
    pub fn max_bytes(mut self, bytes: u64) -> Self {
        self.file.max_bytes = bytes;
        self
    }

    /// May be left blank although the column is not nullable.
    pub fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    /// May be left blank if the model's `validate` can derive the value from others.
    pub fn filled_by_validate(mut self) -> Self {
        self.filled_by_validate = true;
        self
    }

    /// Entered only if the other field is not known, behind a link with these words.
    pub fn instead_of(mut self, other: &'static str, words: &'static str) -> Self {
        self.instead_of = (other, words);
        self
    }

    pub fn read_only(mut self) -> Self {
        self.mode = Mode::ReadOnly;
        self
    }

    /// Follows from other fields: `validate` sets it, and neither the history nor an export shows it.
    pub fn derived(mut self) -> Self {
        self.is_derived = true;
        self.read_only()
    }

    pub fn widget(mut self, widget: Widget) -> Self {
        self.widget = widget;
        self
    }

    pub fn autocomplete(mut self, token: &'static str) -> Self {
        self.autocomplete = token;
        self
    }

    pub fn not_in_future(mut self) -> Self {
        self.not_in_future = true;
        self
    }

    /// Can be set for many records at once, for a field where that is a task of its own.
    pub fn bulk_edit(mut self) -> Self {
        self.bulk_edit = true;
        self
    }

    /// The error if the field is required and blank.
    pub fn required_error(mut self, text: &'static str) -> Self {
        self.required_error = text;
        self
    }

    /// The error if another record has the value.
    pub fn unique_error(mut self, text: &'static str) -> Self {
        self.unique_error = text;
        self
    }

    /// Refers to a record of another model.
    pub fn references<M: Model>(mut self, on_delete: OnDelete) -> Self {
        self.reference = Some(Reference::to::<M>(on_delete));
        self
    }

    /// Deleting what it refers to offers to refer to another record instead, or to delete this one as well.
    pub fn clearable(mut self) -> Self {
        self.clearable = true;
        self
    }

    /// The name of a form field without a column.
    pub fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// The kind of a form field without a column, if it is not a text.
    pub fn kind(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    /// Binds the field to a column; called by the macro. The column and the struct field must have the same type.
    pub fn of<C, M, T>(mut self, _column: C, _field: fn(&M) -> &T) -> Self
    where
        C: diesel::Column,
        T: Column + FromSqlRow<C::SqlType, Backend>,
    {
        self.name = C::NAME;
        self.kind = T::KIND;
        self.column = T::TYPE;
        self.nullable = T::NULLABLE;
        if T::TYPE == ColumnType::Integer {
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

    /// Computed from the row; has no column.
    pub fn computed(mut self, name: &'static str) -> Self {
        self.name = name;
        self.required = false;
        self.mode = Mode::Computed;
        self
    }

    /// Binds the field to a join table; called by the macro.
    pub fn many<M: Model>(mut self, name: &'static str, table: &'static str, own: &'static str, other: &'static str) -> Self {
        self.name = name;
        self.kind = Kind::Many;
        self.required = false;
        self.widget = Widget::Checklist;
        self.join = Some(Join { table, own, other });
        self.references::<M>(OnDelete::Cascade)
    }

    pub fn is_editable(&self) -> bool {
        self.mode == Mode::Editable
    }

    /// Whether it has a column that a form may write.
    pub fn is_stored(&self) -> bool {
        matches!(self.mode, Mode::Editable | Mode::ReadOnly) && self.kind != Kind::Many
    }

    /// Whether a list can be ordered by it.
    pub fn is_sortable(&self) -> bool {
        self.mode != Mode::Computed && !matches!(self.kind, Kind::Many | Kind::File)
    }

    /// Whether it keeps its value if a form does not send it. Other fields are blank then, as browsers send nothing for a
    /// tick box that is not ticked.
    pub fn keeps_value_unsent(&self) -> bool {
        self.is_reference() || matches!(self.kind, Kind::DateTime | Kind::File)
    }

    /// The text of a value for users; see [`Value::show`].
    pub fn show(&self, value: &Value, zone: &Zone) -> String {
        match value {
            Value::Text(text) if self.widget == Widget::Email => email_address::shown(text).into_owned(),
            value => value.show(self.kind, zone),
        }
    }

    /// Whether the value is the id of a record of another resource.
    pub fn is_reference(&self) -> bool {
        self.reference.is_some() && self.kind != Kind::Many
    }
}
