//! Offers as rows. Administrators list them; staff see them where they made them.

use diesel::prelude::*;

use crate::clinic::patient::Patient;
use crate::db::schema::{appointment_offers, offered_times};
use crate::db::{Connection, UtcDateTime};
use crate::resource::access::actor::Action;
use crate::resource::declare::hooks::Hooks;
use crate::resource::declare::reference::OnDelete;
use crate::resource::field;
use crate::scheduling::appointment::model::Appointment;
use crate::scheduling::appointment_type::AppointmentType;
use crate::scheduling::schedule_exception::ScheduleException;
use crate::scheduling::waiting_list::model::WaitingEntry;

crate::text_enum! {
    /// Why other times are offered.
    pub enum Cause {
        Request = "request" / "Instead of the time that was asked for",
        Absence = "absence" / "The doctor is away",
        WaitingList = "waiting_list" / "The waiting list",
    }
}

crate::text_enum! {
    pub enum OfferState {
        Open = "open" / "No answer yet",
        Accepted = "accepted" / "Accepted",
        Declined = "declined" / "Declined",
        Withdrawn = "withdrawn" / "Withdrawn",
        Expired = "expired" / "Not answered",
    }
}

#[derive(Clone, Debug, Queryable)]
pub struct AppointmentOffer {
    pub id: i64,
    pub patient_id: i64,
    pub type_id: i64,
    /// The appointment that gets the new time; of the waiting list, the one that was booked.
    pub appointment_id: Option<i64>,
    pub waiting_entry_id: Option<i64>,
    /// The absence of the doctor.
    pub schedule_exception_id: Option<i64>,
    pub cause: Cause,
    pub state: OfferState,
    pub expires_at: UtcDateTime,
    pub answered_at: Option<UtcDateTime>,
    pub created_at: UtcDateTime,
    pub updated_at: UtcDateTime,
}

crate::resource! {
    AppointmentOffer in appointment_offers, read_only;
    name "appointment_offer" at "appointment-offers", "Offer" / "Offers";
    area "Scheduling", icon "message";
    fields {}
    automatic {
        patient_id: field("Patient").references::<Patient>(OnDelete::Cascade),
        type_id: field("Type").references::<AppointmentType>(OnDelete::Protect),
        appointment_id: field("Appointment").references::<Appointment>(OnDelete::Cascade),
        waiting_entry_id: field("Waiting list").references::<WaitingEntry>(OnDelete::Cascade),
        schedule_exception_id: field("Absence").references::<ScheduleException>(OnDelete::SetNull),
        cause: field("Why"),
        state: field("Answer"),
        expires_at: field("Until"),
        answered_at: field("Answered"),
        created_at: field("Made"),
    }
    list_display [patient_id, type_id, cause, state, expires_at, answered_at, created_at];
    search_through [patient_id];
    list_filter [cause, state, type_id, patient_id, appointment_id, waiting_entry_id, schedule_exception_id, created_at];
    ordering [-created_at];
    label |offer| format!("Offer {}: {}", offer.id, offer.state.label());
    scope through patient_id;
    options {
        cascades_silently: true,
        default_grants: &[
            ("Staff", &[Action::View]), ("Receptionist", &[Action::View]), ("Doctor", &[Action::View]), ("Nurse", &[Action::View]),
            ("Administrator", &[Action::View]),
        ],
    }
}

impl Hooks for AppointmentOffer {}

/// A time of an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable)]
pub struct OfferedTime {
    pub starts_at: UtcDateTime,
    pub doctor_id: i64,
}

pub fn find(c: &mut Connection, id: i64) -> QueryResult<Option<AppointmentOffer>> {
    appointment_offers::table.find(id).first(c).optional()
}

pub fn times(c: &mut Connection, id: i64) -> QueryResult<Vec<OfferedTime>> {
    let own = offered_times::table.filter(offered_times::offer_id.eq(id)).order((offered_times::starts_at, offered_times::doctor_id));
    own.select((offered_times::starts_at, offered_times::doctor_id)).load(c)
}

/// Sets the answer, if there is none yet. False if there is.
pub fn answer(c: &mut Connection, id: i64, state: OfferState, now: UtcDateTime) -> QueryResult<bool> {
    use appointment_offers as own;
    let open = own::table.filter(own::id.eq(id)).filter(own::state.eq(OfferState::Open));
    Ok(diesel::update(open).set((own::state.eq(state), own::answered_at.eq(Some(now)), own::updated_at.eq(now))).execute(c)? == 1)
}

/// Says which appointment an offer became.
pub fn became(c: &mut Connection, id: i64, appointment_id: i64) -> QueryResult<usize> {
    diesel::update(appointment_offers::table.find(id)).set(appointment_offers::appointment_id.eq(Some(appointment_id))).execute(c)
}

/// Ends the open offers of an appointment that got a time, or none, in another way.
pub fn withdraw(c: &mut Connection, appointment_id: i64, now: UtcDateTime) -> QueryResult<usize> {
    use appointment_offers as own;
    let open = own::table.filter(own::appointment_id.eq(appointment_id)).filter(own::state.eq(OfferState::Open));
    diesel::update(open).set((own::state.eq(OfferState::Withdrawn), own::answered_at.eq(Some(now)), own::updated_at.eq(now))).execute(c)
}

/// Ends the open offers to somebody who does not wait any more.
pub fn withdraw_of_entry(c: &mut Connection, waiting_entry_id: i64, now: UtcDateTime) -> QueryResult<usize> {
    use appointment_offers as own;
    let open = own::table.filter(own::waiting_entry_id.eq(waiting_entry_id)).filter(own::state.eq(OfferState::Open));
    diesel::update(open).set((own::state.eq(OfferState::Withdrawn), own::answered_at.eq(Some(now)), own::updated_at.eq(now))).execute(c)
}

/// Whether the time of an open one is over.
pub fn is_any_over(c: &mut Connection, now: UtcDateTime) -> QueryResult<bool> {
    use appointment_offers as own;
    let over = own::table.filter(own::state.eq(OfferState::Open)).filter(own::expires_at.le(now));
    Ok(over.select(own::id).first::<i64>(c).optional()?.is_some())
}

/// Ends those whose time is over.
pub fn expire(c: &mut Connection, now: UtcDateTime) -> QueryResult<usize> {
    use appointment_offers as own;
    let over = own::table.filter(own::state.eq(OfferState::Open)).filter(own::expires_at.le(now));
    diesel::update(over).set((own::state.eq(OfferState::Expired), own::answered_at.eq(Some(now)), own::updated_at.eq(now))).execute(c)
}

/// The open offer for an appointment that was cancelled because its doctor is away.
pub fn open_of(c: &mut Connection, appointment_id: i64) -> QueryResult<Option<AppointmentOffer>> {
    use appointment_offers as own;
    let open = own::table.filter(own::appointment_id.eq(appointment_id)).filter(own::state.eq(OfferState::Open));
    open.filter(own::cause.eq(Cause::Absence)).first(c).optional()
}
