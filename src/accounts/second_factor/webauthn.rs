//! Challenges to passkeys and their answers (WebAuthn). The state of a challenge is encrypted in the page, for five minutes and
//! one place; each answer is accepted once.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use diesel::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::Duration;
use webauthn_rs::prelude::{
    DiscoverableAuthentication, Passkey, PasskeyRegistration, PublicKeyCredential, RegisterPublicKeyCredential, Url, Uuid,
};
use webauthn_rs::{Webauthn, WebauthnBuilder};

use crate::app::App;
use crate::crypto::keys::digest;
use crate::crypto::seal::{open, seal};
use crate::db::connection::exclusive;
use crate::db::schema::spent_challenges;
use crate::db::{Connection, UtcDateTime};

const PURPOSE: &str = "passkey question";
/// How long a challenge is valid; browsers use it as the timeout.
const LASTS: Duration = Duration::minutes(5);
/// The longest answer that is read, in bytes.
const LONGEST: usize = 16 * 1024;

/// For the browser's script: the options for the passkey, and the state to send back with its answer.
#[derive(Debug, Serialize)]
pub struct Question {
    pub options: Value,
    pub state: String,
}

#[derive(Serialize, Deserialize)]
struct Sealed<T> {
    until: i64,
    state: T,
}

/// The origin for passkeys, if they can be used. They need a domain rather than an IP address, so a loopback address becomes
/// `localhost`.
pub fn origin(app: &App) -> Option<Url> {
    let mut url = app.settings.public_url.clone();
    let loopback = match url.host() {
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        _ => false,
    };
    if loopback {
        url.set_host(Some("localhost")).ok()?;
    }
    let secure = url.scheme() == "https" || url.host_str() == Some("localhost");
    (secure && url.domain().is_some()).then_some(url)
}

/// Whether passkeys work on pages at the address that this request came to.
pub fn works_at(app: &App, host: &str) -> bool {
    let domain = origin(app).and_then(|origin| origin.domain().map(str::to_string));
    domain.is_some_and(|domain| host.rsplit_once(':').map_or(host, |(name, _)| name).eq_ignore_ascii_case(&domain))
}

fn webauthn(app: &App) -> Option<Webauthn> {
    let url = origin(app)?;
    WebauthnBuilder::new(url.domain()?, &url).ok()?.rp_name(&app.clinic_name()).timeout(LASTS.unsigned_abs()).build().ok()
}

/// The challenge to register a new passkey. Authenticators refuse if one of `known` is theirs.
pub fn ask_new(app: &App, user_id: i64, username: &str, name: &str, known: &[String]) -> Option<Question> {
    let ids = known.iter().filter_map(|id| URL_SAFE_NO_PAD.decode(id).ok()).collect();
    let (asked, state) = webauthn(app)?.start_passkey_registration(handle(app, user_id), username, name, Some(ids)).ok()?;
    let mut options = serde_json::to_value(asked).ok()?;
    // A discoverable passkey signs in without a username; any other serves as a second factor.
    if let Some(choice) = options.pointer_mut("/publicKey/authenticatorSelection") {
        *choice = json!({ "residentKey": "preferred", "requireResidentKey": false, "userVerification": "required" });
    }
    question(app, &new_key(user_id), options, state)
}

/// Verifies the answer of a new passkey.
pub fn joined(c: &mut Connection, app: &App, user_id: i64, state: &str, answer: &str) -> QueryResult<Option<Passkey>> {
    let asked: Option<PasskeyRegistration> = opened(app, &new_key(user_id), state);
    let (Some(asked), Some(answer)) = (asked, read::<RegisterPublicKeyCredential>(answer)) else { return Ok(None) };
    let joined = webauthn(app).map(|webauthn| webauthn.finish_passkey_registration(&answer, &asked));
    let known = joined.and_then(|joined| joined.inspect_err(|error| tracing::info!(?error, "a new passkey was not taken")).ok());
    Ok(if spend(c, state, app.now())? { known } else { None })
}

/// The challenge to sign in: for these passkeys, or for any discoverable one if the list is empty. `place` is where the answer is
/// accepted.
pub fn ask(app: &App, place: &str, known: &[String]) -> Option<Question> {
    let (asked, state) = webauthn(app)?.start_discoverable_authentication().ok()?;
    let mut options = serde_json::to_value(asked).ok()?;
    let allowed: Vec<Value> = known.iter().map(|id| json!({ "type": "public-key", "id": id })).collect();
    options.as_object_mut()?.remove("mediation");
    options.get_mut("publicKey")?.as_object_mut()?.insert("allowCredentials".into(), allowed.into());
    question(app, place, options, state)
}

/// The credential id in an answer, whoever owns it.
pub fn answering(answer: &str) -> Option<String> {
    Some(name(read::<PublicKeyCredential>(answer)?.get_credential_id()))
}

/// The credential id as browsers and the table write it.
pub fn name(id: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(id)
}

/// Verifies that this passkey signed the answer; returns it in its new state.
pub fn answered(c: &mut Connection, app: &App, place: &str, state: &str, answer: &str, mut key: Passkey) -> QueryResult<Option<Passkey>> {
    let asked: Option<DiscoverableAuthentication> = opened(app, place, state);
    let (Some(asked), Some(answer)) = (asked, read::<PublicKeyCredential>(answer)) else { return Ok(None) };
    let done = webauthn(app).map(|webauthn| webauthn.finish_discoverable_authentication_v2(&answer, asked, &key));
    match done {
        Some(Ok(done)) if spend(c, state, app.now())? => {
            key.update_credential(&done);
            Ok(Some(key))
        }
        Some(Err(error)) => {
            tracing::info!(%error, "a passkey was not taken");
            Ok(None)
        }
        _ => Ok(None),
    }
}

/// Removes spent challenges that have expired.
pub fn clear_expired(c: &mut Connection, now: UtcDateTime) -> QueryResult<usize> {
    diesel::delete(spent_challenges::table.filter(spent_challenges::expires_at.le(now))).execute(c)
}

fn question(app: &App, place: &str, options: Value, state: impl Serialize) -> Option<Question> {
    let until = app.now().plus(LASTS).unix_seconds();
    let sealed = serde_json::to_vec(&Sealed { until, state }).ok()?;
    Some(Question { options, state: seal(&app.keys, PURPOSE, place, &sealed)? })
}

fn opened<T: DeserializeOwned>(app: &App, place: &str, state: &str) -> Option<T> {
    let plain = open(&app.keys, PURPOSE, place, state)?;
    let sealed: Sealed<T> = serde_json::from_slice(&plain).ok()?;
    (sealed.until > app.now().unix_seconds()).then_some(sealed.state)
}

fn read<T: DeserializeOwned>(answer: &str) -> Option<T> {
    if answer.len() > LONGEST { None } else { serde_json::from_str(answer).ok() }
}

/// Marks the challenge as spent; of concurrent requests one succeeds.
fn spend(c: &mut Connection, state: &str, now: UtcDateTime) -> QueryResult<bool> {
    let hash = digest(state);
    exclusive(c, &hash, 0)?;
    if spent_challenges::table.filter(spent_challenges::challenge_hash.eq(&hash)).count().get_result::<i64>(c)? > 0 {
        return Ok(false);
    }
    diesel::insert_into(spent_challenges::table)
        .values((
            spent_challenges::challenge_hash.eq(hash),
            spent_challenges::expires_at.eq(now.plus(LASTS)),
            spent_challenges::created_at.eq(now),
            spent_challenges::updated_at.eq(now),
        ))
        .execute(c)?;
    Ok(true)
}

fn new_key(user_id: i64) -> String {
    format!("new key of {user_id}")
}

/// The user handle of a passkey: stable, and reveals nothing about the user.
fn handle(app: &App, user_id: i64) -> Uuid {
    let sign = app.keys.sign("passkey owner", &[&user_id.to_be_bytes()]);
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(sign).for_each(|(place, byte)| *place = byte);
    Uuid::from_bytes(bytes)
}
