//! A form that waits while its sender proves who they are: the session has ended, or they have to confirm their identity. Nothing
//! is done with it before they have, and sent it again or gone on.
//!
//! It is one sealed text wherever it waits: in the page that asks, and in the row of a sign-in that waits for its second step or
//! for a provider. It is no draft (`web/record/drafts.rs`), which is a row of its owner: here nobody is signed in yet, whoever
//! asks without an account must not write to the database, and a new password that somebody sent is not stored in the clear.

use actix_web::HttpResponse;
use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use askama::Template;

use crate::app::App;
use crate::crypto::seal::{open, seal};
use crate::error::{AppError, AppResult};
use crate::resource::FormData;
use crate::web::page::shell::Shell;
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
        let text = format!("{}\n{}", self.path, self.body);
        if text.len() > LONGEST { None } else { seal(&app.keys, PURPOSE, &sender.word(), text.as_bytes()) }
    }

    pub fn open(app: &App, sender: Sender, sealed: &str) -> Option<Self> {
        let text = String::from_utf8(open(&app.keys, PURPOSE, &sender.word(), sealed)?).ok()?;
        let (path, body) = text.split_once('\n')?;
        Some(Self { path: path.into(), body: body.into() })
    }

    /// The sealed text that a sign-in form carries, where it is one of ours; else blank.
    pub fn carried(app: &App, posted: &FormData) -> String {
        let sealed = posted.text(FIELD);
        Self::open(app, Sender::Client, sealed).map_or_else(String::new, |_| sealed.into())
    }
}

/// The sign-in page that carries a sealed form; accounts draw it.
pub type SignInPage = fn(&Visit, String) -> AppResult<HttpResponse>;

/// The sign-in page with the form inside, for a request that our own page sent; the plain way in for any other.
pub async fn offer(mut request: ServiceRequest, sign_in: SignInPage) -> ServiceResponse<BoxBody> {
    let ours = request.headers().get("sec-fetch-site").is_some_and(|site| site == "same-origin");
    let sent = if ours { sent(&mut request).await } else { None };
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

/// What was sent, without passwords: it is offered for sending to whoever signs in.
async fn sent(request: &mut ServiceRequest) -> Option<WaitingForm> {
    let path = local_path(request.uri().path())?.to_string();
    let sent = match upload::is_multipart(request) {
        // A file has to be chosen again; what was typed beside it waits.
        true => upload::texts(request).await,
        false => request::body::form(request).await,
    };
    let sent = sent.ok()?;
    let body = sent.forget(|name| name == csrf::FIELD || name.contains("password")).encoded();
    Some(WaitingForm { path, body })
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
