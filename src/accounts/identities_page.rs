//! Ways to sign in: the accounts at providers that let somebody in, linked and unlinked by themselves.

use actix_session::SessionExt;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use diesel::prelude::*;

use super::identity::{Identity, Linked, has_other_way, link, list_for_user, unlink};
use super::identity_mails::{Place, notice};
use super::oidc_request::Errand;
use super::provider_sign_in::{depart, stale};
use crate::app::App;
use crate::db::Connection;
use crate::db::connection::exclusive;
use crate::db::schema::{sessions, users};
use crate::error::{AppError, AppResult};
use crate::mail::outbox;
use crate::oidc::{Person, Provider};
use crate::resource::history::LogAction;
use crate::resource::log::Entry;
use crate::resource::write::Writer;
use crate::resource::{Actor, Row};
use crate::web::current::CurrentUser;
use crate::web::flash::{Tone, leave};
use crate::web::page::{Shell, Visit, html, see_other};
use crate::web::sessions::ROW;

#[derive(Template)]
#[template(path = "accounts/identities.html")]
struct IdentitiesPage {
    shell: Shell,
    has_password: bool,
    lines: Vec<Line>,
}

/// A provider, and the account there that is linked.
struct Line {
    label: String,
    /// Part of its address; blank for one that the clinic no longer uses.
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
    let zone = &visit.app.settings.time_zone;
    let drawn = |identity: &Identity| Link {
        id: identity.id,
        address: if identity.email.is_empty() { identity.subject.clone() } else { identity.email.clone() },
        since: zone.show(identity.created_at),
        used: identity.last_used_at.map_or_else(|| "not yet".into(), |at| zone.show(at)),
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
    html(StatusCode::OK, &IdentitiesPage { shell: visit.shell("Ways to sign in"), has_password: !hash.is_empty(), lines })
}

/// Off to the provider to link an account there.
pub async fn create(visit: Visit, user: CurrentUser, name: Path<String>) -> AppResult<HttpResponse> {
    depart(&visit, &name, Errand { user_id: Some(user.id), ..Errand::default() }).await
}

/// Back from the provider, in the session that left.
pub async fn arrived(visit: &Visit, provider: &Provider, person: Person, errand: Errand) -> AppResult<HttpResponse> {
    let Some(user) = visit.user.clone().filter(|user| errand.user_id == Some(user.id) && user.behind.is_none()) else {
        return stale(visit);
    };
    let (app, actor, place, label) = (visit.app.clone(), user.to_actor(), Place::of(visit), provider.label.clone());
    let linked = visit
        .app
        .db
        .write(move |c| {
            let now = app.now();
            let linked = link(c, actor.id, &person, now)?;
            if linked == Linked::Done {
                let owner = owner(c, &app, actor.id)?;
                app.act(c, &actor, |c, writer| told(c, &app, writer, &owner, &label, &place, true))?;
            }
            Ok::<_, AppError>(linked)
        })
        .await?;
    let label = &provider.label;
    let (tone, text) = match linked {
        Linked::Done => (Tone::Ok, format!("{label} is linked. From now on it lets you in.")),
        Linked::Known => (Tone::Ok, format!("This {label} account is linked already.")),
        Linked::Taken => (Tone::Warn, format!("This {label} account lets somebody else in here. Nothing was changed.")),
        Linked::Another => (Tone::Warn, format!("Another {label} account is linked. Unlink it first.")),
    };
    leave(&visit.request, &visit.app, tone, text);
    Ok(see_other("/identities"))
}

pub async fn destroy(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let (app, actor, place, id) = (visit.app.clone(), user.to_actor(), Place::of(&visit), *id);
    let this = visit.request.get_session().get::<i64>(ROW).ok().flatten().unwrap_or(0);
    let done = visit
        .app
        .db
        .write(move |c| {
            exclusive(c, "user", actor.id)?;
            let identity = list_for_user(c, actor.id)?.into_iter().find(|identity| identity.id == id).ok_or(AppError::NotFound)?;
            let issuers: Vec<String> = app.providers.iter().map(|provider| provider.issuer.clone()).collect();
            if !has_other_way(c, &identity, &issuers)? {
                return Ok(false);
            }
            // Whoever came in with it elsewhere goes as well.
            diesel::delete(sessions::table.filter(sessions::user_id.eq(actor.id)).filter(sessions::id.ne(this))).execute(c)?;
            part_with(c, &app, &actor, &identity, &place)?;
            Ok::<_, AppError>(true)
        })
        .await?;
    if done {
        leave(&visit.request, &visit.app, Tone::Ok, "It is unlinked and no longer lets you in. Your other browsers are signed out.");
    } else {
        let text = "It is your only way in, so it stays. Set a password first, or link another account; then you can unlink it.";
        leave(&visit.request, &visit.app, Tone::Warn, text);
    }
    Ok(see_other("/identities"))
}

/// Unlinks and tells about it: the log, and the owner by mail. In the caller's transaction.
pub fn part_with(c: &mut Connection, app: &Data<App>, actor: &Actor, identity: &Identity, place: &Place) -> AppResult<()> {
    let owner = owner(c, app, identity.user_id)?;
    if !unlink(c, identity.id)? {
        return Err(AppError::NotFound);
    }
    app.act(c, actor, |c, writer| told(c, app, writer, &owner, &label_of(app, &identity.issuer), place, false))
}

/// What the clinic calls a provider; its address where it no longer uses it.
pub fn label_of(app: &App, issuer: &str) -> String {
    app.providers.iter().find(|provider| provider.issuer == issuer).map_or_else(|| issuer.into(), |provider| provider.label.clone())
}

fn owner(c: &mut Connection, app: &App, id: i64) -> AppResult<Row> {
    let user = app.registry.get("user").ok_or(AppError::NotFound)?;
    app.registry.find(c, user, id, None)?.ok_or(AppError::NotFound)
}

fn told(c: &mut Connection, app: &App, writer: &Writer, owner: &Row, label: &str, place: &Place, linked: bool) -> AppResult<()> {
    let note = format!("{} {label} for signing in", if linked { "Linked" } else { "Unlinked" });
    writer.set_down(Entry { id: owner.id, label: owner.label.clone(), ..Entry::noted(LogAction::Act, "user", note) });
    // An address that takes no mail keeps nobody from mending their ways in.
    if let Ok(mail) = notice(app, owner, writer.actor, label, place, linked) {
        outbox::queue(c, &mail, writer.now)?;
    }
    Ok(())
}
