//! Locked fields: only some users may set them, others see them read-only. Forms and the writer check the lock.

use super::field::Field;
use crate::resource::access::actor::Actor;
use crate::resource::registry::Registry;
use crate::resource::value::Row;

/// Whether the actor may set the field, on this record or on a new one (`None`).
pub type MaySet = fn(&Actor, Option<&Row>) -> bool;

/// Who may set a field, in addition to needing permission to change the record.
#[derive(Clone, Copy, Debug, Default)]
pub enum Lock {
    #[default]
    Open,
    /// Users with this permission, by codename.
    Permission(&'static str),
    /// Users for whom the function returns true, and the reason shown to all others.
    Unless(MaySet, &'static str),
}

impl Field {
    /// Only users with this permission may set it; others see it read-only.
    pub fn only_for(mut self, codename: &'static str) -> Self {
        self.lock = Lock::Permission(codename);
        self
    }

    /// Read-only unless the function returns true; `why` is shown next to it in that case.
    pub fn read_only_unless(mut self, question: MaySet, why: &'static str) -> Self {
        self.lock = Lock::Unless(question, why);
        self
    }

    /// Whether the actor may set it, on this record or on a new one.
    pub fn is_open_to(&self, actor: &Actor, row: Option<&Row>) -> bool {
        match self.lock {
            Lock::Open => true,
            Lock::Permission(codename) => actor.can(codename),
            Lock::Unless(question, _) => question(actor, row),
        }
    }

    /// Why the field is locked, in a sentence; blank if it is open to everyone.
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
