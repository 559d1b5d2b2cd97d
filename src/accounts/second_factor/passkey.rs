//! Passkeys: keys on a device that verifies its owner.

use diesel::prelude::*;
use webauthn_rs::prelude::Passkey;

use super::webauthn;
use crate::app::App;
use crate::db::schema::passkeys;
use crate::db::{Connection, UtcDateTime};

/// The most passkeys of an account.
pub const MOST: i64 = 20;
/// The longest name, in characters.
pub const LONGEST_NAME: usize = 60;

#[derive(Clone, Debug, Queryable)]
pub struct StoredPasskey {
    pub id: i64,
    pub user_id: i64,
    pub name: String,
    pub credential_id: String,
    pub credential: String,
    pub last_used_at: Option<UtcDateTime>,
    pub created_at: UtcDateTime,
    pub updated_at: UtcDateTime,
}

pub fn list_for_user(c: &mut Connection, user_id: i64) -> QueryResult<Vec<StoredPasskey>> {
    passkeys::table.filter(passkeys::user_id.eq(user_id)).order(passkeys::id).load(c)
}

/// Their credential ids.
pub fn ids(c: &mut Connection, user_id: i64) -> QueryResult<Vec<String>> {
    passkeys::table.filter(passkeys::user_id.eq(user_id)).order(passkeys::id).select(passkeys::credential_id).load(c)
}

pub fn count(c: &mut Connection, user_id: i64) -> QueryResult<i64> {
    passkeys::table.filter(passkeys::user_id.eq(user_id)).count().get_result(c)
}

/// Stores a new passkey; false if it is registered already.
pub fn add(c: &mut Connection, user_id: i64, name: &str, key: &Passkey, now: UtcDateTime) -> QueryResult<bool> {
    let id = webauthn::name(key.cred_id());
    if passkeys::table.filter(passkeys::credential_id.eq(&id)).count().get_result::<i64>(c)? > 0 {
        return Ok(false);
    }
    diesel::insert_into(passkeys::table)
        .values((
            passkeys::user_id.eq(user_id),
            passkeys::name.eq(name),
            passkeys::credential_id.eq(id),
            passkeys::credential.eq(serde_json::to_string(key).unwrap_or_default()),
            passkeys::created_at.eq(now),
            passkeys::updated_at.eq(now),
        ))
        .execute(c)?;
    Ok(true)
}

/// The user whose passkey signed the answer; `owner` is the user who is expected, if known.
pub fn take(c: &mut Connection, app: &App, owner: Option<i64>, place: &str, state: &str, answer: &str) -> QueryResult<Option<i64>> {
    let Some(id) = webauthn::answering(answer) else { return Ok(None) };
    let found = passkeys::table.filter(passkeys::credential_id.eq(id)).first::<StoredPasskey>(c).optional()?;
    let found = found.filter(|stored| owner.is_none_or(|owner| owner == stored.user_id));
    let Some((stored, key)) = found
        .and_then(|stored| Some((serde_json::from_str::<Passkey>(&stored.credential).ok()?, stored)))
        .map(|(key, stored)| (stored, key))
    else {
        return Ok(None);
    };
    let Some(key) = webauthn::answered(c, app, place, state, answer, key)? else { return Ok(None) };
    let now = app.now();
    diesel::update(passkeys::table.filter(passkeys::id.eq(stored.id)))
        .set((
            passkeys::credential.eq(serde_json::to_string(&key).unwrap_or(stored.credential)),
            passkeys::last_used_at.eq(Some(now)),
            passkeys::updated_at.eq(now),
        ))
        .execute(c)?;
    Ok(Some(stored.user_id))
}

/// Removes a passkey; returns its name if it was the user's.
pub fn remove(c: &mut Connection, user_id: i64, id: i64) -> QueryResult<Option<String>> {
    let one = passkeys::table.filter(passkeys::user_id.eq(user_id)).filter(passkeys::id.eq(id));
    let name = one.select(passkeys::name).first::<String>(c).optional()?;
    if name.is_some() {
        diesel::delete(one).execute(c)?;
    }
    Ok(name)
}
