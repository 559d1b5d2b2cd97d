//! Bulk actions for patients.

use super::doctor::Doctor;
use crate::db::Connection;
use crate::resource::Resource;
use crate::resource::declare::bulk_action::BulkAction;
use crate::resource::declare::reference::OnDelete;
use crate::resource::write::writer::{WriteError, Writer};
use crate::resource::{Field, FormErrors, Kind, Row, Values, field};

pub const BULK_ACTIONS: &[BulkAction] = &[BulkAction {
    name: "assign",
    label: "Assign to a doctor",
    title: "Assign {} to a doctor",
    done: "assigned to the doctor",
    about: "The doctor becomes the primary doctor of these patients and replaces any current one.",
    icon: "doctor",
    permissions: &["patient.change", "doctor.view"],
    inputs: || vec![doctor()],
    apply: assign,
    on_record: true,
    ..BulkAction::blank()
}];

fn doctor() -> Field {
    field("Doctor").named("primary_doctor_id").kind(Kind::Integer).references::<Doctor>(OnDelete::SetNull)
}

fn assign(c: &mut Connection, writer: &Writer, resource: &Resource, row: &Row, values: &Values) -> Result<(), WriteError> {
    writer.update(c, resource, row.id, values.clone(), FormErrors::default(), None).map(|_| ())
}
