//! What can be found: pages that the user may open, and records that they may view. The palette and the search page both use
//! this.

use diesel::QueryResult;
use serde::Serialize;

use super::opened::opened;
use crate::app::App;
use crate::db::Connection;
use crate::english::isolated;
use crate::resource::list::query::{fold, terms};
use crate::resource::list::search::mark::mark;
use crate::resource::value::Row;
use crate::resource::{Actor, Declaration, ListQuery, Resource};
use crate::web::list::pagination::Total;
use crate::web::page::page_link::PageLink;
use crate::web::response::percent;
use crate::web::site::Site;

#[derive(Debug, Serialize)]
pub struct Group {
    pub title: &'static str,
    pub items: Vec<Item>,
    /// The address of all results, if not all are shown.
    pub more: Option<String>,
    /// How many there are, if not all are shown.
    pub total: String,
    /// Nothing matches what was typed; these have names with one other letter.
    pub is_similar: bool,
}

/// More hits are not counted.
const COUNTED_HITS: i64 = 1_000;

#[derive(Debug, Serialize)]
pub struct Item {
    pub label: String,
    pub hint: String,
    pub href: String,
    pub icon: &'static str,
    /// Whether it is a form to send to the address, not a page to open.
    pub post: bool,
}

impl Item {
    fn page(label: impl Into<String>, hint: &str, href: impl Into<String>, icon: &'static str) -> Self {
        Self { label: label.into(), hint: hint.into(), href: href.into(), icon, post: false }
    }
}

/// The pages whose names contain every word; all of them if nothing was typed.
pub fn pages(app: &App, site: &Site, actor: &Actor, query: &str) -> Group {
    let open = site.pages.iter().filter(|page| page.opens_for(app, actor));
    let page = |page: &PageLink| (page.words, Item::page(page.title.as_str(), page.hint, page.href.as_str(), page.icon));
    let mut pages: Vec<(&str, Item)> = open.map(page).collect();
    pages.push(("log off leave", Item { post: true, ..Item::page("Sign out", "", "/logout", "sign-out") }));
    let typed = terms(query);
    pages.retain(|(words, item)| {
        let name = fold(&format!("{} {}", item.label, item.hint));
        // Other words for a page are found by their beginning.
        typed.iter().all(|word| name.contains(word.as_str()) || words.split(' ').any(|other| other.starts_with(word.as_str())))
    });
    let items = pages.into_iter().map(|(_, item)| item).collect();
    Group { title: "Pages", items, more: None, total: String::new(), is_similar: false }
}

/// The records that the user opened last, before anything is typed.
pub fn recent(c: &mut Connection, app: &App, actor: &Actor, shown: usize) -> QueryResult<Group> {
    let mut items = Vec::new();
    for resource in app.registry.iter() {
        let own = resource.declaration();
        let Some(place) = place(app, actor, resource) else { continue };
        let rows = opened(c, resource, actor, shown as i64)?;
        items.extend(rows.iter().map(|row| Item::page(row.label.clone(), &hint(app, actor, own, row), at(&place, row), own.icon)));
    }
    items.truncate(shown);
    Ok(Group { title: "Recent", items, more: None, total: String::new(), is_similar: false })
}

/// Where the records of a resource are found. Whoever is here on their own behalf finds their own, on the start page.
fn place(app: &App, actor: &Actor, resource: &Resource) -> Option<String> {
    match app.registry.is_guest(actor) {
        true => resource.declaration().list_url(actor).filter(|_| !resource.sees_all(actor)).map(|_| HOME.into()),
        false => resource.declaration().list_url(actor),
    }
}

fn at(place: &str, row: &Row) -> String {
    if place == HOME { place.into() } else { format!("{place}/{}", row.id) }
}

const HOME: &str = "/";

/// Records that this person sees, so many of each kind.
pub fn records(c: &mut Connection, app: &App, actor: &Actor, query: &str, shown: usize) -> QueryResult<Vec<Group>> {
    let words = terms(query);
    let mut found = Vec::new();
    for resource in app.registry.iter().filter(|resource| !words.is_empty() && resource.declaration().is_searched()) {
        let own = resource.declaration();
        // Read-only resources, above all the log, would crowd out what users search for.
        let Some(place) = place(app, actor, resource).filter(|_| !own.read_only) else { continue };
        let wanted = ListQuery { terms: words.clone(), limit: shown as i64 + 1, ..ListQuery::default() };
        let wanted = wanted.searched(c, resource, actor, app.words())?;
        // What is named by others is left out if half of them match: nobody finds one among so many, and looking takes long.
        if own.search_fields.is_empty() && wanted.matching.as_ref().is_none_or(|matching| matching.ids.is_none()) {
            continue;
        }
        let mut rows = resource.list(c, &wanted, Some(actor))?;
        app.registry.name(c, own, &mut rows)?;
        let more = (rows.len() > shown && place != HOME).then(|| format!("{place}?q={}", percent(query)));
        let total = match more {
            Some(_) => {
                Total::capped(resource.count_up_to(c, &wanted, COUNTED_HITS + 1, Some(actor))?, COUNTED_HITS).short(&app.zone(actor))
            }
            None => String::new(),
        };
        let is_similar = wanted.matching.is_some_and(|matching| matching.is_similar);
        let item = |row: &Row| {
            let hint = [Some(hint(app, actor, own, row)), mark(own, &words, row)].into_iter().flatten().collect::<Vec<_>>().join(" · ");
            Item::page(row.label.clone(), &hint, at(&place, row), own.icon)
        };
        let items: Vec<Item> = rows.iter().take(shown).map(item).collect();
        if !items.is_empty() {
            let title = if app.registry.is_guest(actor) { "Your record" } else { own.plural };
            found.push((!own.label_from.is_empty(), Group { title, items, more, total, is_similar }));
        }
    }
    // Records labelled by others, such as assignments, come last.
    found.sort_by_key(|(is_named_by_others, _)| *is_named_by_others);
    Ok(found.into_iter().map(|(_, group)| group).collect())
}

/// Distinguishes records with the same label: what stands below their name on their page, or the first other column of the list.
fn hint(app: &App, actor: &Actor, own: &Declaration, row: &Row) -> String {
    let summary = (own.staff.summary)(row, &app.zone(actor), app.today_of(actor));
    if !summary.is_empty() {
        return summary;
    }
    let columns = own.fields_named(own.list_display).filter(|field| !field.is_reference());
    let zone = app.zone(actor);
    let mut texts = columns.map(|field| field.show(row.values.at(field.name), &zone));
    texts.find(|text| !row.label.contains(text.as_str())).map_or_else(String::new, |text| isolated(&text).into())
}
