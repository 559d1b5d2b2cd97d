//! Redirecting to a provider: the stored request, and the page that sends the browser there.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::notices::troubled;
use super::pending::{ReturnState, remember};
use crate::error::{AppError, AppResult};
use crate::web::page::shell::Shell;
use crate::web::request::csrf;
use crate::web::request::visit::Visit;
use crate::web::response::html;

/// Shown briefly: the content security policy does not let a form redirect to another site, so a page does.
#[derive(Template)]
#[template(path = "accounts/identity/provider_leaving.html")]
pub struct LeavingPage {
    shell: Shell,
    label: String,
    url: String,
}

/// Redirects to the provider, after storing what is needed on return.
pub async fn depart(visit: &Visit, name: &str, return_state: ReturnState) -> AppResult<HttpResponse> {
    let known = visit.app.providers.find(name).ok_or(AppError::NotFound)?;
    let now = visit.app.now();
    let departure = match visit.app.providers.depart(known, &way_back(visit, name)?, now).await {
        Ok(departure) => departure,
        Err(trouble) => return troubled(visit, &known.provider, &trouble),
    };
    let browser = csrf::browser(&visit.request, &visit.app).ok_or(AppError::Forbidden(crate::web::request::body::STALE))?;
    let (name, url) = (name.to_string(), departure.url.clone());
    visit.app.db.write(move |c| Ok::<_, AppError>(remember(c, &name, &browser, &departure, return_state, now)?)).await?;
    let label = known.provider.label.clone();
    html(StatusCode::OK, &LeavingPage { shell: visit.shell(format!("Continue to {label}")), label, url })
}

/// The redirect URI for this provider.
pub fn way_back(visit: &Visit, name: &str) -> AppResult<url::Url> {
    visit.app.settings.public_url.join(&format!("/login/oidc/{name}/callback")).map_err(AppError::internal)
}
