//! The pair of access token and refresh token.

use actix_web::HttpResponse;
use actix_web::web::Data;
use diesel::prelude::*;
use serde_json::json;
use time::Duration;

use super::token::{Claims, Kind};
use crate::accounts::api_token;
use crate::accounts::api_token::family::{Member, NewFamily};
use crate::accounts::origin::Origin;
use crate::api::ApiError;
use crate::api::state::State;
use crate::crypto::keys::random_text;
use crate::db::UtcDateTime;
use crate::db::schema::users;

/// The tokens of a sign-in.
pub struct Pair {
    pub access: String,
    pub refresh: String,
}

impl Pair {
    /// With a refresh token that its family already has.
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

/// Begins a family for a user who proved the password with this hash.
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
        // The account was deactivated, or its password changed, during the request.
        _ => Err(ApiError::unauthorized("no_active_account", "No active account found with the given credentials")),
    }
}

pub fn access_lasts(app: &State) -> Duration {
    Duration::minutes(app.settings.api_access_minutes)
}

pub fn refresh_lasts(app: &State) -> Duration {
    Duration::hours(app.settings.api_refresh_hours)
}

/// When the last token that is signed now expires.
pub fn ends(app: &State, now: UtcDateTime) -> UtcDateTime {
    now.plus(access_lasts(app).max(refresh_lasts(app)))
}
