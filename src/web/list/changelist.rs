//! A list, ready to be rendered: columns with their order, rows with their cells, filters, chips and pages. The administration
//! and the staff pages use the same one.

use diesel::QueryResult;

use super::columns::{Cell, Column, Names, cell, column};
use super::columns_panel::ViewPanel;
use super::date_hierarchy::{DateHierarchy, date_hierarchy};
use super::filters::{Chip, Filter, chips, filters};
use super::pagination::{COUNTED, PageLink, Total, links, range};
use super::params::Listing;
use super::saved_view_tabs::{ViewTabs, plain, resolve};
use super::selection::Bar;
use crate::app::App;
use crate::db::Connection;
use crate::english::noun;
pub use crate::english::thousands;
use crate::english::{alternatives, capital};
use crate::resource::access::actor::Actor;
use crate::resource::list::query::terms;
use crate::resource::list::search::mark::mark;
use crate::resource::list::search::matching::MANY;
use crate::resource::value::Row;
use crate::resource::{Declaration, Field, ListQuery, Resource};

pub struct ChangeList {
    pub path: String,
    pub caption: String,
    pub search_hint: String,
    pub search: String,
    pub columns: Vec<Column>,
    pub rows: Vec<ListRow>,
    pub filters: Vec<Filter>,
    /// The number of active filters.
    pub active: usize,
    /// Hidden fields of the filter form.
    pub showing: Vec<(String, String)>,
    /// The address of the same list with the counts of the filters, or without them.
    pub facets: String,
    pub has_facets: bool,
    pub chips: Vec<Chip>,
    pub date_hierarchy: Option<DateHierarchy>,
    pub panel: ViewPanel,
    pub notices: Vec<String>,
    pub total: Total,
    /// The number of records, as text.
    count: String,
    pub views: ViewTabs,
    /// The address of the list without search and filters, and with the defaults.
    pub plain: String,
    pub cleared: String,
    /// Whether the choices of a filter are being searched.
    pub is_viewing: bool,
    /// The address of the same list with an exact count.
    pub exact: String,
    pub range: String,
    pub pages: Vec<PageLink>,
    pub is_narrowed: bool,
    /// The heading if a narrowed list has no rows.
    pub nothing: String,
    /// The query string of the list, for actions on the same records.
    pub query: String,
    /// The action bar, if rows can be selected.
    pub selection: Option<Bar>,
}

pub struct ListRow {
    pub id: i64,
    /// The field's label.
    pub label: String,
    pub href: String,
    /// Initials and their colour, before a person's name.
    pub avatar: Option<(String, u32)>,
    /// Its number, and why it was found if its name does not say so.
    pub mark: String,
    pub cells: Vec<Cell>,
}

/// Below the name of a record that was searched for: its number, and why it was found.
fn note(own: &Declaration, words: &[String], row: &Row) -> String {
    let number = own.number_of(row.id).filter(|_| !words.is_empty());
    [number, mark(own, words, row)].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// The parameters of a list page.
pub struct Wanted<'a> {
    pub resource: &'a Resource,
    /// The query string of the address.
    pub query: &'a str,
    /// Rows on a page, if the address does not say.
    pub rows: i64,
    /// The path of the list.
    pub path: &'a str,
    /// The address of a record with this id.
    pub href: &'a dyn Fn(i64) -> String,
    pub columns: &'a [&'static str],
    pub filters: &'a [&'static str],
    /// Whether the date hierarchy of the declaration is offered.
    pub by_date: bool,
}

impl ChangeList {
    pub fn load(c: &mut Connection, app: &App, actor: &Actor, wanted: Wanted) -> QueryResult<Self> {
        let declaration = wanted.resource.declaration();
        let (listing, views) = resolve(c, actor, declaration, wanted.filters, wanted.query, wanted.rows)?;
        let (listing, rows, total, has_more) = Loaded::new(c, app, actor, wanted.resource, listing)?.into_parts();
        let mut rows = rows;
        app.registry.name(c, declaration, &mut rows)?;
        let shown = listing.shown(wanted.columns);
        let fields: Vec<&Field> = shown.iter().filter_map(|name| declaration.field(name)).collect();
        let names = Names::load(c, app, actor, declaration, &fields, &rows)?;
        let cells = |row: &Row| fields.iter().enumerate().map(|(place, field)| cell(app, actor, field, place, row, &names)).collect();
        let filters = filters(c, app, actor, wanted.resource, wanted.filters, &listing)?;
        let (zone, words) = (app.zone(actor), terms(&listing.search));
        let exact = Listing { exact: true, ..listing.clone() };
        let cleared = Listing { search: String::new(), filters: Vec::new(), view: None, ..listing.from_the_top() };
        let facets = Listing { facets: !listing.facets, ..listing.clone() };
        Ok(Self {
            path: wanted.path.into(),
            caption: declaration.plural.into(),
            search_hint: hint(declaration),
            search: listing.search.clone(),
            columns: fields.iter().enumerate().map(|(place, field)| column(field, place, &listing, declaration, wanted.path)).collect(),
            rows: rows
                .iter()
                .map(|row| ListRow {
                    id: row.id,
                    label: row.label.clone(),
                    href: (wanted.href)(row.id),
                    avatar: None,
                    mark: note(declaration, &words, row),
                    cells: cells(row),
                })
                .collect(),
            chips: chips(c, app, actor, declaration, &listing, wanted.path)?,
            date_hierarchy: match wanted.by_date {
                true => date_hierarchy(c, app, actor, wanted.resource, wanted.filters, &listing, wanted.path)?,
                false => None,
            },
            panel: ViewPanel::new(&listing, declaration, wanted.columns),
            active: listing.filters.len(),
            showing: listing.showing(),
            facets: facets.address(wanted.path),
            views: ViewTabs::new(&listing, actor, declaration, &views, wanted.path),
            plain: plain(wanted.path),
            cleared: if views.is_empty() {
                cleared.address(wanted.path)
            } else {
                Listing { view: Some(0), ..cleared }.address(wanted.path)
            },
            is_viewing: !listing.finds.is_empty(),
            has_facets: listing.facets,
            filters,
            range: range(&listing, rows.len(), total, &zone),
            count: total.text(&zone),
            pages: links(&listing, &rows, total, has_more, wanted.path, &zone),
            exact: exact.address(wanted.path),
            is_narrowed: listing.is_narrowed(),
            nothing: wanted.resource.nothing_found(actor),
            query: listing.query_string(),
            notices: listing.notices,
            selection: None,
            total,
        })
    }

    pub fn total_text(&self) -> String {
        self.count.clone()
    }

    /// `2,000 patients`, `No patients`, or `3 results` if the list is searched or filtered.
    pub fn counted(&self, one: &str, many: &str) -> String {
        let (one, many) = if self.is_narrowed { ("result", "results") } else { (one, many) };
        match self.total {
            Total::Exactly(0) => format!("No {many}"),
            Total::Exactly(count) => format!("{} {}", self.count, noun(count, one, many)),
            Total::MoreThan(_) => format!("{} {many}", self.count),
        }
    }
}

/// A page of records, and what is known about the rest.
struct Loaded {
    listing: Listing,
    rows: Vec<Row>,
    total: Total,
    has_more: bool,
}

impl Loaded {
    fn new(c: &mut Connection, app: &App, actor: &Actor, resource: &Resource, listing: Listing) -> QueryResult<Self> {
        let declaration = resource.declaration();
        let query = listing.query(declaration, &app.zone(actor), app.today_of(actor)).searched(c, resource, actor, app.words())?;
        let mut loaded = Self { listing, rows: Vec::new(), total: Total::Exactly(0), has_more: false };
        loaded.total = loaded.count(c, app, actor, resource, &query)?;
        let is_beyond = loaded.total.last_page(loaded.listing.size).is_some_and(|last| loaded.listing.page > last);
        if !is_beyond {
            loaded.page(c, actor, resource, query.clone())?;
        }
        // The record that the page begins at is gone, or there are fewer pages than the address assumes.
        if loaded.rows.is_empty() && loaded.listing.page > 1 {
            if loaded.listing.seek.take().is_some() && !is_beyond {
                let offset = (loaded.listing.page - 1) * loaded.listing.size;
                loaded.page(c, actor, resource, ListQuery { seek: None, offset, ..query.clone() })?;
            }
            if loaded.rows.is_empty() {
                loaded.total = Total::Exactly(resource.count(c, &query, Some(actor))?);
                loaded.listing.page = loaded.total.last_page(loaded.listing.size).unwrap_or(1);
                loaded.listing.notices.push("That page does not exist. Showing the last page.".into());
                let offset = (loaded.listing.page - 1) * loaded.listing.size;
                loaded.page(c, actor, resource, ListQuery { seek: None, offset, ..query.clone() })?;
            }
        }
        if query.matching.as_ref().is_some_and(|matching| matching.is_similar) && !loaded.rows.is_empty() {
            loaded.listing.notices.push(format!("Nothing matches “{}” exactly. These have a similar name.", loaded.listing.search));
        }
        if let Total::MoreThan(_) = loaded.total
            && !loaded.has_more
        {
            // The end of the list is on this page, so the count is known.
            let before = (loaded.listing.page - 1) * loaded.listing.size;
            loaded.total = Total::Exactly(before + loaded.rows.len() as i64);
        }
        Ok(loaded)
    }

    /// Reads one row more than is shown, to know whether there are more.
    fn page(&mut self, c: &mut Connection, actor: &Actor, resource: &Resource, mut query: ListQuery) -> QueryResult<()> {
        let from_end = query.seek.is_some_and(|seek| seek.anchor.is_none());
        let rest = match self.total {
            Total::Exactly(count) if from_end => count - (self.listing.page - 1) * self.listing.size,
            _ => self.listing.size,
        };
        query.limit = rest.clamp(1, self.listing.size) + 1;
        let backwards = query.seek.is_some_and(|seek| seek.backwards);
        self.rows = resource.list(c, &query, Some(actor))?;
        let beyond = self.rows.len() as i64 == query.limit;
        match (beyond, backwards) {
            (true, true) => {
                self.rows.remove(0);
            }
            (true, false) => {
                self.rows.pop();
            }
            (false, _) => {}
        }
        self.has_more = if backwards { !from_end } else { beyond };
        Ok(())
    }

    /// Counts exactly if requested, otherwise up to a limit.
    fn count(&self, c: &mut Connection, app: &App, actor: &Actor, resource: &Resource, query: &ListQuery) -> QueryResult<Total> {
        if self.listing.exact {
            return Ok(Total::Exactly(resource.count(c, query, Some(actor))?));
        }
        let is_many = query.matching.as_ref().is_some_and(|matching| matching.many);
        if is_many {
            // The search index has matched MANY records. That is a lower bound only for users who see all of them; for others the page is.
            let all = query.conditions.is_empty() && resource.sees_all(actor);
            return Ok(Total::MoreThan(if all { MANY as i64 } else { self.listing.page * self.listing.size }));
        }
        Ok(Total::capped(app.counts.up_to(c, app.moment(), resource, query, COUNTED + 1, actor)?, COUNTED))
    }

    fn into_parts(self) -> (Listing, Vec<Row>, Total, bool) {
        (self.listing, self.rows, self.total, self.has_more)
    }
}

/// `Name, address or patient`
fn hint(declaration: &Declaration) -> String {
    let own = declaration.fields_named(declaration.search_fields).filter(|field| !field.is_derived);
    let through = declaration.fields_named(declaration.search_through);
    let date = declaration.field(declaration.search_date);
    let mut labels: Vec<String> = own.chain(date).chain(through).map(|field| crate::resource::form::data::lower(field.label)).collect();
    labels.extend((!declaration.number_prefix.is_empty()).then(|| "number".to_string()));
    capital(&alternatives(&labels))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_grouped() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(thousands), ["0", "999", "1,000", "1,234,567"]);
    }
}
