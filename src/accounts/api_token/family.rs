//! Sign-ins by programs. Each is a family of successive refresh tokens, of which only the newest is valid. An old one that comes
//! after its successor was used ends the family, because somebody else may have a copy.

use diesel::prelude::*;
use time::Duration;

use crate::accounts::origin::Origin;
use crate::crypto::keys::digest;
use crate::db::schema::{token_families, users};
use crate::db::{Connection, UtcDateTime};
use crate::resource::access::actor::Actor;
use crate::resource::access::permissions::{RIGHTS_COLUMNS, UserRights, actor_with};

/// The absolute limit of a sign-in, however often it is renewed. Sessions have the same.
const LONGEST: Duration = Duration::days(30);
/// A client whose answer was lost sends the same token again. Within this time it gets the successor again, as long as that one
/// was not used.
const GRACE: Duration = Duration::minutes(1);
/// The most sign-ins of an account; beyond it the oldest is removed.
const MOST: i64 = 50;

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = token_families)]
pub struct TokenFamily {
    pub id: i64,
    pub user_id: i64,
    pub family: String,
    pub credential: String,
    pub current_jti: String,
    pub previous_jti: String,
    /// When it was last renewed.
    pub rotated_at: UtcDateTime,
    pub ip: String,
    pub user_agent: String,
    pub expires_at: UtcDateTime,
    pub created_at: UtcDateTime,
    pub updated_at: UtcDateTime,
}

/// The result of using a refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotated {
    /// It was the newest and has been replaced.
    Done,
    /// It was replaced moments ago, and its successor, the newest, was not used.
    Again,
    /// The same, but long ago. The family stays, because whoever has the successor may still use it.
    Late,
    /// Its successor was used before, and the family has been ended.
    Stolen,
    /// The family had ended before.
    Gone,
}

/// The current state of the account that a token belongs to.
pub enum Standing {
    NoUser,
    Inactive,
    /// The sign-in was ended, or the password has changed.
    Ended,
    Holds(Box<Member>),
}

/// A user who is signed in with a program.
pub struct Member {
    pub family: i64,
    /// The only valid refresh token.
    pub current_jti: String,
    pub email: String,
    pub actor: Actor,
}

/// A new sign-in: the user, the hash of their password, and the origin of the request.
pub struct NewFamily {
    pub user_id: i64,
    pub hash: String,
    pub family: String,
    /// The first refresh token.
    pub jti: String,
    pub origin: Origin,
    pub expires_at: UtcDateTime,
}

pub fn open(c: &mut Connection, new: &NewFamily, now: UtcDateTime) -> QueryResult<()> {
    let own = token_families::table.filter(token_families::user_id.eq(new.user_id));
    let known: Vec<i64> = own.order(token_families::rotated_at.desc()).offset(MOST - 1).limit(MOST).select(token_families::id).load(c)?;
    diesel::delete(token_families::table.filter(token_families::id.eq_any(known))).execute(c)?;
    diesel::insert_into(token_families::table)
        .values((
            token_families::user_id.eq(new.user_id),
            token_families::family.eq(&new.family),
            token_families::credential.eq(digest(&new.hash)),
            token_families::current_jti.eq(&new.jti),
            token_families::rotated_at.eq(now),
            token_families::ip.eq(&new.origin.ip),
            token_families::user_agent.eq(new.origin.user_agent.chars().take(255).collect::<String>()),
            token_families::expires_at.eq(new.expires_at),
            token_families::created_at.eq(now),
            token_families::updated_at.eq(now),
        ))
        .execute(c)?;
    Ok(())
}

/// Replaces this refresh token with the next one. Of concurrent attempts exactly one succeeds.
pub fn rotate(c: &mut Connection, family: &str, jti: &str, next: &str, expires_at: UtcDateTime, now: UtcDateTime) -> QueryResult<Rotated> {
    let newest = token_families::table
        .filter(token_families::family.eq(family))
        .filter(token_families::current_jti.eq(jti))
        .filter(token_families::created_at.gt(now.plus(-LONGEST)));
    let changed = diesel::update(newest)
        .set((
            token_families::previous_jti.eq(jti),
            token_families::current_jti.eq(next),
            token_families::rotated_at.eq(now),
            token_families::expires_at.eq(expires_at),
            token_families::updated_at.eq(now),
        ))
        .execute(c)?;
    if changed == 1 {
        return Ok(Rotated::Done);
    }
    let row = token_families::table.filter(token_families::family.eq(family)).first::<TokenFamily>(c).optional()?;
    let Some(row) = row else { return Ok(Rotated::Gone) };
    if row.previous_jti == jti {
        // Its successor is the newest, so it was not used.
        let rotated = if now.since(row.rotated_at) < GRACE { Rotated::Again } else { Rotated::Late };
        tracing::warn!(user = row.user_id, ?rotated, "a refresh token was sent again before its successor was used");
        return Ok(rotated);
    }
    end(c, row.user_id, row.id)?;
    // The newest token is refused only when the sign-in is too old to be renewed.
    Ok(if row.current_jti == jti { Rotated::Gone } else { Rotated::Stolen })
}

/// The account that a token of this family and user belongs to.
pub fn standing(c: &mut Connection, user_id: i64, family: &str, now: UtcDateTime) -> QueryResult<Standing> {
    let of_user = token_families::user_id.eq(users::id).and(token_families::family.eq(family)).and(token_families::expires_at.gt(now));
    let row = users::table
        .left_join(token_families::table.on(of_user))
        .filter(users::id.eq(user_id))
        .select((
            RIGHTS_COLUMNS,
            users::email,
            users::password_hash,
            (token_families::id, token_families::credential, token_families::current_jti).nullable(),
        ))
        .first::<(UserRights, String, String, Option<(i64, String, String)>)>(c)
        .optional()?;
    let Some((rights, email, hash, found)) = row else { return Ok(Standing::NoUser) };
    if !rights.is_active {
        return Ok(Standing::Inactive);
    }
    let Some((family, _, current_jti)) = found.filter(|(_, credential, _)| *credential == digest(&hash)) else {
        return Ok(Standing::Ended);
    };
    let actor = actor_with(c, rights)?;
    Ok(actor.map_or(Standing::Inactive, |actor| Standing::Holds(Box::new(Member { family, current_jti, email, actor }))))
}

/// A user's sign-ins by programs, the latest first.
pub fn list_for_user(c: &mut Connection, user_id: i64, now: UtcDateTime) -> QueryResult<Vec<TokenFamily>> {
    let theirs = token_families::table.filter(token_families::user_id.eq(user_id)).filter(token_families::expires_at.gt(now));
    theirs.order(token_families::rotated_at.desc()).limit(MOST).load(c)
}

/// Ends one sign-in of a user, its access tokens included.
pub fn end(c: &mut Connection, user_id: i64, id: i64) -> QueryResult<usize> {
    let one = token_families::table.filter(token_families::user_id.eq(user_id)).filter(token_families::id.eq(id));
    diesel::delete(one).execute(c)
}

/// Removes what has expired.
pub fn clear_expired(c: &mut Connection, now: UtcDateTime) -> QueryResult<usize> {
    diesel::delete(token_families::table.filter(token_families::expires_at.le(now))).execute(c)
}
