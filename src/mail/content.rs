//! The content and recipient of an email. The types of its parts cannot contain further headers.

use askama::Template;
use lettre::Address;

use crate::crypto::keys::digest;
use crate::ical::Method;
use crate::resource::write::message::Channel;

/// The most characters of a subject; mail programs cut longer ones off.
const LONGEST_SUBJECT: usize = 150;
const LONGEST_ADDRESS: usize = 254;
/// Two to three parts of what telephones show as one.
const LONGEST_TEXT_MESSAGE: usize = 400;

/// An email that can be queued.
#[derive(Clone, Debug)]
pub struct Mail {
    kind: &'static str,
    recipient: String,
    subject: String,
    text: String,
    html: String,
    key: Option<String>,
    channel: Channel,
    calendar: Option<(Method, String)>,
}

/// Why an email could not be created.
#[derive(Debug)]
pub enum MailError {
    /// Nothing can be sent to this address or number.
    Address,
    Template(askama::Error),
}

impl std::fmt::Display for MailError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Address => f.write_str("cannot send to this address or number"),
            Self::Template(error) => write!(f, "could not render an email: {error}"),
        }
    }
}

impl Mail {
    /// `kind` is shown to administrators. A subject must not mention patients, because it is shown on locked screens.
    pub fn new(kind: &'static str, recipient: &str, subject: &str, text: &impl Template, html: &impl Template) -> Result<Self, MailError> {
        Ok(Self {
            kind,
            recipient: parse(recipient).ok_or(MailError::Address)?.to_string(),
            subject: one_line(subject, LONGEST_SUBJECT),
            text: text.render().map_err(MailError::Template)?,
            html: html.render().map_err(MailError::Template)?,
            key: None,
            channel: Channel::Mail,
            calendar: None,
        })
    }

    /// A text message to a number as the gateway understands it. The address at its end is never cut; blank for none.
    pub fn text_message(kind: &'static str, number: String, text: &str, url: &str) -> Self {
        let subject = Channel::Sms.label().to_string();
        let (html, key, calendar) = (String::new(), None, None);
        let text = format!("{} {url}", one_line(text, LONGEST_TEXT_MESSAGE)).trim_end().to_string();
        Self { kind, recipient: number, subject, text, html, key, channel: Channel::Sms, calendar }
    }

    /// With an event for the recipient's calendar, as iCalendar.
    pub fn with_calendar(self, method: Method, text: String) -> Self {
        Self { calendar: Some((method, text)), ..self }
    }

    /// At most one email of this kind and key is ever queued, so that a reminder is sent once however often it is queued.
    pub fn once(mut self, key: &str) -> Self {
        self.key = Some(message_id(self.kind, key));
        self
    }

    pub fn kind(&self) -> &'static str {
        self.kind
    }

    pub fn recipient(&self) -> &str {
        &self.recipient
    }

    pub fn subject(&self) -> &str {
        &self.subject
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn html(&self) -> &str {
        &self.html
    }

    pub fn channel(&self) -> Channel {
        self.channel
    }

    /// The method and the text of the event; both blank for none.
    pub fn calendar(&self) -> (&str, &str) {
        self.calendar.as_ref().map_or(("", ""), |(method, text)| (method.as_str(), text))
    }

    pub fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }
}

/// What an email of this kind and key is known by.
pub fn message_id(kind: &str, key: &str) -> String {
    digest(&format!("{kind}\n{key}"))
}

/// Whether an email can be sent to this address.
pub fn is_address(text: &str) -> bool {
    parse(text).is_some()
}

fn parse(address: &str) -> Option<Address> {
    address.parse().ok().filter(|_| address.len() <= LONGEST_ADDRESS && !address.contains(char::is_control))
}

/// Joins the words of a text on one line.
fn one_line(text: &str, longest: usize) -> String {
    let odd = |letter: char| letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}');
    let plain = text.replace(odd, " ").split_whitespace().collect::<Vec<_>>().join(" ");
    let cut: String = plain.chars().take(longest).collect();
    if cut.is_empty() { "Message".into() } else { cut }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Template)]
    #[template(source = "Good day", ext = "txt")]
    struct Words;

    #[test]
    fn a_header_cannot_be_smuggled_in() {
        for wrong in
            ["", "nobody", "a@b.example\r\nBcc: c@d.example", "a@b.example\n", "a@b.example, c@d.example", "<a@b.example>", "a@b\0.example"]
        {
            assert!(Mail::new("test", wrong, "Hello", &Words, &Words).is_err(), "{wrong:?} was taken");
        }
        let mail = Mail::new("test", "a@b.example", "Hello\r\nBcc: c@d.example\0\u{2028}you", &Words, &Words).unwrap();
        assert_eq!(mail.subject(), "Hello Bcc: c@d.example you");
        assert_eq!(Mail::new("test", "a@b.example", "\r\n", &Words, &Words).unwrap().subject(), "Message");
    }
}
