//! Bulk actions for patients.

use super::doctor::Doctor;
use crate::db::Connection;
use crate::resource::Resource;
use crate::resource::declare::bulk_action::BulkAction;
use crate::resource::declare::reference::OnDelete;
use crate::resource::write::writer::{WriteError, Writer};
use crate::resource::{Condition, Field, FormErrors, Kind, ListQuery, Row, Test, Value, Values, field};

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

/// The database assigns whoever becomes the primary doctor. Models are looked up by name, because they name these actions.
fn assign(c: &mut Connection, writer: &Writer, resource: &Resource, row: &Row, values: &Values) -> Result<(), WriteError> {
    let doctor = values.at(DOCTOR).clone();
    if *values.at(IS_PRIMARY) == Value::Bool(true) {
        let primary = [("primary_doctor_id", doctor)].into_iter().collect();
        return writer.update(c, resource, row.id, primary, FormErrors::default(), None).map(|_| ());
    }
    let team = writer.registry.get("mapping").ok_or(WriteError::NotFound)?;
    let assignment = [("patient_id", Value::Integer(row.id)), (DOCTOR, doctor)];
    let is_same = |(field, value): &(&'static str, Value)| Condition { field, test: Test::In(vec![value.clone()]) };
    let known = ListQuery { conditions: assignment.iter().map(is_same).collect(), limit: 1, ..ListQuery::default() };
    if team.list(c, &known, None)?.is_empty() {
        writer.create(c, team, assignment.into_iter().collect(), FormErrors::default())?;
    }
    Ok(())
}
