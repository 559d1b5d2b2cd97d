//! What a type of appointment asks for: length, buffers, places and a room.

use diesel::prelude::*;

use super::model::Appointment;
use crate::db::Connection;
use crate::db::schema::appointment_types;
use crate::resource::{Model, Value, Values};
use crate::scheduling::slots::free::Visit;
use crate::scheduling::slots::load::Request;

const OWN: <Appointment as Model>::Fields = Appointment::FIELDS;

/// What a type says about its appointments.
#[derive(Clone, Debug, Queryable)]
pub struct Terms {
    pub minutes: i64,
    pub buffer_before: i64,
    pub buffer_after: i64,
    pub places: i32,
    pub room_kind: String,
}

impl Terms {
    pub fn find(c: &mut Connection, type_id: i64) -> QueryResult<Option<Self>> {
        use appointment_types as own;
        let columns = (own::minutes, own::buffer_before, own::buffer_after, own::places, own::room_kind);
        own::table.find(type_id).select(columns).first(c).optional()
    }

    /// What an appointment of this type asks for.
    pub fn request(&self, type_id: i64) -> Request {
        Request {
            type_id,
            visit: Visit { minutes: self.minutes, before: self.buffer_before, after: self.buffer_after },
            places: self.places,
            room_kind: self.room_kind.clone(),
            room_id: None,
            patient_id: None,
            moved: None,
            is_overbooked: false,
        }
    }

    /// What the appointment with these values asks for.
    pub fn request_for(&self, type_id: i64, minutes: i64, values: &Values, id: Option<i64>) -> Request {
        let id_of = |name: &str| values.at(name).as_id();
        let visit = Visit {
            minutes,
            before: id_of(OWN.buffer_before).unwrap_or(self.buffer_before),
            after: id_of(OWN.buffer_after).unwrap_or(self.buffer_after),
        };
        let is_overbooked = *values.at(OWN.is_overbooked) == Value::Bool(true);
        let (room_id, patient_id) = (id_of(OWN.room_id), id_of(OWN.patient_id));
        Request { visit, room_id, patient_id, moved: id, is_overbooked, ..self.request(type_id) }
    }
}
