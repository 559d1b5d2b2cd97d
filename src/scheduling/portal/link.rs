//! Links in emails to patients: each for one appointment or one offer, for a limited time, and revocable. The database has only the
//! digest of the secret.

use diesel::prelude::*;

use crate::crypto::keys::{digest, random_text};
use crate::db::schema::{appointment_links as own, appointment_offers};
use crate::db::{Connection, UtcDateTime};

/// 256 bits.
const SECRET: usize = 43;

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Appointment(i64),
    Offer(i64),
}

impl Purpose {
    /// The address of the page, before the secret.
    fn path(self) -> &'static str {
        match self {
            Self::Appointment(_) => "/visits",
            Self::Offer(_) => "/offers",
        }
    }
}

/// A link that works.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    pub patient_id: i64,
    pub purpose: Purpose,
}

/// Makes a link, in the transaction that queues the email. Returns its path.
pub fn create(c: &mut Connection, purpose: Purpose, patient_id: i64, expires_at: UtcDateTime, now: UtcDateTime) -> QueryResult<String> {
    let token = random_text(SECRET);
    let (appointment_id, offer_id) = match purpose {
        Purpose::Appointment(id) => (Some(id), None),
        Purpose::Offer(id) => (None, Some(id)),
    };
    diesel::insert_into(own::table)
        .values((
            own::token_hash.eq(digest(&token)),
            own::patient_id.eq(patient_id),
            own::appointment_id.eq(appointment_id),
            own::offer_id.eq(offer_id),
            own::expires_at.eq(expires_at),
            own::created_at.eq(now),
            own::updated_at.eq(now),
        ))
        .execute(c)?;
    Ok(format!("{}/{token}", purpose.path()))
}

/// The link with this secret, if it still works.
pub fn find(c: &mut Connection, token: &str, now: UtcDateTime) -> QueryResult<Option<Link>> {
    let working = own::table.filter(own::token_hash.eq(digest(token))).filter(own::revoked_at.is_null()).filter(own::expires_at.gt(now));
    let found = working.select((own::patient_id, own::appointment_id, own::offer_id)).first::<(i64, Option<i64>, Option<i64>)>(c);
    Ok(found.optional()?.and_then(|(patient_id, appointment_id, offer_id)| {
        let purpose = appointment_id.map(Purpose::Appointment).or(offer_id.map(Purpose::Offer))?;
        Some(Link { patient_id, purpose })
    }))
}

/// The links that work of an appointment and of the offers for it.
fn working(c: &mut Connection, appointment_id: i64, now: UtcDateTime) -> QueryResult<Vec<i64>> {
    let for_it = appointment_offers::table.filter(appointment_offers::appointment_id.eq(appointment_id));
    let offers: Vec<i64> = for_it.select(appointment_offers::id).load(c)?;
    let working = own::table.filter(own::revoked_at.is_null()).filter(own::expires_at.gt(now));
    working.filter(own::appointment_id.eq(appointment_id).or(own::offer_id.eq_any(offers))).select(own::id).load(c)
}

/// Whether a link to an appointment works.
pub fn is_any(c: &mut Connection, appointment_id: i64, now: UtcDateTime) -> QueryResult<bool> {
    Ok(!working(c, appointment_id, now)?.is_empty())
}

/// Revokes every link of an appointment and of the offers for it. Returns how many there were.
pub fn revoke(c: &mut Connection, appointment_id: i64, now: UtcDateTime) -> QueryResult<usize> {
    let working = working(c, appointment_id, now)?;
    let known = own::table.filter(own::id.eq_any(working));
    diesel::update(known).set((own::revoked_at.eq(Some(now)), own::updated_at.eq(now))).execute(c)
}

/// Forgets links that have expired.
pub fn clear_old(c: &mut Connection, now: UtcDateTime) -> QueryResult<usize> {
    diesel::delete(own::table.filter(own::expires_at.lt(now))).execute(c)
}
