//! What people hear of appointments: emails to patients when one is booked, changed or cancelled. They are queued in the
//! transaction of the change, whatever caused it.

pub mod change;
pub mod contact;
pub mod occasion;
pub mod offered;
pub mod patient;
pub mod wording;

use diesel::QueryResult;

use self::change::Change;
use self::contact::Contact;
use self::occasion::Occasion;
use crate::db::{Connection, UtcDateTime};
use crate::resource::write::event::Event;
use crate::resource::write::message::{Channel, Message};
use crate::resource::{Model, Value};
use crate::scheduling::appointment::model::Appointment;
use crate::scheduling::notification::{self, Kind};
use crate::scheduling::reminder::sent;
use crate::scheduling::{offer, waiting_list};

/// The messages about a change of an appointment. What users are told of in Praxis itself is added on the way.
pub fn about(c: &mut Connection, event: &Event) -> QueryResult<Vec<Message>> {
    let changes = change::of(event);
    let mut to_users = Vec::new();
    if let Some(kind) = kind(&changes) {
        notification::add(c, event, kind)?;
        to_users = notification::emails(c, event, kind)?;
    }
    if change::is_settled(event) {
        offer::model::withdraw(c, event.id(), event.at)?;
    }
    let mut messages = Vec::new();
    for (change, patient_id) in changes {
        if let Change::Booked | Change::Moved(_) = change {
            leave_out_reminders(c, event)?;
        }
        messages.extend(to_patient(c, event, change, patient_id)?);
    }
    // Another record of the same person has the appointment now: for them, nothing has changed.
    if let [old, new] = messages.as_slice()
        && old.recipient == new.recipient
    {
        messages.clear();
    }
    if let Some((doctor_id, starts)) = change::freed(event) {
        messages.extend(waiting_list::fill::fill(c, event, doctor_id, starts)?);
    }
    messages.extend(to_users);
    Ok(messages)
}

/// What it is to the doctor: an appointment that another patient gets is a changed one.
fn kind(changes: &[(Change, i64)]) -> Option<Kind> {
    match changes {
        [] => None,
        [(Change::Requested, _)] => Some(Kind::Requested),
        [(Change::Booked, _)] => Some(Kind::Booked),
        [(Change::Cancelled(_), _)] => Some(Kind::Cancelled),
        [(Change::Declined, _)] => None,
        _ => Some(Kind::Moved),
    }
}

/// Whoever has just heard of an appointment needs no reminder that would have been sent before.
fn leave_out_reminders(c: &mut Connection, event: &Event) -> QueryResult<()> {
    let starts_at = event.after.map(|row| row.values.at(Appointment::FIELDS.starts_at));
    if let Some(Value::DateTime(starts_at)) = starts_at {
        sent::leave_out(c, event.id(), *starts_at, event.at)?;
    }
    Ok(())
}

fn to_patient(c: &mut Connection, event: &Event, change: Change, patient_id: i64) -> QueryResult<Option<Message>> {
    let Some(contact) = Contact::find(c, patient_id, event.zone)? else { return Ok(None) };
    let Some((channel, recipient)) = contact.way(event.has_texts) else { return Ok(None) };
    let Some(occasion) = Occasion::find(c, event.id(), event.zone)? else { return Ok(None) };
    let message = Message { channel, recipient, ..patient::message(&occasion, &contact, change, event.at) };
    let message = linked(c, message, &occasion, &contact, change, event.at)?;
    Ok(Some(match channel {
        Channel::Mail => message,
        Channel::Sms => Message { paragraphs: vec![patient::text(&occasion, &contact, change)], event: None, ..message },
    }))
}

/// With the link by which the patient answers; after the absence of a doctor with the times that they are offered instead.
fn linked(
    c: &mut Connection,
    message: Message,
    occasion: &Occasion,
    contact: &Contact,
    change: Change,
    now: UtcDateTime,
) -> QueryResult<Message> {
    if let Change::Cancelled(_) = change
        && let Some(offer) = offer::model::open_of(c, occasion.id)?
    {
        return offered::beside(c, message, &offer, occasion, contact, now);
    }
    let sentence = match change {
        Change::Booked | Change::Moved(_) => patient::ANSWER,
        Change::Requested => "Here you can see your request, or take it back:",
        Change::Cancelled(_) | Change::Declined => "Here you can ask for another time:",
    };
    patient::with_link(c, message, occasion, sentence, now)
}
