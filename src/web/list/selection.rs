//! The selection in a list: ticked records, or all that match its search and filters.

use std::collections::BTreeSet;

use diesel::QueryResult;

use super::params::Listing;
use super::return_link::Back;
use crate::app::App;
use crate::db::Connection;
use crate::resource::access::actor::Actor;
use crate::resource::{Declaration, FormData, ListQuery, Resource, Row, Test, Value};

/// The most records ticked one by one.
const MOST: usize = 500;
/// The most records at once: SQLite has one writer, and all other changes wait for it.
pub const AT_ONCE: i64 = 2_000;

/// The selection as a form sends it: `_id` for each tick, or `_all` with the list's query in `_list`.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    ids: Vec<i64>,
    pub is_all: bool,
    listing: Listing,
    /// Left out after the action failed for them.
    without: BTreeSet<i64>,
}

/// The records of a selection for one user.
pub struct Chosen {
    /// In the order of the list.
    pub rows: Vec<Row>,
    /// Ticked records that do not exist, or that the user may not view.
    pub missing: usize,
    /// There are more than [`AT_ONCE`].
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

    /// The selected records that the user may view.
    pub fn load(&self, c: &mut Connection, app: &App, actor: &Actor, resource: &Resource) -> QueryResult<Chosen> {
        let own = resource.declaration();
        let query = if self.is_all {
            let asked = self.listing.query(own, &app.zone(actor), app.today_of(actor)).searched(c, resource, actor, app.words())?;
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

    /// Hidden fields that send the same selection again.
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

/// The action bar of a list in which records can be selected.
pub struct Bar {
    /// The address that the form is sent to.
    pub action: String,
    /// The query string of the list.
    pub query: String,
    /// Groups of actions: value and label.
    pub acts: Vec<(&'static str, Vec<(String, String)>)>,
    /// Links that use the same selection: label, icon, address.
    pub links: Vec<(&'static str, &'static str, String)>,
    /// The number of matching records as text, if there are more than on this page.
    pub all: Option<String>,
}
