//! A sign-in between its two steps: the password was right, and nobody is signed in yet. A cookie holds a random key, and a row
//! everything else, for ten minutes and five attempts.

use actix_web::HttpResponse;
use actix_web::cookie::time::Duration;
use diesel::prelude::*;

use super::authenticated::Authenticated;
use crate::accounts::mail;
use crate::accounts::origin::Origin;
use crate::accounts::throttle::attempt::was_first;
use crate::app::App;
use crate::crypto::keys::{digest, random_text};
use crate::db::schema::{half_sign_ins, users};
use crate::db::{Connection, UtcDateTime};
use crate::error::{AppError, AppResult};
use crate::web::request::cookies::{self, PENDING};
use crate::web::request::visit::Visit;
use crate::web::response::see_other;

/// The page of the second step.
pub const PATH: &str = "/login/second-factor";
/// ASVS 6.5.5: ten minutes at most.
const MINUTES: i64 = 10;
/// SECURITY 5.1: wrong codes until the password is required again.
const TRIES: i32 = 5;

/// A sign-in that waits for its second step.
pub struct PendingSignIn {
    pub id: i64,
    pub user_id: i64,
    pub remembered: bool,
    pub next: String,
    pub waiting_form: String,
    /// The hash of the password that was right and has not changed.
    pub hash: String,
}

/// Stores the first step, and redirects to the second.
pub async fn begin(visit: &Visit, authenticated: Authenticated) -> AppResult<HttpResponse> {
    let (key, now) = (random_text(43), visit.app.now());
    let hash = digest(&key);
    visit.app.db.write(move |c| Ok::<_, AppError>(insert(c, &hash, authenticated, now)?)).await?;
    cookies::set(&visit.request, &visit.app, PENDING, key, Some(Duration::minutes(MINUTES)));
    Ok(see_other(PATH))
}

fn insert(c: &mut Connection, key_hash: &str, authenticated: Authenticated, now: UtcDateTime) -> QueryResult<()> {
    clear_expired(c, now)?;
    was_first(c, authenticated.user_id, now)?;
    diesel::insert_into(half_sign_ins::table)
        .values((
            half_sign_ins::key_hash.eq(key_hash),
            half_sign_ins::user_id.eq(authenticated.user_id),
            half_sign_ins::credential.eq(digest(&authenticated.hash)),
            half_sign_ins::remembered.eq(authenticated.remembered),
            half_sign_ins::next.eq(authenticated.next),
            half_sign_ins::waiting_form.eq(authenticated.waiting_form),
            half_sign_ins::expires_at.eq(now.plus(time::Duration::minutes(MINUTES))),
            half_sign_ins::created_at.eq(now),
            half_sign_ins::updated_at.eq(now),
        ))
        .execute(c)
        .map(|_| ())
}

/// The pending sign-in of this browser.
pub async fn current(visit: &Visit) -> AppResult<Option<PendingSignIn>> {
    let Some(cookie) = visit.request.cookie(&PENDING.full(&visit.app)) else { return Ok(None) };
    let (hash, now) = (digest(cookie.value()), visit.app.now());
    visit.app.db.read(move |c| Ok::<_, AppError>(find(c, &hash, now)?)).await
}

fn find(c: &mut Connection, key_hash: &str, now: UtcDateTime) -> QueryResult<Option<PendingSignIn>> {
    type Found = ((i64, i64, String, bool, String), String, String);
    let found = half_sign_ins::table
        .inner_join(users::table.on(users::id.eq(half_sign_ins::user_id)))
        .filter(half_sign_ins::key_hash.eq(key_hash))
        .filter(half_sign_ins::expires_at.gt(now))
        .filter(half_sign_ins::tries.lt(TRIES))
        .filter(users::is_active.eq(true))
        .select((
            (half_sign_ins::id, half_sign_ins::user_id, half_sign_ins::credential, half_sign_ins::remembered, half_sign_ins::next),
            half_sign_ins::waiting_form,
            users::password_hash,
        ))
        .first::<Found>(c)
        .optional()?;
    let found = found.filter(|((_, _, credential, ..), _, hash)| digest(hash) == *credential);
    Ok(found.map(|((id, user_id, _, remembered, next), waiting_form, hash)| PendingSignIn {
        id,
        user_id,
        remembered,
        next,
        waiting_form,
        hash,
    }))
}

/// Counts a wrong code. The fifth ends the sign-in, and the owner is notified that somebody knows their password.
pub fn count_wrong(c: &mut Connection, app: &App, pending: i64, user_id: i64, origin: &Origin) -> QueryResult<bool> {
    let open = half_sign_ins::table.filter(half_sign_ins::id.eq(pending)).filter(half_sign_ins::tries.lt(TRIES));
    let counted = diesel::update(open)
        .set((half_sign_ins::tries.eq(half_sign_ins::tries + 1), half_sign_ins::updated_at.eq(app.now())))
        .returning(half_sign_ins::tries)
        .get_result::<i32>(c)
        .optional()?;
    if counted == Some(TRIES) {
        mail::sign_in_blocked(app).from(origin).queue_for_user(c, app, user_id)?;
    }
    Ok(counted.is_none_or(|tries| tries >= TRIES))
}

/// Of concurrent requests that finish it one succeeds.
pub fn end(c: &mut Connection, pending: i64) -> QueryResult<bool> {
    Ok(diesel::delete(half_sign_ins::table.filter(half_sign_ins::id.eq(pending))).execute(c)? == 1)
}

/// Removes sign-ins that were not finished.
pub fn clear_expired(c: &mut Connection, now: UtcDateTime) -> QueryResult<usize> {
    diesel::delete(half_sign_ins::table.filter(half_sign_ins::expires_at.le(now))).execute(c)
}
