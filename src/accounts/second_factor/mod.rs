//! The second step: what somebody has beside what they know. An app that shows codes, passkeys, and recovery codes for the
//! day when both are gone.

pub mod authenticator;
pub mod authenticator_page;
pub mod change;
pub mod page;
pub mod passkey;
pub mod passkey_page;
pub mod recovery;
pub mod recovery_page;
pub mod remove_by_admin;
pub mod verify;
pub mod webauthn;

use diesel::prelude::*;

use crate::crypto::keys::Keys;
use crate::db::schema::{authenticators, passkeys, recovery_codes};
use crate::db::{Connection, UtcDateTime};

/// A way to take the second step. Recovery codes stand in for these and are none by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    App,
    Passkey,
}

/// What somebody has set up; nothing when their password alone lets them in.
pub fn methods(c: &mut Connection, user_id: i64) -> QueryResult<Vec<Method>> {
    let mut methods = Vec::new();
    if authenticator::is_confirmed(c, user_id)? {
        methods.push(Method::App);
    }
    if passkey::count(c, user_id)? > 0 {
        methods.push(Method::Passkey);
    }
    Ok(methods)
}

/// What a code was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    App,
    /// How many recovery codes are left.
    Recovery(i64),
}

/// Uses a code up, if it is right: of the app, or for recovery. Each lets somebody in once, also when two come together.
/// Counts no tries: [`second_factor::verify::prove`] does.
pub fn take(c: &mut Connection, keys: &Keys, user_id: i64, typed: &str, now: UtcDateTime) -> QueryResult<Option<Code>> {
    if authenticator::take(c, keys, user_id, typed, now)? {
        return Ok(Some(Code::App));
    }
    if methods(c, user_id)?.is_empty() || !recovery::take(c, keys, user_id, typed, now)? {
        return Ok(None);
    }
    Ok(Some(Code::Recovery(recovery::left(c, user_id)?)))
}

/// Whether a code is right; it is used up by that.
pub fn accept(c: &mut Connection, keys: &Keys, user_id: i64, typed: &str, now: UtcDateTime) -> QueryResult<bool> {
    Ok(take(c, keys, user_id, typed, now)?.is_some())
}

/// Takes everything away; false when there was nothing.
pub fn remove_all(c: &mut Connection, user_id: i64) -> QueryResult<bool> {
    let apps = diesel::delete(authenticators::table.filter(authenticators::user_id.eq(user_id))).execute(c)?;
    let keys = diesel::delete(passkeys::table.filter(passkeys::user_id.eq(user_id))).execute(c)?;
    let codes = diesel::delete(recovery_codes::table.filter(recovery_codes::user_id.eq(user_id))).execute(c)?;
    Ok(apps + keys + codes > 0)
}

/// After one way was taken away: without any, recovery codes have nothing to stand in for.
pub fn tidy(c: &mut Connection, user_id: i64) -> QueryResult<()> {
    if methods(c, user_id)?.is_empty() {
        diesel::delete(recovery_codes::table.filter(recovery_codes::user_id.eq(user_id))).execute(c)?;
    }
    Ok(())
}
