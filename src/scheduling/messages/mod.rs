//! What people hear of appointments: emails to patients when one is booked, changed or cancelled. They are queued in the
//! transaction of the change, whatever caused it.

pub mod change;
pub mod contact;
pub mod occasion;
mod patient;
mod wording;

use diesel::QueryResult;

use self::change::Change;
use self::contact::Contact;
use self::occasion::Occasion;
use crate::db::Connection;
use crate::resource::write::event::Event;
use crate::resource::write::message::Message;

/// The messages about a change of an appointment.
pub fn about(c: &mut Connection, event: &Event) -> QueryResult<Vec<Message>> {
    let mut messages = Vec::new();
    for (change, patient_id) in change::of(event) {
        messages.extend(to_patient(c, event, change, patient_id)?);
    }
    Ok(messages)
}

fn to_patient(c: &mut Connection, event: &Event, change: Change, patient_id: i64) -> QueryResult<Option<Message>> {
    let Some(contact) = Contact::find(c, patient_id, event.zone)? else { return Ok(None) };
    if contact.email.is_empty() {
        return Ok(None);
    }
    let Some(occasion) = Occasion::find(c, event.id(), event.zone)? else { return Ok(None) };
    Ok(Some(patient::message(&occasion, &contact, change, event.at)))
}
