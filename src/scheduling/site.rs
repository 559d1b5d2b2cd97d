//! Sites: the places of a clinic, each with a time zone. A clinic with one place needs none.

use diesel::prelude::*;

use crate::db::schema::sites;
use crate::db::{Connection, UtcDateTime, Zone};
use crate::resource::declare::candidate::Candidate;
use crate::resource::declare::hooks::Hooks;
use crate::resource::declare::widget::Widget;
use crate::resource::{Api, Model, field};

#[derive(Clone, Debug, Queryable)]
pub struct Site {
    pub id: i64,
    pub name: String,
    /// Blank for the clinic's.
    pub time_zone: String,
    pub address: String,
    pub search_text: String,
    pub created_at: UtcDateTime,
    pub updated_at: UtcDateTime,
    pub version: i64,
    pub deleted_at: Option<UtcDateTime>,
}

crate::resource! {
    Site in sites;
    name "site" at "sites", "Site" / "Sites";
    area "Scheduling", icon "home";
    fields {
        name: field("Name").max(120).unique_error("There is already a site with this name").example("Riverside"),
        time_zone: field("Time zone").max(64).optional().widget(Widget::TimeZone)
            .help("For example, Europe/Paris. Leave blank to use the clinic’s time zone"),
        address: field("Address").max(500).optional().widget(Widget::Area),
    }
    automatic { created_at: field("Added"), updated_at: field("Changed") }
    trash;
    list_display [name, time_zone, address];
    search_fields [name, address];
    natural_key [name];
    list_filter [created_at];
    ordering [name];
    label |site| site.name.clone();
    options {
        api: const { Some(Api::of(&["name", "time_zone", "address", "created_at", "updated_at"])) },
        default_grants: super::SEEN_BY_ALL,
    }
}

impl Hooks for Site {
    fn validate(_c: &mut Connection, candidate: &mut Candidate) -> QueryResult<()> {
        let name = candidate.values.at(Site::FIELDS.time_zone).as_text();
        if !name.is_empty() && Zone::named(name).is_none() {
            candidate.errors.add("time_zone", "Choose a time zone from the list, such as Europe/Paris");
        }
        Ok(())
    }
}
