//! Ending everything that lets somebody in without their password: sessions, sign-ins by programs, tokens for scripts.

use diesel::prelude::*;

use crate::db::Connection;
use crate::db::schema::{api_tokens, sessions, token_families};

/// Ends all of it: the account was closed, or its password is another one now.
pub fn end_all(c: &mut Connection, user_id: i64) -> QueryResult<usize> {
    let sessions = diesel::delete(sessions::table.filter(sessions::user_id.eq(user_id))).execute(c)?;
    Ok(sessions + end_programs(c, user_id)?)
}

/// Ends all of it but the session in hand, by the number of its row.
pub fn end_others(c: &mut Connection, user_id: i64, session: i64) -> QueryResult<usize> {
    let others = sessions::table.filter(sessions::user_id.eq(user_id)).filter(sessions::id.ne(session));
    let sessions = diesel::delete(others).execute(c)?;
    Ok(sessions + end_programs(c, user_id)?)
}

/// What programs hold.
fn end_programs(c: &mut Connection, user_id: i64) -> QueryResult<usize> {
    let families = diesel::delete(token_families::table.filter(token_families::user_id.eq(user_id))).execute(c)?;
    let tokens = diesel::delete(api_tokens::table.filter(api_tokens::user_id.eq(user_id))).execute(c)?;
    Ok(families + tokens)
}
