//! What the clinic allows patients with a type of appointment. What is offered and what is accepted ask the same rule.

use diesel::prelude::*;

use crate::db::Connection;
use crate::db::schema::{appointment_types, appointments};
use crate::db::wall::Minute;
use crate::english::plural;
use crate::scheduling::appointment::state::State;
use crate::scheduling::appointment_type::BookedBy;
use crate::scheduling::booking_rules::model::BookingRules;
use crate::scheduling::slots::span::Span;

/// What a type says about patients.
#[derive(Clone, Debug, Queryable)]
pub struct PatientTerms {
    pub type_id: i64,
    pub name: String,
    /// The usual length.
    pub minutes: i64,
    pub booked_by: BookedBy,
    /// The shortest notice, in minutes: for booking, moving and cancelling.
    pub notice: i64,
    pub days_ahead: i32,
}

impl PatientTerms {
    /// Types that patients can book or ask for.
    pub fn list(c: &mut Connection) -> QueryResult<Vec<Self>> {
        use appointment_types as own;
        own::table
            .filter(own::deleted_at.is_null().and(own::is_active.eq(true)).and(own::booked_by.ne(BookedBy::Staff)))
            .order((own::name, own::id))
            .select((own::id, own::name, own::minutes, own::booked_by, own::shortest_notice, own::days_ahead))
            .load(c)
    }

    /// Of any type, of an appointment that exists.
    pub fn find(c: &mut Connection, type_id: i64) -> QueryResult<Option<Self>> {
        use appointment_types as own;
        let columns = (own::id, own::name, own::minutes, own::booked_by, own::shortest_notice, own::days_ahead);
        own::table.find(type_id).select(columns).first(c).optional()
    }

    pub fn of_appointment(c: &mut Connection, id: i64) -> QueryResult<Option<Self>> {
        match appointments::table.find(id).select(appointments::type_id).first(c).optional()? {
            Some(type_id) => Self::find(c, type_id),
            None => Ok(None),
        }
    }

    /// Patients can book it, or ask for it.
    pub fn is_open(&self) -> bool {
        self.booked_by != BookedBy::Staff
    }

    /// The minutes at which a visit that patients book now may begin.
    pub fn range(&self, now: Minute) -> Span {
        let from = now + self.notice.max(1);
        Span::new(from, (now + i64::from(self.days_ahead) * 1_440).max(from))
    }

    /// Whether patients may still move or cancel a visit that begins then.
    pub fn is_in_time(&self, starts: Minute, now: Minute) -> bool {
        starts > now && starts - self.notice >= now
    }

    /// `1 day`, `90 minutes`: the shortest notice in words.
    pub fn notice_in_words(&self) -> String {
        match self.notice {
            days if days >= 1_440 && days % 1_440 == 0 => plural(days / 1_440, "day", "days"),
            hours if hours >= 60 && hours % 60 == 0 => plural(hours / 60, "hour", "hours"),
            minutes => plural(minutes, "minute", "minutes"),
        }
    }
}

/// Why a patient cannot ask for more, in a sentence.
pub fn too_many(c: &mut Connection, patient_id: i64, rules: BookingRules, now: crate::db::UtcDateTime) -> QueryResult<Option<String>> {
    use appointments as own;
    let ahead = own::table
        .inner_join(appointment_types::table.on(appointment_types::id.eq(own::type_id)))
        .filter(own::patient_id.eq(patient_id).and(own::deleted_at.is_null()).and(own::starts_at.gt(now)))
        .filter(own::state.eq(State::Requested).or(own::state.eq(State::Booked).and(appointment_types::booked_by.eq(BookedBy::Patient))));
    let open: i64 = ahead.count().get_result(c)?;
    let most = i64::from(rules.open_requests);
    Ok((open >= most).then(|| {
        let open = plural(open, "appointment or request", "appointments and requests");
        format!("You already have {open} ahead. Cancel one of them first, or contact us")
    }))
}
