//! The shell around every page, and how a page becomes an answer.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::avatar::role;
pub use super::avatar::{hue, initials};
use super::flash::{self, Flash};
use super::navigation::{NavItem, rail};
use super::preferences::{self, TODAY};
use super::{admin_menu, assets};
use crate::app::App;
use crate::db::Zone;
use crate::error::{AppError, AppResult};
use crate::resource::form::bind::BoundForm;
use crate::settings::Activation;
use crate::web::list::changelist::ChangeList;
use crate::web::list::filters::FilterControl;
use crate::web::record::drafts;
use crate::web::request::csrf;
use crate::web::request::current_user::CurrentUser;
use crate::web::routing::route::ACTIVATION;
use crate::web::sessions::{Left, stay};
use crate::web::site::Site;

/// A step of the way from the start to here; the last has no address.
pub struct Crumb {
    pub label: String,
    pub href: String,
}

/// Everything that a layout draws beside the page itself.
pub struct Shell {
    pub clinic: String,
    pub title: String,
    pub has_errors: bool,
    pub nav: Vec<NavItem>,
    pub setup: Vec<NavItem>,
    /// On pages of the administration: what there is, by area.
    pub admin_menu: Vec<admin_menu::Section>,
    pub crumbs: Vec<Crumb>,
    pub flash: Option<Flash>,
    /// To the form that this page was reached from.
    pub way_back: Option<String>,
    pub csrf: String,
    pub search: String,
    pub name: String,
    pub role: String,
    /// Whom a superuser sees Praxis as; said on top of every page.
    pub viewing_as: Option<String>,
    /// Their address has still to be confirmed; said above every page but the one for it.
    pub unconfirmed: bool,
    /// How long the session has left, for somebody who is signed in.
    pub ending: Option<Left>,
    /// Light or dark, and how close things stand, where this browser says so.
    pub theme: Option<&'static str>,
    pub density: Option<&'static str>,
    pub initials: String,
    pub hue: u32,
    pub stylesheet: String,
    pub script: String,
    pub favicon: String,
    pub font: String,
    pub icons: String,
}

/// One request with all that drawing its answer needs.
pub struct Visit {
    pub request: HttpRequest,
    pub app: web::Data<App>,
    pub site: web::Data<Site>,
    pub user: Option<CurrentUser>,
}

impl Visit {
    pub fn of(request: &HttpRequest) -> Option<Self> {
        let app = request.app_data::<web::Data<App>>()?.clone();
        let site = request.app_data::<web::Data<Site>>()?.clone();
        Some(Self { request: request.clone(), app, site, user: CurrentUser::of(request) })
    }

    /// How whoever asks reads times.
    pub fn zone(&self) -> Zone {
        self.user.as_ref().map_or_else(|| self.app.settings.time_zone.clone(), |user| self.app.zone(user))
    }

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
            (shell.nav, shell.setup) = rail(&self.app, user, path);
            if preferences::start(&self.request, &self.app, user).is_some() {
                shell.nav.iter_mut().filter(|item| item.href == "/").for_each(|item| item.href = TODAY);
            }
            if user.is_staff && (path == "/admin" || path.starts_with("/admin/")) {
                shell.admin_menu = admin_menu::sections(&self.app, &self.site.pages, user, path);
            }
            shell.role = role(user);
            shell.initials = initials(&user.name);
            shell.hue = hue(&user.name);
            shell.name.clone_from(&user.name);
            shell.unconfirmed = user.unconfirmed && self.app.settings.activation != Activation::Off && path != ACTIVATION;
            shell.viewing_as = user.behind.is_some().then(|| user.username.clone());
            shell.ending = stay::left(self);
        }
        shell
    }
}

impl Shell {
    /// A shell for nobody in particular.
    pub fn bare(app: &App, title: impl Into<String>) -> Self {
        let title = title.into();
        Self {
            clinic: app.settings.clinic_name.clone(),
            crumbs: vec![Crumb { label: title.clone(), href: String::new() }],
            title,
            has_errors: false,
            nav: Vec::new(),
            setup: Vec::new(),
            admin_menu: Vec::new(),
            flash: None,
            way_back: None,
            csrf: String::new(),
            search: String::new(),
            name: String::new(),
            role: String::new(),
            viewing_as: None,
            unconfirmed: false,
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

    /// Puts steps before the page's own.
    pub fn under(mut self, steps: &[(&str, &str)]) -> Self {
        let before = steps.iter().map(|(label, href)| Crumb { label: (*label).into(), href: (*href).into() });
        self.crumbs.splice(0..0, before);
        self
    }

    /// Another name for this page in the way to it; the title stays.
    pub fn renamed(mut self, label: &str) -> Self {
        if let Some(here) = self.crumbs.last_mut() {
            here.label = label.into();
        }
        self
    }

    /// Puts one step right before this page.
    pub fn after(mut self, label: &str, href: &str) -> Self {
        let place = self.crumbs.len().saturating_sub(1);
        self.crumbs.insert(place, Crumb { label: label.into(), href: href.into() });
        self
    }

    /// The title then begins with 'Error: '.
    pub fn with_errors(mut self, has_errors: bool) -> Self {
        self.has_errors = has_errors;
        self
    }
}

impl actix_web::FromRequest for Visit {
    type Error = AppError;
    type Future = std::future::Ready<AppResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut actix_web::dev::Payload) -> Self::Future {
        std::future::ready(Self::of(request).ok_or_else(|| AppError::internal("no application")))
    }
}

/// A page that is one list.
#[derive(Template)]
#[template(path = "components/list_page.html")]
pub struct ListPage {
    pub shell: Shell,
    pub list: ChangeList,
    pub subtitle: String,
    pub singular: String,
    /// What the button for a new record says, and where it leads.
    pub add: Option<(String, String)>,
    /// Other buttons: label, icon, address.
    pub more: Vec<(&'static str, &'static str, String)>,
    /// The address of the trash, for those who may restore.
    pub trash: Option<String>,
}

/// A page that is one form.
#[derive(Template)]
#[template(path = "components/form_page.html")]
pub struct FormPage {
    pub shell: Shell,
    pub form: BoundForm,
    /// Where it is sent, where 'Cancel' leads, and what the button says.
    pub action: String,
    pub cancel: String,
    pub button: String,
}

/// A text inside an address.
pub fn percent(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// A page as an answer.
pub fn html(status: StatusCode, page: &impl Template) -> AppResult<HttpResponse> {
    let body = page.render().map_err(AppError::internal)?;
    Ok(HttpResponse::build(status).content_type("text/html; charset=utf-8").body(body))
}

/// On to another page, after something was done.
pub fn see_other(place: impl Into<String>) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, place.into()))
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .finish()
}

/// A path on this site, or nothing: no other host, no scheme, no backslashes or control characters.
pub fn local_path(text: &str) -> Option<&str> {
    let plain = text.starts_with('/') && !text.starts_with("//") && text.len() <= 2_000;
    let odd = |letter: char| letter == '\\' || letter.is_control() || letter.is_whitespace();
    (plain && !text.contains(odd)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_ours_are_followed() {
        assert_eq!(local_path("/patients?q=a"), Some("/patients?q=a"));
        for wrong in ["//evil.example", "/\\evil", "https://evil", "javascript:alert(1)", "\t//evil", "/a\r\nSet-Cookie: x", "", "evil"] {
            assert_eq!(local_path(wrong), None, "{wrong}");
        }
    }
}
