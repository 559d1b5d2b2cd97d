//! Inlines: records of another resource on the form of the record they refer to, such as a doctor's assignments.

use super::declaration::Declaration;
use super::field::Field;
use crate::resource::Resource;
use crate::resource::access::actor::{Action, Actor};
use crate::resource::form::bind::BoundField;
use crate::resource::form::data::FormData;
use crate::resource::form::errors::FormErrors;
use crate::resource::registry::Registry;

pub use crate::resource::write::inline::Rows;

/// Rows on one page of a form.
pub const PAGE: i64 = 50;
/// The most rows that a form may send; it never shows as many.
const MOST: usize = 500;

/// Declared in `about { inlines: &[Inline::of("mapping", "doctor_id")] }`.
#[derive(Clone, Copy, Debug)]
pub struct Inline {
    /// The name of the rows' resource.
    pub resource: &'static str,
    /// The field of the rows that refers to the parent.
    pub field: &'static str,
    pub min: i64,
    pub max: i64,
    /// Empty rows for new records.
    pub extra: usize,
    /// The last part of the URL on the parent's staff page, such as `doctors`; blank if rows are not added there.
    pub path: &'static str,
    /// The verb for adding a row, and its past form: `Assign` and `assigned to`.
    pub verb: (&'static str, &'static str),
    /// The parent's field that refers to the marked one of the rows, such as `primary_doctor_id`, and the word for it; blank if no
    /// row is marked.
    pub marked: (&'static str, &'static str),
}

impl Inline {
    pub const fn of(resource: &'static str, field: &'static str) -> Self {
        Self { resource, field, min: 0, max: 1_000, extra: 3, path: "", verb: ("Add", "added to"), marked: ("", "") }
    }

    /// At least this many rows are required.
    pub const fn min(mut self, least: i64) -> Self {
        self.min = least;
        self
    }

    /// At most this many rows are allowed.
    pub const fn max(mut self, most: i64) -> Self {
        self.max = most;
        self
    }

    /// Rows are added on the parent's staff page, at this last part of its URL.
    pub const fn at(mut self, path: &'static str) -> Self {
        self.path = path;
        self
    }

    pub const fn verb(mut self, present: &'static str, past: &'static str) -> Self {
        self.verb = (present, past);
        self
    }

    /// One of the rows is marked on the parent's staff page: the one that this field of the parent refers to.
    pub const fn marked_by(mut self, field: &'static str, word: &'static str) -> Self {
        self.marked = (field, word);
        self
    }

    pub const fn extra(mut self, rows: usize) -> Self {
        self.extra = rows;
        self
    }

    /// The name of the hidden input and of the query parameter with the current page.
    pub fn page_name(&self) -> String {
        format!("{}-page", self.resource)
    }

    /// The resource of the rows, if the actor may view it.
    pub fn child<'a>(&self, registry: &'a Registry, actor: &Actor) -> Option<&'a Resource> {
        registry.get(self.resource).filter(|child| child.declaration().allows(actor, Action::View))
    }

    /// The editable fields, or the columns of the list if there are none.
    pub fn columns<'a>(&self, child: &'a Declaration) -> Vec<&'a Field> {
        let editable: Vec<&Field> = child.fields.iter().filter(|field| field.is_editable() && field.name != self.field).collect();
        if child.read_only || editable.is_empty() {
            return child.fields_named(child.list_display).filter(|field| field.name != self.field).collect();
        }
        editable
    }

    /// The submitted rows, in order.
    pub fn sent(&self, typed: &FormData) -> Vec<SentRow> {
        let start = format!("{}-", self.resource);
        let mut numbers: Vec<u32> = Vec::new();
        for name in typed.names().filter_map(|name| name.strip_prefix(&start)) {
            let number = name.split('-').next().and_then(|number| number.parse().ok());
            numbers.extend(number.filter(|number| !numbers.contains(number)));
        }
        numbers.sort_unstable();
        numbers.truncate(MOST);
        numbers.into_iter().map(|number| SentRow::read(format!("{start}{number}"), typed)).collect()
    }
}

/// A submitted row.
#[derive(Clone, Debug)]
pub struct SentRow {
    /// `mapping-0`.
    pub name: String,
    /// The id of the record; `None` for a new one. Text that is not a number becomes 0, which is no record's id.
    pub id: Option<i64>,
    pub version: Option<i64>,
    pub delete: bool,
    pub data: FormData,
}

impl SentRow {
    fn read(name: String, typed: &FormData) -> Self {
        let data = typed.under(&format!("{name}-"));
        let number = |name: &str| Some(data.text(name)).filter(|text| !text.is_empty()).map(|text| text.parse().unwrap_or(0));
        Self { id: number("id"), version: number("version"), delete: data.has("delete"), data, name }
    }

    /// Whether nothing was typed beyond the initial values.
    pub fn is_blank(&self, start: &FormData) -> bool {
        let typed = |name: &str, text: &str| {
            !text.trim().is_empty() && !name.ends_with("__find") && !matches!(name, "id" | "version") && start.get(name) != Some(text)
        };
        !self.delete && !self.data.pairs().any(|(name, text)| typed(name, text))
    }
}

/// Errors by the name of the row, or by the inline's own name for all rows.
pub type RowErrors = Vec<(String, FormErrors)>;

/// An inline, ready to be rendered.
#[derive(Debug)]
pub struct BoundInline {
    pub name: &'static str,
    pub title: &'static str,
    pub singular: &'static str,
    pub headers: Vec<&'static str>,
    pub rows: Vec<BoundRow>,
    /// An empty row for the script to copy; `None` if no row can be added.
    pub blank: Option<BoundRow>,
    pub can_delete: bool,
    /// Whether the rows are submitted, because something in them can be set.
    pub is_sent: bool,
    pub error: Option<String>,
    /// The number of rows, and how many are required.
    pub count_text: String,
    pub page: i64,
    /// The number and URL of each page; empty if there is only one.
    pub pages: Vec<(i64, String)>,
}

#[derive(Debug)]
pub struct BoundRow {
    pub name: String,
    /// Blank for a new one.
    pub id: String,
    pub version: String,
    pub label: String,
    pub href: String,
    pub cells: Vec<BoundField>,
    /// Whether the tick box for deletion is ticked; `None` if there is none.
    pub delete: Option<bool>,
    pub error: Option<String>,
    /// It is changed on its own page.
    pub is_listed: bool,
}
