//! Types of appointments: how long they take, who may book them, and what they need.

use diesel::prelude::*;

use crate::db::UtcDateTime;
use crate::db::schema::appointment_types;
use crate::resource::declare::hooks::Hooks;
use crate::resource::value::Minutes;
use crate::resource::{Api, field};

crate::text_enum! {
    /// A second sign beside the name of the type, never the only one.
    pub enum Colour {
        Teal = "teal" / "Teal",
        Blue = "blue" / "Blue",
        Violet = "violet" / "Violet",
        Rose = "rose" / "Rose",
        Amber = "amber" / "Amber",
        Grey = "grey" / "Grey",
    }
}

crate::text_enum! {
    pub enum BookedBy {
        Staff = "staff" / "Staff only",
        Request = "request" / "Patients, after approval",
        Patient = "patient" / "Patients, at once",
    }
}

#[derive(Clone, Debug, Queryable)]
pub struct AppointmentType {
    pub id: i64,
    pub name: String,
    pub colour: Colour,
    pub minutes: Minutes,
    pub buffer_before: Minutes,
    pub buffer_after: Minutes,
    pub booked_by: BookedBy,
    pub shortest_notice: Minutes,
    pub days_ahead: i32,
    /// How many people can have the same time.
    pub places: i32,
    /// The kind of room that it needs; blank for none.
    pub room_kind: String,
    /// For invoices.
    pub fee_code: String,
    pub is_active: bool,
    pub search_text: String,
    pub created_at: UtcDateTime,
    pub updated_at: UtcDateTime,
    pub version: i64,
    pub deleted_at: Option<UtcDateTime>,
}

crate::resource! {
    AppointmentType in appointment_types;
    name "appointment_type" at "appointment-types", "Appointment type" / "Appointment types";
    area "Scheduling", icon "calendar";
    fields {
        name: field("Name").max(60).unique_error("There is already an appointment type with this name").example("Follow-up"),
        colour: field("Colour").help("Shown with the name in the calendar"),
        minutes: field("Length").range(5, 720).example("20"),
        buffer_before: field("Time before").range(0, 240).help("For preparation. Nobody else is booked then"),
        buffer_after: field("Time after").range(0, 240)
            .help("For cleaning up. Between two appointments, the longer of the two times is left free"),
        booked_by: field("Booked by"),
        shortest_notice: field("Shortest notice for patients").range(0, 43_200).help("For example, 24:00 for one day"),
        days_ahead: field("Days ahead for patients").range(1, 730).help("How far ahead patients can book"),
        places: field("Places").range(1, 200).help("How many patients can have the same time. 1 unless it is a group"),
        room_kind: field("Kind of room").max(60).optional().help("If it needs a room of this kind. For example, treatment"),
        fee_code: field("Fee code").max(40).optional().help("For invoices"),
        is_active: field("Can be booked"),
    }
    automatic { created_at: field("Added"), updated_at: field("Changed") }
    trash;
    list_display [name, minutes, booked_by, places, room_kind, is_active];
    search_fields [name, fee_code];
    natural_key [name];
    list_filter [booked_by, is_active, created_at];
    ordering [name];
    fieldsets {
        "Type": [(name, colour), (minutes, places), is_active],
        "Around it": [(buffer_before, buffer_after), room_kind],
        "Booking": [booked_by, (shortest_notice, days_ahead), fee_code],
    }
    label |kind| kind.name.clone();
    options {
        api: const { Some(Api::of(&[
            "name", "colour", "minutes", "buffer_before", "buffer_after", "booked_by", "shortest_notice", "days_ahead", "places",
            "room_kind", "fee_code", "is_active", "created_at", "updated_at",
        ])) },
        default_grants: super::SEEN_BY_ALL,
    }
}

impl Hooks for AppointmentType {
    fn initial(_actor: &crate::resource::Actor, _now: UtcDateTime) -> crate::resource::Values {
        use crate::resource::{Model, Value};
        let own = Self::FIELDS;
        let text = |text: &str| Value::Text(text.into());
        [
            (own.colour, text(Colour::Teal.as_str())),
            (own.minutes, Value::Integer(20)),
            (own.buffer_before, Value::Integer(0)),
            (own.buffer_after, Value::Integer(0)),
            (own.booked_by, text(BookedBy::Staff.as_str())),
            (own.shortest_notice, Value::Integer(0)),
            (own.days_ahead, Value::Integer(180)),
            (own.places, Value::Integer(1)),
            (own.is_active, Value::Bool(true)),
        ]
        .into_iter()
        .collect()
    }
}
