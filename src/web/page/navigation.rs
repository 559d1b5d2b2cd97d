//! The sidebar: the routes that the user may open, as links beside every page.

use super::page_link::PageLink;
use crate::app::App;
use crate::resource::Actor;
use crate::web::routing::title::Menu;

/// A link in the sidebar.
pub struct NavItem {
    pub label: String,
    pub href: String,
    pub icon: &'static str,
    pub current: bool,
    /// The name of the resource that it shows; blank for none.
    pub resource: &'static str,
}

/// An area of the administration with what somebody may open in it.
pub struct Section {
    pub title: &'static str,
    pub items: Vec<NavItem>,
}

/// The main menu, in which the start page is at `/` unless it is given another address.
pub fn main(app: &App, links: &[PageLink], actor: &Actor, path: &str, home: &str) -> Vec<NavItem> {
    let is_guest = app.registry.is_guest(actor);
    let in_menu = |link: &&PageLink| link.menu == Menu::Home || (matches!(link.menu, Menu::Day | Menu::Main) && !is_guest);
    let open = links.iter().filter(in_menu).filter(|link| link.opens_for(app, actor));
    open.map(|link| match link.menu {
        Menu::Home => NavItem { href: home.into(), current: path == "/" || path == link.href, ..item(link, path) },
        _ => item(link, path),
    })
    .collect()
}

/// The entry that leads from the administration back to the clinic.
pub fn way_out(home: &str) -> NavItem {
    NavItem { label: "Back to the clinic".into(), href: home.into(), icon: "arrow-left", current: false, resource: "" }
}

/// What stands under "Setup". Inside, the administration's own menu marks the place.
pub fn setup(app: &App, links: &[PageLink], actor: &Actor, path: &str) -> Vec<NavItem> {
    let open = links.iter().filter(|link| link.menu == Menu::Setup && link.opens_for(app, actor));
    open.map(|link| NavItem { current: path == link.href, ..item(link, path) }).collect()
}

/// The administration by area.
pub fn areas(app: &App, links: &[PageLink], actor: &Actor, path: &str) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for link in links {
        let Menu::Area(area) = link.menu else { continue };
        if !link.opens_for(app, actor) {
            continue;
        }
        match sections.iter_mut().find(|section| section.title == area) {
            Some(section) => section.items.push(item(link, path)),
            None => sections.push(Section { title: area, items: vec![item(link, path)] }),
        }
    }
    sections
}

fn item(link: &PageLink, path: &str) -> NavItem {
    let current = path.strip_prefix(&link.href).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    NavItem { label: link.title.clone(), href: link.href.clone(), icon: link.icon, current, resource: link.resource }
}
