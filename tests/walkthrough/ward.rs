//! Wards: where patients are seen.

use diesel::prelude::*;

use super::clinic::doctor::Doctor;
use super::db::UtcDateTime;
use super::db::schema::wards;
use super::resource::access::actor::Action;
use super::resource::declare::declaration::{Chart, Interval};
use super::resource::declare::hooks::Hooks;
use super::resource::declare::reference::OnDelete;
use super::resource::{Api, Value, field};

#[derive(Clone, Debug, Queryable)]
pub struct Ward {
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
    Ward in wards;
    name "ward" at "wards", "Ward" / "Wards";
    area "Clinic", icon "home";
    fields {
        name: field("Name").max(60).unique_error("There is a ward of this name already").example("Ward 12"),
        floor: field("Floor").range(0, 99).help("0 is the ground floor"),
        doctor_id: field("Doctor").references::<Doctor>(OnDelete::SetNull),
    }
    automatic { created_at: field("Added"), updated_at: field("Changed") }
    computed { place: field("Place") => |ward: &Ward| Value::Text(format!("{}, floor {}", ward.name, ward.floor)) }
    trash;
    list_display [name, floor, doctor_id];
    search_fields [name];
    natural_key [name];
    list_filter [floor, doctor_id, created_at];
    ordering [name];
    fieldsets {
        "Ward" ("Where it is and what people call it."): [(name, floor)],
        "Care" closed: [doctor_id],
    }
    label |ward| ward.name.clone();
    options {
        chart: Some(Chart { title: "New wards", field: "created_at", interval: Interval::Week }),
        api: const { Some(Api::of(&["name", "floor", "doctor_id", "created_at", "updated_at"])) },
        default_grants: &[("Staff", &[Action::View]), ("Administrator", &Action::ALL)],
    }
}

impl Hooks for Ward {}
