//! Somebody is there: noted at most once a minute, and never because a page asked something by itself.

use actix_session::{Session, SessionExt};
use actix_web::HttpMessage;
use actix_web::dev::ServiceRequest;

use super::state::{LAPSED, ROW, STANDING};
use super::view_as::{Lapsed, VIEW_AS};
use super::{Standing, row, sealed};
use crate::app::App;
use crate::db::DbError;
use crate::error::{AppError, AppResult};
use crate::resource::Actor;
use crate::settings::SessionPlace;
use crate::web::paths::STAY;
use crate::web::request::visit::Visit;

/// Last seen is written at most so often, in seconds.
const SEEN_EVERY: i64 = 60;
/// A page waits so long for that at most.
const SEEN_WITHIN: std::time::Duration = std::time::Duration::from_millis(250);
/// In the address of a page that looks again by itself, where there is no script to do it.
pub const LOOKS_AGAIN: &str = "look=again";

/// Notes that the person is there, and leaves with the request when the session ends.
pub async fn note(request: &ServiceRequest, app: &App) {
    let session = request.get_session();
    let Ok(Some(mut standing)) = session.get::<Standing>(STANDING) else { return };
    let now = app.now().unix_seconds();
    if !is_by_itself(request) && now - standing.seen >= SEEN_EVERY {
        standing = standing.met(&app.settings.session_limits, now);
        seen(app, &session, now).await;
    }
    request.extensions_mut().insert(standing);
}

/// Browsers say what asks: a page by itself, with `fetch`, or a person who goes somewhere. Over plain HTTP from another
/// machine they say nothing, and everything counts. A page that loads itself again says so in its address.
fn is_by_itself(request: &ServiceRequest) -> bool {
    if request.query_string() == LOOKS_AGAIN {
        return true;
    }
    request.path() != STAY && request.headers().get("sec-fetch-dest").is_some_and(|dest| dest == "empty")
}

async fn seen(app: &App, session: &Session, at: i64) {
    let Ok(Some(id)) = session.get::<i64>(ROW) else {
        if let Err(error) = session.insert(sealed::SEEN, at) {
            tracing::warn!(%error, "could not save when the user was last seen");
        }
        return;
    };
    let now = app.now();
    let seen = app.db.write(move |c| row::seen(c, id, now).map_err(DbError::from));
    // A page is not refused because the clock of its session could not be moved, nor does it wait for that while
    // somebody writes for long.
    match tokio::time::timeout(SEEN_WITHIN, seen).await {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => tracing::warn!(%error, "could not save when the user was last seen"),
        Err(_) => tracing::debug!("could not save in time when the user was last seen"),
    }
}

/// Seeing Praxis as somebody else is over: the entry goes, and the log says why.
pub async fn lapse(request: &ServiceRequest, app: &App, own: &Actor) {
    let session = request.get_session();
    let Ok(Some(lapsed)) = session.get::<Lapsed>(LAPSED) else { return };
    session.remove(VIEW_AS);
    let (keys, own, now) = (app.keys.clone(), own.clone(), app.now());
    let ended = app.db.write(move |c| lapsed.end(c, &keys, &own, now).map_err(DbError::from));
    if let Err(error) = ended.await {
        tracing::warn!(%error, "could not log the end of a read-only view");
    }
}

/// After all sessions of the user were ended: the one in hand goes on.
pub async fn keep(visit: &Visit, user_id: i64) -> AppResult<()> {
    if let SessionPlace::Cookie = visit.app.settings.session_store {
        let epoch = visit.app.db.read(move |c| Ok::<_, AppError>(sealed::epoch(c, user_id)?)).await?;
        visit.request.get_session().insert(sealed::EPOCH, epoch).map_err(AppError::internal)?;
    }
    Ok(())
}
