//! A form that waits while its sender proves who they are: the session has ended, or they have to confirm their identity. Nothing
//! is done with it before they have, and sent it again or gone on.
//!
//! It is one sealed text wherever it waits: in the page that asks, and in the row of a sign-in that waits for its second step or
//! for a provider. It is no draft (`web/record/drafts.rs`), which is a row of its owner: here nobody is signed in yet, whoever
//! asks without an account must not write to the database, and a new password that somebody sent is not stored in the clear.

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::{HttpMessage, HttpResponse, web};
use askama::Template;

use crate::app::App;
use crate::crypto::seal::{open, seal};
use crate::error::{AppError, AppResult};
use crate::resource::FormData;
use crate::web::page::shell::Shell;
use crate::web::request::body::StaleForm;
use crate::web::request::visit::Visit;
use crate::web::request::{self, csrf, upload};
use crate::web::response::{html, local_path};

/// The field of a page that carries it.
pub const FIELD: &str = "_waits";
const PURPOSE: &str = "form that waits for proof";
/// The longest form that waits, in bytes: sealed, it still fits into another.
const LONGEST: usize = 40 * 1024;

/// Where a form was going, and what it held.
#[derive(Clone, Debug)]
pub struct WaitingForm {
    pub path: String,
    /// The only user who may send it, where nothing but its token says that our own page sent it.
    pub for_user: Option<i64>,
    pub body: String,
}

/// Who may go on with it.
#[derive(Clone, Copy, Debug)]
pub enum Sender {
    /// Whoever signs in from the page that carries it.
    Client,
    User(i64),
}

impl Sender {
    fn word(self) -> String {
        match self {
            Self::Client => "visitor".into(),
            Self::User(id) => format!("user {id}"),
        }
    }
}

impl WaitingForm {
    /// The text that it waits as; `None` for one that is too long.
    pub fn seal(&self, app: &App, sender: Sender) -> Option<String> {
        let user = self.for_user.map_or_else(String::new, |id| id.to_string());
        let text = format!("{}\n{user}\n{}", self.path, self.body);
        if text.len() > LONGEST { None } else { seal(&app.keys, PURPOSE, &sender.word(), text.as_bytes()) }
    }

    pub fn open(app: &App, sender: Sender, sealed: &str) -> Option<Self> {
        let text = String::from_utf8(open(&app.keys, PURPOSE, &sender.word(), sealed)?).ok()?;
        let (path, rest) = text.split_once('\n')?;
        let (user, body) = rest.split_once('\n')?;
        Some(Self { path: path.into(), for_user: user.parse().ok(), body: body.into() })
    }

    /// Whether this user may send it.
    pub fn is_for(&self, user: i64) -> bool {
        self.for_user.is_none_or(|id| id == user)
    }

    /// The sealed text that a sign-in form carries, where it is one of ours; else blank.
    pub fn carried(app: &App, posted: &FormData) -> String {
        let sealed = posted.text(FIELD);
        Self::open(app, Sender::Client, sealed).map_or_else(String::new, |_| sealed.into())
    }
}

/// The sign-in page that carries a sealed form; accounts draw it.
pub type SignInPage = fn(&Visit, String) -> AppResult<HttpResponse>;

/// The sign-in page with the form inside, for a request that our own page sent; the plain way in for any other. Over plain HTTP
/// in a network browsers do not say where a request comes from. Then the token does: the user for whom it was made gets the form
/// back.
pub async fn offer(mut request: ServiceRequest, sign_in: SignInPage) -> ServiceResponse<BoxBody> {
    let app = request.app_data::<web::Data<App>>().cloned();
    let site = request.headers().get("sec-fetch-site").map(|site| site.as_bytes().to_vec());
    let may_be_ours = match &site {
        Some(site) => site == b"same-origin",
        None => app.as_ref().is_some_and(|app| csrf::is_same_origin(request.request(), app)),
    };
    let sent = if may_be_ours { sent(&mut request).await } else { None };
    let sent = sent.and_then(|(form, token)| match (&site, app) {
        (Some(_), _) => Some(form),
        (None, Some(app)) => csrf::owner(&app, &token).map(|id| WaitingForm { for_user: Some(id), ..form }),
        (None, None) => None,
    });
    let visit = Visit::of(request.request());
    let sealed = visit.as_ref().zip(sent).and_then(|(visit, form)| form.seal(&visit.app, Sender::Client));
    let page = match (sealed, visit) {
        (Some(sealed), Some(visit)) => sign_in(&visit, sealed),
        _ => Err(AppError::SignInFirst),
    };
    match page {
        Ok(response) => request.into_response(response),
        Err(error) => request.error_response(error),
    }
}

/// The page for a stale form that carries a waiting one: somebody has signed in in another tab since, or signed out again. `None`
/// if there is nothing to give back.
pub fn offer_carried(request: &ServiceRequest, sign_in: SignInPage) -> Option<HttpResponse> {
    let visit = Visit::of(request.request())?;
    let sealed = request.extensions().get::<StaleForm>().map(|stale| stale.0.text(FIELD).to_string())?;
    let form = WaitingForm::open(&visit.app, Sender::Client, &sealed)?;
    let ours = request.headers().get("sec-fetch-site").is_some_and(|site| site == "same-origin");
    match &visit.user {
        // Over plain HTTP another site could otherwise put its form before whoever signs in.
        None if ours || form.for_user.is_some() => sign_in(&visit, sealed).ok(),
        None => None,
        Some(user) if form.is_for(user.id) && (ours || form.for_user.is_some()) => send_again(&visit, form).ok(),
        Some(_) => None,
    }
}

/// What was sent, without passwords: it is offered for sending to whoever signs in. And its token.
async fn sent(request: &mut ServiceRequest) -> Option<(WaitingForm, String)> {
    let path = local_path(&request.uri().to_string())?.to_string();
    let sent = match upload::is_multipart(request) {
        // A file has to be chosen again; what was typed beside it waits.
        true => upload::texts(request).await,
        false => request::body::form(request).await,
    };
    let sent = sent.ok()?;
    let token = sent.text(csrf::FIELD).to_string();
    let body = sent.without_secrets().without(csrf::FIELD).encoded();
    Some((WaitingForm { path, for_user: None, body }, token))
}

#[derive(Template)]
#[template(path = "web/routing/resume.html")]
struct ResumePage {
    shell: Shell,
    action: String,
    pairs: Vec<(String, String)>,
}

/// Signed in again: what was typed can now be sent.
pub fn send_again(visit: &Visit, form: WaitingForm) -> AppResult<HttpResponse> {
    let pairs = FormData::parse(form.body.as_bytes()).map(FormData::into_pairs).unwrap_or_default();
    html(StatusCode::OK, &ResumePage { shell: visit.shell("You are signed in again"), action: form.path, pairs })
}
