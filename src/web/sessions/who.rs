//! Who a session belongs to. The same rules wherever it lives: a deactivated user has none, another password ends it,
//! rights are those of this moment, and a superuser may see Praxis as somebody else.

use diesel::prelude::*;

use super::state::{ACTOR, CREDENTIAL, LAPSED, State, entry, put, user_in};
use super::view_as;
use super::view_as::Seen;
use crate::crypto::keys::digest;
use crate::db::schema::users;
use crate::db::{Connection, UtcDateTime};
use crate::resource::access::permissions::{RIGHTS_COLUMNS, UserRights, actor_with};

/// What the database knows of a user: rights, password hash, and how often all their sessions were ended.
pub type Known = (UserRights, String, i64);

pub fn known(c: &mut Connection, user_id: i64) -> QueryResult<Option<Known>> {
    users::table.filter(users::id.eq(user_id)).select((RIGHTS_COLUMNS, users::password_hash, users::session_epoch)).first(c).optional()
}

/// Puts the person into the state; says whether the session may go on.
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
