//! Outside calendars as rows. Nobody can see the address again after it was entered.

use diesel::prelude::*;

use crate::clinic::doctor::Doctor;
use crate::db::UtcDateTime;
use crate::db::schema::outside_calendars;
use crate::resource::access::actor::Action;
use crate::resource::declare::hooks::Hooks;
use crate::resource::declare::reference::OnDelete;
use crate::resource::{Api, field};

#[derive(Clone, Debug, Queryable)]
pub struct OutsideCalendar {
    pub id: i64,
    pub doctor_id: i64,
    pub name: String,
    /// Encrypted.
    pub address: String,
    pub address_hash: String,
    pub host: String,
    /// The last four characters of the address, to recognise it by.
    pub hint: String,
    pub etag: String,
    pub last_modified: String,
    /// When it is fetched next.
    pub due_at: UtcDateTime,
    /// When it was last fetched without a problem.
    pub fetched_at: Option<UtcDateTime>,
    pub read_at: Option<UtcDateTime>,
    /// Why the last fetch failed, or what could not be read; blank for nothing.
    pub problem: String,
    pub busy_count: i64,
    pub created_at: UtcDateTime,
    pub updated_at: UtcDateTime,
}

crate::resource! {
    OutsideCalendar in outside_calendars, read_only;
    name "outside_calendar" at "outside-calendars", "Outside calendar" / "Outside calendars";
    area "Scheduling", icon "calendar";
    fields {}
    automatic {
        name: field("Name"),
        doctor_id: field("Doctor").references::<Doctor>(OnDelete::Cascade),
        host: field("Server"),
        hint: field("Last characters"),
        fetched_at: field("Last fetched"),
        problem: field("Problem"),
        busy_count: field("Busy times"),
        created_at: field("Added"),
        updated_at: field("Changed"),
    }
    list_display [name, doctor_id, host, fetched_at, problem, busy_count];
    search_through [doctor_id];
    list_filter [doctor_id, created_at];
    ordering [-created_at];
    label |calendar| format!("{} ({} …{})", calendar.name, calendar.host, calendar.hint);
    options {
        api: const { Some(Api::read_only(&[
            "name", "doctor_id", "host", "hint", "fetched_at", "problem", "busy_count", "created_at", "updated_at",
        ])) },
        default_grants: &[("Administrator", &[Action::View]), ("Receptionist", &[Action::View])],
    }
}

impl Hooks for OutsideCalendar {}
