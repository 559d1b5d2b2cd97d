//! The emails that models send about changes: [`Hooks::notify`](crate::resource::declare::hooks::Hooks::notify).

use askama::Template;
use diesel::prelude::*;

use super::content::Mail;
use super::outbox;
use crate::db::Connection;
use crate::db::schema::clinic_details;
use crate::resource::write::message::{Deliver, Message};
use crate::settings::Settings;

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

/// Queues messages as emails from this clinic. One that cannot be sent to its address is left out, so that the change itself is
/// kept.
pub fn deliver(settings: &Settings) -> Deliver {
    let (named, is_fixed) = (settings.clinic_name.clone(), settings.names_clinic);
    let home = settings.public_url.as_str().trim_end_matches('/').to_string();
    Box::new(move |c, message, now| {
        let decided = if is_fixed { None } else { decided_name(c)? };
        match letter(&decided.unwrap_or_else(|| named.clone()), &home, message) {
            Ok(mail) => outbox::queue(c, &mail, now).map(|_| ()),
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

fn letter(clinic: &str, home: &str, message: &Message) -> Result<Mail, super::MailError> {
    let url = if message.path.is_empty() { String::new() } else { format!("{home}{}", message.path) };
    let letter = Letter { clinic, title: format!("{} at {clinic}", message.subject), paragraphs: &message.paragraphs, url };
    Mail::new(message.kind, &message.recipient, &letter.title, &TextPart { mail: &letter }, &HtmlPart { mail: &letter })
}
