//! Opening the session once every step is done.

use actix_identity::Identity;
use actix_session::SessionExt;
use actix_web::{HttpMessage, HttpResponse};
use diesel::prelude::*;

use super::authenticated::Authenticated;
use crate::accounts::code::purpose::Purpose;
use crate::accounts::origin::{Origin, browser, network};
use crate::accounts::throttle::attempt::{SignIn, before_this};
use crate::accounts::{code, mail, second_factor, sign_in};
use crate::crypto::keys::{digest, random_text};
use crate::db::schema::users;
use crate::db::{UtcDateTime, Zone};
use crate::error::{AppError, AppResult};
use crate::web::page::flash::{Tone, leave};
use crate::web::request::client::{ip_of, user_agent_of};
use crate::web::request::csrf;
use crate::web::request::visit::Visit;
use crate::web::response::see_other;
use crate::web::routing::reauthentication::PROVED;
use crate::web::routing::waiting_form::{Sender, WaitingForm, send_again};
use crate::web::sessions;
use crate::web::sessions::state::{CREDENTIAL, IP, USER_AGENT};

/// Every sign-in passes here: if the user has set up a second factor, it is required first.
pub async fn finish_first_step(visit: &Visit, authenticated: Authenticated) -> AppResult<HttpResponse> {
    let id = authenticated.user_id;
    let asked = !authenticated.is_whole && !visit.app.db.read(move |c| Ok::<_, AppError>(second_factor::methods(c, id)?)).await?.is_empty();
    if asked { sign_in::pending::begin(visit, authenticated).await } else { open_session(visit, authenticated).await }
}

/// Opens the session. The owner is notified of a sign-in from an unknown browser, and sees when they last signed in.
pub async fn open_session(visit: &Visit, authenticated: Authenticated) -> AppResult<HttpResponse> {
    let id = authenticated.user_id;
    let is_known = sign_in::known_browser::known(&visit.request, &visit.app).iter().any(|(owner, _)| *owner == id);
    let (app, origin) = (visit.app.clone(), Origin::of(&visit.request));
    let reads = (users::last_login, users::time_zone, users::locale);
    let (before, zone) = visit
        .app
        .db
        .write(move |c| {
            let (came, zone, locale): (Option<UtcDateTime>, String, String) =
                users::table.filter(users::id.eq(id)).select(reads).first(c)?;
            if came.is_some() && !is_known {
                mail::new_sign_in(&app).from(&origin).queue_for_user(c, &app, id)?;
            }
            Ok::<_, AppError>((before_this(c, id)?, app.clinic_zone().read_by(&zone, &locale)))
        })
        .await?;
    begin(visit, id, &authenticated.hash, authenticated.remembered, authenticated.is_recent).await?;
    if let Some(before) = before {
        leave(&visit.request, &visit.app, Tone::Info, last(&before, &zone));
    }
    match WaitingForm::open(&visit.app, Sender::Client, &authenticated.waiting_form) {
        Some(form) if form.is_for(id) => send_again(visit, form),
        _ => Ok(see_other(if authenticated.next.is_empty() { "/".into() } else { authenticated.next })),
    }
}

/// `Last sign-in: 20 Nov 2026, 08:44 with Firefox on Windows from 192.0.2.7.`
pub fn last(before: &SignIn, zone: &Zone) -> String {
    let (browser, network) = (browser(&before.user_agent), network(&before.ip));
    format!("Last sign-in: {} with {browser} from {network}.", zone.show(before.created_at))
}

/// Opens the first session of a new account. `hash` is that of its password.
pub async fn open(visit: &Visit, user_id: i64, hash: &str) -> AppResult<()> {
    begin(visit, user_id, hash, false, true).await
}

/// Opens a session under a new key, without data of the previous one.
pub async fn begin(visit: &Visit, user_id: i64, hash: &str, remembered: bool, is_recent: bool) -> AppResult<()> {
    let now = visit.app.now();
    visit
        .app
        .db
        .write(move |c| {
            // Codes for a new password are revoked, because whoever knows the password needs none.
            code::one_time::void(c, user_id, &[Purpose::Reset])?;
            Ok::<_, AppError>(diesel::update(users::table.filter(users::id.eq(user_id))).set(users::last_login.eq(now)).execute(c)?)
        })
        .await?;
    let session = visit.request.get_session();
    session.clear();
    sessions::remember(&visit.request, remembered)?;
    let internal = |error: actix_session::SessionInsertError| AppError::internal(error);
    session.insert(csrf::FIELD, random_text(32)).map_err(internal)?;
    session.insert(CREDENTIAL, digest(hash)).map_err(internal)?;
    session.insert(IP, ip_of(&visit.request)).map_err(internal)?;
    session.insert(USER_AGENT, user_agent_of(&visit.request)).map_err(internal)?;
    if is_recent {
        session.insert(PROVED, now.unix_seconds()).map_err(internal)?;
    }
    Identity::login(&visit.request.extensions(), user_id.to_string()).map_err(AppError::internal)?;
    sign_in::known_browser::remember(&visit.request, &visit.app, user_id);
    Ok(())
}
