//! Doctors plan their own hours; those of others need a permission.

use diesel::prelude::*;

use crate::db::Connection;
use crate::db::schema::doctors;
use crate::resource::Actor;
use crate::resource::declare::candidate::Candidate;

/// Codename, name, and the groups that have it from the start.
pub const PERMISSION: (&str, &str, &[&str]) =
    ("scheduling.plan_all", "Can plan the hours of every doctor, not only their own", &["Receptionist", "Administrator"]);

const NOT_YOURS: &str = "You can only plan your own hours";

/// The doctor whose account this is.
pub fn doctor_of(c: &mut Connection, actor: &Actor) -> QueryResult<Option<i64>> {
    let own = doctors::table.filter(doctors::user_id.eq(actor.id)).filter(doctors::deleted_at.is_null());
    own.select(doctors::id).first(c).optional()
}

/// Why the actor cannot plan the hours of this doctor.
pub fn refusal(c: &mut Connection, doctor_id: Option<i64>, actor: &Actor) -> QueryResult<Option<String>> {
    let is_allowed = actor.can(PERMISSION.0) || doctor_id.is_none() || doctor_of(c, actor)? == doctor_id;
    Ok((!is_allowed).then(|| NOT_YOURS.into()))
}

/// Checks the doctor before a change and after it.
pub fn check_own(c: &mut Connection, candidate: &mut Candidate, field: &'static str) -> QueryResult<()> {
    let before = candidate.before.and_then(|row| row.values.at(field).as_id());
    for doctor_id in [before, candidate.values.at(field).as_id()] {
        if let Some(sentence) = refusal(c, doctor_id, candidate.actor)? {
            candidate.errors.add(field, sentence);
            break;
        }
    }
    Ok(())
}
