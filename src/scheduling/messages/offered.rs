//! Emails and text messages that offer times to a patient.

use diesel::QueryResult;
use time::Duration;

use super::contact::Contact;
use super::occasion::Occasion;
use super::wording::moment;
use crate::db::{Connection, UtcDateTime, Zone};
use crate::resource::write::message::{Channel, Message};
use crate::scheduling::offer::make;
use crate::scheduling::offer::model::{AppointmentOffer, Cause, find, times};
use crate::scheduling::slots::offer::doctors_with_hours;

/// For so long an absence can be undone, and nobody is told of it.
pub const UNDO: Duration = Duration::minutes(10);

/// The message about an offer. `None` if the patient must not be contacted, or only a call reaches them.
pub fn message(c: &mut Connection, id: i64, clinic: &Zone, has_texts: bool, now: UtcDateTime) -> QueryResult<Option<Message>> {
    let Some(offer) = find(c, id)? else { return Ok(None) };
    let Some(contact) = Contact::find(c, offer.patient_id, clinic)? else { return Ok(None) };
    let Some((channel, recipient)) = contact.way(has_texts) else { return Ok(None) };
    let occasion = match offer.appointment_id {
        Some(appointment_id) => Occasion::find(c, appointment_id, clinic)?,
        None => None,
    };
    let first = match (offer.cause, &occasion) {
        (Cause::WaitingList, _) => "You are on our waiting list, and a time has become free:".into(),
        (_, Some(occasion)) => {
            let asked = moment(occasion, occasion.starts_at, &contact.zone);
            format!("We cannot offer you the time that you asked for: {asked}. We can offer you:")
        }
        _ => "We can offer you:".into(),
    };
    let subject = if offer.cause == Cause::WaitingList { "A time has become free" } else { "Other times for your appointment" };
    let mut paragraphs = vec![first];
    paragraphs.extend(shown(c, &offer, &contact.zone)?);
    paragraphs.push(match offer.cause {
        Cause::WaitingList => "The first to accept it has it. Accept or decline it here:".into(),
        _ => "Choose one of them here. We do not keep them for you, so the sooner the better:".into(),
    });
    if channel == Channel::Sms {
        paragraphs = vec![format!("{subject}. Accept or decline:")];
    }
    let path = make::link(c, id, offer.patient_id, now)?;
    Ok(Some(Message { kind: "appointment offer", channel, recipient, subject: subject.into(), paragraphs, path, ..Message::default() }))
}

/// The email about a cancellation, with the times that are offered instead.
pub fn beside(
    c: &mut Connection,
    mut message: Message,
    offer: &AppointmentOffer,
    occasion: &Occasion,
    contact: &Contact,
    now: UtcDateTime,
) -> QueryResult<Message> {
    message.path = make::link(c, offer.id, occasion.patient_id, now)?;
    let times = shown(c, offer, &contact.zone)?;
    message.paragraphs.push("The doctor is away. We are sorry.".into());
    message.paragraphs.push(match times.is_empty() {
        true => "Here you can see which other times are free:".into(),
        false => "Choose one of these times here, or see what else is free:".into(),
    });
    message.paragraphs.extend(times);
    Ok(waiting(message, offer.id, now))
}

/// The email waits as long as the absence can be undone, and can be taken back until then.
pub fn waiting(message: Message, offer_id: i64, now: UtcDateTime) -> Message {
    Message { key: key(offer_id), not_before: Some(now.plus(UNDO)), ..message }
}

/// What the email about an offer is known by, until it is sent.
pub fn key(offer_id: i64) -> String {
    format!("offer {offer_id}")
}

/// Each time with its doctor. Times are those of the reader, whose zone is named.
fn shown(c: &mut Connection, offer: &AppointmentOffer, reader: &Zone) -> QueryResult<Vec<String>> {
    let doctors = doctors_with_hours(c)?;
    let line = |(starts_at, doctor_id): (UtcDateTime, i64)| {
        let (date, minutes) = reader.on_wall(starts_at.unix_minutes());
        let doctor = doctors.iter().find(|(id, _)| *id == doctor_id).map_or_else(String::new, |(_, name)| format!(" with {name}"));
        format!("{} {}, {}{doctor}", date.weekday(), reader.long_date(date), reader.clock(minutes))
    };
    let times = times(c, offer.id)?;
    Ok(times.into_iter().map(|time| line((time.starts_at, time.doctor_id))).collect())
}
