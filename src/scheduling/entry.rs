//! Appointments as pages show them, with the names of what they refer to, read with one statement.

use diesel::sql_types::{BigInt, Bool, Nullable, Text, Timestamp};
use diesel::{QueryResult, RunQueryDsl};

use super::appointment::state::State;
use crate::clinic::patient_access::SCOPE;
use crate::db::sql::{Bind, Sql};
use crate::db::wall::Minute;
use crate::db::{Connection, UtcDateTime, Zone};
use crate::resource::Actor;
use crate::web::page::extension::CardLine;

/// An appointment.
#[derive(Clone, Debug)]
pub struct Entry {
    pub id: i64,
    pub patient_id: i64,
    /// `None` if the reader may not see the patient.
    pub patient: Option<String>,
    pub doctor_id: i64,
    pub doctor: String,
    /// The name of its type.
    pub kind: String,
    pub room: String,
    pub starts: Minute,
    pub ends: Minute,
    pub before: i64,
    pub after: i64,
    pub state: State,
    pub is_overbooked: bool,
    pub arrived_at: Option<UtcDateTime>,
    pub in_room_at: Option<UtcDateTime>,
    pub done_at: Option<UtcDateTime>,
    pub site_id: Option<i64>,
    /// The time zone of the site, if it has one of its own.
    pub time_zone: String,
    /// Another sign of the type, beside its name.
    pub colour: String,
    /// The patient said that they will come.
    pub is_confirmed: bool,
}

/// Which appointments, by conditions on the table `appointments`.
pub struct Wanted {
    pub condition: Sql,
    /// Soonest first, or latest first.
    pub is_latest_first: bool,
    /// Leaves out those that the reader may not see, instead of their names only.
    pub only_visible: bool,
    pub most: i64,
}

impl Wanted {
    /// Those that begin in this range, soonest first.
    pub fn within(from: Minute, to: Minute) -> Self {
        let at = |minute| Bind::Timestamp(Some(UtcDateTime::from_unix_minutes(minute)));
        let condition = Sql::new("appointments.starts_at >= ").bind(at(from)).text(" AND appointments.starts_at < ").bind(at(to));
        Self { condition, is_latest_first: false, only_visible: false, most: MOST }
    }

    /// Those that begin in this range or go on in it, soonest first.
    pub fn touching(from: Minute, to: Minute) -> Self {
        let at = |minute| Bind::Timestamp(Some(UtcDateTime::from_unix_minutes(minute)));
        let within = Self::within(from - LONGEST, to);
        Self { condition: within.condition.text(" AND appointments.ends_at > ").bind(at(from)), ..within }
    }

    /// Only with these doctors.
    pub fn with_doctors(self, doctors: &[i64]) -> Self {
        Self { condition: self.condition.text(" AND ").is_one_of("appointments.doctor_id", doctors), ..self }
    }

    /// Only those that take time, or would have: nothing that was cancelled or a mistake.
    pub fn that_count(self) -> Self {
        Self { condition: self.condition.text(" AND appointments.state NOT IN ('cancelled', 'entered_in_error')"), ..self }
    }

    /// Only those that are still to come, or go on.
    pub fn that_are_ahead(self) -> Self {
        Self { condition: self.condition.text(" AND appointments.state IN ('requested', 'booked', 'arrived', 'in_room')"), ..self }
    }

    pub fn visible(self) -> Self {
        Self { only_visible: true, ..self }
    }
}

/// No appointment is longer, in minutes.
const LONGEST: Minute = 720;

/// The most appointments of one page.
const MOST: i64 = 2_000;

/// The coming appointments of a patient, soonest first, and the last visits, latest first. Nothing that was cancelled or a mistake.
pub fn visits(c: &mut Connection, actor: &Actor, patient_id: i64, now: UtcDateTime) -> QueryResult<(Vec<Entry>, Vec<Entry>)> {
    let half = |test: &'static str, order: &'static str, most: i64| {
        Sql::new("SELECT id FROM (SELECT a.id FROM appointments AS a WHERE a.deleted_at IS NULL AND a.patient_id = ")
            .number(patient_id)
            .text(" AND a.state NOT IN ('cancelled', 'entered_in_error') AND a.starts_at ")
            .text(test)
            .bind(Bind::Timestamp(Some(now)))
            .text(" ORDER BY a.starts_at ")
            .text(order)
            .text(" LIMIT ")
            .number(most)
            .text(") AS half")
    };
    let condition =
        Sql::new("appointments.id IN (").append(half("> ", "ASC", COMING)).text(" UNION ALL ").append(half("<= ", "DESC", PAST)).text(")");
    let all = load(c, actor, Wanted { condition, is_latest_first: false, only_visible: true, most: COMING + PAST })?;
    let (coming, mut past): (Vec<Entry>, Vec<Entry>) = all.into_iter().partition(|entry| entry.starts > now.unix_minutes());
    past.reverse();
    Ok((coming, past))
}

/// How many visits of a patient are shown.
const COMING: i64 = 12;
const PAST: i64 = 6;

type Columns = (
    BigInt,
    BigInt,
    Nullable<Text>,
    BigInt,
    Text,
    Text,
    Text,
    Timestamp,
    BigInt,
    BigInt,
    BigInt,
    Text,
    Bool,
    Nullable<Timestamp>,
    Nullable<Timestamp>,
    Nullable<Timestamp>,
    Text,
    Text,
    Bool,
    Nullable<BigInt>,
);

type Found = (
    i64,
    i64,
    Option<String>,
    i64,
    String,
    String,
    String,
    UtcDateTime,
    i64,
    i64,
    i64,
    State,
    bool,
    Option<UtcDateTime>,
    Option<UtcDateTime>,
    Option<UtcDateTime>,
    String,
    String,
    bool,
    Option<i64>,
);

pub fn load(c: &mut Connection, actor: &Actor, wanted: Wanted) -> QueryResult<Vec<Entry>> {
    let seen = || match (SCOPE.sees_all)(actor) {
        true => Sql::new("1 = 1"),
        false => SCOPE.access.includes(actor.id, "appointments.patient_id"),
    };
    let order = if wanted.is_latest_first { "DESC" } else { "ASC" };
    let mut statement = Sql::new("SELECT appointments.id, appointments.patient_id, CASE WHEN ")
        .append(seen())
        .text(" THEN patients.name END, appointments.doctor_id, trim(doctors.title || ' ' || doctors.name), appointment_types.name, ")
        .text("COALESCE(rooms.name, ''), appointments.starts_at, appointments.minutes, appointments.buffer_before, ")
        .text("appointments.buffer_after, appointments.state, appointments.is_overbooked, appointments.arrived_at, ")
        .text("appointments.in_room_at, appointments.done_at, COALESCE(sites.time_zone, ''), appointment_types.colour, ")
        .text("appointments.confirmed_at IS NOT NULL, appointments.site_id ")
        .text("FROM appointments JOIN patients ON patients.id = appointments.patient_id ")
        .text("JOIN doctors ON doctors.id = appointments.doctor_id ")
        .text("JOIN appointment_types ON appointment_types.id = appointments.type_id ")
        .text("LEFT JOIN rooms ON rooms.id = appointments.room_id LEFT JOIN sites ON sites.id = appointments.site_id ")
        .text("WHERE appointments.deleted_at IS NULL AND ")
        .append(wanted.condition);
    if wanted.only_visible {
        statement = statement.text(" AND ").append(seen());
    }
    let statement = statement.text(format!(" ORDER BY appointments.starts_at {order}, appointments.id {order} LIMIT ")).number(wanted.most);
    let rows: Vec<Found> = statement.returning::<Columns>().load(c)?;
    Ok(rows.into_iter().map(Entry::of).collect())
}

impl Entry {
    fn of(found: Found) -> Self {
        let (id, patient_id, patient, doctor_id, doctor, kind, room, starts_at, minutes, before, after, state, is_overbooked, ..) = found;
        let (.., arrived_at, in_room_at, done_at, time_zone, colour, is_confirmed, site_id) = found;
        let starts = starts_at.unix_minutes();
        let ends = starts + minutes;
        Self {
            id,
            patient_id,
            patient,
            doctor_id,
            doctor,
            kind,
            room,
            starts,
            ends,
            before,
            after,
            state,
            is_overbooked,
            arrived_at,
            in_room_at,
            done_at,
            site_id,
            time_zone,
            colour,
            is_confirmed,
        }
    }

    /// The patient, or that somebody is booked.
    pub fn name(&self) -> &str {
        self.patient.as_deref().unwrap_or("Booked")
    }

    /// How long somebody has waited, in minutes, while they wait.
    pub fn waited(&self, now: UtcDateTime) -> Option<i64> {
        let since = self.arrived_at.filter(|_| self.state == State::Arrived)?;
        Some(now.since(since).whole_minutes().max(0))
    }

    /// The class and the words of the state, as everywhere: a word first, then a colour.
    pub fn badge(&self, now: UtcDateTime) -> (&'static str, String) {
        match (self.state, self.waited(now)) {
            (State::Arrived, Some(minutes)) => (waiting_tone(minutes), format!("Waiting {minutes} min")),
            (State::Booked, _) if self.is_confirmed => ("", "Confirmed".into()),
            (state, _) => (tone(state), state.label().into()),
        }
    }

    /// A line with its date, for lists over several days.
    pub fn line(&self, zone: &Zone, now: UtcDateTime) -> CardLine {
        CardLine {
            when: zone.show_date(zone.on_wall(self.starts).0),
            label: format!("{}, {}", self.kind, self.clock(zone)),
            href: format!("/appointments/{}", self.id),
            note: self.doctor.clone(),
            badge: self.badge(now),
        }
    }

    /// `09:20`, and the clock of the place if it is another one.
    pub fn clock(&self, zone: &Zone) -> String {
        let here = zone.clock(zone.on_wall(self.starts).1);
        match self.other_zone(zone) {
            Some(place) => format!("{here} ({} in {})", place.clock(place.on_wall(self.starts).1), place.name()),
            None => here,
        }
    }

    /// The zone where it is, if that is not the reader's.
    fn other_zone(&self, zone: &Zone) -> Option<Zone> {
        Some(self.time_zone.as_str()).filter(|name| !name.is_empty() && *name != zone.name()).and_then(Zone::named)
    }
}

/// The class of a badge.
pub fn tone(state: State) -> &'static str {
    match state {
        State::Requested | State::Arrived => "info",
        State::InRoom => "ok",
        State::NoShow => "danger",
        State::Booked | State::Done | State::Cancelled | State::EnteredInError => "",
    }
}

/// Somebody who waits a quarter of an hour is noticed, half an hour is too long.
pub fn waiting_tone(minutes: i64) -> &'static str {
    match minutes {
        ..15 => "info",
        15..30 => "warn",
        _ => "danger",
    }
}
