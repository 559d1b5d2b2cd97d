//! Who may view which patient: one rule for lists, pages, searches, exports and the API.

use diesel::prelude::*;

use crate::db::Connection;
use crate::db::schema::{doctors, patient_doctor_mappings, patients};
use crate::resource::access::actor::Actor;
use crate::resource::access::scope::{FEW, Rule, few};

// An alias, so that the rule can also be part of a query over assignments.
diesel::alias!(pub const own: Alias<Own> = patient_doctor_mappings as own_mappings);

#[diesel::dsl::auto_type]
fn registered_by(user_id: i64) -> _ {
    patients::owner_id.eq(user_id)
}

#[diesel::dsl::auto_type]
fn is_the_user(user_id: i64) -> _ {
    patients::user_id.eq(user_id)
}

/// The ids of the patients assigned to this user as a doctor.
#[diesel::dsl::auto_type]
fn assigned_to(user_id: i64) -> _ {
    let patient = own.field(patient_doctor_mappings::patient_id);
    own.inner_join(doctors::table.on(doctors::id.eq(own.field(patient_doctor_mappings::doctor_id))))
        .filter(doctors::user_id.eq(user_id))
        .filter(doctors::deleted_at.is_null())
        .filter(own.field(patient_doctor_mappings::deleted_at).is_null())
        .select(patient)
}

/// The user's patients: those they registered, themselves as a patient, and those assigned to them as a doctor. Not boxed,
/// because a boxed query cannot be a subquery on the connection enum.
#[diesel::dsl::auto_type]
pub fn is_seen_by(user_id: i64) -> _ {
    let registered: registered_by = registered_by(user_id);
    let themselves: is_the_user = is_the_user(user_id);
    let assigned: assigned_to = assigned_to(user_id);
    registered.or(themselves).or(patients::id.eq_any(assigned))
}

/// The rule as the declaration of patients names it.
pub const SCOPE: Rule = Rule { sees_all: |actor| actor.can(VIEW_ALL), visible: |actor| Box::new(is_seen_by(actor.id)), few: few_seen_by };

/// The ids of all patients that the actor may view, if they are few. Each of the three conditions has an index; combined and
/// ordered, they would make the database scan the table until a page is full.
pub fn few_seen_by(c: &mut Connection, actor: &Actor, most: i64) -> QueryResult<Option<Vec<i64>>> {
    few_of(c, actor.id, most)
}

fn few_of(c: &mut Connection, user_id: i64, most: i64) -> QueryResult<Option<Vec<i64>>> {
    let mut ids: Vec<i64> = patients::table.filter(registered_by(user_id)).select(patients::id).limit(most + 1).load(c)?;
    ids.extend(patients::table.filter(is_the_user(user_id)).select(patients::id).load::<i64>(c)?);
    ids.extend(assigned_to(user_id).limit(most + 1).load::<i64>(c)?);
    Ok(few(ids, most))
}

/// Permission to view every patient, not only one's own.
pub const VIEW_ALL: &str = "clinic.view_all_patients";

/// The ids of a user's newest own patients, whatever else they may view; at most `most`.
pub fn newest_own(c: &mut Connection, user_id: i64, most: i64) -> QueryResult<Vec<i64>> {
    if !has_own(c, user_id)? {
        return Ok(Vec::new());
    }
    let newest = (patients::created_at.desc(), patients::id.desc());
    let present = patients::table.filter(patients::deleted_at.is_null()).order(newest).limit(most).select(patients::id);
    match few_of(c, user_id, FEW)? {
        Some(ids) => present.filter(patients::id.eq_any(ids)).load(c),
        None => present.filter(is_seen_by(user_id)).load(c),
    }
}

/// The ids of the doctors to whom the user's own patients were assigned last; at most `most`.
pub fn newest_doctors(c: &mut Connection, user_id: i64, most: i64) -> QueryResult<Vec<i64>> {
    use patient_doctor_mappings::dsl;
    if !has_own(c, user_id)? {
        return Ok(Vec::new());
    }
    let newest = (dsl::created_at.desc(), dsl::id.desc());
    let present = dsl::patient_doctor_mappings.filter(dsl::deleted_at.is_null()).order(newest).limit(LATEST).select(dsl::doctor_id);
    let latest: Vec<i64> = match few_of(c, user_id, FEW)? {
        Some(ids) => present.filter(dsl::patient_id.eq_any(ids)).load(c)?,
        None => present.filter(dsl::patient_id.eq_any(patients::table.filter(is_seen_by(user_id)).select(patients::id))).load(c)?,
    };
    let mut ids: Vec<i64> = Vec::new();
    for id in latest {
        if !ids.contains(&id) && (ids.len() as i64) < most {
            ids.push(id);
        }
    }
    Ok(ids)
}

/// The number of latest assignments that are searched for doctors.
const LATEST: i64 = 200;

/// Whether the user can have any patients. Three index look-ups, which spare users without patients, such as administrators,
/// a scan of all patients.
fn has_own(c: &mut Connection, user_id: i64) -> QueryResult<bool> {
    let registered = patients::table.filter(registered_by(user_id).or(is_the_user(user_id))).select(patients::id).limit(1);
    let treats = doctors::table.filter(doctors::user_id.eq(user_id)).select(doctors::id).limit(1);
    Ok(!registered.load::<i64>(c)?.is_empty() || !treats.load::<i64>(c)?.is_empty())
}
