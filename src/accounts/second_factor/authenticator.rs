//! Authenticator apps that show six digits (TOTP, RFC 6238): one for each account. The secret is encrypted in the database, and
//! each time step is accepted once.

use diesel::prelude::*;
use totp_rs::{Builder, Secret, Totp};

use crate::crypto::keys::{Keys, random_bytes};
use crate::crypto::seal::{open, seal};
use crate::db::schema::authenticators;
use crate::db::{Connection, UtcDateTime};

const PURPOSE: &str = "authenticator secret";
/// RFC 4226 recommends 160 bits. All apps support SHA-1, six digits and thirty seconds, the defaults of the builder.
const SECRET_BYTES: usize = 20;
/// Time steps before and after the current one that are accepted, for clocks that are off (RFC 6238, 5.2).
const SKEW: u16 = 1;

/// What the page to set up an app shows.
pub struct Pending {
    /// The content of the QR code.
    pub url: String,
    /// The secret for typing, in groups of four.
    pub groups: String,
}

pub fn is_confirmed(c: &mut Connection, user_id: i64) -> QueryResult<bool> {
    Ok(confirmed(c, user_id)?.is_some())
}

/// When the app was set up and last used.
pub fn find(c: &mut Connection, user_id: i64) -> QueryResult<Option<(UtcDateTime, Option<UtcDateTime>)>> {
    let mine = authenticators::table.filter(authenticators::user_id.eq(user_id)).filter(authenticators::secret.ne(""));
    let found = mine.select((authenticators::confirmed_at, authenticators::last_used_at));
    let found = found.first::<(Option<UtcDateTime>, Option<UtcDateTime>)>(c).optional()?;
    Ok(found.and_then(|(confirmed, used)| confirmed.map(|confirmed| (confirmed, used))))
}

/// Creates a secret, which becomes active when its first code is typed. An active one stays until then.
pub fn begin(c: &mut Connection, keys: &Keys, user_id: i64, now: UtcDateTime) -> QueryResult<()> {
    let secret = Secret::from(random_bytes(SECRET_BYTES)).to_base32();
    let sealed = seal(keys, PURPOSE, &user_id.to_string(), secret.as_bytes()).ok_or(diesel::result::Error::RollbackTransaction)?;
    let mine = authenticators::table.filter(authenticators::user_id.eq(user_id));
    let known = diesel::update(mine).set((authenticators::pending.eq(&sealed), authenticators::updated_at.eq(now))).execute(c)?;
    if known == 0 {
        diesel::insert_into(authenticators::table)
            .values((
                authenticators::user_id.eq(user_id),
                authenticators::pending.eq(sealed),
                authenticators::created_at.eq(now),
                authenticators::updated_at.eq(now),
            ))
            .execute(c)?;
    }
    Ok(())
}

/// The secret that is not active yet.
pub fn pending(c: &mut Connection, keys: &Keys, user_id: i64, clinic: &str, username: &str) -> QueryResult<Option<Pending>> {
    let secret = waiting(c, keys, user_id)?.map(|(_, secret)| secret);
    let totp = secret.and_then(|secret| named(&secret, clinic, username).map(|totp| (secret, totp)));
    Ok(totp.map(|(secret, totp)| Pending {
        url: totp.to_url().unwrap_or_default(),
        groups: secret.as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group)).collect::<Vec<_>>().join(" "),
    }))
}

/// Activates the secret that is not active yet. False if the code is wrong or there is no such secret.
pub fn confirm(c: &mut Connection, keys: &Keys, user_id: i64, typed: &str, now: UtcDateTime) -> QueryResult<bool> {
    let Some((sealed, secret)) = waiting(c, keys, user_id)? else { return Ok(false) };
    let Some(step) = step_of(&secret, typed, now) else { return Ok(false) };
    let waits = authenticators::table.filter(authenticators::user_id.eq(user_id)).filter(authenticators::pending.eq(&sealed));
    let moved = diesel::update(waits)
        .set((
            authenticators::secret.eq(&sealed),
            authenticators::pending.eq(""),
            authenticators::last_step.eq(step),
            authenticators::confirmed_at.eq(Some(now)),
            authenticators::last_used_at.eq(Some(now)),
            authenticators::updated_at.eq(now),
        ))
        .execute(c)?;
    Ok(moved == 1)
}

/// Uses up a code: of concurrent requests one succeeds, and no older code is accepted afterwards.
pub fn take(c: &mut Connection, keys: &Keys, user_id: i64, typed: &str, now: UtcDateTime) -> QueryResult<bool> {
    let Some(sealed) = confirmed(c, user_id)? else { return Ok(false) };
    let step = opened(keys, user_id, &sealed).and_then(|secret| step_of(&secret, typed, now));
    let Some(step) = step else { return Ok(false) };
    let unused = authenticators::table
        .filter(authenticators::user_id.eq(user_id))
        .filter(authenticators::secret.eq(&sealed))
        .filter(authenticators::last_step.lt(step));
    let used = (authenticators::last_step.eq(step), authenticators::last_used_at.eq(Some(now)), authenticators::updated_at.eq(now));
    Ok(diesel::update(unused).set(used).execute(c)? == 1)
}

/// Removes the app, active or not; false if there was none.
pub fn remove(c: &mut Connection, user_id: i64) -> QueryResult<bool> {
    let had = is_confirmed(c, user_id)?;
    diesel::delete(authenticators::table.filter(authenticators::user_id.eq(user_id))).execute(c)?;
    Ok(had)
}

fn confirmed(c: &mut Connection, user_id: i64) -> QueryResult<Option<String>> {
    let mine = authenticators::table.filter(authenticators::user_id.eq(user_id)).filter(authenticators::secret.ne(""));
    mine.select(authenticators::secret).first(c).optional()
}

/// The secret that is not active yet: encrypted, and in plain text.
fn waiting(c: &mut Connection, keys: &Keys, user_id: i64) -> QueryResult<Option<(String, String)>> {
    let mine = authenticators::table.filter(authenticators::user_id.eq(user_id)).filter(authenticators::pending.ne(""));
    let sealed = mine.select(authenticators::pending).first::<String>(c).optional()?;
    Ok(sealed.and_then(|sealed| opened(keys, user_id, &sealed).map(|secret| (sealed, secret))))
}

fn opened(keys: &Keys, user_id: i64, sealed: &str) -> Option<String> {
    open(keys, PURPOSE, &user_id.to_string(), sealed).and_then(|bytes| String::from_utf8(bytes).ok())
}

/// The time step of a code, if it is right for the current time.
fn step_of(secret: &str, typed: &str, now: UtcDateTime) -> Option<i64> {
    let digits: String = typed.chars().filter(|letter| !letter.is_whitespace()).collect();
    let time = u64::try_from(now.unix_seconds()).ok()?;
    named(secret, "", "user")?.check(&digits, time).and_then(|step| i64::try_from(step).ok())
}

/// A colon would end the clinic's name in the QR code, so it is removed.
fn named(secret: &str, clinic: &str, username: &str) -> Option<Totp> {
    let secret = Secret::try_from_base32(secret).ok()?;
    let issuer = Some(clinic.replace(':', " ")).filter(|name| !name.is_empty());
    Builder::new().with_secret(secret).with_skew(SKEW).with_account_name(username.replace(':', " ")).with_issuer(issuer).build().ok()
}
