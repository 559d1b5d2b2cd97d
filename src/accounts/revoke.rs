//! Revoking everything that gives access to an account without its password: sessions, programs' sign-ins, access tokens, codes
//! that were sent by email.

use diesel::prelude::*;

use super::code;
use super::code::purpose::Purpose;
use crate::db::Connection;
use crate::db::schema::{api_tokens, invitations, token_families};
use crate::web::sessions::end;

/// Revokes all of it, because the account was deactivated or its password changed. Returns the number of sessions and tokens.
pub fn end_all(c: &mut Connection, user_id: i64) -> QueryResult<usize> {
    code::one_time::void(c, user_id, &Purpose::ALL)?;
    Ok(end::end_all(c, user_id)? + end_programs(c, user_id)?)
}

/// Revokes all of it except the current session, given by the id of its row; the caller then has to call
/// [`keep`](crate::web::sessions::keep). Returns the hashes of the sessions that ended.
pub fn end_others(c: &mut Connection, user_id: i64, session: i64) -> QueryResult<Vec<String>> {
    code::one_time::void(c, user_id, &Purpose::ALL)?;
    end_programs(c, user_id)?;
    end::end_others(c, user_id, session)
}

/// Revokes programs' sign-ins and access tokens, and no session.
pub fn end_programs(c: &mut Connection, user_id: i64) -> QueryResult<usize> {
    let families = diesel::delete(token_families::table.filter(token_families::user_id.eq(user_id))).execute(c)?;
    let tokens = diesel::delete(api_tokens::table.filter(api_tokens::user_id.eq(user_id))).execute(c)?;
    Ok(families + tokens)
}

/// Revokes unused links: a newer one was sent, the address was wrong, or a password was set.
pub fn withdraw(c: &mut Connection, user_id: i64) -> QueryResult<usize> {
    diesel::delete(invitations::table.filter(invitations::user_id.eq(user_id)).filter(invitations::used_at.is_null())).execute(c)
}
