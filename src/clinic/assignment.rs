//! Assignments: which doctors look after which patient. They are the patient's care team, one of whom may be the primary doctor;
//! the database keeps `is_primary` equal to the patient's `primary_doctor_id`.

use diesel::prelude::*;

use super::doctor::Doctor;
use super::patient::Patient;
use crate::db::UtcDateTime;
use crate::db::schema::patient_doctor_mappings;
use crate::resource::access::actor::Action;
use crate::resource::declare::hooks::Hooks;
use crate::resource::declare::reference::OnDelete;
use crate::resource::{Api, field};

#[derive(Clone, Debug, Queryable)]
pub struct Assignment {
    pub id: i64,
    pub patient_id: i64,
    pub doctor_id: i64,
    pub created_at: UtcDateTime,
    pub updated_at: UtcDateTime,
    pub version: i64,
    pub deleted_at: Option<UtcDateTime>,
    pub is_primary: bool,
}

crate::resource! {
    Assignment in patient_doctor_mappings;
    name "mapping" at "mappings", "Assignment" / "Assignments";
    area "Clinic", icon "link-out";
    fields {
        patient_id: field("Patient").references::<Patient>(OnDelete::Cascade),
        doctor_id: field("Doctor").bulk_edit().references::<Doctor>(OnDelete::Protect).clearable(),
    }
    automatic { is_primary: field("Primary doctor"), created_at: field("Since"), updated_at: field("Changed") }
    trash;
    list_display [patient_id, doctor_id, is_primary, created_at];
    search_through [patient_id, doctor_id];
    natural_key [patient_id, doctor_id];
    list_filter [patient_id, doctor_id, is_primary, created_at];
    ordering [-created_at];
    label_from [patient_id, doctor_id];
    label |assignment| format!("Assignment {}", assignment.id);
    scope through patient_id;
    options {
        unique_together: "This doctor is already assigned to this patient",
        api: const { Some(Api::of(&["patient_id", "doctor_id", "is_primary", "created_at", "updated_at"]).listed_by("patient_id")) },
        default_grants: &[
            ("Staff", &Action::ALL), ("Receptionist", &Action::ALL), ("Doctor", &[Action::View]), ("Nurse", &Action::ALL),
            ("Billing", &[Action::View]), ("Administrator", &Action::ALL), ("Patient", &[Action::View]),
        ],
    }
}

impl Hooks for Assignment {}
