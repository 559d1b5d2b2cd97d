//! Responses: rendering a page, and redirecting to another.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use askama::Template;

use crate::error::{AppError, AppResult};

/// Percent-encodes a text for use in an address.
pub fn percent(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// Renders a page as a response.
pub fn html(status: StatusCode, page: &impl Template) -> AppResult<HttpResponse> {
    let body = page.render().map_err(AppError::internal)?;
    Ok(HttpResponse::build(status).content_type("text/html; charset=utf-8").body(body))
}

/// Redirects to another page after a form was handled (303).
pub fn see_other(place: impl Into<String>) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, place.into()))
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .finish()
}

/// The path, if it is one on this site; `None` for another host or scheme, backslashes or control characters.
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
