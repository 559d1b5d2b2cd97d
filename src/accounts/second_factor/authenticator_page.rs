//! The page to set up an authenticator app: a QR code to scan, and the first code.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};

use super::authenticator::{self, Pending};
use super::change::{Changed, change};
use super::page::PATH;
use super::recovery;
use super::recovery_page::{self, Made};
use crate::accounts::mail;
use crate::error::{AppError, AppResult, READ_ONLY_VIEW};
use crate::web::page::shell::Shell;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};

#[derive(Template)]
#[template(path = "accounts/second_factor/authenticator.html")]
struct AuthenticatorPage {
    shell: Shell,
    /// The dark modules of the QR code as an SVG path, and its width including the quiet zone.
    path: String,
    width: usize,
    groups: String,
    error: Option<String>,
}

/// Creates a secret, which becomes active when its first code is typed.
pub async fn begin(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    let (app, id) = (visit.app.clone(), user.id);
    visit.app.db.write(move |c| Ok::<_, AppError>(authenticator::begin(c, &app.keys, id, app.now())?)).await?;
    Ok(see_other("/security/app"))
}

pub async fn new(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    // A secret is shown to its owner alone, not to somebody who is viewing as them.
    if user.impersonated_by.is_some() {
        return Err(AppError::Forbidden(READ_ONLY_VIEW));
    }
    render(&visit, &user, None).await
}

pub async fn create(visit: Visit, user: CurrentUser, posted: PostedForm) -> AppResult<HttpResponse> {
    let (code, id) = (posted.text("code").trim().to_string(), user.id);
    if code.is_empty() || code.len() > 40 {
        return render(&visit, &user, Some("Enter the 6-digit code from the app".into())).await;
    }
    let done = change(&visit, &user, move |c, app| {
        if !authenticator::confirm(c, &app.keys, id, &code, app.now())? {
            return Ok(None);
        }
        // Existing recovery codes stay valid.
        let codes = if recovery::left(c, id)? == 0 { recovery::renew(c, &app.keys, id, app.now())? } else { Vec::new() };
        Ok(Some(Changed { part: "Sign-in app", became: "added".into(), mail: mail::authenticator_added(app), result: codes }))
    });
    match done.await? {
        Some(codes) => recovery_page::after(&visit, &user, Made { codes, what: "Authenticator app set up." }),
        None => {
            render(&visit, &user, Some("The code is incorrect. Wait for the next code and check that your phone's clock is right.".into()))
                .await
        }
    }
}

async fn render(visit: &Visit, user: &CurrentUser, error: Option<String>) -> AppResult<HttpResponse> {
    let (app, id, username) = (visit.app.clone(), user.id, user.username.clone());
    let pending =
        visit.app.db.read(move |c| Ok::<_, AppError>(authenticator::pending(c, &app.keys, id, &app.clinic_name(), &username)?)).await?;
    let Some(Pending { url, groups }) = pending else { return Ok(see_other(PATH)) };
    let (path, width) = square(&url)?;
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let shell = visit.shell("Set up an authenticator app").under(&[("Sign-in and security", PATH)]).with_errors(error.is_some());
    html(status, &AuthenticatorPage { shell, path, width, groups, error })
}

/// The modules of a QR code, which the page renders itself: no styles of the library, and nothing is fetched.
fn square(text: &str) -> AppResult<(String, usize)> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(AppError::internal)?;
    let drawn = code.render::<svg::Color>().module_dimensions(1, 1).build();
    let path = drawn.split("<path").nth(1).and_then(|path| path.split(" d=\"").nth(1)).and_then(|path| path.split('"').next());
    let path = path.ok_or_else(|| AppError::internal("a QR code without a path"))?;
    Ok((path.into(), code.width() + 8))
}
