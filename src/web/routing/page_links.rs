//! The one list of pages that people can go to by name: the routes with a title, and the pages that follow from declarations.

use super::access::Access;
use super::route::Route;
use super::title::Menu;
use crate::resource::access::actor::Action;
use crate::resource::{Declaration, Registry};
use crate::web::page::page_link::PageLink;

/// The hint beside the pages of the administration.
const ADMINISTRATION: &str = "Administration";

/// Every page with a name: the start page, the staff pages, what is one's own, the administration.
pub fn all(routes: &[Route], registry: &Registry) -> Vec<PageLink> {
    let declared = || registry.iter().map(|resource| resource.declaration());
    let (areas, own): (Vec<_>, Vec<_>) = routes.iter().filter_map(of_route).partition(|link| matches!(link.menu, Menu::Area(_)));
    let mut links: Vec<PageLink> = declared().filter(|own| !own.staff.path.is_empty()).flat_map(staff_pages).collect();
    links.extend(own);
    links.extend(declared().flat_map(admin_pages));
    links.extend(areas);
    links.sort_by_key(|link| match link.menu {
        Menu::Home => 0,
        Menu::Day => 1,
        _ => 2,
    });
    links
}

fn of_route(route: &Route) -> Option<PageLink> {
    let title = route.title?;
    let hint = if matches!(title.menu, Menu::Area(_)) { ADMINISTRATION } else { "" };
    let (text, href, access) = (title.text.to_string(), route.path.to_string(), route.access);
    Some(PageLink { title: text, hint, words: title.words, href, icon: title.icon, menu: title.menu, resource: "", access })
}

fn staff_pages(own: &Declaration) -> Vec<PageLink> {
    let menu = if own.staff.listed_today { Menu::Main } else { Menu::None };
    let list = list(own, "", own.staff.path.to_string(), menu, Access::Records(own.name, Action::View));
    let form = form(own, &list, Access::Records(own.name, Action::Add));
    let trash = own.trash.then(|| trash(own, own.staff.path, Access::Records(own.name, Action::Delete)));
    [list, form, import(own, Access::Resource(Action::Add))].into_iter().chain(trash).collect()
}

/// Where there are staff pages, a new record is added there.
fn admin_pages(own: &Declaration) -> Vec<PageLink> {
    let list = list(own, ADMINISTRATION, format!("/admin/{}", own.slug), Menu::Area(own.area), Access::Resource(Action::View));
    let form = own.staff.path.is_empty().then(|| form(own, &list, Access::Resource(Action::Add)));
    std::iter::once(list).chain(form).collect()
}

fn list(own: &Declaration, hint: &'static str, href: String, menu: Menu, access: Access) -> PageLink {
    PageLink { title: own.plural.into(), hint, words: "", href, icon: own.icon, menu, resource: own.name, access }
}

fn form(own: &Declaration, list: &PageLink, access: Access) -> PageLink {
    let (title, href) = (format!("New {}", own.singular_lower()), format!("{}/new", list.href));
    PageLink { title, hint: own.plural, words: "new register create", href, icon: "plus", menu: Menu::None, resource: own.name, access }
}

/// Restoring what was deleted.
fn trash(own: &Declaration, path: &str, access: Access) -> PageLink {
    let (title, href) = (format!("Trash: {}", own.plural_lower()), format!("{path}/trash"));
    PageLink { title, hint: "", words: "deleted restore undo bin", href, icon: "trash", menu: Menu::None, resource: own.name, access }
}

fn import(own: &Declaration, access: Access) -> PageLink {
    let (title, href) = (format!("Import {}", own.plural_lower()), format!("/admin/{}/import", own.slug));
    PageLink {
        title,
        hint: ADMINISTRATION,
        words: "upload file csv excel",
        href,
        icon: "import",
        menu: Menu::None,
        resource: own.name,
        access,
    }
}
