//! Assignments: which doctor looks after which patient.

use diesel::prelude::*;

use super::patient_scope::{few_seen_by, is_seen_by, sees_all};
use crate::db::schema::{doctors, patient_doctor_mappings, patients};
use crate::db::{Backend, Connection, UtcDateTime};
use crate::resource::access::actor::{Action, Actor};
use crate::resource::declare::field::OnDelete;
use crate::resource::list::search::few;
use crate::resource::{Api, field};

#[derive(Clone, Debug, Queryable)]
pub struct Mapping {
    pub id: i64,
    pub patient_id: i64,
    pub doctor_id: i64,
    pub created_at: UtcDateTime,
    pub updated_at: UtcDateTime,
    pub version: i64,
    pub deleted_at: Option<UtcDateTime>,
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = patient_doctor_mappings)]
pub struct MappingChanges {
    pub patient_id: i64,
    pub doctor_id: i64,
}

crate::resource! {
    Mapping in patient_doctor_mappings, changes MappingChanges;
    name "mapping" at "mappings", "Assignment" / "Assignments";
    area "Clinic", icon "link-out";
    fields {
        patient_id: field("Patient").one_by_one().references("patient", OnDelete::Protect),
        doctor_id: field("Doctor").references("doctor", OnDelete::Protect),
    }
    automatic { created_at: field("Since"), updated_at: field("Changed") }
    trash deleted_at;
    list [patient_id, doctor_id, created_at];
    search_through { patient_id by patients, doctor_id by doctors }
    natural_key [patient_id, doctor_id];
    filter [patient_id, doctor_id, created_at];
    order [created_at true];
    through { patient_id by patients.search_text, doctor_id by doctors.search_text }
    label |mapping| format!("Assignment {}", mapping.id);
    scope of_visible_patients, few few_of_visible_patients, unless sees_all;
    about {
        named_by: &["patient_id", "doctor_id"],
        unique_together: "This doctor is already assigned to this patient",
        api: const { Some(Api::of(&["patient_id", "doctor_id", "created_at", "updated_at"]).listed_by("patient_id")) },
        granted: &[("Staff", &Action::ALL), ("Doctor", &[Action::View]), ("Administrator", &Action::ALL), ("Patient", &[Action::View])],
    }
}

/// Who sees the patient sees the assignment.
fn of_visible_patients<'a>(
    query: patient_doctor_mappings::BoxedQuery<'a, Backend>,
    actor: &Actor,
) -> patient_doctor_mappings::BoxedQuery<'a, Backend> {
    let seen = patients::table.filter(is_seen_by(actor.id)).select(patients::id);
    query.filter(patient_doctor_mappings::patient_id.eq_any(seen))
}

/// The assignments of those patients, where both are few.
fn few_of_visible_patients(c: &mut Connection, actor: &Actor, most: i64) -> QueryResult<Option<Vec<i64>>> {
    use patient_doctor_mappings::dsl;
    let Some(patients) = few_seen_by(c, actor, most)? else { return Ok(None) };
    let ids: Vec<i64> = dsl::patient_doctor_mappings.filter(dsl::patient_id.eq_any(patients)).select(dsl::id).limit(most + 1).load(c)?;
    Ok(few(ids, most))
}
