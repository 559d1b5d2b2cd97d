//! The waiting list: who waits, for what, with whom and when.

use diesel::prelude::*;
use time::Date;

use crate::clinic::doctor::Doctor;
use crate::clinic::patient::Patient;
use crate::db::schema::waiting_entries;
use crate::db::{Connection, UtcDateTime, Zone};
use crate::resource::access::actor::Action;
use crate::resource::declare::candidate::Candidate;
use crate::resource::declare::hooks::Hooks;
use crate::resource::declare::reference::OnDelete;
use crate::resource::declare::staff_pages::StaffPages;
use crate::resource::declare::widget::Widget;
use crate::resource::value::TimeOfDay;
use crate::resource::write::event::{Event, EventKind};
use crate::resource::write::message::Message;
use crate::resource::write::writer::{WriteError, Writer};
use crate::resource::{Actor, Api, FormErrors, Model, Row, Value, Values, field};
use crate::scheduling::appointment_type::AppointmentType;
use crate::scheduling::offer::model::withdraw_of_entry;

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

impl Hooks for WaitingEntry {
    fn initial(_actor: &Actor, _now: UtcDateTime) -> Values {
        let own = Self::FIELDS;
        [(own.state, Value::Text(WaitingState::Waiting.as_str().into())), (own.is_urgent, Value::Bool(false))].into_iter().collect()
    }

    fn validate(_c: &mut Connection, candidate: &mut Candidate) -> QueryResult<()> {
        let own = Self::FIELDS;
        let number = |name: &str| candidate.values.at(name).as_id();
        if let (Some(from), Some(to)) = (number(own.from_time), number(own.to_time))
            && to != 0
            && to <= from
        {
            candidate.errors.add(own.to_time, "The end must be after the beginning");
        }
        if let (Value::Date(first), Value::Date(last)) = (candidate.values.at(own.from_day), candidate.values.at(own.to_day))
            && last < first
        {
            candidate.errors.add(own.to_day, "The last day must not be before the first");
        }
        Ok(())
    }

    /// Whoever does not wait any more has no open offers.
    fn notify(c: &mut Connection, event: &Event) -> QueryResult<Vec<Message>> {
        let waits = |row: &Row| row.values.at(Self::FIELDS.state).as_text() == WaitingState::Waiting.as_str();
        if event.kind == EventKind::Trashed || !event.after.is_some_and(waits) {
            withdraw_of_entry(c, event.id(), event.at)?;
        }
        Ok(Vec::new())
    }
}

/// Ends the waiting of a patient for this type: they have an appointment.
pub fn booked(c: &mut Connection, writer: &Writer, patient_id: i64, type_id: i64) -> Result<(), WriteError> {
    use waiting_entries as own;
    let waiting = own::table.filter(own::patient_id.eq(patient_id)).filter(own::type_id.eq(type_id)).filter(own::deleted_at.is_null());
    let ids: Vec<i64> = waiting.filter(own::state.eq(WaitingState::Waiting)).order(own::id).select(own::id).load(c)?;
    for id in ids {
        let state = [(WaitingEntry::FIELDS.state, Value::Text(WaitingState::Booked.as_str().into()))].into_iter().collect();
        writer.update(c, writer.registry.of::<WaitingEntry>(), id, state, FormErrors::default(), None)?;
    }
    Ok(())
}
