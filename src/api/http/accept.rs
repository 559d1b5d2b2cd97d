//! Content negotiation. There is one format, so this only checks that the caller accepts it.

use actix_web::HttpRequest;
use actix_web::http::{StatusCode, header};

use super::error::ApiError;
use crate::resource::FormData;

/// `?format=json` takes precedence over the `Accept` header; any other format is not found. Some addresses have another format as
/// well.
pub fn check(request: &HttpRequest, also: Option<(&str, &str)>) -> Result<(), ApiError> {
    let query = request.query_string();
    if query.contains("format=") {
        let asked = FormData::parse(query.as_bytes()).unwrap_or_default();
        match asked.get("format") {
            Some("json") => return Ok(()),
            Some(format) if also.is_some_and(|(known, _)| known == format) => return Ok(()),
            Some(_) => return Err(ApiError::not_found()),
            None => {}
        }
    }
    let mut said = request.headers().get_all(header::ACCEPT).filter_map(|value| value.to_str().ok()).peekable();
    if said.peek().is_none() || said.flat_map(|value| value.split(',')).any(|range| takes(range, also)) {
        return Ok(());
    }
    Err(ApiError::new(StatusCode::NOT_ACCEPTABLE, "not_acceptable", "The API returns application/json only."))
}

fn takes(range: &str, also: Option<(&str, &str)>) -> bool {
    let mut parts = range.split(';').map(str::trim);
    let kind = parts.next().unwrap_or("").to_ascii_lowercase();
    let refused = parts.any(|part| part.strip_prefix("q=").is_some_and(|weight| weight.trim_matches(['0', '.']).is_empty()));
    let is_known = matches!(kind.as_str(), "" | "*/*" | "application/*" | "application/json");
    !refused && (is_known || also.is_some_and(|(_, known)| known == kind))
}

#[cfg(test)]
mod tests {
    use super::takes;

    #[test]
    fn json_is_taken_where_it_is_not_refused() {
        for range in ["*/*", "application/json", " Application/JSON; q=0.5", "application/*;q=0.1", "application/json; indent=4"] {
            assert!(takes(range, None), "{range}");
        }
        for range in ["text/html", "application/xml", "application/json;q=0", "*/*; q=0.0", "json"] {
            assert!(!takes(range, None), "{range}");
        }
    }
}
