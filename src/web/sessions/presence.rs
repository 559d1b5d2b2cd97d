//! Presence: the time of the user's last activity, updated at most once a minute, and never by requests that a page makes by
//! itself.

use actix_session::{Session, SessionExt};
use actix_web::HttpMessage;
use actix_web::dev::ServiceRequest;
use actix_web::web::Data;

use super::state::{LAPSED, ROW, STANDING};
use super::store::Sessions;
use super::view_as::{Lapsed, VIEW_AS};
use super::{row, sealed};
use crate::app::App;
use crate::db::DbError;
use crate::error::{AppError, AppResult};
use crate::resource::Actor;
use crate::settings::SessionPlace;
use crate::settings::session_limits::Standing;
use crate::web::paths::STAY;
use crate::web::request::visit::Visit;

/// Seconds between updates.
const SEEN_EVERY: i64 = 60;
/// How long a page waits for the update.
const SEEN_WITHIN: std::time::Duration = std::time::Duration::from_millis(250);
/// Marks the address of a page that refreshes itself without script.
pub const LOOKS_AGAIN: &str = "look=again";

/// Records the activity, and adds the session's end to the request.
pub async fn note(request: &ServiceRequest, app: &App) {
    let session = request.get_session();
    let Ok(Some(mut standing)) = session.get::<Standing>(STANDING) else { return };
    let now = app.now().unix_seconds();
    if !is_by_itself(request) && now - standing.seen >= SEEN_EVERY {
        standing = standing.met(&app.settings.session_limits, now);
        seen(app, request, &session, now).await;
    }
    request.extensions_mut().insert(standing);
}

/// Browsers say whether a script (`fetch`) or a navigation sent the request. Over plain HTTP from another machine they say
/// nothing, and every request counts. A page that refreshes itself says so in its address.
fn is_by_itself(request: &ServiceRequest) -> bool {
    if request.query_string() == LOOKS_AGAIN {
        return true;
    }
    request.path() != STAY && request.headers().get("sec-fetch-dest").is_some_and(|dest| dest == "empty")
}

async fn seen(app: &App, request: &ServiceRequest, session: &Session, at: i64) {
    let Some(sessions) = request.app_data::<Data<Sessions>>() else { return };
    let Ok(Some(id)) = session.get::<i64>(ROW) else {
        if let Err(error) = session.insert(sealed::SEEN, at) {
            tracing::warn!(%error, "could not save when the user was last seen");
        }
        return;
    };
    let now = app.now();
    let seen = app.db.write_aside(move |c| row::seen(c, id, now).map_err(DbError::from));
    // A page is not refused because this update failed, and does not wait for it while the database is busy.
    match tokio::time::timeout(SEEN_WITHIN, seen).await {
        Ok(Ok(_)) => sessions.refresh(),
        Ok(Err(error)) => tracing::warn!(%error, "could not save when the user was last seen"),
        Err(_) => tracing::debug!("could not save in time when the user was last seen"),
    }
}

/// Viewing as another user has ended: removes the entry, and logs the reason.
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

/// After all sessions of the user were ended: keeps the current one valid.
pub async fn keep(visit: &Visit, user_id: i64) -> AppResult<()> {
    if let SessionPlace::Cookie = visit.app.settings.session_store {
        let epoch = visit.app.db.read(move |c| Ok::<_, AppError>(sealed::epoch(c, user_id)?)).await?;
        visit.request.get_session().insert(sealed::EPOCH, epoch).map_err(AppError::internal)?;
    }
    Ok(())
}
