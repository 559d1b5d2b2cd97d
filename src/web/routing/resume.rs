//! A form that arrives after its session has ended is not lost: it goes along through the sign-in and is offered for
//! sending again. Nothing is done with it before somebody presses the button of that page.

use actix_web::HttpResponse;
use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use askama::Template;

use crate::error::{AppError, AppResult};
use crate::oidc::Provider;
use crate::resource::FormData;
use crate::settings::Registration;
use crate::web::page::flash::{Flash, Tone};
use crate::web::page::shell::{Shell, Visit, html, local_path};
use crate::web::request::{self, csrf};

/// The names under which a form travels.
pub const PATH: &str = "resume_path";
pub const DATA: &str = "resume_data";
/// Encoded twice, a form must still fit into one.
const LONGEST: usize = 20 * 1024;

/// A form on its way: where it was going, and what it held.
#[derive(Clone, Debug)]
pub struct Kept {
    pub path: String,
    pub data: String,
}

impl Kept {
    /// What a sign-in form carries, if it carries anything of ours.
    pub fn of(posted: &FormData) -> Option<Self> {
        let path = local_path(posted.text(PATH))?;
        let data = posted.text(DATA);
        (data.len() <= LONGEST && !data.contains('\0')).then(|| Self { path: path.into(), data: data.into() })
    }
}

#[derive(Template)]
#[template(path = "accounts/sign_in.html")]
struct SignInPage {
    shell: Shell,
    errors: Vec<crate::resource::form::bind::Summary>,
    username: String,
    next: String,
    kept: Option<Kept>,
    providers: Vec<Provider>,
    remembered: bool,
    /// How long a sign-in that is remembered lasts.
    days: i64,
    register: bool,
}

impl SignInPage {
    /// What is said at a field, in the words of the summary.
    fn error_at(&self, field: &str) -> Option<&str> {
        self.errors.iter().find(|error| error.target == field).map(|error| error.text.as_str())
    }
}

/// What the sign-in page is drawn with again.
#[derive(Default)]
pub struct Typed {
    pub errors: Vec<crate::resource::form::bind::Summary>,
    pub username: String,
    pub next: String,
    pub kept: Option<Kept>,
    pub remembered: bool,
}

/// The sign-in page with the form inside, for a request that our own page sent; the plain way in for any other.
pub async fn offer(mut request: ServiceRequest) -> ServiceResponse<BoxBody> {
    let ours = request.headers().get("sec-fetch-site").is_some_and(|site| site == "same-origin");
    let kept = if ours { keep(&mut request).await } else { None };
    let visit = Visit::of(request.request());
    let page = match (kept, visit) {
        (Some(kept), Some(visit)) => sign_in(&visit, Typed { kept: Some(kept), ..Typed::default() }),
        _ => Err(AppError::SignInFirst),
    };
    match page {
        Ok(response) => request.into_response(response),
        Err(error) => request.error_response(error),
    }
}

async fn keep(request: &mut ServiceRequest) -> Option<Kept> {
    let path = request.uri().path().to_string();
    let sent = request::body::form(request).await.ok()?;
    let pairs = sent.into_pairs().into_iter().filter(|(name, _)| name != csrf::FIELD && !name.contains("password"));
    let data = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    (data.len() <= LONGEST).then_some(Kept { path, data })
}

/// The sign-in page, with or without a form that waits.
pub fn sign_in(visit: &Visit, typed: Typed) -> AppResult<HttpResponse> {
    let Typed { errors, username, next, kept, remembered } = typed;
    let status = match (errors.is_empty(), &kept) {
        (false, _) => StatusCode::UNPROCESSABLE_ENTITY,
        (true, Some(_)) => StatusCode::UNAUTHORIZED,
        (true, None) => StatusCode::OK,
    };
    let mut shell = visit.shell("Sign in").with_errors(!errors.is_empty());
    // In the address, because a message that waits belongs to somebody who is signed in.
    if visit.request.query_string() == "signed_out=1" && visit.user.is_none() {
        shell.flash = Some(Flash { tone: Tone::Ok, text: "You were signed out.".into(), undo: None });
    }
    let (days, register) =
        (visit.app.settings.session_limits.remembered.whole_days(), visit.app.settings.registration == Registration::Open);
    let providers = visit.app.providers.iter().cloned().collect();
    html(status, &SignInPage { shell, errors, username, next, kept, providers, remembered, days, register })
}

#[derive(Template)]
#[template(path = "accounts/resume.html")]
struct ResumePage {
    shell: Shell,
    action: String,
    pairs: Vec<(String, String)>,
}

/// Signed in again: what was typed can now be sent.
pub fn send_again(visit: &Visit, kept: Kept) -> AppResult<HttpResponse> {
    let pairs = FormData::parse(kept.data.as_bytes()).map(FormData::into_pairs).unwrap_or_default();
    html(StatusCode::OK, &ResumePage { shell: visit.shell("You are signed in again"), action: kept.path, pairs })
}
