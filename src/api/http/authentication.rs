//! Authentication of the caller by the token in the `Authorization` header. Cookies are ignored.

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::http::{Method, header};
use actix_web::web::Data;
use serde_json::json;

use super::caller::{By, Caller};
use super::error::ApiError;
use crate::accounts::api_token;
use crate::accounts::api_token::model::{ApiToken, is_due};
use crate::api::auth::token::{Claims, Kind, Wrong};
use crate::api::state::State;
use crate::db::recent::Moment;
use crate::db::{DbError, UtcDateTime};
use crate::rate_limit::{Left, Rate};
use crate::resource::Actor;
use crate::web::request::client::{ip_of, network};

/// How long a request waits for `last_used_at` to be updated.
const NOTE_WITHIN: std::time::Duration = std::time::Duration::from_millis(250);

/// The caller. Reads may use the cache of recent tokens; changes query the database.
pub async fn authenticate(request: &HttpRequest) -> Result<Caller, ApiError> {
    let app = request.app_data::<Data<State>>().cloned().ok_or_else(|| ApiError::internal("no application"))?;
    let mut caller = match message(request, &app).await {
        Ok(caller) => caller,
        // An invalid token is rate-limited like none.
        Err(error) => {
            stranger(request, &app)?;
            return Err(error);
        }
    };
    if let Some(rate) = app.settings.api_rate {
        caller.headers = admitted(app.calls.take(caller.by.key(), rate, app.now()))?.headers();
    }
    Ok(caller)
}

/// Takes a call without a token from the budget of its network.
pub fn stranger(request: &HttpRequest, app: &State) -> Result<(), ApiError> {
    let count = |rate: Rate| admitted(app.calls.take(format!("network {}", network(&ip_of(request))), rate, app.now()));
    app.settings.api_anonymous_rate.map_or(Ok(()), |rate| count(rate).map(|_| ()))
}

fn admitted(left: Left) -> Result<Left, ApiError> {
    let Some(wait) = left.wait else { return Ok(left) };
    let refused = ApiError::throttled(wait);
    Err(left.headers().into_iter().fold(refused, |refused, (name, value)| refused.header(name, value)))
}

/// The error for an invalid token, in the format of simplejwt.
fn refused(wrong: Wrong) -> ApiError {
    let message = json!([{ "token_class": "AccessToken", "token_type": "access", "message": wrong.text() }]);
    ApiError::unauthorized("token_not_valid", "Given token not valid for any token type").with("messages", message)
}

async fn message(request: &HttpRequest, app: &Data<State>) -> Result<Caller, ApiError> {
    let token = presented(request)?.ok_or_else(ApiError::not_authenticated)?;
    let may_be_known = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let asked = Asked { app, ip: ip_of(request), now: app.moment(), may_be_known };
    if token.starts_with(api_token::secret::PREFIX) { asked.script(token).await } else { asked.signed(token).await }
}

/// The token of the header. Other schemes are ignored, as in simplejwt.
fn presented(request: &HttpRequest) -> Result<Option<&str>, ApiError> {
    let wrong = || ApiError::unauthorized("bad_authorization_header", "Authorization header must contain two space-delimited values");
    let mut headers = request.headers().get_all(header::AUTHORIZATION);
    let Some(first) = headers.next() else { return Ok(None) };
    let mut words = first.to_str().map_err(|_| wrong())?.split_ascii_whitespace();
    if !words.next().is_some_and(|scheme| scheme.eq_ignore_ascii_case("bearer")) {
        return Ok(None);
    }
    match (words.next(), words.next(), headers.next()) {
        (Some(token), None, None) => Ok(Some(token)),
        _ => Err(wrong()),
    }
}

/// A token to look up.
struct Asked<'a> {
    app: &'a Data<State>,
    ip: String,
    now: Moment,
    may_be_known: bool,
}

impl Asked<'_> {
    fn known(&self, key: &str) -> Option<Caller> {
        self.may_be_known.then(|| self.app.callers.get(key, self.now)).flatten()
    }

    fn found(self, key: String, actor: Actor, by: By) -> Caller {
        let caller = Caller { actor: Arc::new(Actor { ip: self.ip, ..actor }), by, headers: Vec::new() };
        self.app.callers.put(key, self.now, caller.clone());
        caller
    }

    /// An access token: its signature and its family must be valid.
    async fn signed(self, token: &str) -> Result<Caller, ApiError> {
        let claims = self.app.tokens.read_as(Kind::Access, token, self.now.at()).map_err(refused)?;
        let key = format!("{} {} {}", claims.user_id, claims.family, self.ip);
        if let Some(caller) = self.known(&key) {
            return Ok(caller);
        }
        let member = match standing(self.app, claims, self.now.at()).await? {
            api_token::family::Standing::Holds(member) => *member,
            api_token::family::Standing::NoUser => return Err(ApiError::unauthorized("user_not_found", "User not found")),
            api_token::family::Standing::Inactive => return Err(ApiError::unauthorized("user_inactive", "User is inactive")),
            api_token::family::Standing::Ended => return Err(refused(Wrong::Ended)),
        };
        Ok(self.found(key, member.actor, By::SignIn { family: member.family }))
    }

    /// A personal access token.
    async fn script(self, token: &str) -> Result<Caller, ApiError> {
        if !api_token::secret::is_written_right(token) {
            return Err(refused(Wrong::Invalid));
        }
        let key = format!("{} {}", crate::crypto::keys::digest(token), self.ip);
        if let Some(caller) = self.known(&key) {
            let is_over = matches!(caller.by, By::Script { expires_at, .. } if expires_at <= self.now.at());
            return if is_over { Err(refused(Wrong::Expired)) } else { Ok(caller) };
        }
        let (app, text, now) = (self.app.clone(), token.to_string(), self.now.at());
        let standing = self.app.db.read(move |c| Ok::<_, DbError>(api_token::model::standing(c, &app.registry, &text, now)?)).await?;
        let held = match standing {
            api_token::model::Standing::Holds(held) => *held,
            api_token::model::Standing::Unknown => return Err(refused(Wrong::Invalid)),
            api_token::model::Standing::Expired => return Err(refused(Wrong::Expired)),
            api_token::model::Standing::Inactive => return Err(ApiError::unauthorized("user_inactive", "User is inactive")),
        };
        let ApiToken { id, scope, expires_at, last_used_at, .. } = held.token;
        if is_due(last_used_at, now) {
            note(self.app, id, now).await;
        }
        Ok(self.found(key, held.actor, By::Script { token: id, scope, expires_at }))
    }
}

/// The account that a signed token belongs to, from the database.
pub async fn standing(app: &Data<State>, claims: Claims, now: UtcDateTime) -> Result<api_token::family::Standing, ApiError> {
    app.db.read(move |c| Ok::<_, ApiError>(api_token::family::standing(c, claims.user(), &claims.family, now)?)).await
}

/// Updates `last_used_at`. The request is not refused if that fails, and does not wait for it long.
async fn note(app: &State, id: i64, now: UtcDateTime) {
    let noted = app.db.write_aside(move |c| Ok::<_, DbError>(api_token::model::used(c, id, now)?));
    match tokio::time::timeout(NOTE_WITHIN, noted).await {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => tracing::warn!(%error, "could not save when a token was last used"),
        Err(_) => tracing::debug!("could not save in time when a token was last used"),
    }
}
