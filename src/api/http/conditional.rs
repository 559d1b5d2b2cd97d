//! Conditional requests: `If-None-Match` saves sending an unchanged record, `If-Match` prevents overwriting another change.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};

use super::error::ApiError;
use super::routes::Answer;

fn tags(request: &HttpRequest, name: HeaderName) -> Option<Vec<String>> {
    let said: Vec<&str> = request.headers().get_all(name).filter_map(|value| value.to_str().ok()).collect();
    let tags = said.iter().flat_map(|value| value.split(',')).map(|tag| tag.trim().trim_start_matches("W/").to_string());
    (!said.is_empty()).then(|| tags.collect())
}

/// The response to a read: 304 if the client has the current state.
pub fn read(request: &HttpRequest, tag: &str, body: Vec<u8>) -> Answer {
    let known =
        tags(request, header::IF_NONE_MATCH).is_some_and(|tags| tags.iter().any(|one| one == "*" || one == tag.trim_start_matches("W/")));
    let mut response =
        if known { HttpResponse::NotModified().finish() } else { HttpResponse::Ok().content_type("application/json").body(body) };
    if let Ok(tag) = HeaderValue::from_str(tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    // The response depends on the caller, so no cache may store it.
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// The versions that a change is allowed for.
#[derive(Clone, Debug)]
pub struct Expected(Vec<Option<i64>>);

impl Expected {
    /// `None` if the header is missing. An unknown tag matches no version.
    pub fn of(request: &HttpRequest) -> Option<Self> {
        let tags = tags(request, header::IF_MATCH)?;
        if tags.iter().any(|tag| tag == "*") {
            return None;
        }
        let version = |tag: &String| tag.trim_matches('"').split('-').next().and_then(|version| version.parse().ok());
        Some(Self(tags.iter().map(version).collect()))
    }

    pub fn check(&self, version: i64) -> Result<(), ApiError> {
        if self.0.contains(&Some(version)) {
            return Ok(());
        }
        let detail = "The record has changed since you read it. Read it again before you change it.";
        Err(ApiError::new(StatusCode::PRECONDITION_FAILED, "precondition_failed", detail))
    }
}
