//! "Sign-in and security": the second factors of the user's account.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

use super::change::{Changed, change};
use super::recovery::{self, MADE};
use crate::accounts::mail;
use crate::accounts::second_factor::{self, authenticator, passkey, webauthn};
use crate::db::{UtcDateTime, Zone};
use crate::error::{AppError, AppResult};
use crate::web::page::flash::{Tone, leave};
use crate::web::page::shell::Shell;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};

pub const PATH: &str = "/security";

#[derive(Template)]
#[template(path = "accounts/second_factor/security.html")]
struct SecurityPage {
    shell: Shell,
    /// Whether all other pages are blocked until a factor is set up.
    owes: bool,
    is_on: bool,
    /// When the app was set up, and when it was last used.
    app: Option<(String, String)>,
    keys: Vec<Key>,
    more_keys: bool,
    /// Why passkeys do not work at this address; blank if they do.
    no_keys: String,
    error: Option<String>,
    name: String,
    left: i64,
    made: usize,
}

struct Key {
    id: i64,
    name: String,
    added: String,
    used: String,
}

pub async fn show(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    render(&visit, &user, None, String::new()).await
}

/// Removes the app.
pub async fn remove_app(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    let id = user.id;
    let done = change(&visit, &user, move |c, app| {
        let had = authenticator::remove(c, id)?;
        second_factor::tidy(c, id)?;
        Ok(had.then(|| Changed { part: "Sign-in app", became: "removed".into(), mail: mail::authenticator_removed(app), result: () }))
    });
    if done.await?.is_some() {
        leave(&visit.request, &visit.app, Tone::Ok, "Authenticator app removed. You are signed out everywhere else.");
    }
    Ok(see_other(PATH))
}

/// Removes a passkey.
pub async fn remove_key(visit: Visit, user: CurrentUser, key: Path<i64>) -> AppResult<HttpResponse> {
    let (id, key) = (user.id, *key);
    let done = change(&visit, &user, move |c, app| {
        let name = passkey::remove(c, id, key)?;
        second_factor::tidy(c, id)?;
        let became = |name: String| Changed {
            part: "Passkey",
            became: format!("“{name}” removed"),
            mail: mail::passkey_removed(app, &name),
            result: name,
        };
        Ok(name.map(became))
    });
    match done.await? {
        Some(name) => {
            leave(&visit.request, &visit.app, Tone::Ok, format!("Passkey “{name}” removed. You are signed out everywhere else."));
            Ok(see_other(PATH))
        }
        None => Err(AppError::NotFound),
    }
}

/// The page, with the error of adding a passkey.
pub async fn render(visit: &Visit, user: &CurrentUser, error: Option<String>, name: String) -> AppResult<HttpResponse> {
    let id = user.id;
    let (app, keys, left) = visit
        .app
        .db
        .read(move |c| Ok::<_, AppError>((authenticator::find(c, id)?, passkey::list_for_user(c, id)?, recovery::left(c, id)?)))
        .await?;
    let zone = &visit.zone();
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = SecurityPage {
        shell: visit.shell("Sign-in and security").with_errors(error.is_some()),
        owes: app.is_none() && keys.is_empty() && crate::web::routing::required_steps::owes(user, &visit.app.settings),
        is_on: app.is_some() || !keys.is_empty(),
        app: app.map(|(since, used)| (zone.show(since), shown(zone, used))),
        more_keys: i64::try_from(keys.len()).unwrap_or(i64::MAX) < passkey::MOST,
        no_keys: no_keys(visit),
        keys: keys
            .into_iter()
            .map(|key| Key { id: key.id, name: key.name, added: zone.show(key.created_at), used: shown(zone, key.last_used_at) })
            .collect(),
        error,
        name,
        left,
        made: MADE,
    };
    html(status, &page)
}

fn shown(zone: &Zone, at: Option<UtcDateTime>) -> String {
    at.map_or_else(|| "Never".into(), |at| zone.show(at))
}

/// Passkeys belong to one domain; browsers refuse them on any other.
fn no_keys(visit: &Visit) -> String {
    let Some(origin) = webauthn::origin(&visit.app) else {
        return "Passkeys need HTTPS and a host name.".into();
    };
    let here = webauthn::works_at(&visit.app, visit.request.connection_info().host());
    if here { String::new() } else { format!("You can add passkeys only at {origin}security.") }
}
