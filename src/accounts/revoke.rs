//! Ending everything that lets somebody in without their password: sessions, sign-ins by programs, tokens for scripts,
//! codes that wait in a mailbox.

use diesel::prelude::*;

use super::code;
use super::code::purpose::Purpose;
use crate::db::Connection;
use crate::db::schema::{api_tokens, invitations, token_families};
use crate::web::sessions::end;

/// Ends all of it: the account was closed, or its password is another one now. How many there were.
pub fn end_all(c: &mut Connection, user_id: i64) -> QueryResult<usize> {
    code::one_time::void(c, user_id, &Purpose::ALL)?;
    Ok(end::end_all(c, user_id)? + end_programs(c, user_id)?)
}

/// Ends all of it but the session in hand, by the number of its row; who asks has to [`sessions::keep`] theirs afterwards.
/// The hashes of the sessions that were listed.
pub fn end_others(c: &mut Connection, user_id: i64, session: i64) -> QueryResult<Vec<String>> {
    code::one_time::void(c, user_id, &Purpose::ALL)?;
    end_programs(c, user_id)?;
    end::end_others(c, user_id, session)
}

/// Ends what programs hold, and no session.
pub fn end_programs(c: &mut Connection, user_id: i64) -> QueryResult<usize> {
    let families = diesel::delete(token_families::table.filter(token_families::user_id.eq(user_id))).execute(c)?;
    let tokens = diesel::delete(api_tokens::table.filter(api_tokens::user_id.eq(user_id))).execute(c)?;
    Ok(families + tokens)
}

/// Makes links that were not used yet stop working: a newer one was sent, the address was wrong, a password was set.
pub fn withdraw(c: &mut Connection, user_id: i64) -> QueryResult<usize> {
    diesel::delete(invitations::table.filter(invitations::user_id.eq(user_id)).filter(invitations::used_at.is_null())).execute(c)
}
