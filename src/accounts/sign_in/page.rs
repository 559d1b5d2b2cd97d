//! The sign-in page, with or without a form to send afterwards.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use crate::accounts::second_factor::webauthn;
use crate::error::AppResult;
use crate::oidc::Provider;
use crate::settings::Registration;
use crate::web::page::flash::{Flash, Tone};
use crate::web::page::shell::Shell;
use crate::web::request::visit::Visit;
use crate::web::response::html;

#[derive(Template)]
#[template(path = "accounts/sign_in/sign_in.html")]
pub struct SignInPage {
    shell: Shell,
    errors: Vec<crate::resource::form::bind::Summary>,
    username: String,
    next: String,
    waiting_form: String,
    providers: Vec<Provider>,
    remembered: bool,
    /// How long a remembered sign-in lasts.
    days: i64,
    register: bool,
    /// Passkeys work at this address.
    passkeys: bool,
    /// Nobody has set up this clinic.
    needs_set_up: bool,
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
    /// A sealed form that waits for its sender; blank for none.
    pub waiting_form: String,
    pub remembered: bool,
}

/// The sign-in page with a form that arrived after its session had ended.
pub fn with_form(visit: &Visit, waiting_form: String) -> AppResult<HttpResponse> {
    sign_in(visit, Typed { waiting_form, ..Typed::default() })
}

/// The sign-in page, with or without a form to send afterwards.
pub fn sign_in(visit: &Visit, typed: Typed) -> AppResult<HttpResponse> {
    let Typed { errors, username, next, waiting_form, remembered } = typed;
    let status = match (errors.is_empty(), waiting_form.is_empty()) {
        (false, _) => StatusCode::UNPROCESSABLE_ENTITY,
        (true, false) => StatusCode::UNAUTHORIZED,
        (true, true) => StatusCode::OK,
    };
    let mut shell = visit.shell("Sign in").with_errors(!errors.is_empty());
    // In the address, because flash messages belong to a signed-in user.
    if visit.request.query_string() == "signed_out=1" && visit.user.is_none() {
        shell.flash = Some(Flash { tone: Tone::Ok, text: "You were signed out.".into(), undo: None });
    }
    let (days, register) = (visit.app.settings.session_limits.remembered.whole_days(), visit.app.registration() == Registration::Open);
    let providers = visit.app.providers.iter().cloned().collect();
    html(
        status,
        &SignInPage {
            shell,
            errors,
            username,
            next,
            waiting_form,
            providers,
            remembered,
            days,
            register,
            passkeys: webauthn::works_at(&visit.app, visit.request.connection_info().host()),
            needs_set_up: visit.app.decided.needs_set_up(),
        },
    )
}
