//! Days on which the clinic, or one of its sites, is closed.

use diesel::prelude::*;
use time::Date;

use super::site::Site;
use crate::db::UtcDateTime;
use crate::db::schema::holidays;
use crate::resource::declare::hooks::Hooks;
use crate::resource::declare::reference::OnDelete;
use crate::resource::{Api, field};

#[derive(Clone, Debug, Queryable)]
pub struct Holiday {
    pub id: i64,
    pub name: String,
    pub day: Date,
    pub site_id: Option<i64>,
    pub search_text: String,
    pub created_at: UtcDateTime,
    pub updated_at: UtcDateTime,
    pub version: i64,
    pub deleted_at: Option<UtcDateTime>,
}

crate::resource! {
    Holiday in holidays;
    name "holiday" at "holidays", "Holiday" / "Holidays";
    area "Scheduling", icon "calendar";
    fields {
        name: field("Name").max(60).example("New Year’s Day"),
        day: field("Day"),
        site_id: field("Site").references::<Site>(OnDelete::Protect).help("Leave blank if the whole clinic is closed"),
    }
    automatic { created_at: field("Added"), updated_at: field("Changed") }
    trash;
    list_display [name, day, site_id];
    search_fields [name];
    natural_key [day, name];
    list_filter [day, site_id, created_at];
    ordering [day];
    label |holiday| holiday.name.clone();
    options {
        api: const { Some(Api::of(&["name", "day", "site_id", "created_at", "updated_at"])) },
        default_grants: super::SEEN_BY_ALL,
    }
}

impl Hooks for Holiday {}
