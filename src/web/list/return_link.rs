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
/// The value for a list that is neither searched nor filtered.
const WHOLE: &str = "all";

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
        let word = asked.get(NAME).unwrap_or_default();
        let query = opened(app, path, word).unwrap_or_default();
        let back = Self::to(app, path, &Listing::read(&query, declaration, filters));
        Self { seal: if back.seal.is_empty() && word == WHOLE { WHOLE.into() } else { back.seal }, ..back }
    }

    /// Whether the page was opened from the list.
    pub fn is_from_list(&self) -> bool {
        !self.seal.is_empty()
    }

    /// The address of the list in its state.
    pub fn list(&self) -> String {
        if self.query.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, self.query) }
    }

    /// The address of the page of this record.
    pub fn at(&self, id: i64) -> String {
        self.opening(&format!("{}/{id}", self.path))
    }

    /// The query string of the list.
    pub fn query(&self) -> &str {
        &self.query
    }

    /// The address of a record in the list, which says that it was opened from there even if the list has no state.
    pub fn opening(&self, address: &str) -> String {
        if self.seal.is_empty() { format!("{address}?{NAME}={WHOLE}") } else { self.from(address) }
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
