//! Limits on guessing passwords: after too many failed attempts the next one has to wait, longer each time. Counted in the
//! database before the password is hashed, so that all processes share the counts.

use diesel::prelude::*;
use time::Duration;

use super::attempt::{Outcome, Step};
use crate::accounts::user::model::User;
use crate::crypto::keys::{Keys, hex};
use crate::db::connection::exclusive;
use crate::db::schema::{sign_ins, users};
use crate::db::{Connection, UtcDateTime};
use crate::email_address;
use crate::web::request::client::network;

pub use super::client::Client;

/// Failed attempts without a delay.
const FREE: usize = 5;
/// Older attempts are ignored.
const MEMORY: Duration = Duration::hours(24);
/// The longest delay, in seconds.
const LONGEST: i64 = 15 * 60;
/// Failed attempts a minute from one network.
const NETWORK_FREE: usize = 20;
/// Failed attempts a second overall.
const PER_SECOND: i64 = 50;

pub enum Begun {
    /// The next attempt is allowed at this time.
    Delayed(UtcDateTime),
    /// The attempt is stored as failed until the password is verified.
    Open { id: i64, user: Option<Box<User>> },
}

/// What an attempt is counted for.
struct Aim {
    user: Option<User>,
    budget: String,
    network: String,
    known_device: bool,
}

impl Aim {
    /// From an unknown browser the typed login is counted, whether an account has it or not. If an account's username and email
    /// were counted together, that would reveal that they belong together.
    fn of(c: &mut Connection, keys: &Keys, visitor: &Client) -> QueryResult<Self> {
        let user = User::find_by_login(c, &visitor.login)?;
        let device = user.as_ref().and_then(|user| visitor.devices.iter().find(|(id, _)| *id == user.id));
        let budget = device.map_or_else(|| of_login(keys, &visitor.login), |(id, device)| format!("device {id} {device}"));
        Ok(Self { budget, network: network(&visitor.origin.ip), known_device: device.is_some(), user })
    }

    /// Until when the attempt has to wait. Many attempts from one address must not lock out a user whose browser is known.
    fn until(&self, c: &mut Connection, now: UtcDateTime) -> QueryResult<Option<UtcDateTime>> {
        let mut until = delayed(c, &self.budget, now)?;
        if !self.known_device {
            until = until.max(crowded(c, &self.network, now)?).max(rushed(c, now)?);
        }
        Ok(until.filter(|until| *until > now))
    }
}

/// Until when this attempt has to wait. Read without a lock, so that a flood of such attempts does not queue for one.
pub fn delay(c: &mut Connection, keys: &Keys, visitor: &Client, now: UtcDateTime) -> QueryResult<Option<UtcDateTime>> {
    Aim::of(c, keys, visitor)?.until(c, now)
}

/// Counts an attempt before the password is checked; call it in a transaction.
pub fn begin(c: &mut Connection, keys: &Keys, visitor: &Client, now: UtcDateTime) -> QueryResult<Begun> {
    let aim = Aim::of(c, keys, visitor)?;
    let user_id = aim.user.as_ref().map(|user| user.id);
    Ok(match claim(c, &aim, visitor, user_id, Step::Whole, now)? {
        Claim::Delayed(until) => Begun::Delayed(until),
        Claim::Open(id) => Begun::Open { id, user: aim.user.map(Box::new) },
    })
}

/// The result of counting an attempt.
pub enum Claim {
    /// The next attempt is allowed at this time.
    Delayed(UtcDateTime),
    /// The id of the attempt, which is stored as failed.
    Open(i64),
}

/// Counts an attempt at the second step of this account; call it in a transaction. It has a count of its own, because whoever
/// guesses here knows the password.
pub fn claim_second(c: &mut Connection, visitor: &Client, user_id: i64, now: UtcDateTime) -> QueryResult<Claim> {
    let device = visitor.devices.iter().find(|(id, _)| *id == user_id);
    let budget = device.map_or_else(|| of_second(user_id), |(id, device)| format!("second {id} {device}"));
    let aim = Aim { user: None, budget, network: network(&visitor.origin.ip), known_device: device.is_some() };
    claim(c, &aim, visitor, Some(user_id), Step::Second, now)
}

/// The same for a code from an email; `name` says what is guessed.
pub fn begin_code(c: &mut Connection, name: &str, visitor: &Client, now: UtcDateTime) -> QueryResult<Claim> {
    let aim = Aim { user: None, budget: format!("code {name}"), network: network(&visitor.origin.ip), known_device: false };
    claim(c, &aim, visitor, None, Step::Whole, now)
}

/// Until when this network has to wait with any attempt.
pub fn network_delay(c: &mut Connection, ip: &str, now: UtcDateTime) -> QueryResult<Option<UtcDateTime>> {
    Ok(crowded(c, &network(ip), now)?.max(rushed(c, now)?).filter(|until| *until > now))
}

/// Deletes an attempt that did not fail.
pub fn forgive(c: &mut Connection, id: i64) -> QueryResult<usize> {
    diesel::delete(sign_ins::table.filter(sign_ins::id.eq(id))).execute(c)
}

fn claim(c: &mut Connection, aim: &Aim, visitor: &Client, user_id: Option<i64>, step: Step, now: UtcDateTime) -> QueryResult<Claim> {
    // Serialised, so that concurrent attempts cannot exceed the limit.
    exclusive(c, &aim.network, 0)?;
    exclusive(c, &aim.budget, 0)?;
    if let Some(until) = aim.until(c, now)? {
        return Ok(Claim::Delayed(until));
    }
    let id = diesel::insert_into(sign_ins::table)
        .values((
            sign_ins::user_id.eq(user_id),
            sign_ins::budget.eq(&aim.budget),
            sign_ins::outcome.eq(Outcome::Wrong),
            sign_ins::step.eq(step),
            sign_ins::ip.eq(&visitor.origin.ip),
            sign_ins::network.eq(&aim.network),
            sign_ins::user_agent.eq(visitor.origin.user_agent.chars().take(255).collect::<String>()),
            sign_ins::known_device.eq(aim.known_device),
            sign_ins::confirms.eq(visitor.confirms),
            sign_ins::created_at.eq(now),
            sign_ins::updated_at.eq(now),
        ))
        .returning(sign_ins::id)
        .get_result(c)?;
    Ok(Claim::Open(id))
}

/// Stores a sign-in without a password: the provider `by` authenticated the user.
pub fn passed(c: &mut Connection, visitor: &Client, user_id: i64, by: &str, now: UtcDateTime) -> QueryResult<usize> {
    diesel::insert_into(sign_ins::table)
        .values((
            sign_ins::user_id.eq(user_id),
            sign_ins::budget.eq(by),
            sign_ins::outcome.eq(Outcome::Ok),
            sign_ins::ip.eq(&visitor.origin.ip),
            sign_ins::network.eq(network(&visitor.origin.ip)),
            sign_ins::user_agent.eq(visitor.origin.user_agent.chars().take(255).collect::<String>()),
            sign_ins::known_device.eq(visitor.devices.iter().any(|(id, _)| *id == user_id)),
            sign_ins::created_at.eq(now),
            sign_ins::updated_at.eq(now),
        ))
        .execute(c)
}

/// Clears the failed attempts of an account, for each of its logins.
pub fn unlock(c: &mut Connection, keys: &Keys, user_id: i64, now: UtcDateTime) -> QueryResult<()> {
    for budget in of_account(c, keys, user_id)? {
        diesel::insert_into(sign_ins::table)
            .values((
                sign_ins::user_id.eq(user_id),
                sign_ins::budget.eq(budget),
                sign_ins::outcome.eq(Outcome::Unlocked),
                sign_ins::created_at.eq(now),
                sign_ins::updated_at.eq(now),
            ))
            .execute(c)?;
    }
    Ok(())
}

/// Until when an account has to wait, if so.
pub fn locked_until(c: &mut Connection, keys: &Keys, user_id: i64, now: UtcDateTime) -> QueryResult<Option<UtcDateTime>> {
    let mut latest = None;
    for budget in of_account(c, keys, user_id)? {
        latest = latest.max(delayed(c, &budget, now)?.filter(|until| *until > now));
    }
    Ok(latest)
}

/// One budget for every spelling of an address that finds the same account.
fn of_login(keys: &Keys, login: &str) -> String {
    format!("name {}", hex(&keys.sign("sign-in name", &[email_address::ascii(login).to_lowercase().as_bytes()])))
}

fn of_second(user_id: i64) -> String {
    format!("second {user_id}")
}

fn of_account(c: &mut Connection, keys: &Keys, user_id: i64) -> QueryResult<Vec<String>> {
    let names =
        users::table.filter(users::id.eq(user_id)).select((users::username, users::email)).first::<(String, String)>(c).optional()?;
    Ok(names.map_or_else(Vec::new, |(username, email)| vec![of_login(keys, &username), of_login(keys, &email), of_second(user_id)]))
}

/// After five failed attempts one second, then two, four and so on.
fn delayed(c: &mut Connection, budget: &str, now: UtcDateTime) -> QueryResult<Option<UtcDateTime>> {
    let tries = sign_ins::table
        .filter(sign_ins::budget.eq(budget))
        .filter(sign_ins::created_at.gt(now.plus(-MEMORY)))
        .order(sign_ins::id.desc())
        .limit(50)
        .select((sign_ins::outcome, sign_ins::created_at))
        .load::<(Outcome, UtcDateTime)>(c)?;
    let wrong: Vec<UtcDateTime> = tries.iter().take_while(|(outcome, _)| *outcome == Outcome::Wrong).map(|(_, at)| *at).collect();
    Ok(match (wrong.len().checked_sub(FREE), wrong.first()) {
        (Some(over), Some(last)) => {
            Some(last.plus(Duration::seconds(1_i64.checked_shl(over.min(20) as u32).unwrap_or(LONGEST).min(LONGEST))))
        }
        _ => None,
    })
}

/// Until when a network has to wait.
fn crowded(c: &mut Connection, network: &str, now: UtcDateTime) -> QueryResult<Option<UtcDateTime>> {
    let window = Duration::minutes(1);
    let tries = sign_ins::table
        .filter(sign_ins::network.eq(network))
        .filter(sign_ins::created_at.gt(now.plus(-window)))
        .filter(sign_ins::outcome.eq(Outcome::Wrong))
        .filter(sign_ins::known_device.eq(false))
        .order(sign_ins::created_at.desc())
        .limit(NETWORK_FREE as i64)
        .select(sign_ins::created_at)
        .load::<UtcDateTime>(c)?;
    Ok(tries.get(NETWORK_FREE - 1).map(|oldest| oldest.plus(window)))
}

/// A pause of one second when there are too many attempts overall. Approximate, because it is counted without a lock.
fn rushed(c: &mut Connection, now: UtcDateTime) -> QueryResult<Option<UtcDateTime>> {
    let window = Duration::seconds(1);
    let lately = sign_ins::table.filter(sign_ins::outcome.eq(Outcome::Wrong)).filter(sign_ins::created_at.gt(now.plus(-window)));
    let tries = lately.filter(sign_ins::known_device.eq(false)).count().get_result::<i64>(c)?;
    Ok((tries >= PER_SECOND).then(|| now.plus(window)))
}
