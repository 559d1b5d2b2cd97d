//! Who attempts to authenticate, and from where.

use crate::accounts::origin::Origin;
use crate::accounts::sign_in;
use crate::web::request::visit::Visit;

pub struct Client {
    pub login: String,
    pub origin: Origin,
    /// The accounts that know this browser, and its name for each.
    pub devices: Vec<(i64, String)>,
    /// The user is signed in already and authenticates again.
    pub confirms: bool,
}

impl Client {
    /// The client of this request; the login is blank if the form does not ask for one.
    pub fn of(visit: &Visit, login: impl Into<String>) -> Self {
        let devices = sign_in::known_browser::known(&visit.request, &visit.app);
        Self { devices, ..Self::from(&Origin::of(&visit.request), login) }
    }

    /// A client without a known-browser cookie, such as a program.
    pub fn from(origin: &Origin, login: impl Into<String>) -> Self {
        Self { login: login.into(), origin: origin.clone(), devices: Vec::new(), confirms: false }
    }

    /// The same for a user who is signed in.
    pub fn confirming(self) -> Self {
        Self { confirms: true, ..self }
    }
}
