//! The user who makes a request, and what they may do.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::db::Zone;

/// What a permission allows on a resource. Change implies view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    View,
    Add,
    Change,
    Delete,
}

impl Action {
    pub const ALL: [Action; 4] = [Action::View, Action::Add, Action::Change, Action::Delete];

    pub fn word(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Add => "add",
            Self::Change => "change",
            Self::Delete => "delete",
        }
    }
}

/// In place of a permission's codename: only superusers are allowed. No permission has this name.
pub const SUPERUSER: &str = "superuser";

/// The codename of a permission, such as `patient.change`.
pub fn codename(resource: &str, action: Action) -> String {
    format!("{resource}.{}", action.word())
}

/// The authenticated user with their permissions, loaded with the session once per request.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Actor {
    pub id: i64,
    pub username: String,
    /// First and last name, or the username where there is none.
    pub name: String,
    pub is_staff: bool,
    pub is_superuser: bool,
    /// Codenames of the user's own permissions and those of their groups. Empty for a superuser, who has every permission.
    pub permissions: BTreeSet<String>,
    /// The names of the groups.
    pub groups: Vec<String>,
    /// The IANA time zone, blank for the clinic's. `locale` is the date format.
    #[serde(default)]
    pub time_zone: String,
    #[serde(default)]
    pub locale: String,
    /// How many notifications they have not read.
    #[serde(default)]
    pub unread: i64,
    /// The email address is not confirmed yet.
    #[serde(default)]
    pub unconfirmed: bool,
    /// A patient on their own pages, where these decide what they may do.
    #[serde(default)]
    pub acts_for_self: bool,
    /// The client's IP address; blank for the program itself.
    #[serde(default)]
    pub ip: String,
    /// Set if the user must set up two-step verification before anything else.
    #[serde(default)]
    pub owes: Option<Owes>,
    /// The superuser who impersonates this user, read-only.
    #[serde(default)]
    pub impersonated_by: Option<Person>,
}

/// Why a user must set up two-step verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Owes {
    /// One of their groups requires it.
    Group,
    /// The settings may require it of superusers.
    Superuser,
}

/// A user's id and names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Person {
    pub id: i64,
    pub username: String,
    pub name: String,
}

impl Person {
    /// `Rosa Marin (reception)`, or the username alone.
    pub fn signature(&self) -> String {
        if self.name == self.username { self.username.clone() } else { format!("{} ({})", self.name, self.username) }
    }
}

impl Actor {
    /// The program itself, with every permission.
    pub fn system() -> Self {
        Self {
            id: 0,
            username: "system".into(),
            name: "Praxis".into(),
            is_staff: true,
            is_superuser: true,
            permissions: BTreeSet::new(),
            groups: Vec::new(),
            time_zone: String::new(),
            locale: String::new(),
            unread: 0,
            unconfirmed: false,
            acts_for_self: false,
            ip: String::new(),
            owes: None,
            impersonated_by: None,
        }
    }

    /// The time zone and date format in which the actor reads times.
    pub fn zone(&self, clinic: &Zone) -> Zone {
        clinic.read_by(&self.time_zone, &self.locale)
    }

    /// The program itself, named in the log after the command that runs.
    pub fn program(name: &str) -> Self {
        Self { name: name.into(), username: name.into(), ..Self::system() }
    }

    /// Whether the actor has this permission, by codename.
    pub fn can(&self, codename: &str) -> bool {
        if self.is_superuser || self.permissions.contains(codename) {
            return true;
        }
        codename.strip_suffix(".view").is_some_and(|resource| self.permissions.contains(&self::codename(resource, Action::Change)))
    }

    /// The same actor without one permission, to find their own records and not all that they may view.
    pub fn without(&self, codename: &str) -> Self {
        let mut less = Self { is_superuser: false, ..self.clone() };
        less.permissions.remove(codename);
        less
    }

    pub fn may(&self, action: Action, resource: &str) -> bool {
        self.can(&codename(resource, action))
    }

    pub fn person(&self) -> Person {
        Person { id: self.id, username: self.username.clone(), name: self.name.clone() }
    }

    /// The person who is signed in, which is the superuser during impersonation.
    pub fn real(&self) -> Person {
        self.impersonated_by.clone().unwrap_or_else(|| self.person())
    }

    /// This user, impersonated by a superuser.
    pub fn viewed_by(self, other: &Actor) -> Self {
        Self { impersonated_by: Some(other.person()), ..self }
    }

    /// The actor's name in the log, which stays readable after the user is deleted.
    pub fn signature(&self) -> String {
        match &self.impersonated_by {
            Some(person) => format!("{} as {}", person.signature(), self.username),
            None => self.person().signature(),
        }
    }
}
