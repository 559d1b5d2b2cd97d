//! Rooms: where patients are seen.

use diesel::prelude::*;

use super::db::UtcDateTime;
use super::db::schema::{doctors, rooms};
use super::resource::access::actor::Action;
use super::resource::declare::declaration::{Step, Trend};
use super::resource::declare::field::OnDelete;
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

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = rooms, treat_none_as_null = true)]
pub struct RoomChanges {
    pub name: String,
    pub floor: i32,
    pub doctor_id: Option<i64>,
}

super::resource! {
    Room in rooms, changes RoomChanges;
    name "room" at "rooms", "Room" / "Rooms";
    area "Clinic", icon "home";
    fields {
        name: field("Name").max(60).one_by_one().taken("There is a room of this name already").example("Room 12"),
        floor: field("Floor").range(0, 99).help("0 is the ground floor"),
        doctor_id: field("Doctor").references("doctor", OnDelete::SetNull),
    }
    automatic { created_at: field("Added"), updated_at: field("Changed") }
    computed { place: field("Place") => |room: &Room| Value::Text(format!("{}, floor {}", room.name, room.floor)) }
    trash deleted_at;
    list [name, floor, doctor_id];
    search [name];
    natural_key [name];
    filter [floor, doctor_id, created_at];
    order [name false];
    through { doctor_id by doctors.search_text }
    sections {
        "Room" ("Where it is and what people call it."): [(name, floor)],
        "Care" closed: [doctor_id],
    }
    label |room| room.name.clone();
    about {
        chart: Some(Trend { title: "New rooms", field: "created_at", step: Step::Week }),
        api: const { Some(Api::of(&["name", "floor", "doctor_id", "created_at", "updated_at"])) },
        granted: &[("Staff", &[Action::View]), ("Administrator", &Action::ALL)],
    }
}
