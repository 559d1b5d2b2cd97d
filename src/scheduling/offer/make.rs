//! Making an offer: its row, its times, the link and the email, in the transaction of the caller.

use diesel::prelude::*;
use time::Duration;

use super::model::{Cause, OfferState, OfferedTime};
use crate::db::schema::{appointment_offers, offered_times};
use crate::db::{Connection, UtcDateTime};
use crate::scheduling::portal::link::{self, Purpose};

/// How long somebody has for an answer, if the times themselves are not sooner.
const OPEN: Duration = Duration::hours(48);
/// Until how long before an offered time it can be accepted.
const BEFORE: Duration = Duration::minutes(30);

/// An offer that is to be made.
#[derive(Clone, Debug)]
pub struct NewOffer {
    pub patient_id: i64,
    pub type_id: i64,
    pub appointment_id: Option<i64>,
    pub waiting_entry_id: Option<i64>,
    pub schedule_exception_id: Option<i64>,
    pub cause: Cause,
    /// In order.
    pub times: Vec<OfferedTime>,
}

impl NewOffer {
    /// Until when it can be accepted.
    pub fn expires_at(&self, now: UtcDateTime) -> UtcDateTime {
        let usual = now.plus(OPEN);
        match (self.cause, self.times.last()) {
            // There is only one time, which is soon.
            (Cause::WaitingList, Some(last)) => usual.min(last.starts_at.plus(-BEFORE)),
            // Who hears that a doctor is away can choose until the last time that was offered.
            (_, Some(last)) => usual.max(last.starts_at.plus(-BEFORE)),
            (_, None) => usual.plus(OPEN),
        }
    }

    /// Stores it. Returns its id.
    pub fn insert(&self, c: &mut Connection, now: UtcDateTime) -> QueryResult<i64> {
        use appointment_offers as own;
        let id: i64 = diesel::insert_into(own::table)
            .values((
                own::patient_id.eq(self.patient_id),
                own::type_id.eq(self.type_id),
                own::appointment_id.eq(self.appointment_id),
                own::waiting_entry_id.eq(self.waiting_entry_id),
                own::schedule_exception_id.eq(self.schedule_exception_id),
                own::cause.eq(self.cause),
                own::state.eq(OfferState::Open),
                own::expires_at.eq(self.expires_at(now)),
                own::created_at.eq(now),
                own::updated_at.eq(now),
            ))
            .returning(own::id)
            .get_result(c)?;
        for time in &self.times {
            let row =
                (offered_times::offer_id.eq(id), offered_times::starts_at.eq(time.starts_at), offered_times::doctor_id.eq(time.doctor_id));
            diesel::insert_into(offered_times::table).values(row).execute(c)?;
        }
        Ok(id)
    }
}

/// The path of a new link to an offer.
pub fn link(c: &mut Connection, id: i64, patient_id: i64, now: UtcDateTime) -> QueryResult<String> {
    let expires_at: UtcDateTime = appointment_offers::table.find(id).select(appointment_offers::expires_at).first(c)?;
    link::create(c, Purpose::Offer(id), patient_id, expires_at.plus(Duration::days(7)), now)
}
