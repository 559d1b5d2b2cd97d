//! One-time codes that are sent by email and typed into a page. They work for ten minutes, five attempts and one use, in the
//! browser that requested them. A newer code of the same purpose replaces older ones.
//!
//! The database stores a digest under a separate key, derived from `SECRET_KEY`. Somebody who steals the database alone cannot
//! test codes at all; with a salted password hash they could test 50 bits at leisure, and the hash would have to be computed
//! before the transaction that counts the attempt. Somebody who steals both has ten minutes.
//!
//! A new purpose is a line in [`Purpose`]; see docs/conventions.md.

use actix_web::HttpRequest;
use diesel::prelude::*;
use subtle::ConstantTimeEq;
use time::Duration;

use super::limits::{DAY, capped};
use super::purpose::Purpose;
use super::text::Code;
use crate::app::App;
use crate::crypto::keys::{Keys, hex};
use crate::db::connection::exclusive;
use crate::db::schema::codes;
use crate::db::{Connection, UtcDateTime};
use crate::english::plural;
use crate::web::request::client::{ip_of, network};
use crate::web::request::csrf;

/// SECURITY 5.1 and ASVS 6.5.5: ten minutes at most, five tries.
pub const LASTS: Duration = Duration::minutes(10);
const TRIES: i32 = 5;

/// The owner of a code; the limits apply to each owner.
pub enum Owner<'a> {
    User(i64),
    /// Somebody who is not signed in, identified by what they typed. It is counted the same whether such an account exists or
    /// not.
    Typed {
        name: &'a str,
        user_id: Option<i64>,
    },
}

impl Owner<'_> {
    fn user_id(&self) -> Option<i64> {
        match self {
            Self::User(id) => Some(*id),
            Self::Typed { user_id, .. } => *user_id,
        }
    }

    fn budget(&self, keys: &Keys) -> String {
        match self {
            Self::User(id) => format!("user {id}"),
            Self::Typed { name, .. } => format!("name {}", hex(&keys.sign("code name", &[name.as_bytes()]))),
        }
    }
}

/// Where a code is requested, and the only place where it is accepted.
pub struct Place {
    browser: String,
    network: String,
}

impl Place {
    /// This browser, identified by its session or by the token of its first form.
    pub fn browser(request: &HttpRequest, app: &App) -> Self {
        let secret = csrf::browser(request, app).unwrap_or_default();
        Self::of(&app.keys, "browser", secret.as_bytes(), &ip_of(request))
    }

    /// Any session of this account.
    pub fn account(keys: &Keys, user_id: i64, ip: &str) -> Self {
        Self::of(keys, "account", &user_id.to_be_bytes(), ip)
    }

    /// Identifies the place without revealing anything about it.
    pub fn name(&self) -> &str {
        &self.browser
    }

    fn of(keys: &Keys, kind: &str, secret: &[u8], ip: &str) -> Self {
        Self { browser: hex(&keys.sign("code place", &[kind.as_bytes(), secret])), network: network(ip).chars().take(64).collect() }
    }
}

pub enum Issue {
    /// The code in its display form, to be emailed in the same transaction.
    Issued(String),
    /// A limit was reached; the next code can be requested at this time.
    Capped(UtcDateTime),
}

/// Creates a code; call it in the transaction that queues its email. `target` is what the code confirms, such as a new address.
pub fn issue(
    c: &mut Connection,
    keys: &Keys,
    purpose: Purpose,
    owner: &Owner,
    target: &str,
    place: &Place,
    now: UtcDateTime,
) -> QueryResult<Issue> {
    let budget = owner.budget(keys);
    // Serialised, so that concurrent requests cannot exceed the limits.
    exclusive(c, &place.network, 0)?;
    exclusive(c, &budget, 0)?;
    if let Some(until) = capped(c, purpose, &budget, &place.network, now)? {
        return Ok(Issue::Capped(until));
    }
    let older = codes::table.filter(codes::purpose.eq(purpose)).filter(codes::budget.eq(&budget)).filter(codes::expires_at.gt(now));
    diesel::update(older).set((codes::expires_at.eq(codes::created_at), codes::updated_at.eq(now))).execute(c)?;
    let code = Code::random();
    diesel::insert_into(codes::table)
        .values((
            codes::purpose.eq(purpose),
            codes::user_id.eq(owner.user_id()),
            codes::code_hash.eq(hash(keys, purpose, &budget, &place.browser, &code)),
            codes::budget.eq(budget),
            codes::target.eq(target),
            codes::browser.eq(&place.browser),
            codes::network.eq(&place.network),
            codes::expires_at.eq(now.plus(LASTS)),
            codes::created_at.eq(now),
            codes::updated_at.eq(now),
        ))
        .execute(c)?;
    Ok(Issue::Issued(code.shown()))
}

#[derive(Debug, PartialEq)]
pub enum Outcome {
    Right {
        user_id: i64,
        target: String,
    },
    /// The number of attempts left.
    Wrong {
        left: i32,
    },
    /// The text cannot be a code; no attempt was used.
    Malformed,
    /// No valid code: it was used or replaced, it expired, or no attempts are left.
    Ended,
}

impl Outcome {
    /// The error for the field; `None` if the code was right. It does not reveal whether the account exists.
    pub fn problem(&self) -> Option<String> {
        Some(match self {
            Self::Right { .. } => return None,
            Self::Wrong { left } => format!("The code is incorrect. You have {} left", plural((*left).into(), "attempt", "attempts")),
            Self::Malformed => "Enter the 10-character code from the email".into(),
            Self::Ended => "This code has expired or been used. Request a new one".into(),
        })
    }
}

/// Uses up the code that was requested here, if `typed` is right; with `user_id` it has to be that user's. Call it in the
/// transaction that does what the code is for, and commit that even if the code was wrong, because it counts the attempt.
pub fn consume(
    c: &mut Connection,
    keys: &Keys,
    purpose: Purpose,
    user_id: Option<i64>,
    typed: &str,
    place: &Place,
    now: UtcDateTime,
) -> QueryResult<Outcome> {
    let Some(code) = Code::parse(typed) else { return Ok(Outcome::Malformed) };
    // Read again after the lock, so that concurrent requests share five attempts and one use.
    let Some((id, _)) = waiting(c, purpose, place, now)? else { return Ok(Outcome::Ended) };
    exclusive(c, "code", id)?;
    let Some((id, stored)) = waiting(c, purpose, place, now)? else { return Ok(Outcome::Ended) };
    let (owner, budget, target, expected, tries) = stored;
    let fits = hash(keys, purpose, &budget, &place.browser, &code).as_bytes().ct_eq(expected.as_bytes());
    let row = codes::table.filter(codes::id.eq(id));
    let owner = owner.filter(|owner| bool::from(fits) && user_id.is_none_or(|wanted| wanted == *owner));
    let Some(owner) = owner else {
        diesel::update(row).set((codes::tries.eq(tries + 1), codes::updated_at.eq(now))).execute(c)?;
        let left = TRIES - tries - 1;
        return Ok(if left > 0 { Outcome::Wrong { left } } else { Outcome::Ended });
    };
    diesel::update(row).set((codes::used_at.eq(Some(now)), codes::updated_at.eq(now))).execute(c)?;
    Ok(Outcome::Right { user_id: owner, target })
}

/// Stored columns of a code: user, budget, target, digest, number of attempts.
type Kept = (Option<i64>, String, String, String, i32);

/// The newest code that was requested here, if it is still valid.
fn waiting(c: &mut Connection, purpose: Purpose, place: &Place, now: UtcDateTime) -> QueryResult<Option<(i64, Kept)>> {
    let newest = codes::table
        .filter(codes::purpose.eq(purpose))
        .filter(codes::browser.eq(&place.browser))
        .order(codes::id.desc())
        .select((
            (codes::id, codes::expires_at, codes::used_at),
            (codes::user_id, codes::budget, codes::target, codes::code_hash, codes::tries),
        ))
        .first::<((i64, UtcDateTime, Option<UtcDateTime>), Kept)>(c)
        .optional()?;
    Ok(newest.filter(|((_, ends, used), stored)| *ends > now && used.is_none() && stored.4 < TRIES).map(|((id, ..), stored)| (id, stored)))
}

/// The target of the valid code of this purpose that was requested here, if any.
pub fn target(c: &mut Connection, purpose: Purpose, place: &Place, now: UtcDateTime) -> QueryResult<Option<String>> {
    Ok(waiting(c, purpose, place, now)?.map(|(_, stored)| stored.2))
}

/// Revokes unused codes of an account after a change that they must not outlive.
pub fn void(c: &mut Connection, user_id: i64, purposes: &[Purpose]) -> QueryResult<usize> {
    let open = codes::table
        .filter(codes::user_id.eq(user_id))
        .filter(codes::purpose.eq_any(purposes))
        .filter(codes::used_at.is_null())
        .filter(codes::expires_at.gt(codes::created_at));
    diesel::update(open).set(codes::expires_at.eq(codes::created_at)).execute(c)
}

/// Removes codes that no limit counts any more.
pub fn clear_old(c: &mut Connection, now: UtcDateTime) -> QueryResult<usize> {
    diesel::delete(codes::table.filter(codes::created_at.le(now.plus(-DAY)))).execute(c)
}

fn hash(keys: &Keys, purpose: Purpose, budget: &str, browser: &str, code: &Code) -> String {
    hex(&keys.sign("one-time code", &[purpose.as_str().as_bytes(), budget.as_bytes(), browser.as_bytes(), code.as_bytes()]))
}
