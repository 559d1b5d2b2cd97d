//! Visits: that a patient was seen, by whom and how. A visit belongs to an appointment, or stands alone.

use diesel::prelude::*;

use crate::clinic::doctor::Doctor;
use crate::clinic::patient::Patient;
use crate::db::UtcDateTime;
use crate::db::schema::visits;
use crate::resource::access::actor::Action;
use crate::resource::declare::hooks::Hooks;
use crate::resource::declare::reference::OnDelete;
use crate::resource::{Api, field};
use crate::scheduling::appointment::model::Appointment;

crate::text_enum! {
    pub enum VisitKind {
        Clinic = "clinic" / "At the clinic",
        Phone = "phone" / "By phone",
        Video = "video" / "By video",
        Home = "home" / "At home",
        WithoutPatient = "without_patient" / "Without the patient",
    }
}

#[derive(Clone, Debug, Queryable)]
pub struct Visit {
    pub id: i64,
    pub patient_id: i64,
    pub appointment_id: Option<i64>,
    pub doctor_id: Option<i64>,
    pub kind: VisitKind,
    pub reason: String,
    pub started_at: UtcDateTime,
    pub created_at: UtcDateTime,
    pub updated_at: UtcDateTime,
}

crate::resource! {
    Visit in visits, read_only;
    name "visit" at "visits", "Visit" / "Visits";
    area "Notes", icon "doctor";
    fields {}
    automatic {
        started_at: field("Began"),
        patient_id: field("Patient").references::<Patient>(OnDelete::Protect),
        doctor_id: field("Doctor").references::<Doctor>(OnDelete::Protect),
        appointment_id: field("Appointment").references::<Appointment>(OnDelete::Protect),
        kind: field("Type"),
        reason: field("Reason"),
        created_at: field("Added"),
        updated_at: field("Changed"),
    }
    list_display [started_at, patient_id, doctor_id, kind, reason];
    search_through [patient_id];
    list_filter [patient_id, doctor_id, appointment_id, kind, started_at];
    ordering [-started_at];
    label |visit| format!("Visit {}", visit.id);
    scope through patient_id;
    options {
        api: const { Some(Api::read_only(&[
            "patient_id", "doctor_id", "appointment_id", "kind", "reason", "started_at", "created_at", "updated_at",
        ])) },
        default_grants: READERS,
    }
}

impl Hooks for Visit {}

/// Who reads notes and what belongs to them.
pub const READERS: &[(&str, &[Action])] = &[("Doctor", &[Action::View]), ("Nurse", &[Action::View])];
