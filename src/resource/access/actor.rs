//! Who acts, and what they may do.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::db::Zone;

/// What one can do with a resource. Change implies view.
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

/// Stands where a permission's codename stands, for what superusers alone may: nobody is ever given a right of this name.
pub const SUPERUSER: &str = "superuser";

/// The codename of a permission, such as `patient.change`.
pub fn codename(resource: &str, action: Action) -> String {
    format!("{resource}.{}", action.word())
}

/// A user as the rules see them: loaded with the session, once a request.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Actor {
    pub id: i64,
    pub username: String,
    /// First and last name, or the username where there is none.
    pub name: String,
    pub is_staff: bool,
    pub is_superuser: bool,
    /// Codenames, own and through groups. Empty for a superuser, who needs none.
    pub permissions: BTreeSet<String>,
    /// The names of the groups.
    pub groups: Vec<String>,
    /// How they read times: the name of their zone, blank for the clinic's, and how dates are written.
    #[serde(default)]
    pub time_zone: String,
    #[serde(default)]
    pub locale: String,
    /// Their email address has still to be proved.
    #[serde(default)]
    pub unconfirmed: bool,
    /// The network address that they act from; blank for the program itself.
    #[serde(default)]
    pub ip: String,
    /// A second step that they have to set up before anything else.
    #[serde(default)]
    pub owes: Option<Owes>,
    /// The superuser who sees Praxis as this user sees it, and may change nothing meanwhile.
    #[serde(default)]
    pub impersonated_by: Option<Person>,
}

/// Who asks somebody for a second step that they have not set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Owes {
    /// A group that they are in.
    Group,
    /// The settings may, of superusers.
    Superuser,
}

/// Somebody by name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Person {
    pub id: i64,
    pub username: String,
    pub name: String,
}

impl Person {
    fn signature(&self) -> String {
        if self.name == self.username { self.username.clone() } else { format!("{} ({})", self.name, self.username) }
    }
}

impl Actor {
    /// The program itself: commands and demo data.
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
            unconfirmed: false,
            ip: String::new(),
            owes: None,
            impersonated_by: None,
        }
    }

    /// How this person reads times at a clinic in that zone.
    pub fn zone(&self, clinic: &Zone) -> Zone {
        clinic.read_by(&self.time_zone, &self.locale)
    }

    /// The program at the hand of somebody without an account, named by how it came to act.
    pub fn program(name: &str) -> Self {
        Self { name: name.into(), username: name.into(), ..Self::system() }
    }

    /// Whether this permission is held, by codename.
    pub fn can(&self, codename: &str) -> bool {
        if self.is_superuser || self.permissions.contains(codename) {
            return true;
        }
        codename.strip_suffix(".view").is_some_and(|resource| self.permissions.contains(&self::codename(resource, Action::Change)))
    }

    /// The same person without one right, to ask what is theirs and not what they could see as well.
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

    /// Who really sits at the other end.
    pub fn real(&self) -> Person {
        self.impersonated_by.clone().unwrap_or_else(|| self.person())
    }

    /// This user as a superuser looks on as them.
    pub fn viewed_by(self, other: &Actor) -> Self {
        Self { impersonated_by: Some(other.person()), ..self }
    }

    /// How the log names them, also when the user is gone.
    pub fn signature(&self) -> String {
        match &self.impersonated_by {
            Some(person) => format!("{} as {}", person.signature(), self.username),
            None => self.person().signature(),
        }
    }
}
