//! The user of a session. The same rules apply wherever it is stored: a deactivated user has no session, a new password ends it,
//! permissions are the current ones, and a superuser may view Praxis as another user.

use diesel::prelude::*;

use super::state::{ACTOR, CREDENTIAL, LAPSED, State, entry, put, user_in};
use super::view_as::{self, Seen};
use crate::crypto::keys::digest;
use crate::db::schema::users;
use crate::db::{Connection, UtcDateTime};
use crate::resource::access::permissions::{RIGHTS_COLUMNS, UserRights, actor_with};

/// A user's permissions, password hash and `session_epoch`.
pub type Known = (UserRights, String, i64);

pub fn known(c: &mut Connection, user_id: i64) -> QueryResult<Option<Known>> {
    users::table.filter(users::id.eq(user_id)).select((RIGHTS_COLUMNS, users::password_hash, users::session_epoch)).first(c).optional()
}

/// Adds the user to the state. Returns whether the session is still valid.
pub fn complete(c: &mut Connection, state: &mut State, user: Option<Known>, now: UtcDateTime) -> QueryResult<bool> {
    let Some(user_id) = user_in(state) else { return Ok(true) };
    let opened_with = entry::<String>(state, CREDENTIAL).unwrap_or_default();
    let user = user.filter(|(rights, hash, _)| rights.id == user_id && digest(hash) == opened_with);
    let Some((rights, ..)) = user else { return Ok(false) };
    let Some(own) = actor_with(c, rights)? else { return Ok(false) };
    let actor = match view_as::seen(c, state, &own, now)? {
        Seen::Own => own,
        Seen::As(other) => other,
        Seen::Lapsed(lapsed) => {
            put(state, LAPSED, &lapsed);
            own
        }
    };
    put(state, ACTOR, &actor);
    Ok(true)
}
