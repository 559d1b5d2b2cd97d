//! Appointments, and what they need: types, rooms and sites, the hours of doctors, and the times that are free.
//!
//! Hours are times on the wall of a site ([`working_hours`], [`schedule_exception`], [`holiday`]); appointments are instants. Which
//! times are free is computed when somebody asks ([`slots`]), and the same rule decides what can be booked. That two appointments
//! do not overlap is a rule of the database: the table `claims`.

pub mod absence;
pub mod appointment;
pub mod appointment_type;
pub mod arrivals;
pub mod booking;
pub mod booking_rules;
pub mod caldav;
pub mod calendar;
pub mod entry;
pub mod extensions;
pub mod feed;
pub mod holiday;
pub mod messages;
pub mod notification;
pub mod offer;
pub mod outside_calendar;
pub mod own_doctor;
pub mod portal;
pub mod reminder;
pub mod reports;
pub mod room;
pub mod routes;
pub mod schedule_exception;
pub mod series;
pub mod site;
pub mod slots;
pub mod waiting_list;
pub mod week;
pub mod working_hours;

use crate::resource::access::actor::Action;

/// What the administration sets up and everybody at the clinic sees.
const SEEN_BY_ALL: &[(&str, &[Action])] = &[
    ("Staff", &[Action::View]),
    ("Receptionist", &[Action::View]),
    ("Doctor", &[Action::View]),
    ("Nurse", &[Action::View]),
    ("Billing", &[Action::View]),
    ("Administrator", &Action::ALL),
    ("Patient", &[Action::View]),
];

/// What reception plans as well, and doctors for themselves.
const PLANNED_BY_RECEPTION: &[(&str, &[Action])] = &[
    ("Staff", &[Action::View]),
    ("Receptionist", &Action::ALL),
    ("Doctor", &Action::ALL),
    ("Nurse", &[Action::View]),
    ("Billing", &[Action::View]),
    ("Administrator", &Action::ALL),
];
