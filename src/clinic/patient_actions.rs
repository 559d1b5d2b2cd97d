//! Bulk actions for patients.

use diesel::prelude::*;

use super::assignment::Assignment;
use super::doctor::Doctor;
use super::patient::Patient;
use crate::db::Connection;
use crate::db::schema::patient_doctor_mappings;
use crate::resource::Resource;
use crate::resource::declare::bulk_action::BulkAction;
use crate::resource::declare::reference::OnDelete;
use crate::resource::write::writer::{WriteError, Writer};
use crate::resource::{Field, FormErrors, Kind, Model, Row, Value, Values, field};

pub const BULK_ACTIONS: &[BulkAction] = &[BulkAction {
    name: "assign",
    label: "Assign to a doctor",
    title: "Assign {} to a doctor",
    done: "assigned to the doctor",
    about: "The doctor joins the care team of these patients. Doctors who are already assigned stay assigned.",
    icon: "doctor",
    permissions: &["patient.change", "mapping.add", "doctor.view"],
    inputs: || {
        vec![
            doctor(),
            field("Primary doctor").named(IS_PRIMARY).kind(Kind::Bool).help("Make this the primary doctor, instead of any current one"),
        ]
    },
    apply: assign,
    on_record: true,
    ..BulkAction::blank()
}];

/// The inputs.
const DOCTOR: &str = "doctor_id";
const IS_PRIMARY: &str = "is_primary";

fn doctor() -> Field {
    field("Doctor").named(DOCTOR).kind(Kind::Integer).references::<Doctor>(OnDelete::SetNull)
}

/// The database assigns whoever becomes the primary doctor.
fn assign(c: &mut Connection, writer: &Writer, resource: &Resource, row: &Row, values: &Values) -> Result<(), WriteError> {
    let doctor = values.at(DOCTOR).clone();
    if *values.at(IS_PRIMARY) == Value::Bool(true) {
        let primary = [(Patient::FIELDS.primary_doctor_id, doctor)].into_iter().collect();
        return writer.update(c, resource, row.id, primary, FormErrors::default(), None).map(|_| ());
    }
    let team = patient_doctor_mappings::table
        .filter(patient_doctor_mappings::patient_id.eq(row.id))
        .filter(patient_doctor_mappings::doctor_id.eq(doctor.as_id().unwrap_or_default()))
        .filter(patient_doctor_mappings::deleted_at.is_null());
    if diesel::select(diesel::dsl::exists(team)).get_result::<bool>(c)? {
        return Ok(());
    }
    let fields = Assignment::FIELDS;
    let assignment = [(fields.patient_id, Value::Integer(row.id)), (fields.doctor_id, doctor)].into_iter().collect();
    writer.create(c, writer.registry.of::<Assignment>(), assignment, FormErrors::default()).map(|_| ())
}
