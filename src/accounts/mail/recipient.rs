//! The recipient of an email about an account: the address, the greeting, and the time zone.

use crate::accounts::user::model::User;
use crate::app::App;
use crate::db::Zone;
use crate::english::isolated;
use crate::resource::Row;

/// The recipient of an email.
#[derive(Clone)]
pub struct Recipient {
    pub(super) address: String,
    /// Blank if there is no account yet.
    pub(super) username: String,
    pub(super) zone: Zone,
    /// For the program's log.
    pub(super) user_id: Option<i64>,
    name: String,
}

impl Recipient {
    /// An address without an account: no name in the greeting, and the clinic's time zone.
    pub fn address(app: &App, address: &str) -> Self {
        let zone = app.clinic_zone();
        Self { address: address.into(), username: String::new(), zone, user_id: None, name: String::new() }
    }

    /// The owner of an account.
    pub fn owner(app: &App, owner: &Row) -> Self {
        let text = |name: &str| owner.values.at(name).as_text();
        Self {
            address: text("email").into(),
            username: text("username").into(),
            zone: app.zone_of(owner),
            user_id: Some(owner.id),
            name: format!("{} {}", text("first_name"), text("last_name")).trim().into(),
        }
    }

    /// The same, from a row of the table.
    pub fn user(app: &App, user: &User) -> Self {
        Self {
            address: user.email.clone(),
            username: user.username.clone(),
            zone: user.zone(&app.clinic_zone()),
            user_id: Some(user.id),
            name: user.full_name(),
        }
    }

    /// With this username.
    pub fn named(self, username: &str) -> Self {
        Self { username: username.into(), ..self }
    }

    /// Leaves out the person's name, for an address that is not confirmed: it may be somebody else's, and names are free text.
    pub fn by_username(self) -> Self {
        Self { name: String::new(), ..self }
    }

    /// With this time zone.
    pub fn read_in(self, zone: Zone) -> Self {
        Self { zone, ..self }
    }

    /// `Hello Rosa Example,`
    pub(super) fn greeting(&self) -> String {
        match [self.name.as_str(), self.username.as_str()].into_iter().find(|name| !name.is_empty()) {
            Some(name) => format!("Hello {},", isolated(name)),
            None => "Hello,".into(),
        }
    }
}
