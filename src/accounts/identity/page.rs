//! The page where users see, link and unlink their accounts at providers.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use diesel::prelude::*;

use super::depart::depart;
use super::link::{issuers, label_of};
use super::model::{Identity, has_other_way, list_for_user, unlink};
use super::pending::ReturnState;
use crate::accounts::mail;
use crate::accounts::second_factor::change::{Changed, change};
use crate::db::schema::users;
use crate::error::{AppError, AppResult};
use crate::web::page::flash::{Tone, leave};
use crate::web::page::shell::Shell;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};

#[derive(Template)]
#[template(path = "accounts/identity/identities.html")]
struct IdentitiesPage {
    shell: Shell,
    has_password: bool,
    lines: Vec<Line>,
}

/// A provider, and the linked account there.
struct Line {
    label: String,
    /// Part of its address; blank for a provider that is no longer configured.
    name: String,
    linked: Option<Link>,
}

struct Link {
    id: i64,
    address: String,
    since: String,
    used: String,
}

pub async fn index(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    let id = user.id;
    let (hash, all) = visit
        .app
        .db
        .read(move |c| {
            let hash = users::table.filter(users::id.eq(id)).select(users::password_hash).first::<String>(c)?;
            Ok::<_, AppError>((hash, list_for_user(c, id)?))
        })
        .await?;
    let zone = &visit.zone();
    let drawn = |identity: &Identity| Link {
        id: identity.id,
        address: if identity.email.is_empty() { identity.subject.clone() } else { identity.email.clone() },
        since: zone.show(identity.created_at),
        used: identity.last_used_at.map_or_else(|| "Never".into(), |at| zone.show(at)),
    };
    let offered = visit.app.providers.iter().map(|provider| Line {
        label: provider.label.clone(),
        name: provider.name.clone(),
        linked: all.iter().find(|identity| identity.issuer == provider.issuer).map(drawn),
    });
    let is_offered = |identity: &&Identity| visit.app.providers.iter().any(|provider| provider.issuer == identity.issuer);
    let former = all.iter().filter(|identity| !is_offered(identity)).map(|identity| Line {
        label: identity.issuer.clone(),
        name: String::new(),
        linked: Some(drawn(identity)),
    });
    let lines = offered.chain(former).collect();
    html(StatusCode::OK, &IdentitiesPage { shell: visit.shell("Linked accounts"), has_password: !hash.is_empty(), lines })
}

/// Redirects to the provider to link an account there.
pub async fn create(visit: Visit, user: CurrentUser, name: Path<String>) -> AppResult<HttpResponse> {
    depart(&visit, &name, ReturnState { user_id: Some(user.id), ..ReturnState::default() }).await
}

pub async fn destroy(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let (owner, id) = (user.id, *id);
    let theirs = visit.app.db.read(move |c| Ok::<_, AppError>(list_for_user(c, owner)?)).await?;
    let identity = theirs.into_iter().find(|identity| identity.id == id).ok_or(AppError::NotFound)?;
    let done = change(&visit, &user, move |c, app| {
        if !has_other_way(c, &identity, &issuers(app))? || !unlink(c, id)? {
            return Ok(None);
        }
        let label = label_of(app, &identity.issuer);
        Ok(Some(Changed {
            part: "Linked account",
            became: format!("{label} unlinked"),
            mail: mail::account_unlinked(app, &label),
            result: (),
        }))
    });
    if done.await?.is_some() {
        leave(
            &visit.request,
            &visit.app,
            Tone::Ok,
            "Account unlinked. You can no longer sign in with it. You are signed out everywhere else.",
        );
    } else {
        let text = "You cannot unlink your only sign-in method. Set a password, add a passkey or link another account first.";
        leave(&visit.request, &visit.app, Tone::Warn, text);
    }
    Ok(see_other("/identities"))
}
