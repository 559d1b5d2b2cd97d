//! Two-step verification: authenticator apps, passkeys, and recovery codes for when both are lost.

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
use crate::web::page::panel::SetUpStep;

pub const STEP: SetUpStep = SetUpStep {
    label: "Protect your account with two-step verification",
    href: page::PATH,
    is_done: |c, _, actor| Ok(!methods(c, actor.id)?.is_empty()),
};

/// A second factor. Recovery codes only replace these, so they are not one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    App,
    Passkey,
}

/// The factors that a user has set up; empty if the password is enough.
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

/// The result of checking a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    App,
    /// A recovery code; so many are left.
    Recovery(i64),
}

/// Uses up a code of the app or for recovery, if it is right. Each is accepted once, even from concurrent requests. Does not
/// count attempts: [`verify::prove`] does.
pub fn take(c: &mut Connection, keys: &Keys, user_id: i64, typed: &str, now: UtcDateTime) -> QueryResult<Option<Code>> {
    if authenticator::take(c, keys, user_id, typed, now)? {
        return Ok(Some(Code::App));
    }
    if methods(c, user_id)?.is_empty() || !recovery::take(c, keys, user_id, typed, now)? {
        return Ok(None);
    }
    Ok(Some(Code::Recovery(recovery::left(c, user_id)?)))
}

/// Whether a code is right; if so, it is used up.
pub fn accept(c: &mut Connection, keys: &Keys, user_id: i64, typed: &str, now: UtcDateTime) -> QueryResult<bool> {
    Ok(take(c, keys, user_id, typed, now)?.is_some())
}

/// Removes all factors; false if there were none.
pub fn remove_all(c: &mut Connection, user_id: i64) -> QueryResult<bool> {
    let apps = diesel::delete(authenticators::table.filter(authenticators::user_id.eq(user_id))).execute(c)?;
    let keys = diesel::delete(passkeys::table.filter(passkeys::user_id.eq(user_id))).execute(c)?;
    let codes = diesel::delete(recovery_codes::table.filter(recovery_codes::user_id.eq(user_id))).execute(c)?;
    Ok(apps + keys + codes > 0)
}

/// Removes the recovery codes if no factor is left for them to replace.
pub fn tidy(c: &mut Connection, user_id: i64) -> QueryResult<()> {
    if methods(c, user_id)?.is_empty() {
        diesel::delete(recovery_codes::table.filter(recovery_codes::user_id.eq(user_id))).execute(c)?;
    }
    Ok(())
}
