//! Doctors: those who treat.

use diesel::prelude::*;

use super::patient_scope::VIEW_ALL;
use crate::db::schema::{doctors, users};
use crate::db::{Connection, UtcDateTime};
use crate::resource::access::actor::Action;
use crate::resource::declare::declaration::Draft;
use crate::resource::declare::field::OnDelete;
use crate::resource::declare::inline::Inline;
use crate::resource::{Api, Value, field};

#[derive(Clone, Debug, Queryable)]
pub struct Doctor {
    pub id: i64,
    pub name: String,
    pub specialization: String,
    pub user_id: Option<i64>,
    pub search_text: String,
    pub created_at: UtcDateTime,
    pub updated_at: UtcDateTime,
    pub version: i64,
    pub deleted_at: Option<UtcDateTime>,
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = doctors, treat_none_as_null = true)]
pub struct DoctorChanges {
    pub name: String,
    pub specialization: String,
    pub user_id: Option<i64>,
}

crate::resource! {
    Doctor in doctors, changes DoctorChanges;
    name "doctor" at "doctors", "Doctor" / "Doctors";
    area "Clinic", icon "doctor";
    fields {
        name: field("Name").max(120).one_by_one().missing("Enter the doctor's name").example("Dr Amara Diallo"),
        specialization: field("Specialty").max(120).help("For example, cardiology").example("Cardiology"),
        user_id: field("User account").references("user", OnDelete::SetNull).help("The doctor can sign in and see the patients assigned to them")
            .taken("This account belongs to another doctor"),
    }
    automatic { created_at: field("Added"), updated_at: field("Changed") }
    trash deleted_at;
    list [name, specialization, user_id, created_at];
    search [name, specialization];
    search_through { user_id by users }
    natural_key [name, specialization];
    filter [specialization, user_id, created_at];
    order [name false];
    through { user_id by users.search_text }
    label |doctor| doctor.name.clone();
    validate validate;
    about {
        page: "/doctors",
        inlines: const { &[Inline::of("mapping", "doctor_id").max(500)] },
        api: const { Some(Api::of(&["name", "specialization", "created_at", "updated_at", "user_id"]).fixed(&["user_id"])) },
        search_index: true, granted: &[("Staff", &Action::ALL), ("Doctor", &[Action::View]), ("Administrator", &Action::ALL), ("Patient", &[Action::View])] }
}

/// An account that belongs to a doctor sees the doctor's patients: only who sees them all may open that way.
fn validate(_c: &mut Connection, draft: &mut Draft) -> QueryResult<()> {
    let before = draft.before.map_or(&Value::Null, |row| row.values.at("user_id"));
    let after = draft.values.at("user_id");
    if after != before && *after != Value::Null && !draft.actor.can(VIEW_ALL) {
        draft.errors.add("user_id", "You need access to every patient to give a doctor an account");
    }
    Ok(())
}
