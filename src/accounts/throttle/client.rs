//! Who tries to prove something about themselves, and from where.

use crate::accounts::letters::Origin;
use crate::accounts::sign_in;
use crate::web::page::shell::Visit;
use crate::web::request::current_user::{ip_of, user_agent_of};

pub struct Visitor {
    pub login: String,
    pub ip: String,
    pub user_agent: String,
    /// The accounts that know this browser, and what they call it.
    pub devices: Vec<(i64, String)>,
    /// They are in already and prove once more that it is them.
    pub confirms: bool,
}

impl Visitor {
    /// Who sends this request; the login is blank where it is not asked for whom.
    pub fn of(visit: &Visit, login: impl Into<String>) -> Self {
        let devices = sign_in::known_browser::known(&visit.request, &visit.app);
        Self { devices, ..Self::program(login, ip_of(&visit.request), user_agent_of(&visit.request)) }
    }

    /// Somebody of whom no browser tells whom it knows.
    pub fn from(origin: &Origin, login: impl Into<String>) -> Self {
        Self::program(login, origin.ip.clone(), origin.user_agent.clone())
    }

    /// A program that signs in for somebody.
    pub fn program(login: impl Into<String>, ip: String, user_agent: String) -> Self {
        Self { login: login.into(), ip, user_agent, devices: Vec::new(), confirms: false }
    }

    /// The same, of somebody who is signed in.
    pub fn confirming(self) -> Self {
        Self { confirms: true, ..self }
    }
}
