//! Links to register with: an administrator sends a link to an address, and the account that it creates has that address.

use diesel::prelude::*;
use time::Duration;

use super::offer::Offer;
use crate::accounts::user::model::User;
use crate::crypto::keys::{digest, random_text};
use crate::db::connection::exclusive;
use crate::db::schema::{groups, registration_links, users};
use crate::db::{Connection, UtcDateTime};

/// How long a link works; the same as that of an invitation.
pub const LASTS: Duration = Duration::days(7);
/// Used and expired links are deleted after this time.
const KEPT: Duration = Duration::days(30);

/// A link that was not used: its id, address, role, sender, expiry, and what was offered.
pub type Open = (i64, String, Option<String>, Sender, UtcDateTime, Offer);
/// The username, the first and the last name of whoever sent a link; nothing for a person who asked for one.
pub type Sender = (Option<String>, Option<String>, Option<String>);

/// Creates a link for this address and revokes an earlier one. `None` if a user has the address already. A person who asks for a
/// link of their own makes no offer.
pub fn make(c: &mut Connection, email: &str, offer: Option<Offer>, now: UtcDateTime) -> QueryResult<Option<(String, UtcDateTime)>> {
    exclusive(c, &format!("registration link {}", email.to_lowercase()), 0)?;
    if User::find_by_email(c, email)?.is_some() {
        return Ok(None);
    }
    // Whoever asks for a link of their own does not lose what an administrator offered.
    let open = registration_links::table.filter(same(email)).filter(registration_links::used_at.is_null());
    let offered: Option<Offer> = open.select(Offer::as_select()).first(c).optional()?;
    let offer = offer.or(offered).unwrap_or_default();
    diesel::delete(registration_links::table.filter(same(email)).filter(registration_links::used_at.is_null())).execute(c)?;
    let (token, ends) = (random_text(43), now.plus(LASTS));
    diesel::insert_into(registration_links::table)
        .values((
            registration_links::email.eq(email),
            registration_links::token_hash.eq(digest(&token)),
            offer,
            registration_links::expires_at.eq(ends),
            registration_links::created_at.eq(now),
            registration_links::updated_at.eq(now),
        ))
        .execute(c)?;
    Ok(Some((token, ends)))
}

/// The links that were not used, the newest first; what an administrator sent can be sent again after it expired.
pub fn list_open(c: &mut Connection, now: UtcDateTime) -> QueryResult<Vec<Open>> {
    registration_links::table
        .left_join(users::table.on(users::id.nullable().eq(registration_links::invited_by)))
        .left_join(groups::table.on(groups::id.nullable().eq(registration_links::group_id)))
        .filter(registration_links::used_at.is_null())
        .filter(registration_links::expires_at.gt(now).or(registration_links::group_id.is_not_null()))
        .order(registration_links::id.desc())
        .limit(200)
        .select((
            registration_links::id,
            registration_links::email,
            groups::name.nullable(),
            (users::username.nullable(), users::first_name.nullable(), users::last_name.nullable()),
            registration_links::expires_at,
            Offer::as_select(),
        ))
        .load(c)
}

/// The address and offer of a link that was not used.
pub fn find_open(c: &mut Connection, id: i64) -> QueryResult<Option<(String, Offer)>> {
    let open = registration_links::table.filter(registration_links::id.eq(id)).filter(registration_links::used_at.is_null());
    open.select((registration_links::email, Offer::as_select())).first(c).optional()
}

/// Revokes a link; returns its address.
pub fn withdraw(c: &mut Connection, id: i64) -> QueryResult<Option<String>> {
    let open = registration_links::table.filter(registration_links::id.eq(id)).filter(registration_links::used_at.is_null());
    diesel::delete(open).returning(registration_links::email).get_result(c).optional()
}

/// The address and offer of a valid token.
pub fn find(c: &mut Connection, token: &str, now: UtcDateTime) -> QueryResult<Option<(String, Offer)>> {
    registration_links::table
        .filter(registration_links::token_hash.eq(digest(token)))
        .filter(registration_links::used_at.is_null())
        .filter(registration_links::expires_at.gt(now))
        .select((registration_links::email, Offer::as_select()))
        .first(c)
        .optional()
}

/// Uses up the token; of concurrent requests one succeeds. Returns the address and the offer.
pub fn consume(c: &mut Connection, token: &str, now: UtcDateTime) -> QueryResult<Option<(String, Offer)>> {
    let found = find(c, token, now)?;
    let open = registration_links::table
        .filter(registration_links::token_hash.eq(digest(token)))
        .filter(registration_links::used_at.is_null())
        .filter(registration_links::expires_at.gt(now));
    let used = diesel::update(open).set((registration_links::used_at.eq(Some(now)), registration_links::updated_at.eq(now))).execute(c)?;
    Ok(found.filter(|_| used == 1))
}

/// Removes links that can no longer be used.
pub fn clear_old(c: &mut Connection, now: UtcDateTime) -> QueryResult<usize> {
    diesel::delete(registration_links::table.filter(registration_links::expires_at.le(now.plus(-KEPT)))).execute(c)
}

fn same(email: &str) -> diesel::dsl::Eq<diesel::expression::SqlLiteral<diesel::sql_types::Text>, String> {
    diesel::dsl::sql::<diesel::sql_types::Text>("lower(registration_links.email)").eq(email.to_lowercase())
}
