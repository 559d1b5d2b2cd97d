//! The waiting list: who waits, for what, with whom and when.

use diesel::prelude::*;
use time::Date;

use crate::clinic::doctor::Doctor;
use crate::clinic::patient::Patient;
use crate::db::schema::waiting_entries;
use crate::db::{UtcDateTime, Zone};
use crate::resource::access::actor::Action;
use crate::resource::declare::reference::OnDelete;
use crate::resource::declare::staff_pages::StaffPages;
use crate::resource::declare::widget::Widget;
use crate::resource::value::TimeOfDay;
use crate::resource::{Api, Model, Row, Value, field};
use crate::scheduling::appointment_type::AppointmentType;

crate::text_enum! {
    pub enum WaitingState {
        Waiting = "waiting" / "Waiting",
        Paused = "paused" / "Not offered anything",
        Booked = "booked" / "Has an appointment",
        Ended = "ended" / "Does not wait any more",
    }
}

#[derive(Clone, Debug, Queryable)]
pub struct WaitingEntry {
    pub id: i64,
    pub patient_id: i64,
    pub type_id: i64,
    /// `None` for any.
    pub doctor_id: Option<i64>,
    pub from_day: Option<Date>,
    pub to_day: Option<Date>,
    /// On the wall of the site; 00:00 is the end of the day.
    pub from_time: Option<TimeOfDay>,
    pub to_time: Option<TimeOfDay>,
    pub is_urgent: bool,
    pub state: WaitingState,
    pub note: String,
    pub created_at: UtcDateTime,
    pub updated_at: UtcDateTime,
    pub version: i64,
    pub deleted_at: Option<UtcDateTime>,
}

crate::resource! {
    WaitingEntry in waiting_entries;
    name "waiting_entry" at "waiting-list", "Waiting list entry" / "Waiting list entries";
    area "Scheduling", icon "clock";
    fields {
        patient_id: field("Patient").references::<Patient>(OnDelete::Cascade),
        type_id: field("Type").references::<AppointmentType>(OnDelete::Protect),
        doctor_id: field("Doctor").references::<Doctor>(OnDelete::Cascade).help("Leave blank for any doctor"),
        from_day: field("From day").help("Leave blank if any day suits"),
        to_day: field("To day").help("Leave blank if they wait until there is a time"),
        from_time: field("From time").help("On each of the days. Leave both times blank if any time suits").example("14:00"),
        to_time: field("To time").help("The appointment begins before this time").example("18:00"),
        is_urgent: field("Urgent").help("Is offered free times before the others"),
        state: field("State"),
        note: field("Note").max(500).optional().widget(Widget::Area),
    }
    automatic { created_at: field("Waiting since"), updated_at: field("Changed") }
    trash;
    list_display [created_at, patient_id, type_id, doctor_id, from_time, to_time, is_urgent, state];
    search_through [patient_id];
    natural_key [patient_id, type_id, created_at];
    list_filter [state, is_urgent, type_id, doctor_id, patient_id, created_at];
    ordering [created_at];
    fieldsets {
        "Who and what": [patient_id, type_id, doctor_id],
        "When it suits": [(from_day, to_day), (from_time, to_time)],
        "Turn": [(is_urgent, state), note],
    }
    label_from [patient_id, type_id];
    label |entry| format!("Waiting {}", entry.id);
    scope through patient_id;
    options {
        staff: const { StaffPages::at("/waiting-list")
            .list_display(&["created_at", "patient_id", "type_id", "doctor_id", "is_urgent", "state"])
            .list_filter(&["state", "is_urgent", "type_id", "doctor_id"])
            .not_listed_today().summary(summary).note(summary) },
        api: const { Some(Api::of(&[
            "patient_id", "type_id", "doctor_id", "from_day", "to_day", "from_time", "to_time", "is_urgent", "state", "note", "created_at",
            "updated_at",
        ])) },
        default_grants: &[
            ("Staff", &[Action::View, Action::Add, Action::Change]), ("Receptionist", &Action::ALL),
            ("Doctor", &[Action::View, Action::Add, Action::Change]), ("Nurse", &[Action::View, Action::Add, Action::Change]),
            ("Billing", &[Action::View]), ("Administrator", &Action::ALL), ("Patient", &[Action::View]),
        ],
    }
}

fn summary(row: &Row, zone: &Zone, _: Date) -> String {
    let state = WaitingState::parse(row.values.at(WaitingEntry::FIELDS.state).as_text()).map_or("", WaitingState::label);
    match row.values.at(WaitingEntry::FIELDS.created_at) {
        Value::DateTime(at) => format!("{state} · since {}", zone.show_date(zone.date(*at))),
        _ => state.into(),
    }
}
