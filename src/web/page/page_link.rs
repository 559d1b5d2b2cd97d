//! A page that people can go to by name. Menus, the palette, the search and the preferences show those that the user may open.

use crate::app::App;
use crate::resource::Actor;
use crate::web::routing::access::{self, Access};
use crate::web::routing::title::Menu;

/// A page by name.
#[derive(Clone, Debug)]
pub struct PageLink {
    pub title: String,
    /// What tells pages of one title apart.
    pub hint: &'static str,
    /// What else people call it, for the search.
    pub words: &'static str,
    pub href: String,
    pub icon: &'static str,
    pub menu: Menu,
    /// The name of the resource that it shows; blank for none.
    pub resource: &'static str,
    pub(crate) access: Access,
}

impl PageLink {
    /// Whether this person may open it: what its route asks.
    pub fn opens_for(&self, app: &App, actor: &Actor) -> bool {
        let named = app.registry.get(self.resource).map(|resource| resource.declaration());
        access::check_page(self.access, Some(actor), app, named).is_ok()
    }
}
