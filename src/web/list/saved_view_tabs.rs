//! The saved views of a list as tabs above it.

use diesel::QueryResult;

use super::params::Listing;
use super::saved_view::SavedView;
use crate::db::Connection;
use crate::resource::Declaration;
use crate::resource::access::actor::Actor;
use crate::web::response::percent;

pub struct ViewTabs {
    pub tabs: Vec<ViewTab>,
    /// The address to save the list under a new name; blank if there is nothing to save.
    pub save: String,
    /// The address to change the current view, for its owner.
    pub edit: Option<String>,
}

pub struct ViewTab {
    pub name: String,
    pub href: String,
    pub current: bool,
    /// Another user created it.
    pub shared: bool,
}

/// The address of a list with the defaults, even for users with a default view.
pub fn plain(path: &str) -> String {
    format!("{path}?view=0")
}

/// An address without parameters shows the user's default view; one with only a view shows that view.
pub fn resolve(
    c: &mut Connection,
    actor: &Actor,
    declaration: &Declaration,
    filters: &[&'static str],
    query: &str,
    rows: i64,
) -> QueryResult<(Listing, Vec<SavedView>)> {
    let views = SavedView::list_for(c, actor, declaration.name)?;
    let listing = Listing::read(query, declaration, filters).sized(query, rows);
    let is_bare = query.trim().is_empty();
    let names_view = query.strip_prefix("view=").and_then(|id| id.parse::<i64>().ok());
    let found = views.iter().find(|view| if is_bare { view.is_default && view.user_id == actor.id } else { names_view == Some(view.id) });
    let Some(view) = found else { return Ok((listing, views)) };
    let mut listing = Listing::read(&view.query, declaration, filters).sized(&view.query, rows);
    listing.view = Some(view.id);
    Ok((listing, views))
}

impl ViewTabs {
    pub fn new(listing: &Listing, actor: &Actor, declaration: &Declaration, views: &[SavedView], path: &str) -> Self {
        let current = listing.view.and_then(|id| views.iter().find(|view| view.id == id));
        let is_plain = current.is_none() && !listing.is_narrowed() && listing.order.is_empty() && listing.columns.is_empty();
        let all = ViewTab { name: format!("All {}", declaration.plural_lower()), href: plain(path), current: is_plain, shared: false };
        let tabs = views.iter().map(|view| ViewTab {
            name: view.name.clone(),
            href: format!("{path}?view={}", view.id),
            current: current.is_some_and(|current| current.id == view.id),
            shared: view.user_id != actor.id,
        });
        let state = Listing { view: None, ..listing.from_the_top() };
        let back = percent(path);
        let pages = format!("/lists/{}/views", declaration.slug);
        let with = percent(&state.query_string());
        Self {
            tabs: if views.is_empty() { Vec::new() } else { std::iter::once(all).chain(tabs).collect() },
            save: if is_plain { String::new() } else { format!("{pages}/new?list={with}&back={back}") },
            edit: current.filter(|view| view.user_id == actor.id).map(|view| format!("{pages}/{}/edit?list={with}&back={back}", view.id)),
        }
    }
}
