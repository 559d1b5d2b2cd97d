//! What patients change: booking or asking for a time, confirming, moving, cancelling. Each is one transaction, under the clinic's
//! rules for patients.

use actix_web::web::Data;
use diesel::prelude::*;

use super::holder::{Holder, Ticket};
use super::terms::{PatientTerms, too_many};
use crate::app::App;
use crate::db::connection::exclusive;
use crate::db::schema::appointments;
use crate::db::wall::Minute;
use crate::db::{Connection, UtcDateTime};
use crate::english::plural;
use crate::resource::write::writer::WriteError;
use crate::resource::{FormErrors, Model, Row, Value, Values};
use crate::scheduling::appointment::model::{Appointment, Party};
use crate::scheduling::appointment::state::State;
use crate::scheduling::appointment_type::BookedBy;
use crate::scheduling::booking_rules::model::BookingRules;

const OWN: <Appointment as Model>::Fields = Appointment::FIELDS;

/// A time that a patient chose.
#[derive(Clone, Debug)]
pub struct Wish {
    pub type_id: i64,
    pub doctor_id: i64,
    pub starts: Minute,
    pub note: String,
}

/// Books the time, or asks for it if the type needs an approval. The same wish a second time is the same appointment.
pub async fn book(app: &Data<App>, holder: &Holder, wish: Wish) -> Result<Row, WriteError> {
    let (app, holder) = (app.clone(), holder.clone());
    app.clone().db.write(move |c| booked(c, &app, &holder, &wish)).await
}

fn booked(c: &mut Connection, app: &App, holder: &Holder, wish: &Wish) -> Result<Row, WriteError> {
    let terms = PatientTerms::list(c)?.into_iter().find(|terms| terms.type_id == wish.type_id).ok_or(WriteError::NotFound)?;
    // One after the other, so that none of them counts too few.
    exclusive(c, "bookings of a patient", holder.patient_id)?;
    let resource = app.registry.of::<Appointment>();
    if let Some(id) = same(c, holder.patient_id, wish)? {
        return app.registry.find(c, resource, id, None)?.ok_or(WriteError::NotFound);
    }
    let (now, rules) = (app.now(), BookingRules::load(c)?);
    check_range(&terms, wish.starts, now)?;
    if let Some(sentence) = too_many(c, holder.patient_id, rules, now)? {
        return Err(refused(sentence));
    }
    let starts = UtcDateTime::from_unix_minutes(wish.starts);
    let hold_until = now.plus(time::Duration::hours(rules.hold_hours.into())).min(starts);
    let (state, hold) = match terms.booked_by {
        BookedBy::Patient => (State::Booked, Value::Null),
        _ => (State::Requested, Value::DateTime(hold_until)),
    };
    let values: Values = [
        (OWN.patient_id, Value::Integer(holder.patient_id)),
        (OWN.type_id, Value::Integer(wish.type_id)),
        (OWN.doctor_id, Value::Integer(wish.doctor_id)),
        (OWN.starts_at, Value::DateTime(starts)),
        (OWN.state, Value::Text(state.as_str().into())),
        (OWN.hold_until, hold),
        (OWN.note, Value::Text(wish.note.clone())),
    ]
    .into_iter()
    .collect();
    app.act(c, &holder.actor, |c, writer| writer.create(c, resource, values, FormErrors::default()))
}

/// What the patient has at this time with this doctor already.
fn same(c: &mut Connection, patient_id: i64, wish: &Wish) -> QueryResult<Option<i64>> {
    use appointments as own;
    own::table
        .filter(own::patient_id.eq(patient_id).and(own::doctor_id.eq(wish.doctor_id)).and(own::type_id.eq(wish.type_id)))
        .filter(own::starts_at.eq(UtcDateTime::from_unix_minutes(wish.starts)).and(own::deleted_at.is_null()))
        .filter(own::state.eq(State::Requested).or(own::state.eq(State::Booked)))
        .select(own::id)
        .first(c)
        .optional()
}

/// Moves the appointment to another time.
pub async fn move_to(app: &Data<App>, ticket: &Ticket, doctor_id: i64, starts: Minute) -> Result<Row, WriteError> {
    change(app, ticket, move |_, row, terms, now| {
        if !terms.is_open() {
            return Err(refused("Contact us to move this appointment"));
        }
        check_time(row, terms, now)?;
        check_range(terms, starts, now)?;
        let starts = Value::DateTime(UtcDateTime::from_unix_minutes(starts));
        Ok([(OWN.doctor_id, Value::Integer(doctor_id)), (OWN.starts_at, starts)].into_iter().collect())
    })
    .await
}

/// Says that the patient will come.
pub async fn confirm(app: &Data<App>, ticket: &Ticket) -> Result<Row, WriteError> {
    change(app, ticket, |_, row, _, now| {
        if State::of(row.values.at(OWN.state)) != State::Booked || starts(row).is_none_or(|starts| starts <= now) {
            return Err(refused("This appointment cannot be confirmed any more"));
        }
        let known = row.values.at(OWN.confirmed_at);
        let confirmed = if known.is_blank() { Value::DateTime(now) } else { known.clone() };
        Ok([(OWN.confirmed_at, confirmed)].into_iter().collect())
    })
    .await
}

/// Cancels the appointment, or takes back the request.
pub async fn cancel(app: &Data<App>, ticket: &Ticket, reason: String) -> Result<Row, WriteError> {
    change(app, ticket, move |_, row, terms, now| {
        if State::of(row.values.at(OWN.state)) == State::Cancelled {
            return Ok(Values::default());
        }
        check_time(row, terms, now)?;
        let text = |text: &str| Value::Text(text.into());
        Ok([
            (OWN.state, text(State::Cancelled.as_str())),
            (OWN.cancelled_by, text(Party::Patient.as_str())),
            (OWN.cancel_reason, Value::Text(reason)),
        ]
        .into_iter()
        .collect())
    })
    .await
}

/// Changes the appointment of a ticket, as long as it is theirs.
async fn change(
    app: &Data<App>,
    ticket: &Ticket,
    values: impl FnOnce(&mut Connection, &Row, &PatientTerms, UtcDateTime) -> Result<Values, WriteError> + Send + 'static,
) -> Result<Row, WriteError> {
    let (data, holder, id) = (app.clone(), ticket.holder.clone(), ticket.id);
    let work = move |c: &mut Connection| {
        let app = data;
        let resource = app.registry.of::<Appointment>();
        exclusive(c, Appointment::NAME, id)?;
        let row = app.registry.find(c, resource, id, None)?.ok_or(WriteError::NotFound)?;
        if row.values.at(OWN.patient_id).as_id() != Some(holder.patient_id) {
            return Err(WriteError::NotFound);
        }
        let type_id = row.values.at(OWN.type_id).as_id().unwrap_or_default();
        let terms = PatientTerms::find(c, type_id)?.ok_or(WriteError::NotFound)?;
        let values = values(c, &row, &terms, app.now())?;
        app.act(c, &holder.actor, |c, writer| writer.update(c, resource, id, values, FormErrors::default(), None))
    };
    app.db.write(work).await
}

/// Only what is asked for or booked, and only as long before it begins as the clinic wants.
fn check_time(row: &Row, terms: &PatientTerms, now: UtcDateTime) -> Result<(), WriteError> {
    let state = State::of(row.values.at(OWN.state));
    let is_open = matches!(state, State::Requested | State::Booked);
    match starts(row) {
        Some(starts) if is_open && terms.is_in_time(starts.unix_minutes(), now.unix_minutes()) => Ok(()),
        _ if is_open => Err(refused("It is too late to do this here. Contact us")),
        _ => Err(refused(format!("This appointment is “{}”", state.lower()))),
    }
}

fn check_range(terms: &PatientTerms, starts: Minute, now: UtcDateTime) -> Result<(), WriteError> {
    let range = terms.range(now.unix_minutes());
    match () {
        () if starts < range.from && terms.notice > 1 => Err(refused(format!("Choose a time at least {} ahead", terms.notice_in_words()))),
        () if starts < range.from => Err(refused("Choose a time that is still to come")),
        () if starts >= range.to => {
            Err(refused(format!("Choose a time within the next {}", plural(terms.days_ahead.into(), "day", "days"))))
        }
        () => Ok(()),
    }
}

fn starts(row: &Row) -> Option<UtcDateTime> {
    row.values.at(OWN.starts_at).as_datetime()
}

/// A sentence at the top of the page.
pub fn refused(sentence: impl Into<String>) -> WriteError {
    let mut errors = FormErrors::default();
    errors.add("", sentence.into());
    WriteError::Invalid(errors)
}
