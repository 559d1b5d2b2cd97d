//! Who asks: a username or an email address with an access token as the password. The password of an account is not accepted,
//! because calendar programs store it and ask for no second step.

use actix_web::http::header::{AUTHORIZATION, HeaderName, HeaderValue, RETRY_AFTER};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use diesel::prelude::*;

use super::answer::{plain, unauthorised};
use crate::accounts::api_token::model::{Held, Standing, is_due, standing, used};
use crate::accounts::api_token::secret::is_written_right;
use crate::app::App;
use crate::db::schema::users;
use crate::db::{Connection, DbError};
use crate::error::{AppError, AppResult};
use crate::rate_limit::{Left, Rate};
use crate::resource::Actor;
use crate::web::request::client::{ip_of, network};
use crate::web::routing::required_steps::{is_held, owes};

/// The user, and headers for the answer; or the answer that refuses them.
pub enum Caller {
    Known(Box<Actor>, Vec<(HeaderName, HeaderValue)>),
    Refused(HttpResponse),
}

pub async fn authenticate(request: &HttpRequest, app: &Data<App>) -> AppResult<Caller> {
    let held = match credentials(request) {
        Some((name, token)) if is_written_right(&token) => find(app, name, token).await?,
        _ => None,
    };
    let Some(Held { token, actor }) = held else {
        let refused = stranger(request, app).unwrap_or_else(unauthorised);
        return Ok(Caller::Refused(refused));
    };
    let actor = Actor { ip: ip_of(request), ..actor };
    let headers = match app.settings.api_rate {
        // The same budget as that of the token in the API.
        Some(rate) => {
            let left = app.calls.take(format!("token {}", token.id), rate, app.now());
            if let Some(refused) = refusal(left) {
                return Ok(Caller::Refused(refused));
            }
            left.headers()
        }
        None => Vec::new(),
    };
    if is_held(&actor, &app.settings) {
        return Ok(Caller::Refused(plain(403, "Confirm your email address first.")));
    }
    if owes(&actor, &app.settings) {
        return Ok(Caller::Refused(plain(403, "Your group requires two-step verification. Sign in to Praxis and set it up first.")));
    }
    let now = app.now();
    if is_due(token.last_used_at, now) {
        let noted = app.db.write_aside(move |c| Ok::<_, DbError>(used(c, token.id, now)?)).await;
        if let Err(error) = noted {
            tracing::warn!(%error, "could not save when a token was last used");
        }
    }
    Ok(Caller::Known(Box::new(actor), headers))
}

/// The name and the password of the header.
fn credentials(request: &HttpRequest) -> Option<(String, String)> {
    let (scheme, encoded) = request.headers().get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let plain = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    plain.split_once(':').map(|(name, token)| (name.trim().to_string(), token.trim().to_string()))
}

/// The token, if it belongs to this user.
async fn find(app: &Data<App>, name: String, token: String) -> AppResult<Option<Held>> {
    let (known, now) = (app.clone(), app.now());
    let work = move |c: &mut Connection| {
        let Standing::Holds(held) = standing(c, &known.registry, &token, now)? else { return Ok(None) };
        let names = users::table.find(held.token.user_id).select((users::username, users::email));
        let (username, email): (String, String) = names.first(c)?;
        let is_theirs = [username, email].iter().any(|own| !own.is_empty() && own.to_lowercase() == name.to_lowercase());
        Ok::<_, AppError>(Some(*held).filter(|_| is_theirs))
    };
    app.db.read(work).await
}

/// Takes a request without a valid token from the budget of its network; the answer that refuses it if nothing is left.
pub fn stranger(request: &HttpRequest, app: &App) -> Option<HttpResponse> {
    let count = |rate: Rate| app.calls.take(format!("network {}", network(&ip_of(request))), rate, app.now());
    app.settings.api_anonymous_rate.and_then(|rate| refusal(count(rate)))
}

fn refusal(left: Left) -> Option<HttpResponse> {
    let wait = left.wait?;
    let mut refused = plain(429, "Too many requests. Try again later.");
    let headers = refused.headers_mut();
    headers.insert(RETRY_AFTER, wait.into());
    left.headers().into_iter().for_each(|(name, value)| {
        headers.insert(name, value);
    });
    Some(refused)
}
