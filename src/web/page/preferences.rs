//! Preferences for this browser, in plain cookies. Each has a few known values; any other is ignored.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;

use crate::app::App;
use crate::web::list::params::{PAGE_SIZE, PAGE_SIZES};
use crate::web::request::cookies::{self, DENSITY, Name, ROWS, START, THEME};
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::routing::title::Menu;

/// How long the cookies last.
pub const DAYS: i64 = 365;

/// The choices of each preference with their labels; the first is the default, without a cookie.
pub const THEMES: [(&str, &str); 3] = [("", "System"), ("light", "Light"), ("dark", "Dark")];
pub const DENSITIES: [(&str, &str); 2] = [("", "Comfortable"), ("compact", "Compact")];
const NAMES: [Name; 4] = [THEME, DENSITY, ROWS, START];

pub fn theme(request: &HttpRequest, app: &App) -> Option<&'static str> {
    one_of(request, app, THEME, &THEMES)
}

pub fn density(request: &HttpRequest, app: &App) -> Option<&'static str> {
    one_of(request, app, DENSITY, &DENSITIES)
}

fn one_of(request: &HttpRequest, app: &App, name: Name, known: &[(&'static str, &str)]) -> Option<&'static str> {
    let held = cookies::get(request, app, name).filter(|held| !held.is_empty())?;
    known.iter().map(|(value, _)| *value).find(|value| *value == held)
}

/// Rows on a page of a list, if the address does not say.
pub fn rows(request: &HttpRequest, app: &App) -> i64 {
    let held = cookies::get(request, app, ROWS).and_then(|held| held.parse().ok());
    held.filter(|size| PAGE_SIZES.contains(size)).unwrap_or(PAGE_SIZE)
}

/// Pages to begin with: those of this person's menu. The value of the start page is blank.
pub fn starts<'a>(visit: &'a Visit, user: &CurrentUser) -> Vec<(&'a str, &'a str)> {
    let pages = visit.site.pages.iter().filter(|page| matches!(page.menu, Menu::Home | Menu::Day | Menu::Main | Menu::Setup));
    let open = pages.filter(|page| page.opens_for(&visit.app, user));
    open.map(|page| (if page.menu == Menu::Home { "" } else { page.href.as_str() }, page.title.as_str())).collect()
}

/// Where this person would rather begin than on the start page, if they may go there.
pub fn start<'a>(visit: &'a Visit, user: &CurrentUser) -> Option<&'a str> {
    let held = cookies::get(&visit.request, &visit.app, START).filter(|held| !held.is_empty())?;
    starts(visit, user).into_iter().map(|(href, _)| href).find(|href| *href == held)
}

/// Stores a preference, or deletes it for the default.
pub fn set(request: &HttpRequest, app: &App, name: Name, value: &str) {
    if value.is_empty() {
        cookies::remove(request, app, name);
    } else {
        cookies::set(request, app, name, value.into(), Some(Duration::days(DAYS)));
    }
}

/// Resets all of them.
pub fn forget(request: &HttpRequest, app: &App) {
    NAMES.into_iter().for_each(|name| cookies::remove(request, app, name));
}
