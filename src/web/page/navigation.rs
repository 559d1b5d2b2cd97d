//! The sidebar: the routes that the user may open, as links beside every page.

use crate::app::App;
use crate::resource::access::actor::Action;
use crate::web::paths::TODAY;
use crate::web::request::current_user::CurrentUser;

/// A link in the sidebar.
pub struct NavItem {
    pub label: &'static str,
    pub href: &'static str,
    pub icon: &'static str,
    pub current: bool,
}

/// The sidebar of this user: only routes that they may open, and each resource with staff pages.
pub fn rail(app: &App, user: &CurrentUser, path: &str) -> (Vec<NavItem>, Vec<NavItem>) {
    let inside = |href: &str| path == href || (href != "/" && path.starts_with(&format!("{href}/")));
    let item = |label, href, icon| NavItem { label, href, icon, current: inside(href) };
    let mut nav = vec![NavItem { current: path == "/" || path == TODAY, ..item("Today", "/", "home") }];
    let pages =
        app.registry.iter().map(|resource| resource.declaration()).filter(|own| !own.page.is_empty() && own.allows(user, Action::View));
    nav.extend(pages.map(|own| item(own.plural, own.page, own.icon)));
    if user.can("user.view") {
        nav.push(item("People", "/users", "users"));
    }
    // On other pages of the administration its own menu marks the current one.
    let admin = NavItem { current: path == "/admin", ..item("Administration", "/admin", "shield") };
    let setup = if user.is_staff { vec![admin] } else { Vec::new() };
    (nav, setup)
}
