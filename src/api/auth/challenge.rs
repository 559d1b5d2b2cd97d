//! The second step of a program's sign-in: after the right password, a code from the app or a recovery code is required.

use diesel::prelude::*;
use serde_json::json;
use time::Duration;

use super::token::{Claims, Kind};
use super::{not_valid, pair, required};
use crate::accounts::origin::Origin;
use crate::accounts::second_factor::{self, Method};
use crate::accounts::throttle::attempt::succeeded;
use crate::accounts::throttle::lockout::{Claim, Client, claim_second};
use crate::accounts::throttle::retry_after;
use crate::api::state::State;
use crate::api::{Answer, ApiError, Call};
use crate::crypto::keys::digest;
use crate::db::schema::users;

/// How long the second step may take; the same as on the pages.
const LASTS: Duration = Duration::minutes(10);

/// The error that asks for the second step instead of returning tokens.
pub fn ask(app: &State, user_id: i64, hash: &str, methods: &[Method]) -> Result<ApiError, ApiError> {
    let token = app.tokens.sign(&Claims::new(Kind::Challenge, user_id, &digest(hash), app.now(), LASTS))?;
    let app_too = methods.contains(&Method::App).then_some("totp");
    let ways: Vec<&str> = app_too.into_iter().chain(["recovery"]).collect();
    let refused =
        ApiError::unauthorized("second_factor_required", "This account uses two-step verification. Send a code with the challenge.");
    Ok(refused.with("challenge", token.into()).with("methods", json!(ways)))
}

/// The result of checking a code.
enum Taken {
    /// With the hash of the password that was verified.
    Right(String),
    Wrong,
    Delayed(u64),
}

pub async fn create(call: Call) -> Answer {
    let [token, code] = required(&call.body, ["challenge", "code"])?;
    let (app, now) = (call.app.clone(), call.app.now());
    let claims = app.tokens.read_as(Kind::Challenge, &token, now).map_err(not_valid)?;
    let user_id = claims.user();
    let origin = Origin::of(&call.request);
    let visitor = Client::from(&origin, "");
    let data = app.clone();
    let taken = app.db.write(move |c| {
        // The password has changed since, or the account was deactivated: the challenge is no longer valid.
        let known = users::table.filter(users::id.eq(user_id)).filter(users::is_active.eq(true)).select(users::password_hash);
        let Some(hash) = known.first::<String>(c).optional()?.filter(|hash| digest(hash) == claims.family) else {
            return Ok(Taken::Wrong);
        };
        let id = match claim_second(c, &visitor, user_id, now)? {
            Claim::Open(id) => id,
            Claim::Delayed(until) => return Ok(Taken::Delayed(retry_after::seconds(until, now).unsigned_abs())),
        };
        if !second_factor::accept(c, &data.keys, user_id, &code, now)? {
            return Ok(Taken::Wrong);
        }
        succeeded(c, id, now)?;
        Ok::<_, ApiError>(Taken::Right(hash))
    });
    match taken.await? {
        Taken::Right(hash) => Ok(pair::open(&app, user_id, hash, origin).await?.answer()),
        Taken::Wrong => Err(ApiError::unauthorized("second_factor_wrong", "The code is incorrect, or the challenge has expired.")),
        Taken::Delayed(seconds) => Err(ApiError::throttled(seconds)),
    }
}
