//! Emails and text messages to the patient. Neither they nor their subjects say what the appointment is for.

use super::change::Change;
use super::contact::Contact;
use super::occasion::Occasion;
use super::wording::{lines, moment};
use diesel::QueryResult;

use crate::db::{Connection, UtcDateTime};
use crate::ical::{Event, Method};
use crate::resource::write::message::{Channel, Message};
use crate::scheduling::portal::holder::expiry;
use crate::scheduling::portal::link::{self, Purpose};

pub fn message(occasion: &Occasion, contact: &Contact, change: Change, now: UtcDateTime) -> Message {
    let reader = &contact.zone;
    let details = lines(occasion, reader);
    let with = |sentence: String| std::iter::once(sentence).chain(details.clone()).collect::<Vec<_>>();
    let moment = |at| moment(occasion, at, reader);
    let (kind, subject, paragraphs) = match change {
        Change::Booked => ("appointment confirmation", "New appointment", with("Your appointment is confirmed.".into())),
        Change::Moved(from) if from != occasion.starts_at => {
            ("appointment change", "Changed appointment", with(format!("Your appointment on {} has a new time.", moment(from))))
        }
        Change::Moved(_) => ("appointment change", "Changed appointment", with("Your appointment has changed.".into())),
        Change::Cancelled(from) => {
            let sentence = format!("Your appointment on {} with {} is cancelled.", moment(from), occasion.doctor);
            ("appointment cancellation", "Cancelled appointment", vec![sentence])
        }
        Change::Requested => {
            ("appointment request", "Your request for an appointment", with("We have received your request, and will answer it.".into()))
        }
        Change::Declined => {
            let sentence = format!("We cannot offer you the time that you asked for: {}.", moment(occasion.starts_at));
            ("appointment request", "Your request for an appointment", vec![sentence, "Contact us to find another time.".into()])
        }
    };
    let event = match change {
        Change::Booked | Change::Moved(_) => Some((Method::Request, event(occasion, now))),
        Change::Cancelled(_) => Some((Method::Cancel, Event { status: crate::ical::Status::Cancelled, ..event(occasion, now) })),
        Change::Requested | Change::Declined => None,
    };
    Message { kind, subject: subject.into(), paragraphs, event, ..Message::default() }
}

/// The same as a text message, before the link: only date, time and place.
pub fn text(occasion: &Occasion, contact: &Contact, change: Change) -> String {
    let moment = |at| moment(occasion, at, &contact.zone);
    let place = if occasion.place.is_empty() { String::new() } else { format!(", {}", occasion.place) };
    let now = format!("{}{place}", moment(occasion.starts_at));
    match change {
        Change::Booked => format!("Your appointment is confirmed: {now}. Answer:"),
        Change::Moved(_) => format!("Your appointment has changed: {now}. Answer:"),
        Change::Cancelled(from) => format!("Your appointment on {} is cancelled. Other times:", moment(from)),
        Change::Requested => format!("We have received your request: {now}."),
        Change::Declined => format!("We cannot offer you {now}. Other times:"),
    }
}

/// What the link of an appointment that is booked is for.
pub const ANSWER: &str = "Here you can say that you will come, choose another time, or cancel:";

/// With a new link to the appointment. `sentence` says what it is for.
pub fn with_link(c: &mut Connection, mut message: Message, occasion: &Occasion, sentence: &str, now: UtcDateTime) -> QueryResult<Message> {
    let purpose = Purpose::Appointment(occasion.id);
    message.path = link::create(c, purpose, occasion.patient_id, expiry(occasion.ends_at), now)?;
    message.paragraphs.push(sentence.into());
    Ok(message)
}

fn event(occasion: &Occasion, now: UtcDateTime) -> Event {
    Event { changed_at: now, description: format!("With {}", occasion.doctor), ..occasion.event("Appointment") }
}

/// A reminder, if the patient can be reached in this way and wants to be. A text message holds the date, the time and the place only.
pub fn reminder(occasion: &Occasion, contact: &Contact, channel: Channel) -> Option<Message> {
    let reader = &contact.zone;
    let recipient = match channel {
        Channel::Mail => &contact.email,
        Channel::Sms => &contact.phone,
    };
    let paragraphs = match channel {
        Channel::Mail => std::iter::once("This is a reminder of your appointment.".to_string()).chain(lines(occasion, reader)).collect(),
        Channel::Sms if occasion.place.is_empty() => vec![format!("Reminder: {}.", moment(occasion, occasion.starts_at, reader))],
        Channel::Sms => vec![format!("Reminder: {}, {}.", moment(occasion, occasion.starts_at, reader), occasion.place)],
    };
    let message = Message {
        kind: "appointment reminder",
        channel,
        recipient: recipient.clone(),
        subject: "Reminder of your appointment".into(),
        paragraphs,
        ..Message::default()
    };
    let is_wanted = match channel {
        Channel::Mail => contact.wants_reminders_by_mail,
        Channel::Sms => contact.wants_text_messages,
    };
    Some(message).filter(|message| is_wanted && !message.recipient.is_empty())
}
