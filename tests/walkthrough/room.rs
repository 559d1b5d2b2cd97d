//! Rooms: where patients are seen.

use diesel::prelude::*;

use super::clinic::doctor::Doctor;
use super::db::UtcDateTime;
use super::db::schema::rooms;
use super::resource::access::actor::Action;
use super::resource::declare::declaration::{Chart, Interval};
use super::resource::declare::hooks::Hooks;
use super::resource::declare::reference::OnDelete;
use super::resource::{Api, Value, field};

#[derive(Clone, Debug, Queryable)]
pub struct Room {
    pub id: i64,
    pub name: String,
    pub floor: i32,
    pub doctor_id: Option<i64>,
    pub search_text: String,
    pub created_at: UtcDateTime,
    pub updated_at: UtcDateTime,
    pub version: i64,
    pub deleted_at: Option<UtcDateTime>,
}

super::resource! {
    Room in rooms;
    name "room" at "rooms", "Room" / "Rooms";
    area "Clinic", icon "home";
    fields {
        name: field("Name").max(60).unique_error("There is a room of this name already").example("Room 12"),
        floor: field("Floor").range(0, 99).help("0 is the ground floor"),
        doctor_id: field("Doctor").references::<Doctor>(OnDelete::SetNull),
    }
    automatic { created_at: field("Added"), updated_at: field("Changed") }
    computed { place: field("Place") => |room: &Room| Value::Text(format!("{}, floor {}", room.name, room.floor)) }
    trash;
    list_display [name, floor, doctor_id];
    search_fields [name];
    natural_key [name];
    list_filter [floor, doctor_id, created_at];
    ordering [name];
    fieldsets {
        "Room" ("Where it is and what people call it."): [(name, floor)],
        "Care" closed: [doctor_id],
    }
    label |room| room.name.clone();
    options {
        chart: Some(Chart { title: "New rooms", field: "created_at", interval: Interval::Week }),
        api: const { Some(Api::of(&["name", "floor", "doctor_id", "created_at", "updated_at"])) },
        default_grants: &[("Staff", &[Action::View]), ("Administrator", &Action::ALL)],
    }
}

impl Hooks for Room {}
