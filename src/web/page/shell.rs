//! The shell around every page.

use super::avatar::role;
use super::flash::{self, Flash};
use super::navigation::{self, NavItem, Section};
use super::{assets, preferences};
use crate::app::App;
use crate::resource::{Declaration, Row};
use crate::settings::Activation;
use crate::web::paths::{ACTIVATION, LOGO, TODAY};
use crate::web::record::drafts;
use crate::web::request::csrf;
use crate::web::request::visit::Visit;
use crate::web::sessions::{Left, stay};

pub use super::avatar::{hue, initials};

/// A step of the breadcrumbs; the current page has no address.
pub struct Crumb {
    pub label: String,
    pub href: String,
}

/// The record that a page is about.
pub struct Banner {
    /// Blank where the page's own heading has it.
    pub label: String,
    pub summary: String,
    pub href: String,
    /// What must be known of it.
    pub alerts: Vec<String>,
}

/// Everything that a layout renders around the page itself.
pub struct Shell {
    pub clinic: String,
    /// The address of the clinic's logo.
    pub logo: Option<String>,
    pub title: String,
    pub has_errors: bool,
    pub nav: Vec<NavItem>,
    pub setup: Vec<NavItem>,
    /// On pages of the administration, in place of the main menu: its own, by area.
    pub admin_menu: Vec<Section>,
    pub crumbs: Vec<Crumb>,
    pub flash: Option<Flash>,
    pub banner: Option<Banner>,
    /// The address of the form that this page was opened from.
    pub way_back: Option<String>,
    pub csrf: String,
    /// When the page was made, and for whom; on paper only.
    pub made: String,
    pub search: String,
    pub name: String,
    pub role: String,
    /// The user as whom a superuser is viewing Praxis; shown at the top of every page.
    pub viewing_as: Option<String>,
    /// The user's address is not confirmed; shown above every page but the one to confirm it.
    pub unconfirmed: bool,
    /// How many notifications are unread, blank for none; for staff.
    pub unread: Option<String>,
    /// How long the session lasts, for a signed-in user.
    pub ending: Option<Left>,
    /// The colour scheme and the density, if chosen for this browser.
    pub theme: Option<&'static str>,
    pub density: Option<&'static str>,
    pub initials: String,
    pub hue: u32,
    pub stylesheet: &'static str,
    pub script: &'static str,
    pub favicon: &'static str,
    pub font: &'static str,
    pub icons: &'static str,
}

impl Visit {
    /// The shell of a page with this title.
    pub fn shell(&self, title: impl Into<String>) -> Shell {
        let mut shell = Shell::bare(&self.app, title);
        shell.flash = flash::take(&self.request, &self.app);
        shell.csrf = csrf::token(&self.request, &self.app);
        shell.theme = preferences::theme(&self.request, &self.app);
        shell.density = preferences::density(&self.request, &self.app);
        shell.way_back = drafts::token_in(&self.request).filter(|_| self.user.is_some()).map(|token| format!("/drafts/{token}"));
        if let Some(user) = &self.user {
            let path = self.request.uri().path();
            let home = if preferences::start(self, user).is_some() { TODAY } else { "/" };
            let setup = navigation::setup(&self.app, &self.site.pages, user, path);
            if user.is_staff && (path == "/admin" || path.starts_with("/admin/")) {
                shell.nav = std::iter::once(navigation::way_out(home)).chain(setup).collect();
                shell.admin_menu = navigation::areas(&self.app, &self.site.pages, user, path);
            } else {
                shell.nav = navigation::main(&self.app, &self.site.pages, user, path, home);
                shell.setup = setup;
            }
            shell.role = role(user);
            shell.made = format!("{}, {}", self.zone().show(self.app.now()), user.name);
            shell.initials = initials(&user.name);
            shell.hue = hue(&user.name);
            shell.name.clone_from(&user.name);
            shell.unconfirmed = user.unconfirmed && self.app.settings.activation != Activation::Off && path != ACTIVATION;
            shell.unread = (!self.app.registry.is_guest(user)).then(|| badge(user.unread));
            shell.viewing_as = user.impersonated_by.is_some().then(|| user.person().signature());
            shell.ending = stay::left(self);
        }
        shell
    }
}

impl Shell {
    /// A shell without a user.
    pub fn bare(app: &App, title: impl Into<String>) -> Self {
        let title = title.into();
        Self {
            clinic: app.clinic_name(),
            logo: app.details().logo.as_ref().map(|hash| format!("{LOGO}/{hash}")),
            crumbs: vec![Crumb { label: title.clone(), href: String::new() }],
            title,
            has_errors: false,
            nav: Vec::new(),
            setup: Vec::new(),
            admin_menu: Vec::new(),
            flash: None,
            banner: None,
            way_back: None,
            csrf: String::new(),
            made: String::new(),
            search: String::new(),
            name: String::new(),
            role: String::new(),
            viewing_as: None,
            unconfirmed: false,
            unread: None,
            ending: None,
            theme: None,
            density: None,
            initials: String::new(),
            hue: 1,
            stylesheet: assets::url("app.css"),
            script: assets::url("app.js"),
            favicon: assets::url("favicon.svg"),
            font: assets::url("font/inter-latin.woff2"),
            icons: assets::url("icons.svg"),
        }
    }

    /// Adds breadcrumbs before the page's own.
    pub fn under(mut self, steps: &[(&str, &str)]) -> Self {
        let before = steps.iter().map(|(label, href)| Crumb { label: (*label).into(), href: (*href).into() });
        self.crumbs.splice(0..0, before);
        self
    }

    /// Says whose record the page is about and what must be known of them. `href` is the page of the record, which has its own
    /// heading and shows only the alerts: blank there.
    pub fn of_record(mut self, visit: &Visit, own: &Declaration, row: &Row, href: &str) -> Self {
        let (staff, zone) = (own.staff, visit.zone());
        let alerts = (staff.alerts)(row, &zone);
        let today = zone.date(visit.app.now());
        let summary = if href.is_empty() { String::new() } else { (staff.summary)(row, &zone, today) };
        let label = if summary.is_empty() { String::new() } else { row.label.clone() };
        if !label.is_empty() || !alerts.is_empty() {
            self.banner = Some(Banner { label, summary, href: href.into(), alerts });
        }
        self
    }

    /// Another name for this page in the breadcrumbs; the title stays.
    pub fn renamed(mut self, label: &str) -> Self {
        if let Some(here) = self.crumbs.last_mut() {
            here.label = label.into();
        }
        self
    }

    /// Adds one breadcrumb right before this page.
    pub fn after(mut self, label: &str, href: &str) -> Self {
        let place = self.crumbs.len().saturating_sub(1);
        self.crumbs.insert(place, Crumb { label: label.into(), href: href.into() });
        self
    }

    /// Prefixes the title with 'Error: '.
    pub fn with_errors(mut self, has_errors: bool) -> Self {
        self.has_errors = has_errors;
        self
    }
}

/// A number at a sign, as short as it can be.
fn badge(count: i64) -> String {
    match count {
        ..=0 => String::new(),
        1..=99 => count.to_string(),
        _ => "99+".into(),
    }
}
