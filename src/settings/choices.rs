//! Settings with a few possible values, and what the clinic decides instead. The database has the decisions; this is what the process
//! knows of them, read at its start, after every change and every few seconds.

use std::sync::{Mutex, PoisonError};

use super::{Read, Settings, wrong};

/// Who may create their own account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registration {
    Open,
    /// Whoever has a link from an administrator.
    Invitation,
    Closed,
}

/// What users with an unconfirmed address have to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    Off,
    /// A reminder above every page.
    Reminder,
    /// They have to enter the code before anything else.
    Required,
}

impl Registration {
    pub const ALL: [Self; 3] = [Self::Open, Self::Invitation, Self::Closed];

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Invitation => "invitation",
            Self::Closed => "closed",
        }
    }
}

impl Activation {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Reminder => "reminder",
            Self::Required => "required",
        }
    }
}

/// `None`: the clinic decides at its set-up.
pub(super) fn registration(given: Option<String>) -> Read<Option<Registration>> {
    let known = given.as_deref().map(Registration::parse);
    if known == Some(None) { wrong("REGISTRATION", "give open, invitation or closed") } else { Ok(known.flatten()) }
}

pub(super) fn activation(given: Option<String>) -> Read<Activation> {
    match given.as_deref() {
        Some("off") => Ok(Activation::Off),
        None | Some("reminder") => Ok(Activation::Reminder),
        Some("required") => Ok(Activation::Required),
        Some(_) => wrong("ACTIVATION", "give off, reminder or required"),
    }
}

/// Whether the description of the API is public.
pub(super) fn api_docs_public(given: Option<String>, debug: bool) -> Read<bool> {
    match given.as_deref() {
        Some("public") => Ok(true),
        Some("members") => Ok(false),
        Some(_) => wrong("API_DOCS", "give public or members"),
        None => Ok(debug),
    }
}

/// Whether all superusers need a second factor.
pub(super) fn superusers_need_second_factor(given: Option<String>) -> Read<bool> {
    match given.as_deref() {
        None | Some("groups") => Ok(false),
        Some("superusers") => Ok(true),
        Some(_) => wrong("SECOND_FACTOR", "give groups or superusers"),
    }
}

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
