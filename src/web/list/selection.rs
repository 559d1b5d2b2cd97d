//! What somebody chose in a list: ticked records, or all that match what the list was asked.

use std::collections::BTreeSet;

use diesel::QueryResult;

use super::params::Listing;
use super::return_link::Back;
use crate::app::App;
use crate::db::Connection;
use crate::resource::access::actor::Actor;
use crate::resource::{Declaration, FormData, ListQuery, Resource, Row, Test, Value};

/// More are not ticked one by one.
const MOST: usize = 500;
/// More are not dealt with at once: SQLite has one writer, and everybody else who saves waits for it meanwhile.
pub const AT_ONCE: i64 = 2_000;

/// As a form sends it: `_id` for each tick, or `_all` with the list's query in `_list`.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    ids: Vec<i64>,
    pub is_all: bool,
    listing: Listing,
    /// Taken out again after they could not be dealt with.
    without: BTreeSet<i64>,
}

/// What a selection comes to for one person.
pub struct Chosen {
    /// In the order of the list.
    pub rows: Vec<Row>,
    /// Ticked ones that are not there for this person.
    pub missing: usize,
    /// There are more than can be dealt with at once.
    pub is_too_much: bool,
}

impl Selection {
    pub fn read(posted: &FormData, declaration: &Declaration, filters: &[&'static str]) -> Self {
        let listed = posted.all("_ids").flat_map(|ids| ids.split(','));
        let ids: BTreeSet<i64> = posted.all("_id").chain(listed).filter_map(|id| id.trim().parse().ok()).take(MOST).collect();
        Self {
            ids: ids.into_iter().collect(),
            is_all: posted.has("_all"),
            listing: Listing::read(posted.text("_list"), declaration, filters),
            without: posted.text("_without").split(',').filter_map(|id| id.parse().ok()).collect(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.ids.is_empty() && !self.is_all
    }

    pub fn back(&self, app: &App, path: &str) -> Back {
        Back::to(app, path, &self.listing)
    }

    pub fn is_without(&self, id: i64) -> bool {
        self.without.contains(&id)
    }

    /// The records, as far as this person sees them.
    pub fn load(&self, c: &mut Connection, app: &App, actor: &Actor, resource: &Resource) -> QueryResult<Chosen> {
        let own = resource.declaration();
        let query = if self.is_all {
            let asked = self.listing.query(own, &app.zone(actor), app.today());
            ListQuery { limit: AT_ONCE + 1, offset: 0, seek: None, ..asked }
        } else {
            ListQuery::only("id", Test::In(self.ids.iter().map(|id| Value::Integer(*id)).collect()), AT_ONCE)
        };
        let mut rows = resource.list(c, &query, Some(actor))?;
        let is_too_much = rows.len() as i64 > AT_ONCE;
        rows.truncate(AT_ONCE as usize);
        app.registry.name(c, own, &mut rows)?;
        let missing = if self.is_all { 0 } else { self.ids.len().saturating_sub(rows.len()) };
        Ok(Chosen { rows, missing, is_too_much })
    }

    /// The fields that send the same selection again.
    pub fn fields(&self) -> Vec<(&'static str, String)> {
        let mut fields = vec![("_list", self.listing.address("").trim_start_matches('?').to_string())];
        if self.is_all {
            fields.push(("_all", "1".into()));
        } else {
            fields.push(("_ids", joined(self.ids.iter())));
        }
        if !self.without.is_empty() {
            fields.push(("_without", joined(self.without.iter())));
        }
        fields
    }

    /// The same without these.
    pub fn leaving_out(&self, ids: impl Iterator<Item = i64>) -> Self {
        Self { without: self.without.iter().copied().chain(ids).collect(), ..self.clone() }
    }
}

fn joined<'a>(ids: impl Iterator<Item = &'a i64>) -> String {
    ids.map(ToString::to_string).collect::<Vec<_>>().join(",")
}

/// The bar of a list in which records can be ticked.
pub struct Bar {
    /// Where it is sent.
    pub action: String,
    /// What the list was asked.
    pub query: String,
    /// Groups of acts: word and label.
    pub acts: Vec<(&'static str, Vec<(String, String)>)>,
    /// Other links that take the same selection: label, icon, address.
    pub links: Vec<(&'static str, &'static str, String)>,
    /// There are more than on this page: so many, in words.
    pub all: Option<String>,
}

impl Bar {
    /// The script that counts ticks and takes a whole range of them.
    pub fn script(&self) -> String {
        crate::web::page::assets::url("row-selection.js")
    }
}
