//! Signing in with a program: the password once, then tokens.

use actix_web::HttpResponse;
use actix_web::web::Data;
use diesel::prelude::*;
use serde_json::json;
use time::Duration;

use super::token::{Claims, Kind};
use crate::accounts::api_token::family::{Member, NewFamily};
use crate::accounts::origin::Origin;
use crate::accounts::password::rules::normal;
use crate::accounts::password::verify::{Proof, prove};
use crate::accounts::throttle::budget::Visitor;
use crate::accounts::{api_token, second_factor};
use crate::api::auth::{challenge, required};
use crate::api::state::State;
use crate::api::{Answer, ApiError, Call};
use crate::crypto::keys::random_text;
use crate::db::UtcDateTime;
use crate::db::schema::users;

pub async fn create(call: Call) -> Answer {
    // Clients of simplejwt may say `username`, where ours say `email`; either may hold the other.
    let has = |name: &str| call.body.value.get(name).is_some();
    let login = if has("username") && !has("email") { "username" } else { "email" };
    let [login, password] = required(&call.body, [login, "password"])?;
    let origin = Origin::of(&call.request);
    let visitor = Visitor::from(&origin, login.trim());
    match prove(call.app.app(), visitor, normal(&password)).await? {
        Proof::Right(user) => {
            let id = user.id;
            let methods = call.app.db.read(move |c| Ok::<_, ApiError>(second_factor::methods(c, id)?)).await?;
            if !methods.is_empty() {
                return Err(challenge::ask(&call.app, user.id, &user.password_hash, &methods)?);
            }
            Ok(open(&call.app, user.id, user.password_hash, origin).await?.answer())
        }
        Proof::Wrong => Err(ApiError::unauthorized("no_active_account", "No active account found with the given credentials")),
        Proof::Delayed(seconds) => Err(ApiError::throttled(seconds.unsigned_abs())),
    }
}

/// What a sign-in holds in its hand.
pub struct Pair {
    pub access: String,
    pub refresh: String,
}

impl Pair {
    /// With a refresh token that its family knows already.
    pub fn sign(app: &State, member: &Member, refresh: &Claims) -> Result<Self, ApiError> {
        let access = Claims {
            email: Some(member.email.clone()),
            name: Some(member.actor.name.clone()),
            ..Claims::new(Kind::Access, member.actor.id, &refresh.family, app.now(), access_lasts(app))
        };
        Ok(Self { access: app.tokens.sign(&access)?, refresh: app.tokens.sign(refresh)? })
    }

    pub fn answer(self) -> HttpResponse {
        HttpResponse::Ok().json(json!({ "refresh": self.refresh, "access": self.access }))
    }
}

/// Begins a family for somebody who proved the password of this hash.
pub async fn open(app: &Data<State>, user_id: i64, hash: String, origin: Origin) -> Result<Pair, ApiError> {
    let (now, family) = (app.now(), random_text(32));
    let refresh = Claims::new(Kind::Refresh, user_id, &family, now, refresh_lasts(app));
    let new = NewFamily { user_id, hash, family, jti: refresh.jti.clone(), origin, expires_at: ends(app, now) };
    let standing = app
        .db
        .write(move |c| {
            diesel::update(users::table.filter(users::id.eq(user_id))).set(users::last_login.eq(now)).execute(c)?;
            api_token::family::open(c, &new, now)?;
            Ok::<_, ApiError>(api_token::family::standing(c, user_id, &new.family, now)?)
        })
        .await?;
    match standing {
        api_token::family::Standing::Holds(member) => Pair::sign(app, &member, &refresh),
        // The account was closed, or its password changed, while the old one was being proved.
        _ => Err(ApiError::unauthorized("no_active_account", "No active account found with the given credentials")),
    }
}

fn access_lasts(app: &State) -> Duration {
    Duration::minutes(app.settings.api_access_minutes)
}

pub fn refresh_lasts(app: &State) -> Duration {
    Duration::hours(app.settings.api_refresh_hours)
}

/// When the last token that is signed now has expired.
pub fn ends(app: &State, now: UtcDateTime) -> UtcDateTime {
    now.plus(access_lasts(app).max(refresh_lasts(app)))
}
