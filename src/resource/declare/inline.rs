//! Records of another resource on the form of the one they refer to: the assignments of a doctor under the doctor.

use super::declaration::Declaration;
use super::field::Field;
use crate::resource::Resource;
use crate::resource::access::actor::{Action, Actor};
use crate::resource::form::bind::BoundField;
use crate::resource::form::data::FormData;
use crate::resource::form::errors::FormErrors;
use crate::resource::registry::Registry;

pub use crate::resource::write::inline::Rows;

/// So many rows stand on one page of a form.
pub const PAGE: i64 = 50;
/// Rows that one form may send, which is more than it ever shows.
const MOST: usize = 500;

/// Declared in `about { inlines: &[Inline::of("mapping", "doctor_id")] }`.
#[derive(Clone, Copy, Debug)]
pub struct Inline {
    /// The name of the resource whose records they are.
    pub resource: &'static str,
    /// Its field that names the record whose form it is.
    pub field: &'static str,
    pub min: i64,
    pub max: i64,
    /// Empty rows for new ones.
    pub extra: usize,
    /// The part of the address under a record on its staff page, such as `doctors`; blank if rows are not added there.
    pub path: &'static str,
    /// How people say that a row is added, and that it was: `Assign` and `assigned to`.
    pub verb: (&'static str, &'static str),
}

impl Inline {
    pub const fn of(resource: &'static str, field: &'static str) -> Self {
        Self { resource, field, min: 0, max: 1_000, extra: 3, path: "", verb: ("Add", "added to") }
    }

    /// There have to be at least so many.
    pub const fn min(mut self, least: i64) -> Self {
        self.min = least;
        self
    }

    /// There may be at most so many.
    pub const fn max(mut self, most: i64) -> Self {
        self.max = most;
        self
    }

    /// Rows are added on the staff page of the record, under this part of its address.
    pub const fn at(mut self, path: &'static str) -> Self {
        self.path = path;
        self
    }

    pub const fn verb(mut self, present: &'static str, past: &'static str) -> Self {
        self.verb = (present, past);
        self
    }

    pub const fn extra(mut self, rows: usize) -> Self {
        self.extra = rows;
        self
    }

    /// The name of the hidden field, and of the parameter in the address, with the page that is shown.
    pub fn page_name(&self) -> String {
        format!("{}-page", self.resource)
    }

    /// The records behind it, for those who may see such.
    pub fn child<'a>(&self, registry: &'a Registry, actor: &Actor) -> Option<&'a Resource> {
        registry.get(self.resource).filter(|child| child.declaration().allows(actor, Action::View))
    }

    /// The columns: what can be set, or what a list shows where nothing can.
    pub fn columns<'a>(&self, child: &'a Declaration) -> Vec<&'a Field> {
        let editable: Vec<&Field> = child.fields.iter().filter(|field| field.is_editable() && field.name != self.field).collect();
        if child.read_only || editable.is_empty() {
            return child.fields_named(child.list_display).filter(|field| field.name != self.field).collect();
        }
        editable
    }

    /// The rows that a form sent, in their order.
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

/// A row as it was sent.
#[derive(Clone, Debug)]
pub struct SentRow {
    /// `mapping-0`.
    pub name: String,
    /// Of the record; `None` for a new one. What is no number of ours names nothing.
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

    /// Nothing was typed into it beyond what a new row starts with.
    pub fn is_blank(&self, start: &FormData) -> bool {
        let typed = |name: &str, text: &str| {
            !text.trim().is_empty() && !name.ends_with("__find") && !matches!(name, "id" | "version") && start.get(name) != Some(text)
        };
        !self.delete && !self.data.pairs().any(|(name, text)| typed(name, text))
    }
}

/// What there is to mend in rows, by the name of the row, or by the inline's own for all of it.
pub type RowErrors = Vec<(String, FormErrors)>;

/// An inline, ready to be drawn.
#[derive(Debug)]
pub struct BoundInline {
    pub name: &'static str,
    pub title: &'static str,
    pub singular: &'static str,
    pub headers: Vec<&'static str>,
    pub rows: Vec<BoundRow>,
    /// An empty row for the script to copy; without one nothing can be added.
    pub blank: Option<BoundRow>,
    pub can_delete: bool,
    /// Something in it can be set, so its rows are sent.
    pub is_sent: bool,
    pub error: Option<String>,
    /// How many there are, and how many there may be.
    pub told: String,
    pub page: i64,
    /// Number and address of the pages; empty where one is enough.
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
    /// A box that deletes it, and whether it is ticked.
    pub delete: Option<bool>,
    pub error: Option<String>,
}
