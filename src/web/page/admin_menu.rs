//! The administration's menu: pages that areas register, and the resources that the user may view, by area.

use crate::app::App;
use crate::resource::Actor;
use crate::resource::access::actor::Action;

/// A page of the administration that is not a list of records. `src/product.rs` lists them all; the route in `src/routes.rs`
/// requires the same permission.
pub struct AdminPage {
    pub title: &'static str,
    pub href: &'static str,
    pub icon: &'static str,
    pub area: &'static str,
    /// By codename; blank for everybody who may open the administration.
    pub permission: &'static str,
}

impl AdminPage {
    pub fn allows(&self, actor: &Actor) -> bool {
        actor.is_staff && (self.permission.is_empty() || actor.can(self.permission))
    }
}

/// An area with the pages that the user may open.
pub struct Section {
    pub title: &'static str,
    pub items: Vec<Item>,
}

pub struct Item {
    pub label: &'static str,
    pub icon: &'static str,
    pub href: String,
    pub current: bool,
    /// The resource's name; blank for a page.
    pub resource: &'static str,
}

/// The menu of this user, with the current page marked.
pub fn sections(app: &App, pages: &[AdminPage], actor: &Actor, path: &str) -> Vec<Section> {
    let current = |href: &str| path == href || path.strip_prefix(href).is_some_and(|rest| rest.starts_with('/'));
    let mut sections: Vec<Section> = Vec::new();
    let mut add = |area: &'static str, item: Item| match sections.iter_mut().find(|section| section.title == area) {
        Some(section) => section.items.push(item),
        None => sections.push(Section { title: area, items: vec![item] }),
    };
    for own in app.registry.iter().map(|resource| resource.declaration()).filter(|own| own.allows(actor, Action::View)) {
        let href = format!("/admin/{}", own.slug);
        add(own.area, Item { label: own.plural, icon: own.icon, current: current(&href), href, resource: own.name });
    }
    for page in pages.iter().filter(|page| page.allows(actor)) {
        let item = Item { label: page.title, icon: page.icon, current: current(page.href), href: page.href.into(), resource: "" };
        add(page.area, item);
    }
    sections
}
