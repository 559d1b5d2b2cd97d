//! What one can look for: pages that this person may open, and records that they may see. The palette and the search
//! page both ask here.

use diesel::QueryResult;
use serde::Serialize;

use crate::app::App;
use crate::db::Connection;
use crate::resource::access::actor::{Action, Actor};
use crate::resource::list::query::{fold, terms};
use crate::resource::value::Row;
use crate::resource::{Declaration, ListQuery};
use crate::web::paths::TODAY;
use crate::web::response::percent;
use crate::web::site::Site;

/// Pages that belong to no resource: name, address, icon, and who may open them.
const PLACES: [(&str, &str, &str, Whose); 12] = [
    ("Today", TODAY, "home", Whose::Everybody),
    ("Profile", "/profile", "user", Whose::Everybody),
    ("Change your password", "/password", "key", Whose::Everybody),
    ("Your activity", "/profile/activity", "history", Whose::Everybody),
    ("Active sessions", "/sessions", "lock", Whose::Everybody),
    ("Sign-in and security", "/security", "key", Whose::Everybody),
    ("Linked accounts", "/identities", "key", Whose::Everybody),
    ("Access tokens", "/tokens", "key", Whose::Everybody),
    ("API documentation", "/api/docs/", "link-out", Whose::Everybody),
    ("Preferences and cookies", "/cookies", "sun", Whose::Everybody),
    ("People", "/users", "users", Whose::Holders("user.view")),
    ("Administration", "/admin", "shield", Whose::Staff),
];

/// What stands beside the pages of the administration.
const ADMIN: &str = "Administration";

/// Who may open a page.
enum Whose {
    Everybody,
    Staff,
    /// Those who have a permission.
    Holders(&'static str),
}

impl Whose {
    fn is(&self, actor: &Actor) -> bool {
        match self {
            Self::Everybody => true,
            Self::Staff => actor.is_staff,
            Self::Holders(codename) => actor.can(codename),
        }
    }
}

#[derive(Debug, Serialize)]
pub struct Group {
    pub title: &'static str,
    pub items: Vec<Item>,
    /// The way to all of it, where not everything is shown.
    pub more: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct Item {
    pub label: String,
    pub hint: String,
    pub href: String,
    pub icon: &'static str,
    /// Done by sending a form to the address, not by opening it.
    pub post: bool,
}

impl Item {
    fn page(label: impl Into<String>, hint: &str, href: impl Into<String>, icon: &'static str) -> Self {
        Self { label: label.into(), hint: hint.into(), href: href.into(), icon, post: false }
    }
}

/// The pages whose name holds every word; all of them when nothing was typed.
pub fn pages(app: &App, site: &Site, actor: &Actor, query: &str) -> Group {
    let places = PLACES.iter().filter(|(_, _, _, whose)| whose.is(actor));
    let mut items: Vec<Item> = places.map(|(label, href, icon, _)| Item::page(*label, "", *href, icon)).collect();
    for resource in app.registry.iter() {
        items.extend(of_resource(resource.declaration(), actor));
    }
    let registered = site.pages.iter().filter(|page| page.allows(actor));
    items.extend(registered.map(|page| Item::page(page.title, ADMIN, page.href, page.icon)));
    items.push(Item { post: true, ..Item::page("Sign out", "", "/logout", "sign-out") });
    let words = terms(query);
    items.retain(|item| {
        let name = fold(&format!("{} {}", item.label, item.hint));
        words.iter().all(|word| name.contains(word.as_str()))
    });
    Group { title: "Pages", items, more: None }
}

/// The list and the form for a new one; for the administration those of its own as well.
fn of_resource(own: &Declaration, actor: &Actor) -> Vec<Item> {
    let Some(place) = own.place(actor) else { return Vec::new() };
    let inside = own.page.is_empty();
    let mut items = vec![Item::page(own.plural, if inside { ADMIN } else { "" }, place.clone(), own.icon)];
    if own.allows(actor, Action::Add) {
        let form = format!("{place}/new");
        items.push(Item::page(format!("Add {}", own.singular_lower()), own.plural, form, "plus"));
    }
    if !inside && actor.is_staff {
        items.push(Item::page(own.plural, ADMIN, format!("/admin/{}", own.slug), "shield"));
    }
    items
}

/// Records that this person sees, so many of each kind.
pub fn records(c: &mut Connection, app: &App, actor: &Actor, query: &str, shown: usize) -> QueryResult<Vec<Group>> {
    let words = terms(query);
    let mut found = Vec::new();
    for resource in app.registry.iter().filter(|resource| !words.is_empty() && resource.declaration().is_searched()) {
        let own = resource.declaration();
        // What the program keeps by itself, above all the log, would bury what people look for.
        let Some(place) = own.place(actor).filter(|_| !own.read_only) else { continue };
        let wanted = ListQuery { terms: words.clone(), limit: shown as i64 + 1, ..ListQuery::default() };
        let mut rows = resource.list(c, &wanted, Some(actor))?;
        app.registry.name(c, own, &mut rows)?;
        let more = (rows.len() > shown).then(|| format!("{place}?q={}", percent(query)));
        let item = |row: &Row| Item::page(row.label.clone(), &hint(app, actor, own, row), format!("{place}/{}", row.id), own.icon);
        let items: Vec<Item> = rows.iter().take(shown).map(item).collect();
        if !items.is_empty() {
            found.push((!own.named_by.is_empty(), Group { title: own.plural, items, more }));
        }
    }
    // What is only named by others, such as assignments, comes after those.
    found.sort_by_key(|(is_named_by_others, _)| *is_named_by_others);
    Ok(found.into_iter().map(|(_, group)| group).collect())
}

/// What tells two of one name apart: the column that stands beside the name in the list.
fn hint(app: &App, actor: &Actor, own: &Declaration, row: &Row) -> String {
    let told = own.fields_named(own.list).filter(|field| !field.is_reference());
    let zone = app.zone(actor);
    let mut texts = told.map(|field| row.values.at(field.name).show(field.kind, &zone));
    texts.find(|text| !row.label.contains(text.as_str())).unwrap_or_default()
}
