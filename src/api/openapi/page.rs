//! The endpoint that returns the description.

use actix_web::HttpResponse;

use super::answers::JSON;
use super::description::YAML;
use crate::api::http;
use crate::api::http::error::ApiError;
use crate::api::http::request::Call;
use crate::api::http::routes::Answer;
use crate::api::records::output::etag;

/// `GET /api/schema/`
pub async fn show(call: Call) -> Answer {
    let drawn = call.app.description().map_err(ApiError::internal)?;
    let wants_yaml = call.query()?.get("format").map_or_else(|| prefers_yaml(&call), |format| format == "yaml");
    let (body, kind) = if wants_yaml { (&drawn.yaml, YAML) } else { (&drawn.json, JSON) };
    let mut response: HttpResponse = http::conditional::read(&call.request, &etag(0, body), body.to_vec())?;
    if let Ok(kind) = kind.parse() {
        response.headers_mut().insert(actix_web::http::header::CONTENT_TYPE, kind);
    }
    Ok(response)
}

fn prefers_yaml(call: &Call) -> bool {
    let said = call.request.headers().get(actix_web::http::header::ACCEPT).and_then(|said| said.to_str().ok());
    said.is_some_and(|said| said.contains("yaml") && !said.contains("json"))
}
