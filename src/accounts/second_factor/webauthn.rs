//! Questions to passkeys and their answers, after WebAuthn. A question travels sealed with the page that asks it, for five
//! minutes and to one place; its answer counts once.

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
/// So long somebody may look for their key: what browsers are told as well.
const LASTS: Duration = Duration::minutes(5);
/// The longest answer that is read, in bytes.
const LONGEST: usize = 16 * 1024;

/// For the browser's script: what to ask the key, and what comes back with the answer.
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

/// The address under which passkeys know this clinic. They know names and no numbers, so whoever tries it on their own
/// machine calls that `localhost`.
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

fn webauthn(app: &App) -> Option<Webauthn> {
    let url = origin(app)?;
    WebauthnBuilder::new(url.domain()?, &url).ok()?.rp_name(&app.settings.clinic_name).timeout(LASTS.unsigned_abs()).build().ok()
}

/// Asks a new key to join. A key that is known already says so by itself.
pub fn ask_new(app: &App, user_id: i64, username: &str, name: &str, known: &[String]) -> Option<Question> {
    let ids = known.iter().filter_map(|id| URL_SAFE_NO_PAD.decode(id).ok()).collect();
    let (asked, state) = webauthn(app)?.start_passkey_registration(handle(app, user_id), username, name, Some(ids)).ok()?;
    let mut options = serde_json::to_value(asked).ok()?;
    // A key that remembers whose it is lets somebody in without their name; one that cannot is as good for the second step.
    if let Some(choice) = options.pointer_mut("/publicKey/authenticatorSelection") {
        *choice = json!({ "residentKey": "preferred", "requireResidentKey": false, "userVerification": "required" });
    }
    question(app, &new_key(user_id), options, state)
}

/// The key that joined.
pub fn joined(c: &mut Connection, app: &App, user_id: i64, state: &str, answer: &str) -> QueryResult<Option<Passkey>> {
    let asked: Option<PasskeyRegistration> = opened(app, &new_key(user_id), state);
    let (Some(asked), Some(answer)) = (asked, read::<RegisterPublicKeyCredential>(answer)) else { return Ok(None) };
    let joined = webauthn(app).map(|webauthn| webauthn.finish_passkey_registration(&answer, &asked));
    let known = joined.and_then(|joined| joined.inspect_err(|error| tracing::info!(?error, "a new passkey was not taken")).ok());
    Ok(if spend(c, state, app.now())? { known } else { None })
}

/// Asks for a key: one of these, or any that knows whose it is. `place` is where the answer counts.
pub fn ask(app: &App, place: &str, known: &[String]) -> Option<Question> {
    let (asked, state) = webauthn(app)?.start_discoverable_authentication().ok()?;
    let mut options = serde_json::to_value(asked).ok()?;
    let allowed: Vec<Value> = known.iter().map(|id| json!({ "type": "public-key", "id": id })).collect();
    options.as_object_mut()?.remove("mediation");
    options.get_mut("publicKey")?.as_object_mut()?.insert("allowCredentials".into(), allowed.into());
    question(app, place, options, state)
}

/// The id of the key that answers, whoever that is.
pub fn answering(answer: &str) -> Option<String> {
    Some(name(read::<PublicKeyCredential>(answer)?.get_credential_id()))
}

/// The id of a key as browsers write it, and the table keeps it.
pub fn name(id: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(id)
}

/// Whether this key gave the answer; the key as it is from now on.
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

/// Removes what nobody could bring again.
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

/// Of two who bring the same answer one is heard.
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

/// What a key calls its owner: tells nothing about them, and stays the same.
fn handle(app: &App, user_id: i64) -> Uuid {
    let sign = app.keys.sign("passkey owner", &[&user_id.to_be_bytes()]);
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(sign).for_each(|(place, byte)| *place = byte);
    Uuid::from_bytes(bytes)
}
