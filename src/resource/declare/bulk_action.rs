//! Bulk actions: what users can do with selected records besides changing and deleting them. Declared as data, like the rest
//! of the model; the pages, the confirmation, the permissions and the log follow from it. And links to other pages of a record.

use diesel::QueryResult;

use super::field::Field;
use crate::db::Connection;
use crate::resource::Resource;
use crate::resource::access::actor::Actor;
use crate::resource::value::{Row, Values};
use crate::resource::write::writer::{WriteError, Writer};

/// Applies the action to one record, with the submitted inputs.
pub type Apply = fn(&mut Connection, &Writer, &Resource, &Row, &Values) -> Result<(), WriteError>;

/// One action: `BulkAction { name: "deactivate", …, ..BulkAction::blank() }`.
#[derive(Clone, Copy, Debug)]
pub struct BulkAction {
    /// The value in forms.
    pub name: &'static str,
    /// The choice in the list: `Assign to a doctor`.
    pub label: &'static str,
    /// The heading and the button of the confirmation page, with `{}` for the records: `Assign {} to a doctor`.
    pub title: &'static str,
    /// What follows 'was' or 'were' in the success message: `assigned to a doctor`.
    pub done: &'static str,
    /// A sentence that says what will happen.
    pub about: &'static str,
    pub icon: &'static str,
    /// The permissions, all of which are required, by codename.
    pub permissions: &'static [&'static str],
    /// The inputs to fill in first.
    pub inputs: fn() -> Vec<Field>,
    /// Why the actor cannot apply it to this record, in a sentence; `None` if they can.
    pub reject: fn(&mut Connection, &Actor, &Row) -> QueryResult<Option<String>>,
    /// Applies it to one record, only through the writer.
    pub apply: Apply,
    /// Also shown as a button on the page of a record.
    pub on_record: bool,
    /// The button is red.
    pub is_dangerous: bool,
}

impl BulkAction {
    /// Every member blank, to be completed.
    pub const fn blank() -> Self {
        Self {
            name: "",
            label: "",
            title: "",
            done: "changed",
            about: "",
            icon: "pencil",
            permissions: &[],
            inputs: Vec::new,
            reject: |_, _, _| Ok(None),
            apply: |_, _, _, _, _| Ok(()),
            on_record: false,
            is_dangerous: false,
        }
    }

    pub fn allows(&self, actor: &Actor) -> bool {
        actor.impersonated_by.is_none() && self.permissions.iter().all(|codename| actor.can(codename))
    }
}

/// A link on the page of a record: `RecordLink::to("Set password", "/users/{id}/password", "user.change")`.
#[derive(Clone, Copy, Debug)]
pub struct RecordLink {
    pub label: &'static str,
    /// The address, with `{id}`.
    pub href: &'static str,
    pub permission: &'static str,
    /// Where it is shown for this record.
    pub place: fn(&mut Connection, &Row) -> QueryResult<LinkPlace>,
}

/// Where a link is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkPlace {
    /// It would do nothing for this record.
    Nowhere,
    /// Among the other actions.
    Menu,
    /// It is the next thing to do.
    Button,
}

impl RecordLink {
    pub const fn to(label: &'static str, href: &'static str, permission: &'static str) -> Self {
        Self { label, href, permission, place: |_, _| Ok(LinkPlace::Menu) }
    }

    /// Shown where this function says.
    pub const fn placed(mut self, place: fn(&mut Connection, &Row) -> QueryResult<LinkPlace>) -> Self {
        self.place = place;
        self
    }
}
