//! People on the waiting list of the demo.

use diesel::prelude::*;

use crate::app::App;
use crate::db::Connection;
use crate::db::schema::{appointment_types as types, patient_doctor_mappings as mappings};
use crate::demo::DemoError;
use crate::resource::{Actor, FormErrors, Model, Value, Values};
use crate::scheduling::waiting_list::model::WaitingEntry;

/// The type, the hours in minutes since midnight, whether it is urgent, and what the desk wrote.
type Wish = (&'static str, Option<(i64, i64)>, bool, &'static str);

const WISHES: [Wish; 6] = [
    ("Consultation", None, true, "Pain got worse, can come at any time"),
    ("Consultation", Some((480, 720)), false, "Works in the afternoon"),
    ("Follow-up", None, false, ""),
    ("Consultation", Some((840, 1_080)), false, "After school only"),
    ("Follow-up", Some((480, 600)), false, ""),
    ("Consultation", None, false, "Lives nearby, can be here in 20 minutes"),
];

/// Each of them waits for the doctor whom they were assigned last.
pub fn fill(c: &mut Connection, app: &App, actor: &Actor) -> Result<(), DemoError> {
    let newest = mappings::table.filter(mappings::deleted_at.is_null()).order(mappings::id.desc()).limit(WISHES.len() as i64);
    let pairs: Vec<(i64, i64)> = newest.select((mappings::patient_id, mappings::doctor_id)).load(c)?;
    let known: Vec<(String, i64)> = types::table.select((types::name, types::id)).load(c)?;
    let own = WaitingEntry::FIELDS;
    for ((patient_id, doctor_id), (kind, hours, is_urgent, note)) in pairs.into_iter().zip(WISHES) {
        let Some((_, type_id)) = known.iter().find(|(name, _)| name == kind) else { continue };
        let minutes = |place: fn((i64, i64)) -> i64| hours.map_or(Value::Null, |hours| Value::Integer(place(hours)));
        let values: Values = [
            (own.patient_id, Value::Integer(patient_id)),
            (own.type_id, Value::Integer(*type_id)),
            (own.doctor_id, Value::Integer(doctor_id)),
            (own.from_time, minutes(|hours| hours.0)),
            (own.to_time, minutes(|hours| hours.1)),
            (own.is_urgent, Value::Bool(is_urgent)),
            (own.note, Value::Text(note.into())),
        ]
        .into_iter()
        .collect();
        let resource = app.registry.of::<WaitingEntry>();
        app.act(c, actor, |c, writer| writer.create(c, resource, values, FormErrors::default()))?;
    }
    Ok(())
}
