//! Links back to a list in its state. The address of a record carries the list's query string encrypted, so that search texts do
//! not appear in further addresses, and only lists of Praxis can be returned to.

use actix_web::HttpRequest;

use super::params::Listing;
use crate::app::App;
use crate::crypto::seal::{open, seal};
use crate::resource::{Declaration, FormData};

/// The name of the parameter.
const NAME: &str = "list";
const PURPOSE: &str = "list in an address";

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
        Self { path: path.into(), seal: sealed(app, path, &query), query }
    }

    /// From the address of a page that was opened from the list.
    pub fn of(request: &HttpRequest, app: &App, path: &str, declaration: &Declaration, filters: &[&'static str]) -> Self {
        let asked = FormData::parse(request.query_string().as_bytes()).unwrap_or_default();
        let query = asked.get(NAME).and_then(|word| opened(app, path, word)).unwrap_or_default();
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

/// Encrypted, and bound to the list: it opens only for the list that it belongs to.
fn sealed(app: &App, path: &str, query: &str) -> String {
    if query.is_empty() {
        return String::new();
    }
    seal(&app.keys, PURPOSE, path, query.as_bytes()).unwrap_or_default()
}

fn opened(app: &App, path: &str, word: &str) -> Option<String> {
    String::from_utf8(open(&app.keys, PURPOSE, path, word)?).ok()
}
