//! Error pages: what happened, whether anything was lost, and what to do next.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, StatusCode, header};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use askama::Template;

use crate::app::App;
use crate::english::capital;
use crate::error::{AppError, READ_ONLY_VIEW};
use crate::resource::FormData;
use crate::web::page::shell::Shell;
use crate::web::request::body::STALE;
use crate::web::request::csrf;
use crate::web::request::posted::{PostedForm, RefusedForm};
use crate::web::request::press::PRESS;
use crate::web::request::upload::is_in_parts;
use crate::web::request::visit::Visit;
use crate::web::response::{local_path, percent};

#[derive(Template)]
#[template(path = "errors/problem.html")]
struct InShell {
    shell: Shell,
    words: Words,
    again: Option<Again>,
}

#[derive(Template)]
#[template(path = "errors/bare.html")]
struct Bare {
    shell: Shell,
    words: Words,
    again: Option<Again>,
}

/// The form that was sent, to be sent again.
struct Again {
    action: String,
    pairs: Vec<(String, String)>,
    /// How the form is encoded.
    enctype: &'static str,
    /// What is to be shortened first: name, label and text.
    long: Vec<(String, String, String)>,
}

/// The bytes of a text that is shown to be shortened.
const LONG: usize = 1_000;

impl Again {
    /// What the request held, as far as it was read. Passwords are typed again.
    fn of(request: &HttpRequest, status: StatusCode) -> Option<Self> {
        if !matches!(status.as_u16(), 403 | 408 | 413 | 429 | 500..) {
            return None;
        }
        let extensions = request.extensions();
        let sent = match extensions.get::<RefusedForm>() {
            Some(refused) => refused.clone(),
            None => RefusedForm {
                path: request.uri().path_and_query()?.to_string(),
                data: FormData::clone(extensions.get::<PostedForm>()?),
                in_parts: is_in_parts(request),
            },
        };
        Self::with(sent, status)
    }

    fn with(RefusedForm { path, data, in_parts }: RefusedForm, status: StatusCode) -> Option<Self> {
        // It may have been saved although the answer did not come: sent again, it is still the same form.
        let token = data.get(PRESS).or_else(|| data.get(csrf::FIELD)).map(ToString::to_string);
        let data = data.without_secrets().without(csrf::FIELD);
        let pairs = token.iter().fold(data, |data, token| data.with(PRESS, token.as_str())).into_pairs();
        let is_long = |(_, value): &(String, String)| status == StatusCode::PAYLOAD_TOO_LARGE && value.len() > LONG;
        let (long, pairs): (Vec<_>, Vec<_>) = pairs.into_iter().partition(is_long);
        let labelled = |(name, text): (String, String)| {
            let label = capital(&name.replace('_', " "));
            (name, label, text)
        };
        Some(Self {
            enctype: if in_parts { "multipart/form-data" } else { "application/x-www-form-urlencoded" },
            action: local_path(&path)?.into(),
            pairs,
            long: long.into_iter().map(labelled).collect(),
        })
    }
}

/// Shown when the response took too long.
pub const TOO_LATE: &str =
    "The request took too long. Wait a moment. If you were saving something, check whether it was saved before you try again.";

/// The text of an error page.
pub struct Words {
    pub title: &'static str,
    text: String,
    detail: &'static str,
    /// The next step: label and address.
    way: (&'static str, String),
}

/// Whether the path is for programs, whose errors are JSON: the API, and CalDAV. The page about the API is for people.
pub fn is_for_programs(path: &str) -> bool {
    let below = |start: &str| path.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    (below("/api") && !below("/api/docs")) || below("/caldav")
}

/// Errors that the API itself could not answer: a wrong host, a panic.
pub fn for_programs(status: StatusCode, detail: &str) -> HttpResponse {
    let words = words(status, "", "/");
    let code = match status.as_u16() {
        503 => "unavailable",
        500.. => "error",
        _ => "bad_request",
    };
    let detail = if detail.is_empty() { format!("{}. {}", words.title, words.text) } else { detail.into() };
    let mut response = HttpResponse::build(status);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.insert_header((header::RETRY_AFTER, "5"));
    }
    response.content_type("application/json").body(serde_json::json!({ "detail": detail, "code": code }).to_string())
}

/// The response for an error, or for a response with a status and no body.
pub fn answer(request: &HttpRequest, status: StatusCode, error: Option<&AppError>) -> HttpResponse {
    if is_for_programs(request.path()) {
        return for_programs(status, error.map_or("", AppError::detail));
    }
    if matches!(error, Some(AppError::SignInFirst)) {
        return to_sign_in(request);
    }
    let path = if request.method() == Method::GET { request.uri().path() } else { "/" };
    let mut words = words(status, error.map_or("", AppError::detail), path);
    if let Some(AppError::InTrash(trash)) = error {
        words = Words {
            title: "This record is in the trash",
            text: "You can restore it from the trash.".into(),
            detail: "",
            way: ("Open the trash", trash.clone()),
        };
    }
    if let Some(AppError::LinkEnded) = error {
        words = Words {
            title: "This link does not work any more",
            text: "Links in our emails work for a limited time. Use the link in the latest email, or contact us.".into(),
            detail: "",
            way: ("Sign in", "/login".into()),
        };
    }
    let Some(visit) = Visit::of(request) else { return HttpResponse::new(status) };
    let again = Again::of(request, status);
    if again.is_some() && status == StatusCode::FORBIDDEN {
        words.text = match error.map_or("", AppError::detail) {
            STALE => "You have signed in again since this form was opened. Nothing was changed, and what you typed is not lost.",
            READ_ONLY_VIEW => "You are viewing Praxis as another user. Stop viewing, then send what you typed again.",
            _ => "Nothing was changed, and what you typed is not lost. Ask an administrator for access, then send it again.",
        }
        .into();
    }
    if again.as_ref().is_some_and(|again| !again.long.is_empty()) {
        words.text = "What you typed is too long. Nothing was changed, and nothing is lost: shorten it and send it again.".into();
    }
    let shell = visit.shell(words.title);
    let page = if visit.user.is_some() { InShell { shell, words, again }.render() } else { Bare { shell, words, again }.render() };
    page_of(status, page)
}

/// Middleware inside the session, because forms on the page need the session's secret for their tokens.
pub async fn render(request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let (http, response) = next.call(request).await?.map_into_boxed_body().into_parts();
    let response = complete(&http, response);
    Ok(ServiceResponse::new(http, response))
}

/// Adds the page to a response that has only a status.
pub fn complete(http: &HttpRequest, mut response: HttpResponse) -> HttpResponse {
    let status = response.status();
    let bare = !response.headers().contains_key(header::CONTENT_TYPE) && (status.is_client_error() || status.is_server_error());
    if let Some(error) = response.error() {
        if status.is_server_error() {
            tracing::error!(status = status.as_u16(), %error, "request failed");
        }
        return answer(http, status, error.as_error::<AppError>());
    }
    if !bare {
        return response;
    }
    if let Some(place) = without_slash(http).filter(|_| status == StatusCode::NOT_FOUND) {
        return HttpResponse::PermanentRedirect().insert_header((header::LOCATION, place)).finish();
    }
    let mut page = answer(http, status, None);
    if let Some(allow) = response.headers_mut().remove(header::ALLOW).next() {
        page.headers_mut().insert(header::ALLOW, allow);
    }
    page
}

/// The same when the request was lost, and with it the user. `sent` is the form that it brought; it is sent again with its own
/// token, because the session's secret is gone too.
pub fn without_request(app: &App, status: StatusCode, detail: &'static str, sent: Option<RefusedForm>) -> HttpResponse {
    let words = words(status, detail, "/");
    let mut shell = Shell::bare(app, words.title);
    shell.csrf = sent.as_ref().map_or_else(String::new, |sent| sent.data.text(csrf::FIELD).into());
    let again = sent.and_then(|sent| Again::with(sent, status));
    page_of(status, Bare { shell, words, again }.render())
}

fn page_of(status: StatusCode, page: askama::Result<String>) -> HttpResponse {
    let mut response = HttpResponse::build(status);
    response.content_type("text/html; charset=utf-8");
    if matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
        response.insert_header((header::RETRY_AFTER, "5"));
    }
    response.body(page.unwrap_or_else(|_| "Something went wrong.".into()))
}

/// The address without a trailing slash, which people may type; no page has one.
fn without_slash(request: &HttpRequest) -> Option<String> {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let path = request.path().strip_suffix('/').filter(|path| reads && !path.starts_with("/api"))?;
    let query = request.query_string();
    let place = if query.is_empty() { path.to_string() } else { format!("{path}?{query}") };
    local_path(&place).filter(|place| place.len() > 1).map(String::from)
}

/// Redirects to the sign-in page, with the address to return to.
fn to_sign_in(request: &HttpRequest) -> HttpResponse {
    let wanted = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let back = matches!(*request.method(), Method::GET | Method::HEAD) && wanted != "/";
    let place = if back { format!("/login?next={}", percent(wanted)) } else { "/login".into() };
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, place))
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .finish()
}

/// The text for a status: what happened, whether anything was lost, what to do next.
pub fn words(status: StatusCode, detail: &'static str, path: &str) -> Words {
    let home = ("Go to the start page", "/".to_string());
    let again = ("Try again", path.to_string());
    let (title, text, way) = match status.as_u16() {
        400 => ("Bad request", "Something in the address or the form is not valid. Nothing was changed.", home),
        403 if detail == READ_ONLY_VIEW => ("You cannot make changes", READ_ONLY_VIEW, home),
        403 if detail == STALE => ("This form has expired", STALE, home),
        403 => ("You do not have permission", "Ask an administrator for access if you need it.", home),
        404 => ("Page not found", "Check the address, or ask an administrator for access. The record may have been deleted.", home),
        405 => ("Method not allowed", "This page does not support that request. Nothing was changed.", home),
        408 => ("The connection timed out", "Your request did not arrive in time. Nothing was changed. Try again.", again),
        409 => ("The record has changed", "Somebody else has changed it. Nothing was saved. Reload the page and try again.", home),
        413 => ("The request is too large", "You sent more data than this page accepts. Nothing was changed.", home),
        415 => ("Unsupported content type", "This page accepts forms only. Nothing was changed.", home),
        429 => ("Praxis is busy", "Nothing was changed. Wait a few seconds and try again.", again),
        503 if detail == TOO_LATE => ("The request took too long", TOO_LATE, again),
        503 => ("The database is temporarily unavailable", "Wait a moment and try again. Saved data is safe.", again),
        code if code < 500 => ("The request failed", "Nothing was changed.", home),
        _ => ("Something went wrong", "The error has been logged. Your last change was not saved. Earlier data is safe.", home),
    };
    Words { title, text: text.into(), detail: if detail == text { "" } else { detail }, way }
}
