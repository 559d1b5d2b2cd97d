//! What the clinic decided itself, at its set-up or later in the administration. The database has it; this is what the process
//! knows of it, read at its start, after every change and every few seconds.

use std::sync::{Mutex, PoisonError};

use super::{Registration, Settings};

/// As of the last look into the database.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Decisions {
    /// Who may register; `None` before the set-up.
    pub registration: Option<Registration>,
    /// Somebody can administer the clinic.
    pub has_administrator: bool,
}

/// `None` until the first look.
#[derive(Debug, Default)]
pub struct Decided(Mutex<Option<Decisions>>);

impl Decided {
    pub fn set(&self, decisions: Decisions) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(decisions);
    }

    pub fn get(&self) -> Option<Decisions> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who may register: as the setting says, else anyone while developing, else as the clinic decided. Until it has, nobody.
    pub fn registration(&self, settings: &Settings) -> Registration {
        let own = || if settings.is_developing() { Some(Registration::Open) } else { self.get()?.registration };
        settings.registration.or_else(own).unwrap_or(Registration::Closed)
    }

    /// Whether it is known that nobody set up this clinic yet.
    pub fn needs_set_up(&self) -> bool {
        self.get().is_some_and(|known| !known.has_administrator && known.registration.is_none())
    }
}
