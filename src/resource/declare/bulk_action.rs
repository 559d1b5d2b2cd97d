//! Acts: what a model lets people do with chosen records beside changing and deleting them. Declared as data, like the
//! rest of the model; the pages, the confirmation, the rights and the log follow.

use diesel::QueryResult;

use super::field::Field;
use crate::db::Connection;
use crate::resource::Resource;
use crate::resource::access::actor::Actor;
use crate::resource::value::{Row, Values};
use crate::resource::write::writer::{WriteError, Writer};

/// Does an act to one record, with what was typed in.
pub type Apply = fn(&mut Connection, &Writer, &Resource, &Row, &Values) -> Result<(), WriteError>;

/// One act: `BulkAction { name: "deactivate", …, ..BulkAction::blank() }`.
#[derive(Clone, Copy, Debug)]
pub struct BulkAction {
    /// The word in forms.
    pub name: &'static str,
    /// Among the choices: `Assign to a doctor`.
    pub label: &'static str,
    /// Above the confirmation and on its button, with a gap for what it is done to: `Assign {} to a doctor`.
    pub title: &'static str,
    /// What follows 'was' or 'were' when it is done: `assigned to a doctor`.
    pub done: &'static str,
    /// What will happen, in a sentence.
    pub about: &'static str,
    pub icon: &'static str,
    /// Every one of these is needed, by codename.
    pub permissions: &'static [&'static str],
    /// What has to be typed in or chosen first.
    pub inputs: fn() -> Vec<Field>,
    /// Why this person cannot do it to this record, in a sentence.
    pub reject: fn(&mut Connection, &Actor, &Row) -> QueryResult<Option<String>>,
    /// Does it to one record, through the writer alone.
    pub apply: Apply,
    /// It is also a button on the page of one record.
    pub on_record: bool,
    /// The button is red.
    pub is_dangerous: bool,
}

impl BulkAction {
    /// Nothing declared, to be completed.
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
        self.permissions.iter().all(|codename| actor.can(codename))
    }
}
