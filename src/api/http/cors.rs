//! CORS, for programs in browsers on other sites: off, unless the setting lists the site.

use actix_web::http::Method;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};

use crate::api::state::State;

/// Headers that such a program may send or read in addition to the safelisted ones.
const SENDS: HeaderValue = HeaderValue::from_static("Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match");
const READS: HeaderValue =
    HeaderValue::from_static("ETag, Idempotent-Replayed, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset");
/// Seconds for which a browser may cache the preflight response.
const REMEMBERED: HeaderValue = HeaderValue::from_static("600");

/// The origin of the request, if it is allowed.
fn origin<'a>(request: &'a HttpRequest, app: &State) -> Option<&'a HeaderValue> {
    let origin = request.headers().get(header::ORIGIN)?;
    let known = app.settings.cors_origins.iter().any(|known| known.as_bytes() == origin.as_bytes());
    known.then_some(origin)
}

/// Whether it is a preflight request.
pub fn is_preflight(request: &HttpRequest, app: &State) -> bool {
    *request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
        && origin(request, app).is_some()
}

pub fn preflight(allowed: &HeaderValue) -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, allowed.clone()))
        .insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, SENDS))
        .insert_header((header::ACCESS_CONTROL_MAX_AGE, REMEMBERED))
        .finish()
}

/// Allows the origin to read the response. Never with credentials, because the API uses no cookies.
pub fn dress(response: &mut HttpResponse, request: &HttpRequest, app: &State) {
    if app.settings.cors_origins.is_empty() {
        return;
    }
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("Accept, Origin"));
    if let Some(origin) = origin(request, app) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, READS);
    }
}
