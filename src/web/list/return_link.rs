//! Links back to a list in its state. The address of a record carries the list's query string encrypted, so that search texts do
//! not appear in further addresses, and only lists of Praxis can be returned to.

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, CookieJar, Key};

use super::params::Listing;
use crate::app::App;
use crate::resource::{Declaration, FormData};
use crate::web::response::percent;

/// The name of the parameter.
const NAME: &str = "list";

/// A list and its state.
#[derive(Clone, Debug, Default)]
pub struct Back {
    path: String,
    query: String,
    seal: String,
}

impl Back {
    /// From the list itself.
    pub fn to(app: &App, path: &str, listing: &Listing) -> Self {
        let query = listing.address("").trim_start_matches('?').to_string();
        Self { path: path.into(), seal: seal(app, &query), query }
    }

    /// From the address of a page that was opened from the list.
    pub fn of(request: &HttpRequest, app: &App, path: &str, declaration: &Declaration, filters: &[&'static str]) -> Self {
        let asked = FormData::parse(request.query_string().as_bytes()).unwrap_or_default();
        let query = asked.get(NAME).and_then(|word| open(app, word)).unwrap_or_default();
        Self::to(app, path, &Listing::read(&query, declaration, filters))
    }

    /// The address of the list in its state.
    pub fn list(&self) -> String {
        if self.query.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, self.query) }
    }

    /// The query string of the list.
    pub fn query(&self) -> &str {
        &self.query
    }

    /// The address with the encrypted state of the list.
    pub fn from(&self, address: &str) -> String {
        match (self.seal.as_str(), address.contains('?')) {
            ("", _) => address.into(),
            (seal, false) => format!("{address}?{NAME}={seal}"),
            (seal, true) => format!("{address}&{NAME}={seal}"),
        }
    }
}

fn key(app: &App) -> Key {
    Key::from(&app.keys.derive("list in an address"))
}

/// Encrypted and signed, the way that our private cookies are.
fn seal(app: &App, query: &str) -> String {
    if query.is_empty() {
        return String::new();
    }
    let mut jar = CookieJar::new();
    jar.private_mut(&key(app)).add(Cookie::new(NAME, query.to_string()));
    jar.get(NAME).map(|sealed| percent(sealed.value())).unwrap_or_default()
}

fn open(app: &App, word: &str) -> Option<String> {
    let mut jar = CookieJar::new();
    jar.add_original(Cookie::new(NAME, word.to_string()));
    jar.private(&key(app)).get(NAME).map(|opened| opened.value().to_string())
}
