//! The emails that models send about changes: [`Hooks::notify`](crate::resource::declare::hooks::Hooks::notify).

use askama::Template;
use diesel::prelude::*;

use super::content::Mail;
use super::outbox;
use crate::db::Connection;
use crate::db::schema::clinic_details;
use crate::ical::{self, Event, Organizer};
use crate::resource::write::message::{Channel, Deliver, Message};
use crate::settings::{Settings, SmsGateway};

#[derive(Template)]
#[template(path = "mail/message.txt", whitespace = "preserve")]
struct TextPart<'a> {
    mail: &'a Letter<'a>,
}

#[derive(Template)]
#[template(path = "mail/message.html")]
struct HtmlPart<'a> {
    mail: &'a Letter<'a>,
}

struct Letter<'a> {
    clinic: &'a str,
    title: String,
    paragraphs: &'a [String],
    /// Blank for none.
    url: String,
}

/// Queues messages as emails or text messages from this clinic. One that cannot be sent to its address is left out, so that the change itself is
/// kept.
pub fn deliver(settings: &Settings) -> Deliver {
    let (named, is_fixed) = (settings.clinic_name.clone(), settings.names_clinic);
    let home = settings.public_url.as_str().trim_end_matches('/').to_string();
    let address = settings.mail_from.email.to_string();
    let gateway = settings.sms.clone();
    Box::new(move |c, message, now| {
        let decided = if is_fixed { None } else { decided_name(c)? };
        let organizer = Organizer { name: decided.unwrap_or_else(|| named.clone()), address: address.clone() };
        let written = match message.channel {
            Channel::Mail => letter(&organizer, &home, message),
            Channel::Sms => text_message(&organizer.name, &home, gateway.as_ref(), message),
        };
        let written = if message.key.is_empty() { written } else { written.map(|mail| mail.once(&message.key)) };
        match written {
            Ok(mail) => outbox::queue_for(c, &mail, now, message.not_before.unwrap_or(now)).map(|_| ()),
            Err(error) => {
                tracing::warn!(kind = message.kind, %error, "a message was not queued");
                Ok(())
            }
        }
    })
}

/// What the clinic calls itself.
fn decided_name(c: &mut Connection) -> QueryResult<Option<String>> {
    let name = clinic_details::table.select(clinic_details::name).first::<String>(c).optional()?;
    Ok(name.filter(|name| !name.is_empty()))
}

fn letter(organizer: &Organizer, home: &str, message: &Message) -> Result<Mail, super::MailError> {
    let url = if message.path.is_empty() { String::new() } else { format!("{home}{}", message.path) };
    let clinic = organizer.name.as_str();
    let letter = Letter { clinic, title: format!("{} at {clinic}", message.subject), paragraphs: &message.paragraphs, url };
    let mail = Mail::new(message.kind, &message.recipient, &letter.title, &TextPart { mail: &letter }, &HtmlPart { mail: &letter })?;
    Ok(match &message.event {
        Some((method, event)) => {
            // Only here it is known what the clinic is called.
            let event = Event { summary: format!("{} at {clinic}", event.summary), ..event.clone() };
            let text = ical::invitation(&event, *method, organizer, mail.recipient());
            mail.with_calendar(*method, text)
        }
        None => mail,
    })
}

/// Without a subject, and from the clinic by name, because a number says nothing.
fn text_message(clinic: &str, home: &str, gateway: Option<&SmsGateway>, message: &Message) -> Result<Mail, super::MailError> {
    let number = gateway.and_then(|gateway| gateway.number(&message.recipient)).ok_or(super::MailError::Address)?;
    let url = if message.path.is_empty() { String::new() } else { format!("{home}{}", message.path) };
    Ok(Mail::text_message(message.kind, number, &format!("{clinic}: {}", message.paragraphs.join(" ")), &url))
}
