//! Who calls, as the token says.

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::http::header;
use actix_web::web::Data;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::caller::Caller;
use super::error::ApiError;
use crate::app::App;
use crate::resource::{Actor, permissions};
use crate::web::current::ip_of;

const PURPOSE: &str = "api: access tokens";
const HEAD: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";

/// A token for this user, for an hour.
pub fn issue(app: &App, user_id: i64) -> String {
    let claims = json!({ "token_type": "access", "user_id": user_id.to_string(), "exp": app.now().unix_seconds() + 3600 });
    let said = format!("{HEAD}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
    let sign = URL_SAFE_NO_PAD.encode(mac(app, &said).map(|mac| mac.finalize().into_bytes().to_vec()).unwrap_or_default());
    format!("{said}.{sign}")
}

fn mac(app: &App, said: &str) -> Option<Hmac<Sha256>> {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&app.keys.derive(PURPOSE)).ok()?;
    mac.update(said.as_bytes());
    Some(mac)
}

pub async fn authenticate(request: &HttpRequest) -> Result<Caller, ApiError> {
    let app = request.app_data::<Data<App>>().cloned().ok_or_else(|| ApiError::internal("no application"))?;
    let said = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or("");
    let token = said.strip_prefix("Bearer ").ok_or_else(ApiError::not_authenticated)?;
    let invalid = || ApiError::unauthorized("token_not_valid", "This token does not hold, or no longer.");
    let user_id = claimed(&app, token).ok_or_else(invalid)?;
    let found = app.db.read(move |c| Ok::<_, ApiError>(permissions::actor(c, user_id)?)).await?;
    let actor = found.ok_or_else(invalid)?;
    Ok(Caller::new(Arc::new(Actor { ip: ip_of(request), ..actor })))
}

fn claimed(app: &App, token: &str) -> Option<i64> {
    let (said, sign) = token.rsplit_once('.')?;
    let claims = said.strip_prefix(HEAD)?.strip_prefix('.')?;
    mac(app, said)?.verify_slice(&URL_SAFE_NO_PAD.decode(sign).ok()?).ok()?;
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
    let in_time = claims.get("exp")?.as_i64()? > app.now().unix_seconds();
    claims.get("user_id")?.as_str()?.parse().ok().filter(|_| in_time)
}
