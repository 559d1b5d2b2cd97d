//! Links to register with: an administrator sends a link to an address, and the account that it creates has that address.

use diesel::prelude::*;
use time::Duration;

use crate::accounts::user::model::User;
use crate::crypto::keys::{digest, random_text};
use crate::db::connection::exclusive;
use crate::db::schema::{groups, registration_links, users};
use crate::db::{Connection, UtcDateTime};

/// How long a link works; the same as that of an invitation.
pub const LASTS: Duration = Duration::days(7);
/// Used and expired links are deleted after this time.
const KEPT: Duration = Duration::days(30);

/// A link that can still be used: its id, address, role, sender and expiry.
pub type Open = (i64, String, Option<String>, Option<String>, UtcDateTime);

/// Creates a link for this address and revokes an earlier one. `None` if a user has the address already.
pub fn make(c: &mut Connection, email: &str, by: i64, group: Option<i64>, now: UtcDateTime) -> QueryResult<Option<(String, UtcDateTime)>> {
    exclusive(c, &format!("registration link {}", email.to_lowercase()), 0)?;
    if User::find_by_email(c, email)?.is_some() {
        return Ok(None);
    }
    // Whoever asks for a link of their own does not lose what an administrator offered.
    let offered = registration_links::table.filter(same(email)).filter(registration_links::used_at.is_null());
    let offered = offered.select((registration_links::group_id, registration_links::invited_by)).first(c).optional()?;
    let (group, by) = match (by, offered) {
        (0, Some(offered)) => offered,
        _ => (group, Some(by).filter(|id| *id > 0)),
    };
    diesel::delete(registration_links::table.filter(same(email)).filter(registration_links::used_at.is_null())).execute(c)?;
    let (token, ends) = (random_text(43), now.plus(LASTS));
    diesel::insert_into(registration_links::table)
        .values((
            registration_links::email.eq(email),
            registration_links::token_hash.eq(digest(&token)),
            registration_links::invited_by.eq(by),
            registration_links::group_id.eq(group),
            registration_links::expires_at.eq(ends),
            registration_links::created_at.eq(now),
            registration_links::updated_at.eq(now),
        ))
        .execute(c)?;
    Ok(Some((token, ends)))
}

/// The open links, the newest first.
pub fn list_open(c: &mut Connection, now: UtcDateTime) -> QueryResult<Vec<Open>> {
    registration_links::table
        .left_join(users::table.on(users::id.nullable().eq(registration_links::invited_by)))
        .left_join(groups::table.on(groups::id.nullable().eq(registration_links::group_id)))
        .filter(registration_links::used_at.is_null())
        .filter(registration_links::expires_at.gt(now))
        .order(registration_links::id.desc())
        .limit(200)
        .select((
            registration_links::id,
            registration_links::email,
            groups::name.nullable(),
            users::username.nullable(),
            registration_links::expires_at,
        ))
        .load(c)
}

/// Revokes a link; returns its address.
pub fn withdraw(c: &mut Connection, id: i64) -> QueryResult<Option<String>> {
    let open = registration_links::table.filter(registration_links::id.eq(id)).filter(registration_links::used_at.is_null());
    diesel::delete(open).returning(registration_links::email).get_result(c).optional()
}

/// The address of a valid token.
pub fn find_address(c: &mut Connection, token: &str, now: UtcDateTime) -> QueryResult<Option<String>> {
    registration_links::table
        .filter(registration_links::token_hash.eq(digest(token)))
        .filter(registration_links::used_at.is_null())
        .filter(registration_links::expires_at.gt(now))
        .select(registration_links::email)
        .first(c)
        .optional()
}

/// Uses up the token; of concurrent requests one succeeds. Returns the address and the role.
pub fn consume(c: &mut Connection, token: &str, now: UtcDateTime) -> QueryResult<Option<(String, Option<i64>)>> {
    let open = registration_links::table
        .filter(registration_links::token_hash.eq(digest(token)))
        .filter(registration_links::used_at.is_null())
        .filter(registration_links::expires_at.gt(now));
    diesel::update(open)
        .set((registration_links::used_at.eq(Some(now)), registration_links::updated_at.eq(now)))
        .returning((registration_links::email, registration_links::group_id))
        .get_result(c)
        .optional()
}

/// Removes links that can no longer be used.
pub fn clear_old(c: &mut Connection, now: UtcDateTime) -> QueryResult<usize> {
    diesel::delete(registration_links::table.filter(registration_links::expires_at.le(now.plus(-KEPT)))).execute(c)
}

fn same(email: &str) -> diesel::dsl::Eq<diesel::expression::SqlLiteral<diesel::sql_types::Text>, String> {
    diesel::dsl::sql::<diesel::sql_types::Text>("lower(registration_links.email)").eq(email.to_lowercase())
}
