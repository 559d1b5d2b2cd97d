//! The pages about the API, where requests can be tried: an overview, and a page for each resource. They are rendered from the
//! OpenAPI description, so that they are always complete, and can be read without script.

mod drawing;
mod words;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;

use crate::api::docs::drawing::{Group, groups};
use crate::api::docs::words::{Piece, pieces};
use crate::api::openapi::description::YAML;
use crate::api::state::State;
use crate::error::{AppError, AppResult};
use crate::web::page::shell::Shell;
use crate::web::request::visit::Visit;
use crate::web::response::html;

#[derive(Template)]
#[template(path = "api/docs.html")]
struct DocsPage {
    shell: Shell,
    about: About,
}

/// For visitors, if a setting makes it public.
#[derive(Template)]
#[template(path = "api/docs_visitor.html")]
struct VisitorPage {
    shell: Shell,
    about: About,
}

struct About {
    intro: Vec<Vec<Piece>>,
    groups: Vec<Group>,
    /// The group of this page; `None` on the overview.
    shown: Option<Group>,
    /// The base address of the API.
    home: String,
}

pub async fn show(visit: Visit, state: Data<State>) -> AppResult<HttpResponse> {
    let description = state.description().map_err(AppError::internal)?;
    render(visit, &description.data, groups(&description.data), None)
}

/// The operations of one resource.
pub async fn group(visit: Visit, state: Data<State>, mark: Path<String>) -> AppResult<HttpResponse> {
    let description = state.description().map_err(AppError::internal)?;
    let mut groups = groups(&description.data);
    let place = groups.iter().position(|group| group.mark == *mark).ok_or(AppError::NotFound)?;
    let shown = groups.remove(place);
    render(visit, &description.data, groups, Some(shown))
}

fn render(visit: Visit, description: &serde_json::Value, groups: Vec<Group>, shown: Option<Group>) -> AppResult<HttpResponse> {
    let text = description.pointer("/info/description").and_then(|text| text.as_str()).unwrap_or_default();
    let shell = match &shown {
        Some(group) => visit.shell(format!("API: {}", group.name)).under(&[("API", "/api/docs/")]),
        None => visit.shell("API"),
    };
    let about = About {
        intro: text.split("\n\n").map(pieces).collect(),
        groups,
        shown,
        home: format!("{}/api/", visit.app.settings.public_url.as_str().trim_end_matches('/')),
    };
    match visit.user {
        Some(_) => html(StatusCode::OK, &DocsPage { shell, about }),
        None => html(StatusCode::OK, &VisitorPage { shell, about }),
    }
}

/// The description as a file, for browsers, which send a cookie and no token.
pub async fn json(state: Data<State>) -> AppResult<HttpResponse> {
    let drawn = state.description().map_err(AppError::internal)?;
    Ok(HttpResponse::Ok().content_type("application/json").body(drawn.json.clone()))
}

pub async fn yaml(state: Data<State>) -> AppResult<HttpResponse> {
    let drawn = state.description().map_err(AppError::internal)?;
    Ok(HttpResponse::Ok().content_type(YAML).body(drawn.yaml.clone()))
}
