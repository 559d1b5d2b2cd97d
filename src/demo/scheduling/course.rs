//! The course of a visit: when it was booked, whether the patient came, how long they waited.

use rand::RngExt;
use rand::rngs::StdRng;
use time::Duration;

use super::kinds::{CANCELLED_BY_CLINIC, CANCELLED_BY_PATIENT, OVERBOOKING};
use super::visits::Booked;
use crate::db::UtcDateTime;
use crate::demo::names::pick;
use crate::scheduling::appointment::model::Party;
use crate::scheduling::appointment::state::State;
use crate::scheduling::appointment_type::BookedBy;

/// Of 1,000 appointments so many were cancelled, the next did not come, and the next were entered in error.
const CANCELLED: u32 = 120;
const NO_SHOW: u32 = CANCELLED + 80;
const IN_ERROR: u32 = NO_SHOW + 3;
/// Of 1,000 future appointments that patients can ask for, these are requests.
const REQUESTED: u32 = 960;

pub struct Course {
    pub state: State,
    pub note: String,
    pub overbooking_reason: String,
    pub cancelled_by: Option<Party>,
    pub cancel_reason: String,
    pub hold_until: Option<UtcDateTime>,
    pub arrived_at: Option<UtcDateTime>,
    pub in_room_at: Option<UtcDateTime>,
    pub done_at: Option<UtcDateTime>,
    pub cancelled_at: Option<UtcDateTime>,
    pub created_at: UtcDateTime,
    pub updated_at: UtcDateTime,
}

impl Course {
    pub fn of(rng: &mut StdRng, booked: &Booked, now: UtcDateTime) -> Self {
        let starts = UtcDateTime::from_unix_minutes(booked.starts);
        let minutes = |minutes: i64| Duration::minutes(minutes);
        // Most are booked within two weeks, some long before.
        let days = rng.random_range(1..15) * rng.random_range(1..7_i64);
        let created_at = starts.min(now).plus(-Duration::days(days)).plus(-minutes(rng.random_range(1..600)));
        let mut course = Self {
            state: state(rng, booked, starts, now),
            note: if rng.random_ratio(3, 5) { words(rng, booked.kind.own.reasons) } else { String::new() },
            overbooking_reason: if booked.is_overbooked { words(rng, &OVERBOOKING) } else { String::new() },
            cancelled_by: None,
            cancel_reason: String::new(),
            hold_until: None,
            arrived_at: None,
            in_room_at: None,
            done_at: None,
            cancelled_at: None,
            created_at,
            updated_at: created_at,
        };
        match course.state {
            State::Requested => course.hold_until = Some(now.plus(Duration::days(2))),
            State::Cancelled => course.cancel(rng, starts.min(now)),
            State::Arrived | State::InRoom | State::Done => course.come(rng, starts, booked.kind.own.minutes, now),
            State::NoShow => course.updated_at = starts.plus(minutes(20)).min(now),
            State::Booked | State::EnteredInError => {}
        }
        course
    }

    fn cancel(&mut self, rng: &mut StdRng, latest: UtcDateTime) {
        let is_patient = rng.random_ratio(7, 10);
        self.cancelled_by = Some(if is_patient { Party::Patient } else { Party::Clinic });
        self.cancel_reason = if is_patient { words(rng, &CANCELLED_BY_PATIENT) } else { words(rng, &CANCELLED_BY_CLINIC) };
        let between = latest.since(self.created_at) * rng.random_range(0.05..1.0);
        self.cancelled_at = Some(UtcDateTime::from_unix_minutes(self.created_at.plus(between).unix_minutes()));
        self.updated_at = self.cancelled_at.unwrap_or(self.created_at);
    }

    fn come(&mut self, rng: &mut StdRng, starts: UtcDateTime, length: i64, now: UtcDateTime) {
        let seconds = |seconds: i64| Duration::seconds(seconds);
        let arrived = starts.plus(seconds(rng.random_range(-900..240))).min(now);
        let in_room = arrived.max(starts).plus(seconds(rng.random_range(0..900) + rng.random_range(0..900))).min(now);
        let done = in_room.plus(seconds(length * rng.random_range(40..75))).min(now);
        self.arrived_at = Some(arrived);
        self.in_room_at = (self.state != State::Arrived).then_some(in_room);
        self.done_at = (self.state == State::Done).then_some(done);
        self.updated_at = self.done_at.or(self.in_room_at).unwrap_or(arrived);
    }
}

fn state(rng: &mut StdRng, booked: &Booked, starts: UtcDateTime, now: UtcDateTime) -> State {
    let until_start = starts.since(now).whole_minutes();
    let until_end = until_start + booked.kind.own.minutes;
    let drawn = rng.random_range(0..1_000);
    match drawn {
        ..CANCELLED => State::Cancelled,
        ..NO_SHOW if until_end < -15 => State::NoShow,
        ..IN_ERROR if until_end < -15 => State::EnteredInError,
        _ if until_end < -15 => State::Done,
        // The visits of this hour, and those who wait for theirs.
        _ if until_end < 0 => {
            if drawn < 700 {
                State::Done
            } else {
                State::InRoom
            }
        }
        _ if until_start <= 0 => {
            if drawn < 800 {
                State::InRoom
            } else {
                State::Arrived
            }
        }
        _ if until_start < 15 => {
            if drawn < 700 {
                State::Arrived
            } else {
                State::Booked
            }
        }
        _ if until_start > 2_880 && booked.kind.own.booked_by != BookedBy::Staff && drawn >= REQUESTED => State::Requested,
        _ => State::Booked,
    }
}

fn words(rng: &mut StdRng, listed: &[&str]) -> String {
    pick(rng, listed).copied().unwrap_or_default().into()
}
