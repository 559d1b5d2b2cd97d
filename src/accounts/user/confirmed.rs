//! Whether the email address of an account is confirmed.

use diesel::prelude::*;

use crate::db::schema::users;
use crate::db::{Connection, UtcDateTime};

/// A code or a link that went to the address of the account came back, so it is theirs. What was proved stays proved.
pub fn confirm(c: &mut Connection, user_id: i64, now: UtcDateTime) -> QueryResult<usize> {
    let open = users::table.filter(users::id.eq(user_id)).filter(users::email_confirmed_at.is_null());
    diesel::update(open).set(users::email_confirmed_at.eq(Some(now))).execute(c)
}

/// The address is another one now.
pub fn unconfirm(c: &mut Connection, user_id: i64) -> QueryResult<usize> {
    diesel::update(users::table.filter(users::id.eq(user_id))).set(users::email_confirmed_at.eq(None::<UtcDateTime>)).execute(c)
}
