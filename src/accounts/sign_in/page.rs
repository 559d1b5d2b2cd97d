//! The sign-in page, with or without a form to send afterwards.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use crate::error::AppResult;
use crate::oidc::Provider;
use crate::settings::Registration;
use crate::web::page::flash::{Flash, Tone};
use crate::web::page::shell::Shell;
use crate::web::request::visit::Visit;
use crate::web::response::html;
use crate::web::routing::resume::Kept;

#[derive(Template)]
#[template(path = "accounts/sign_in.html")]
pub struct SignInPage {
    shell: Shell,
    errors: Vec<crate::resource::form::bind::Summary>,
    username: String,
    next: String,
    kept: Option<Kept>,
    providers: Vec<Provider>,
    remembered: bool,
    /// How long a remembered sign-in lasts.
    days: i64,
    register: bool,
}

impl SignInPage {
    /// The error at a field, with the text of the summary.
    fn error_at(&self, field: &str) -> Option<&str> {
        self.errors.iter().find(|error| error.target == field).map(|error| error.text.as_str())
    }
}

/// What was typed, for rendering the page again.
#[derive(Default)]
pub struct Typed {
    pub errors: Vec<crate::resource::form::bind::Summary>,
    pub username: String,
    pub next: String,
    pub kept: Option<Kept>,
    pub remembered: bool,
}

/// The sign-in page with a form that arrived after its session had ended.
pub fn with_form(visit: &Visit, kept: Kept) -> AppResult<HttpResponse> {
    sign_in(visit, Typed { kept: Some(kept), ..Typed::default() })
}

/// The sign-in page, with or without a form to send afterwards.
pub fn sign_in(visit: &Visit, typed: Typed) -> AppResult<HttpResponse> {
    let Typed { errors, username, next, kept, remembered } = typed;
    let status = match (errors.is_empty(), &kept) {
        (false, _) => StatusCode::UNPROCESSABLE_ENTITY,
        (true, Some(_)) => StatusCode::UNAUTHORIZED,
        (true, None) => StatusCode::OK,
    };
    let mut shell = visit.shell("Sign in").with_errors(!errors.is_empty());
    // In the address, because flash messages belong to a signed-in user.
    if visit.request.query_string() == "signed_out=1" && visit.user.is_none() {
        shell.flash = Some(Flash { tone: Tone::Ok, text: "You were signed out.".into(), undo: None });
    }
    let (days, register) =
        (visit.app.settings.session_limits.remembered.whole_days(), visit.app.settings.registration == Registration::Open);
    let providers = visit.app.providers.iter().cloned().collect();
    html(status, &SignInPage { shell, errors, username, next, kept, providers, remembered, days, register })
}
