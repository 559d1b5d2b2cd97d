//! Whether the email address of an account is confirmed.

use diesel::prelude::*;

use crate::db::schema::users;
use crate::db::{Connection, UtcDateTime};

/// Confirms the address, because a code or a link that was sent there came back. An earlier confirmation keeps its time.
pub fn confirm(c: &mut Connection, user_id: i64, now: UtcDateTime) -> QueryResult<usize> {
    let open = users::table.filter(users::id.eq(user_id)).filter(users::email_confirmed_at.is_null());
    diesel::update(open).set(users::email_confirmed_at.eq(Some(now))).execute(c)
}

/// The address has changed.
pub fn unconfirm(c: &mut Connection, user_id: i64) -> QueryResult<usize> {
    diesel::update(users::table.filter(users::id.eq(user_id))).set(users::email_confirmed_at.eq(None::<UtcDateTime>)).execute(c)
}
