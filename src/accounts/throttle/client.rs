//! Who tries to prove something about themselves, and from where.

use crate::accounts::origin::Origin;
use crate::accounts::sign_in;
use crate::web::request::visit::Visit;

pub struct Visitor {
    pub login: String,
    pub origin: Origin,
    /// The accounts that know this browser, and what they call it.
    pub devices: Vec<(i64, String)>,
    /// They are in already and prove once more that it is them.
    pub confirms: bool,
}

impl Visitor {
    /// Who sends this request; the login is blank where it is not asked for whom.
    pub fn of(visit: &Visit, login: impl Into<String>) -> Self {
        let devices = sign_in::known_browser::known(&visit.request, &visit.app);
        Self { devices, ..Self::from(&Origin::of(&visit.request), login) }
    }

    /// A client without a known-browser cookie, such as a program.
    pub fn from(origin: &Origin, login: impl Into<String>) -> Self {
        Self { login: login.into(), origin: origin.clone(), devices: Vec::new(), confirms: false }
    }

    /// The same, of somebody who is signed in.
    pub fn confirming(self) -> Self {
        Self { confirms: true, ..self }
    }
}
