//! Active sessions and recent sign-ins: one's own, and for those who may change the account.

use actix_session::SessionExt;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;

use super::open::OpenSession;
use crate::accounts::origin::{browser, network};
use crate::accounts::session;
use crate::accounts::throttle::attempt::{Outcome, list_for_user};
use crate::accounts::throttle::lockout::{locked_until, unlock};
use crate::english::isolated;
use crate::error::{AppError, AppResult};
use crate::resource::Row;
use crate::resource::access::permissions::outranks;
use crate::resource::log::append::Entry;
use crate::resource::log::entry::LogAction;
use crate::settings::SessionPlace;
use crate::web::page::flash::{Tone, leave};
use crate::web::page::shell::Shell;
use crate::web::record;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};
use crate::web::sessions::state::ROW;
use crate::web::sessions::{self, Sessions, end};

/// Recent sign-ins shown.
const SHOWN: i64 = 20;

#[derive(Template)]
#[template(path = "accounts/session/sessions.html")]
struct SessionsPage {
    shell: Shell,
    mine: bool,
    /// Whether the session store can list sessions.
    listed: bool,
    /// When sessions end, in a sentence.
    rule: String,
    open: Vec<OpenSession>,
    /// Whether there is any besides the current one.
    others: bool,
    sign_ins: Vec<Line>,
    /// Until when sign-in is locked after wrong passwords.
    locked: Option<String>,
    action: String,
    unlock: String,
}

struct Line {
    when: String,
    what: &'static str,
    right: bool,
    browser: String,
    network: String,
}

/// The user's own sessions.
pub async fn mine(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    let shell = visit.shell("Active sessions");
    render(&visit, user.id, shell, true).await
}

pub async fn end_mine(visit: Visit, user: CurrentUser, posted: PostedForm) -> AppResult<HttpResponse> {
    let row = record::find::find(&visit.app, crate::resource::Actor::system(), "user", user.id).await?;
    end(&visit, &user, &row, &posted).await?;
    Ok(see_other("/sessions"))
}

/// Another user's sessions, for those who have every right of the account.
pub async fn show(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let row = account(&visit, &user, *id).await?;
    let back = format!("/admin/users/{id}");
    let shell =
        visit.shell(format!("Sign-ins of {}", isolated(&row.label))).under(&[("Administration", "/admin"), ("Users", "/admin/users")]);
    render(&visit, *id, shell.renamed("Sign-ins").after(&row.label, &back), false).await
}

pub async fn end_theirs(visit: Visit, user: CurrentUser, id: Path<i64>, posted: PostedForm) -> AppResult<HttpResponse> {
    let row = account(&visit, &user, *id).await?;
    end(&visit, &user, &row, &posted).await?;
    Ok(see_other(format!("/users/{id}/sessions")))
}

pub async fn unlock_account(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let row = account(&visit, &user, *id).await?;
    let (app, actor, label) = (visit.app.clone(), user.to_actor(), row.label.clone());
    visit
        .app
        .db
        .write(move |c| {
            unlock(c, &app.keys, row.id, app.now())?;
            app.act(c, &actor, |_, writer| {
                writer.log_entry(about(&row, "Unlocked the sign-in"));
                Ok::<_, AppError>(())
            })
        })
        .await?;
    leave(&visit.request, &visit.app, Tone::Ok, format!("{label} can sign in again."));
    Ok(see_other(format!("/users/{id}/sessions")))
}

/// A user whom this actor may deactivate.
async fn account(visit: &Visit, user: &CurrentUser, id: i64) -> AppResult<Row> {
    let row = record::find::find(&visit.app, user.to_actor(), "user", id).await?;
    let actor = user.to_actor();
    let may = visit.app.db.read(move |c| Ok::<_, AppError>(outranks(c, &actor, id)?)).await?;
    if may { Ok(row) } else { Err(AppError::Forbidden("You cannot change this account, because it has permissions that you do not have.")) }
}

/// Ends one session, or all except the current one.
async fn end(visit: &Visit, user: &CurrentUser, row: &Row, posted: &PostedForm) -> AppResult<()> {
    let (this, listed) = (current(visit), is_listed(visit));
    let one = posted.get("session").map(|id| id.parse::<i64>().unwrap_or(0));
    let (app, actor, row, account) = (visit.app.clone(), user.to_actor(), row.clone(), row.id);
    let ended = visit
        .app
        .db
        .write(move |c| {
            let ended = match one {
                Some(id) => end::end_one(c, row.id, id)?,
                None => end::end_others(c, row.id, this)?,
            };
            if !ended.is_empty() || (one.is_none() && !listed) {
                app.act(c, &actor, |_, writer| {
                    writer.log_entry(about(&row, if one.is_some() { "Ended a session" } else { "Ended the other sessions" }));
                    Ok::<_, AppError>(())
                })?;
            }
            Ok::<_, AppError>(ended)
        })
        .await?;
    if account == user.id {
        sessions::keep(visit, account).await?;
    }
    let sentence = match (ended.len(), one) {
        (_, None) if !listed => "Sessions signed out.",
        (0, Some(_)) => "That session had already ended.",
        (0, None) => "There are no other sessions.",
        (1, _) => "Session signed out.",
        _ => "Sessions signed out.",
    };
    if let Some(store) = visit.request.app_data::<Data<Sessions>>() {
        store.forget(ended).await;
    }
    leave(&visit.request, &visit.app, Tone::Ok, sentence);
    Ok(())
}

/// Sessions stored in cookies cannot be listed.
fn is_listed(visit: &Visit) -> bool {
    !matches!(visit.app.settings.session_store, SessionPlace::Cookie)
}

fn about(row: &Row, note: &str) -> Entry {
    Entry { id: row.id, label: row.label.clone(), ..Entry::noted(LogAction::Act, "user", note) }
}

/// The id of the current session's row; 0 if there is none.
fn current(visit: &Visit) -> i64 {
    visit.request.get_session().get::<i64>(ROW).ok().flatten().unwrap_or(0)
}

async fn render(visit: &Visit, user_id: i64, shell: Shell, mine: bool) -> AppResult<HttpResponse> {
    let (app, now, this) = (visit.app.clone(), visit.app.now(), current(visit));
    let (open, tries, locked) = visit
        .app
        .db
        .read(move |c| {
            Ok::<_, AppError>((
                session::open::list(c, user_id, &app.settings.session_limits, now)?,
                list_for_user(c, user_id, SHOWN)?,
                locked_until(c, &app.keys, user_id, now)?,
            ))
        })
        .await?;
    let zone = &visit.zone();
    let listed = is_listed(visit);
    let mut open: Vec<OpenSession> = open.iter().map(|session| session::open::rendered(session, zone, this)).collect();
    if mine && !listed {
        open = session::open::this_one(visit).into_iter().collect();
    }
    let page = SessionsPage {
        shell,
        mine,
        listed,
        rule: session::open::rule(&visit.app.settings.session_limits),
        others: open.iter().any(|session| !session.current),
        open,
        sign_ins: tries
            .iter()
            .map(|one| Line {
                when: zone.show(one.created_at),
                what: one.message(),
                right: one.outcome != Outcome::Wrong,
                browser: if one.user_agent.is_empty() { String::new() } else { browser(&one.user_agent) },
                network: network(&one.ip),
            })
            .collect(),
        locked: locked.map(|until| zone.show(until)),
        action: if mine { "/sessions".into() } else { format!("/users/{user_id}/sessions") },
        unlock: format!("/users/{user_id}/unlock"),
    };
    html(StatusCode::OK, &page)
}
