//! Sign-in attempts as a resource: each attempt that was checked is a row, stored for a while.

use diesel::prelude::*;
use time::Duration;

use crate::accounts::user::model::User;
use crate::app::App;
use crate::db::schema::sign_ins;
use crate::db::{Connection, UtcDateTime};
use crate::resource::access::actor::{Action, Actor};
use crate::resource::declare::declaration::{Chart, Interval};
use crate::resource::declare::hooks::Hooks;
use crate::resource::declare::reference::OnDelete;
use crate::resource::field;
use crate::resource::log::entry::SYSTEM;
use crate::web::list::changelist::thousands;
use crate::web::page::panel::{Fact, Panel, Tone};

crate::text_enum! {
    pub enum Outcome {
        Ok = "ok" / "Signed in",
        Wrong = "wrong" / "Wrong password or code",
        Unlocked = "unlocked" / "Unlocked",
    }
}

crate::text_enum! {
    /// The step of a sign-in that was attempted.
    pub enum Step {
        Whole = "whole" / "Whole sign-in",
        First = "first" / "Password",
        Second = "second" / "Two-step verification",
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
    pub step: Step,
    /// The user was signed in already and authenticated again.
    pub confirms: bool,
}

impl SignIn {
    /// The result, for display.
    pub fn message(&self) -> &'static str {
        match (self.step, self.outcome) {
            (Step::First, Outcome::Ok) => "Correct password, second step required",
            (Step::Second, Outcome::Wrong) => "Wrong code",
            (Step::Second, Outcome::Ok) if self.confirms => "Confirmed with code",
            (_, Outcome::Ok) if self.confirms => "Confirmed with password",
            (_, outcome) => outcome.label(),
        }
    }
}

crate::resource! {
    SignIn in sign_ins, read_only;
    name "sign_in" at "sign-ins", "Sign-in" / "Sign-ins";
    area "Accounts", icon "key";
    fields {}
    automatic {
        created_at: field("When"),
        user_id: field("User").references::<User>(OnDelete::Cascade),
        outcome: field("Result"),
        step: field("Step"),
        confirms: field("Confirmation"),
        ip: field("IP address"),
        user_agent: field("Browser"),
        known_device: field("Known browser"),
    }
    list_display [created_at, user_id, outcome, step, confirms, ip, known_device];
    search_through [user_id];
    list_filter [outcome, user_id, known_device, created_at];
    date_hierarchy [created_at];
    ordering [-created_at];
    label |sign_in| format!("Sign-in {}", sign_in.id);
    options {
        cascades_silently: true,
        chart: Some(Chart { title: "Sign-ins", field: "created_at", interval: Interval::Day }),
        default_grants: &[("Administrator", &[Action::View])],
    }
}

impl Hooks for SignIn {}

/// How long rows are stored, in days.
const KEPT: i64 = 90;

/// Marks the attempt as right.
pub fn succeeded(c: &mut Connection, id: i64, now: UtcDateTime) -> QueryResult<usize> {
    diesel::update(sign_ins::table.filter(sign_ins::id.eq(id)))
        .set((sign_ins::outcome.eq(Outcome::Ok), sign_ins::updated_at.eq(now)))
        .execute(c)
}

/// Marks the latest attempt as the first of two steps.
pub fn was_first(c: &mut Connection, user_id: i64, now: UtcDateTime) -> QueryResult<usize> {
    let mine = sign_ins::table.filter(sign_ins::user_id.eq(user_id)).filter(sign_ins::outcome.eq(Outcome::Ok));
    let Some(id) = mine.order(sign_ins::id.desc()).select(sign_ins::id).first::<i64>(c).optional()? else { return Ok(0) };
    diesel::update(sign_ins::table.filter(sign_ins::id.eq(id)))
        .set((sign_ins::step.eq(Step::First), sign_ins::updated_at.eq(now)))
        .execute(c)
}

/// The sign-in before the latest one.
pub fn before_this(c: &mut Connection, user_id: i64) -> QueryResult<Option<SignIn>> {
    let mine = sign_ins::table.filter(sign_ins::user_id.eq(user_id)).filter(sign_ins::outcome.eq(Outcome::Ok));
    let mine = mine.filter(sign_ins::confirms.eq(false));
    mine.filter(sign_ins::step.ne(Step::First)).order(sign_ins::id.desc()).offset(1).limit(1).first(c).optional()
}

/// The newest attempts for an account.
pub fn list_for_user(c: &mut Connection, user_id: i64, limit: i64) -> QueryResult<Vec<SignIn>> {
    sign_ins::table.filter(sign_ins::user_id.eq(user_id)).order(sign_ins::id.desc()).limit(limit).load(c)
}

/// Failed attempts since an instant, for the system page.
pub fn failed_since(c: &mut Connection, since: UtcDateTime) -> QueryResult<i64> {
    sign_ins::table.filter(sign_ins::outcome.eq(Outcome::Wrong)).filter(sign_ins::created_at.ge(since)).count().get_result(c)
}

/// The dashboard's panel about failed attempts.
pub const PANEL: Panel = Panel { title: "System status", permission: SYSTEM, load: state };

fn state(c: &mut Connection, app: &App, _actor: &Actor) -> QueryResult<Vec<Fact>> {
    let failed = failed_since(c, app.now().plus(-Duration::hours(24)))?;
    let tone = if failed >= 100 { Tone::Warn } else { Tone::Plain };
    let href = Some("/admin/sign-ins?outcome=wrong".into());
    Ok(vec![Fact { label: "Failed sign-ins (24 h)", text: thousands(failed), tone, href }])
}

/// Removes old attempts.
pub fn clear_old(c: &mut Connection, now: UtcDateTime) -> QueryResult<usize> {
    diesel::delete(sign_ins::table.filter(sign_ins::created_at.lt(now.plus(-Duration::days(KEPT))))).execute(c)
}
