//! Appointments. The time that they take is claimed in the table `claims`, which the database keeps free of overlaps. Their hooks
//! are in [`rule`](super::rule).

use diesel::prelude::*;
use time::Date;

use super::state::State;
use crate::clinic::doctor::Doctor;
use crate::clinic::patient::Patient;
use crate::db::schema::appointments;
use crate::db::{UtcDateTime, Zone};
use crate::resource::access::actor::Action;
use crate::resource::declare::reference::OnDelete;
use crate::resource::declare::staff_pages::StaffPages;
use crate::resource::declare::widget::Widget;
use crate::resource::value::Minutes;
use crate::resource::{Api, Column, Model, Row, Value, field};
use crate::scheduling::appointment_type::AppointmentType;
use crate::scheduling::room::Room;
use crate::scheduling::site::Site;

crate::text_enum! {
    pub enum Party {
        Clinic = "clinic" / "The clinic",
        Patient = "patient" / "The patient",
    }
}

#[derive(Clone, Debug, Queryable)]
pub struct Appointment {
    pub id: i64,
    pub patient_id: i64,
    pub doctor_id: i64,
    pub type_id: i64,
    pub room_id: Option<i64>,
    pub site_id: Option<i64>,
    pub starts_at: UtcDateTime,
    pub ends_at: UtcDateTime,
    pub minutes: Minutes,
    pub state: State,
    pub note: String,
    /// Those of the type when it was booked.
    pub buffer_before: Minutes,
    pub buffer_after: Minutes,
    pub places: i32,
    /// From 0, among those who have the same time.
    pub place: i32,
    pub is_overbooked: bool,
    pub overbooking_reason: String,
    pub cancelled_by: Option<Party>,
    pub cancel_reason: String,
    /// Until when a request keeps its time.
    pub hold_until: Option<UtcDateTime>,
    /// The name of the event in calendars, for ever.
    pub uid: String,
    /// Counts the changes that calendars have to know.
    pub sequence: i32,
    pub arrived_at: Option<UtcDateTime>,
    pub in_room_at: Option<UtcDateTime>,
    pub done_at: Option<UtcDateTime>,
    pub cancelled_at: Option<UtcDateTime>,
    pub created_at: UtcDateTime,
    pub updated_at: UtcDateTime,
    pub version: i64,
    pub deleted_at: Option<UtcDateTime>,
    /// When the patient said that they will come.
    pub confirmed_at: Option<UtcDateTime>,
    /// What it has in common with those that were booked with it.
    pub series: Option<String>,
}

/// Permission to book a second appointment at a time that is taken.
pub const OVERBOOK: &str = "appointment.overbook";

crate::resource! {
    Appointment in appointments;
    name "appointment" at "appointments", "Appointment" / "Appointments";
    area "Scheduling", icon "calendar";
    fields {
        patient_id: field("Patient").references::<Patient>(OnDelete::Cascade),
        doctor_id: field("Doctor").references::<Doctor>(OnDelete::Protect).filled_by_validate().help("Leave blank for any doctor who is free then"),
        type_id: field("Type").references::<AppointmentType>(OnDelete::Protect),
        starts_at: field("Start"),
        minutes: field("Length").range(5, 720).filled_by_validate().help("Leave blank for the usual length of the type").example("20"),
        ends_at: field("End").read_only(),
        state: field("State"),
        room_id: field("Room").references::<Room>(OnDelete::Protect).help("Leave blank to have one chosen, if the type needs one"),
        site_id: field("Site").references::<Site>(OnDelete::Protect).help("Leave blank for the site where the doctor is then"),
        note: field("Note").max(2_000).optional().widget(Widget::Area).help("Everybody who can see the appointment can read it"),
        is_overbooked: field("Overbooked").only_for(OVERBOOK).help("In addition to another appointment at that time"),
        overbooking_reason: field("Reason for overbooking").max(200).optional(),
        cancelled_by: field("Cancelled by"),
        cancel_reason: field("Reason for cancelling").max(200).optional(),
        confirmed_at: field("Confirmed by the patient").read_only(),
        arrived_at: field("Arrived").read_only(),
        in_room_at: field("In room").read_only(),
        done_at: field("Done").read_only(),
        cancelled_at: field("Cancelled").read_only(),
        hold_until: field("Kept until").derived(),
        buffer_before: field("Time before").derived(),
        buffer_after: field("Time after").derived(),
        places: field("Places").derived(),
        place: field("Place").derived(),
        uid: field("Calendar id").derived(),
        sequence: field("Calendar revision").derived(),
        series: field("Series").derived(),
    }
    automatic { created_at: field("Added"), updated_at: field("Changed") }
    trash;
    list_display [starts_at, patient_id, doctor_id, type_id, state, room_id];
    search_through [patient_id, doctor_id];
    natural_key [patient_id, doctor_id, starts_at];
    list_filter [doctor_id, patient_id, type_id, state, room_id, site_id, starts_at, created_at];
    date_hierarchy [starts_at];
    ordering [-starts_at];
    fieldsets {
        "Appointment": [patient_id, doctor_id, type_id, starts_at, (minutes, state), note],
        "Place" closed: [(room_id, site_id)],
        "Overbooking" closed: [is_overbooked, overbooking_reason],
        "Cancelling" closed: [cancelled_by, cancel_reason],
    }
    label_from [patient_id, doctor_id];
    label |appointment| format!("Appointment {}", appointment.id);
    scope through patient_id;
    options {
        staff: const { StaffPages::at("/appointments")
            .list_display(&["starts_at", "patient_id", "doctor_id", "type_id", "state"])
            .list_filter(&["doctor_id", "type_id", "state", "starts_at"])
            .fieldsets(&[
                ("Appointment", &["patient_id", "doctor_id", "type_id", "starts_at", "minutes", "state", "note"]),
                ("Place", &["room_id", "site_id"]),
                ("Overbooking", &["is_overbooked", "overbooking_reason"]),
                ("Cancelling", &["cancelled_by", "cancel_reason"]),
            ])
            .not_listed_today().summary(summary).note(summary) },
        constraints: &[
            ("claims_doctor_overlap", "starts_at", "The doctor has another appointment at this time"),
            ("claims_room_overlap", "room_id", "The room is taken at this time"),
            ("claims_patient_overlap", "starts_at", "The patient has another appointment at this time"),
            ("appointments_place_key", "starts_at", "The last place at this time was just taken"),
        ],
        extra_permissions: &[
            (OVERBOOK, "Can book an appointment at a time that is taken", &["Receptionist", "Administrator"]),
            crate::scheduling::reports::PERMISSION,
            crate::scheduling::booking_rules::model::PERMISSION,
        ],
        api: const { Some(Api::of(&[
            "patient_id", "doctor_id", "type_id", "starts_at", "minutes", "ends_at", "state", "room_id", "site_id", "note", "is_overbooked",
            "overbooking_reason", "cancelled_by", "cancel_reason", "confirmed_at", "arrived_at", "in_room_at", "done_at", "cancelled_at",
            "created_at", "updated_at",
        ]).read_only_fields(&["ends_at", "confirmed_at", "arrived_at", "in_room_at", "done_at", "cancelled_at"])) },
        default_grants: &[
            ("Staff", &[Action::View, Action::Add, Action::Change]), ("Receptionist", &Action::ALL),
            ("Doctor", &[Action::View, Action::Add, Action::Change]), ("Nurse", &[Action::View, Action::Add, Action::Change]),
            ("Billing", &[Action::View]), ("Administrator", &Action::ALL), ("Patient", &[Action::View]),
        ],
    }
}

/// When it is, and its state.
fn summary(row: &Row, zone: &Zone, _: Date) -> String {
    let own = Appointment::FIELDS;
    let state = row.values.at(own.state).show(State::KIND, zone);
    match row.values.at(own.starts_at) {
        Value::DateTime(at) => format!("{} {} · {state}", zone.date(*at).weekday(), zone.show(*at)),
        _ => state,
    }
}
