//! Fields that some may set and others only read: said in the declaration, asked by forms and by the writer.

use super::field::Field;
use crate::resource::access::actor::Actor;
use crate::resource::registry::Registry;
use crate::resource::value::Row;

/// Asked about a record, or about a new one, which has no row yet.
pub type MaySet = fn(&Actor, Option<&Row>) -> bool;

/// Who may set a field, beyond the right to change the record.
#[derive(Clone, Copy, Debug, Default)]
pub enum Lock {
    #[default]
    Open,
    /// Those with this permission, by codename.
    Permission(&'static str),
    /// Those for whom the question is answered with yes, and what the others are told.
    Unless(MaySet, &'static str),
}

impl Field {
    /// Set only by those with this permission; others read it.
    pub fn only_for(mut self, codename: &'static str) -> Self {
        self.lock = Lock::Permission(codename);
        self
    }

    /// Read only, unless the question is answered with yes; `why` is shown beside it otherwise.
    pub fn read_only_unless(mut self, question: MaySet, why: &'static str) -> Self {
        self.lock = Lock::Unless(question, why);
        self
    }

    /// Whether this person may set it, on this record or on a new one.
    pub fn is_open_to(&self, actor: &Actor, row: Option<&Row>) -> bool {
        match self.lock {
            Lock::Open => true,
            Lock::Permission(codename) => actor.can(codename),
            Lock::Unless(question, _) => question(actor, row),
        }
    }

    /// Why somebody may not set it, in a sentence; blank where nothing is locked for anybody.
    pub fn lock_reason(&self, registry: &Registry) -> String {
        match self.lock {
            Lock::Open => String::new(),
            Lock::Unless(_, why) => why.into(),
            Lock::Permission(codename) => match registry.permissions().get(codename) {
                Some(name) => format!("You need the permission “{name}” to change this"),
                None => format!("You need the permission {codename} to change this"),
            },
        }
    }
}
