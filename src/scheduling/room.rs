//! Rooms, for clinics that book them. A type of appointment may need a room of a kind.

use diesel::prelude::*;

use super::site::Site;
use crate::db::UtcDateTime;
use crate::db::schema::rooms;
use crate::resource::declare::hooks::Hooks;
use crate::resource::declare::reference::OnDelete;
use crate::resource::{Api, field};

#[derive(Clone, Debug, Queryable)]
pub struct Room {
    pub id: i64,
    pub name: String,
    pub kind: String,
    pub site_id: Option<i64>,
    pub search_text: String,
    pub created_at: UtcDateTime,
    pub updated_at: UtcDateTime,
    pub version: i64,
    pub deleted_at: Option<UtcDateTime>,
}

crate::resource! {
    Room in rooms;
    name "room" at "rooms", "Room" / "Rooms";
    area "Scheduling", icon "home";
    fields {
        name: field("Name").max(60).unique_error("There is already a room with this name").example("Room 2"),
        kind: field("Kind").max(60).optional().bulk_edit().help("A type of appointment can need a room of a kind. For example, treatment")
            .example("treatment"),
        site_id: field("Site").bulk_edit().references::<Site>(OnDelete::Protect),
    }
    automatic { created_at: field("Added"), updated_at: field("Changed") }
    trash;
    list_display [name, kind, site_id];
    search_fields [name, kind];
    natural_key [name];
    list_filter [kind, site_id, created_at];
    ordering [name];
    label |room| room.name.clone();
    options {
        api: const { Some(Api::of(&["name", "kind", "site_id", "created_at", "updated_at"])) },
        default_grants: super::SEEN_BY_ALL,
    }
}

impl Hooks for Room {}
