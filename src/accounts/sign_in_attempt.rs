//! Tries to sign in: each is a row, and too many wrong ones make the next wait, longer each time. Counted in the database,
//! so that every process counts the same, and before the password is hashed.

use diesel::prelude::*;
use ipnet::IpNet;
use time::Duration;

use super::user::User;
use crate::app::App;
use crate::db::connection::exclusive;
use crate::db::schema::{sign_ins, users};
use crate::db::{Connection, UtcDateTime};
use crate::keys::Keys;
use crate::resource::actor::{Action, Actor};
use crate::resource::declaration::{Step, Trend};
use crate::resource::field;
use crate::resource::field::OnDelete;
use crate::resource::history::SYSTEM;
use crate::web::changelist::thousands;
use crate::web::panel::{Fact, Panel, Tone};

crate::text_enum! {
    pub enum Outcome {
        Ok = "ok" / "Signed in",
        Wrong = "wrong" / "Wrong password",
        Unlocked = "unlocked" / "Unlocked",
    }
}

#[derive(Clone, Debug, Queryable)]
pub struct SignIn {
    pub id: i64,
    pub user_id: Option<i64>,
    pub budget: String,
    pub outcome: Outcome,
    pub ip: String,
    pub network: String,
    pub user_agent: String,
    pub known_device: bool,
    pub created_at: UtcDateTime,
    pub updated_at: UtcDateTime,
}

crate::resource! {
    SignIn in sign_ins;
    name "sign_in" at "sign-ins", "Sign-in" / "Sign-ins";
    area "Accounts", icon "key";
    fields {}
    automatic {
        created_at: field("When"),
        user_id: field("User").references("user", OnDelete::Cascade),
        outcome: field("What"),
        ip: field("Network address"),
        user_agent: field("Browser"),
        known_device: field("Known device"),
    }
    list [created_at, user_id, outcome, ip, known_device];
    search_through { user_id by users }
    filter [outcome, user_id, known_device, created_at];
    order [created_at true];
    through { user_id by users.search_text }
    label |sign_in| format!("Sign-in {}", sign_in.id);
    about {
        read_only: true,
        date_hierarchy: "created_at",
        chart: Some(Trend { title: "Sign-ins", field: "created_at", step: Step::Day }),
        granted: &[("Administrator", &[Action::View])],
    }
}

/// Wrong tries without a delay.
const FREE: usize = 5;
/// Tries further back are forgiven.
const MEMORY: Duration = Duration::hours(24);
/// The longest delay, in seconds.
const LONGEST: i64 = 15 * 60;
/// Wrong tries a minute from one network.
const NETWORK_FREE: usize = 20;
/// Rows are kept so long, in days.
const KEPT: i64 = 90;

/// Who tries, from where.
pub struct Visitor {
    pub login: String,
    pub ip: String,
    pub user_agent: String,
    /// The accounts that know this browser, and what they call it.
    pub devices: Vec<(i64, String)>,
}

pub enum Begun {
    /// Not before this instant.
    Delayed(UtcDateTime),
    /// The try is written down as wrong until the password has proved otherwise.
    Open { id: i64, user: Option<Box<User>> },
}

/// Counts a try before the password is looked at; call it in a transaction.
pub fn begin(c: &mut Connection, keys: &Keys, visitor: &Visitor, now: UtcDateTime) -> QueryResult<Begun> {
    let user = User::find_by_login(c, &visitor.login)?;
    let device = user.as_ref().and_then(|user| visitor.devices.iter().find(|(id, _)| *id == user.id));
    let budget = match (&user, device) {
        (Some(user), Some((_, device))) => format!("device {} {device}", user.id),
        (Some(user), None) => of_account(user.id),
        (None, _) => format!("name {}", hex(&keys.sign("sign-in name", &[visitor.login.to_lowercase().as_bytes()]))),
    };
    let network = network(&visitor.ip);
    // One after another, so that many at once have no more tries than one by one.
    exclusive(c, &network, 0)?;
    exclusive(c, &budget, 0)?;
    let until = delayed(c, &budget, now)?;
    // A crowd behind one address must not be locked out by one of them where the account knows the browser.
    let until = if device.is_none() { until.max(crowded(c, &network, now)?) } else { until };
    if let Some(until) = until.filter(|until| *until > now) {
        return Ok(Begun::Delayed(until));
    }
    let id = diesel::insert_into(sign_ins::table)
        .values((
            sign_ins::user_id.eq(user.as_ref().map(|user| user.id)),
            sign_ins::budget.eq(&budget),
            sign_ins::outcome.eq(Outcome::Wrong),
            sign_ins::ip.eq(&visitor.ip),
            sign_ins::network.eq(&network),
            sign_ins::user_agent.eq(visitor.user_agent.chars().take(255).collect::<String>()),
            sign_ins::known_device.eq(device.is_some()),
            sign_ins::created_at.eq(now),
            sign_ins::updated_at.eq(now),
        ))
        .returning(sign_ins::id)
        .get_result(c)?;
    Ok(Begun::Open { id, user: user.map(Box::new) })
}

/// The password was right.
pub fn succeeded(c: &mut Connection, id: i64, now: UtcDateTime) -> QueryResult<usize> {
    diesel::update(sign_ins::table.filter(sign_ins::id.eq(id)))
        .set((sign_ins::outcome.eq(Outcome::Ok), sign_ins::updated_at.eq(now)))
        .execute(c)
}

/// Forgives an account its wrong tries.
pub fn unlock(c: &mut Connection, user_id: i64, now: UtcDateTime) -> QueryResult<usize> {
    diesel::insert_into(sign_ins::table)
        .values((
            sign_ins::user_id.eq(user_id),
            sign_ins::budget.eq(of_account(user_id)),
            sign_ins::outcome.eq(Outcome::Unlocked),
            sign_ins::created_at.eq(now),
            sign_ins::updated_at.eq(now),
        ))
        .execute(c)
}

/// Until when an account has to wait, when it has.
pub fn locked_until(c: &mut Connection, user_id: i64, now: UtcDateTime) -> QueryResult<Option<UtcDateTime>> {
    Ok(delayed(c, &of_account(user_id), now)?.filter(|until| *until > now))
}

/// The newest tries at an account.
pub fn list_for_user(c: &mut Connection, user_id: i64, limit: i64) -> QueryResult<Vec<SignIn>> {
    sign_ins::table.filter(sign_ins::user_id.eq(user_id)).order(sign_ins::id.desc()).limit(limit).load(c)
}

/// Wrong tries since an instant, for the system's state.
pub fn failed_since(c: &mut Connection, since: UtcDateTime) -> QueryResult<i64> {
    sign_ins::table.filter(sign_ins::outcome.eq(Outcome::Wrong)).filter(sign_ins::created_at.ge(since)).count().get_result(c)
}

/// What the dashboard tells of guessing.
pub const PANEL: Panel = Panel { title: "State of the system", permission: SYSTEM, load: state };

fn state(c: &mut Connection, app: &App, _actor: &Actor) -> QueryResult<Vec<Fact>> {
    let failed = failed_since(c, app.now().plus(-Duration::hours(24)))?;
    let tone = if failed >= 100 { Tone::Warn } else { Tone::Plain };
    let href = Some("/admin/sign-ins?outcome=wrong".into());
    Ok(vec![Fact { label: "Wrong passwords in 24 hours", text: thousands(failed), tone, href }])
}

/// Removes what is old.
pub fn clear_old(c: &mut Connection, now: UtcDateTime) -> QueryResult<usize> {
    diesel::delete(sign_ins::table.filter(sign_ins::created_at.lt(now.plus(-Duration::days(KEPT))))).execute(c)
}

fn of_account(user_id: i64) -> String {
    format!("account {user_id}")
}

/// After five wrong tries one second, then two, four and so on.
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
        .order(sign_ins::created_at.desc())
        .limit(NETWORK_FREE as i64)
        .select(sign_ins::created_at)
        .load::<UtcDateTime>(c)?;
    Ok(tries.get(NETWORK_FREE - 1).map(|oldest| oldest.plus(window)))
}

/// The network of an address: itself, or the half of it that names the network for the long ones.
fn network(ip: &str) -> String {
    match ip.parse::<std::net::IpAddr>() {
        Ok(std::net::IpAddr::V6(v6)) => IpNet::new(v6.into(), 64).map_or_else(|_| ip.into(), |net| net.trunc().to_string()),
        _ => ip.into(),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
