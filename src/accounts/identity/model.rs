//! Accounts at providers that users sign in with: finding, linking and unlinking them.

use diesel::prelude::*;

use crate::accounts::second_factor::passkey;
use crate::accounts::user::model::User;
use crate::db::connection::exclusive;
use crate::db::schema::{identities, users};
use crate::db::{Connection, UtcDateTime};
use crate::oidc::Person;
use crate::resource::access::actor::Action;
use crate::resource::declare::bulk_action::RecordLink;
use crate::resource::declare::hooks::Hooks;
use crate::resource::declare::reference::OnDelete;
use crate::resource::field;

#[derive(Clone, Debug, Queryable)]
pub struct Identity {
    pub id: i64,
    pub user_id: i64,
    pub issuer: String,
    pub subject: String,
    pub email: String,
    pub last_used_at: Option<UtcDateTime>,
    pub created_at: UtcDateTime,
    pub updated_at: UtcDateTime,
}

/// The permission to unlink another user's account at a provider.
pub const UNLINK: &str = "identity.unlink";

crate::resource! {
    Identity in identities, read_only;
    name "identity" at "identities", "Linked account" / "Linked accounts";
    area "Accounts", icon "key";
    fields {}
    automatic {
        user_id: field("User").references::<User>(OnDelete::Cascade),
        issuer: field("Provider"),
        email: field("Email at provider"),
        subject: field("ID at provider"),
        created_at: field("Linked"),
        last_used_at: field("Last used"),
    }
    list_display [user_id, issuer, email, created_at, last_used_at];
    search_through [user_id];
    list_filter [user_id, issuer, created_at, last_used_at];
    ordering [-created_at];
    label |identity| format!("{} at {}", if identity.email.is_empty() { &identity.subject } else { &identity.email }, identity.issuer);
    options {
        default_grants: &[("Administrator", &[Action::View])],
        extra_permissions: &[(UNLINK, "Can unlink an account", &["Administrator"])],
        links: const { &[RecordLink::to("Unlink", "/admin/identities/{id}/unlink", UNLINK)] },
    }
}

impl Hooks for Identity {}

/// Why an account cannot be linked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Linked {
    /// It is linked to this user already.
    Known,
    /// It is linked to another user.
    Taken,
    /// The user has linked another account of the same provider.
    Another,
}

/// The user with this identity, active or not, and the id of the link.
pub fn find_user(c: &mut Connection, person: &Person) -> QueryResult<Option<(i64, User)>> {
    let found = identities::table
        .filter(identities::issuer.eq(&person.issuer))
        .filter(identities::subject.eq(&person.subject))
        .select((identities::id, identities::user_id))
        .first::<(i64, i64)>(c)
        .optional()?;
    let Some((id, user_id)) = found else { return Ok(None) };
    Ok(users::table.filter(users::id.eq(user_id)).first::<User>(c).optional()?.map(|user| (id, user)))
}

/// Whether a user has this address.
pub fn address_is_known(c: &mut Connection, email: &str) -> QueryResult<bool> {
    let lower = diesel::dsl::sql::<diesel::sql_types::Text>("lower(users.email)");
    Ok(users::table.filter(lower.eq(email.to_lowercase())).count().get_result::<i64>(c)? > 0)
}

/// Why this identity cannot be linked, if so.
pub fn obstacle(c: &mut Connection, user_id: i64, person: &Person) -> QueryResult<Option<Linked>> {
    let theirs = identities::table
        .filter(identities::issuer.eq(&person.issuer))
        .filter(identities::subject.eq(&person.subject))
        .select(identities::user_id)
        .first::<i64>(c)
        .optional()?;
    match theirs {
        Some(id) if id == user_id => return Ok(Some(Linked::Known)),
        Some(_) => return Ok(Some(Linked::Taken)),
        None => {}
    }
    let others = identities::table.filter(identities::user_id.eq(user_id)).filter(identities::issuer.eq(&person.issuer));
    Ok((others.count().get_result::<i64>(c)? > 0).then_some(Linked::Another))
}

/// Links the identity to the user; false if it cannot be linked. Call it in the transaction of its log entry.
pub fn link(c: &mut Connection, user_id: i64, person: &Person, now: UtcDateTime) -> QueryResult<bool> {
    // Serialised, so that the check still holds when the row is inserted.
    exclusive(c, "identity", 0)?;
    if obstacle(c, user_id, person)?.is_some() {
        return Ok(false);
    }
    diesel::insert_into(identities::table)
        .values((
            identities::user_id.eq(user_id),
            identities::issuer.eq(&person.issuer),
            identities::subject.eq(&person.subject),
            identities::email.eq(&person.email),
            identities::created_at.eq(now),
            identities::updated_at.eq(now),
        ))
        .execute(c)?;
    Ok(true)
}

/// Records that the identity was used, and its current address.
pub fn used(c: &mut Connection, id: i64, email: &str, now: UtcDateTime) -> QueryResult<usize> {
    diesel::update(identities::table.filter(identities::id.eq(id)))
        .set((identities::last_used_at.eq(Some(now)), identities::email.eq(email), identities::updated_at.eq(now)))
        .execute(c)
}

pub fn list_for_user(c: &mut Connection, user_id: i64) -> QueryResult<Vec<Identity>> {
    identities::table.filter(identities::user_id.eq(user_id)).order(identities::id).load(c)
}

/// Whether the user could still sign in without this identity: with a password, a passkey, or an account at one of these
/// providers.
pub fn has_other_way(c: &mut Connection, identity: &Identity, issuers: &[String]) -> QueryResult<bool> {
    let hash = users::table.filter(users::id.eq(identity.user_id)).select(users::password_hash).first::<String>(c).optional()?;
    if hash.is_some_and(|hash| !hash.is_empty()) || passkey::count(c, identity.user_id)? > 0 {
        return Ok(true);
    }
    let others = identities::table.filter(identities::user_id.eq(identity.user_id)).filter(identities::id.ne(identity.id));
    Ok(others.filter(identities::issuer.eq_any(issuers)).count().get_result::<i64>(c)? > 0)
}

/// Unlinks it; false if it was gone already.
pub fn unlink(c: &mut Connection, id: i64) -> QueryResult<bool> {
    Ok(diesel::delete(identities::table.filter(identities::id.eq(id))).execute(c)? == 1)
}
