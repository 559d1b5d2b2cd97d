//! The outermost middleware: checks the host, catches panics, renders errors that are left, and adds the security headers.

use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpResponse, web};
use futures_util::FutureExt;
use tracing::Instrument;

use super::error_pages::{self, TOO_LATE};
use crate::app::App;
use crate::error::AppError;
use crate::web::request::body::time_for;
use crate::web::request::body_copy::BodyCopy;
use crate::web::request::cookies;

/// Longer than the slowest accepted upload of the largest possible file.
const FILE_LIMIT: Duration = Duration::from_secs(2 * 3600);

/// The longest address, in bytes.
const ADDRESS_LIMIT: usize = 16 * 1024;

/// Headers of every response. No inline scripts or styles, nothing from other sites, no framing.
const HEADERS: [(&str, &str); 8] = [
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; \
         manifest-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ("x-robots-tag", "noindex, nofollow, noarchive"),
];

/// Must not hold a clone of the request when passing it on: actix needs exclusive access to route it.
pub async fn wrap(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let start = Instant::now();
    // Styles, scripts and fonts come with every first page and would hide the rest of the log.
    let is_file = request.path().starts_with("/static/");
    pass_over_unreadable_cookies(&mut request);
    let span = tracing::info_span!("request", method = %request.method(), path = %message(request.path()));
    let answer = run(request, next).instrument(span.clone()).await;
    let status = match &answer {
        Ok(response) => response.status(),
        Err(error) => error.as_response_error().status_code(),
    };
    let (status, ms) = (status.as_u16(), start.elapsed().as_millis() as u64);
    span.in_scope(|| match is_file {
        true => tracing::debug!(status, ms, "answered"),
        false => tracing::info!(status, ms, "answered"),
    });
    answer
}

/// Paths with a secret.
pub const SECRET_LINKS: [&str; 6] = ["/setup/", "/invitation/", "/register/", "/feeds/", "/visits/", "/offers/"];

/// The path for the log, without the secret of a link.
fn message(path: &str) -> String {
    let secret = SECRET_LINKS.iter().find(|start| path.starts_with(*start));
    secret.map_or_else(|| path.chars().take(200).collect(), |start| format!("{start}…"))
}

async fn run(mut request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let Some(app) = request.app_data::<web::Data<App>>().cloned() else { return Err(AppError::internal("no application").into()) };
    let is_for_programs = error_pages::is_for_programs(request.path());
    let mut copy = None;
    let answer = match acceptable(&request, &app) {
        Err(error) => Some(Ok(Ok(request.error_response(error)))),
        Ok(()) => {
            let limit = limit(&request, &app);
            copy = if is_for_programs { None } else { BodyCopy::of(&mut request, &app) };
            let work = AssertUnwindSafe(next.call(request)).catch_unwind();
            let done = tokio::time::timeout(limit, work).await.ok();
            done.map(|done| done.map(|done| done.map(ServiceResponse::map_into_boxed_body)))
        }
    };
    let mut detail = "";
    let error = match answer {
        Some(Ok(Ok(response))) => {
            let (http, response) = response.into_parts();
            let mut response = error_pages::complete(&http, response);
            for cookie in cookies::outgoing(&http) {
                // Fails only for an invalid name or value, which would be a fault in the program.
                if let Err(error) = response.add_cookie(&cookie) {
                    tracing::error!(%error, "could not set a cookie");
                }
            }
            finish(&app, &mut response);
            return Ok(ServiceResponse::new(http, response));
        }
        Some(Ok(Err(error))) => error,
        Some(Err(_)) => AppError::internal("a handler panicked").into(),
        None => {
            detail = TOO_LATE;
            AppError::Unavailable("the response took too long".into()).into()
        }
    };
    // The request was dropped with its handler, so the page is rendered without it, and with a copy of the form.
    let status = lost_status(&error);
    tracing::error!(status = status.as_u16(), %error, "request failed");
    let mut response = match copy {
        _ if is_for_programs => error_pages::for_programs(status, detail),
        Some(copy) => error_pages::without_request(&app, status, detail, copy.form().await),
        None => error_pages::without_request(&app, status, detail, None),
    };
    finish(&app, &mut response);
    Err(InternalError::from_response(error, response).into())
}

/// How long a response may take to begin; streamed files and lists may take longer to end. A timeout leaves nothing half done:
/// each write is one transaction on its own thread, which commits or rolls back whether or not somebody still waits for it
/// ([`Db::write`](crate::db::Db::write)). What the handler would have done afterwards, such as a flash message or a new session
/// key, is lost; [`TOO_LATE`] says so.
fn limit(request: &ServiceRequest, app: &App) -> Duration {
    let said = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or("");
    // An upload may take longer; reading it has a limit of its own. In the API a file is part of the JSON.
    let longer = match said(header::CONTENT_TYPE).starts_with("multipart/form-data") {
        true => FILE_LIMIT,
        false => time_for(said(header::CONTENT_LENGTH).parse().unwrap_or(0)).min(FILE_LIMIT),
    };
    app.settings.request_limit + longer
}

/// Leaves out cookies that are not UTF-8, which somebody else has set for the domain: one of them would hide all the others.
fn pass_over_unreadable_cookies(request: &mut ServiceRequest) {
    let is_readable = |value: &HeaderValue| std::str::from_utf8(value.as_bytes()).is_ok();
    if request.headers().get_all(header::COOKIE).all(is_readable) {
        return;
    }
    let values: Vec<Vec<u8>> = request.headers().get_all(header::COOKIE).map(|value| value.as_bytes().to_vec()).collect();
    let parts = values.iter().flat_map(|value| value.split(|byte| *byte == b';'));
    let readable: Vec<&str> = parts.filter_map(|part| std::str::from_utf8(part).ok()).map(str::trim).collect();
    let kept = HeaderValue::from_bytes(readable.join("; ").as_bytes());
    request.headers_mut().remove(header::COOKIE);
    if let Ok(kept) = kept {
        request.headers_mut().insert(header::COOKIE, kept);
    }
}

/// Refuses any other Host, because links, cookies and caches depend on it. Probes come by address, and answers to them hold
/// neither.
fn acceptable(request: &ServiceRequest, app: &App) -> Result<(), AppError> {
    if crate::web::paths::PROBES.contains(&request.path()) {
        return Ok(());
    }
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("");
    if !app.settings.allows_host(host) {
        return Err(AppError::BadRequest("This host name is not allowed. Check the address."));
    }
    if request.uri().path_and_query().is_some_and(|path| path.as_str().len() > ADDRESS_LIMIT) {
        return Err(AppError::BadRequest("The address is too long."));
    }
    Ok(())
}

/// The session middleware wraps the error of the store, which fails only when the database cannot be reached.
fn lost_status(error: &actix_web::Error) -> StatusCode {
    let known = error.as_error::<AppError>().map(actix_web::ResponseError::status_code);
    match known {
        Some(status) => status,
        None if format!("{error:?}").contains(crate::db::pool::UNAVAILABLE) => StatusCode::SERVICE_UNAVAILABLE,
        None => error.as_response_error().status_code(),
    }
}

fn finish(app: &App, response: &mut HttpResponse) {
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        // A page may have a stricter policy of its own.
        if name != "content-security-policy" || !headers.contains_key(name) {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
    }
    if app.settings.is_https() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=63072000; includeSubDomains"));
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_in_an_address_is_not_logged() {
        for start in SECRET_LINKS {
            assert_eq!(message(&format!("{start}the-secret/cancel")), format!("{start}…"));
        }
        assert_eq!(message("/patients/7"), "/patients/7");
    }
}
