//! Sending: an email over SMTP, or as a file in a folder during development; a text message through a gateway.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use lettre::Message;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};

use super::failure::Failure;
use super::queued::QueuedMail;
use super::sms;
use super::smtp::Relay;
use crate::db::UtcDateTime;
use crate::resource::write::message::Channel;
use crate::settings::{Settings, SmsGateway};

/// A way to send emails or text messages, and the sender's name.
pub struct Mailer {
    from: Mailbox,
    way: Way,
}

enum Way {
    Smtp(Box<Relay>),
    Folder(PathBuf),
    Gateway(Box<SmsGateway>),
}

impl Mailer {
    /// The way that the settings select; `None` if there is none, and emails stay queued. The error is text for the operator.
    pub fn of(settings: &Settings) -> Result<Option<Self>, String> {
        let way = match &settings.smtp_url {
            Some(url) => Way::Smtp(Box::new(Relay::new(url, settings.public_url.host_str().unwrap_or("localhost"))?)),
            None if settings.writes_mail_to_a_folder() => Way::Folder(settings.mail_folder.clone()),
            None => return Ok(None),
        };
        Ok(Some(Self { from: settings.mail_from.clone(), way }))
    }

    /// The way for text messages, if the settings name a gateway.
    pub fn of_text_messages(settings: &Settings) -> Option<Self> {
        let gateway = settings.sms.clone()?;
        Some(Self { from: settings.mail_from.clone(), way: Way::Gateway(Box::new(gateway)) })
    }

    /// With another time limit for a dialogue.
    pub fn patient_for(mut self, dialogue: Duration) -> Self {
        if let Way::Smtp(relay) = &mut self.way {
            relay.dialogue = dialogue;
        }
        self
    }

    /// Whether sent emails stay in the database for display: with a folder, where the files stay anyway.
    pub fn keeps_what_it_sent(&self) -> bool {
        matches!(self.way, Way::Folder(_))
    }

    /// What it sends.
    pub fn channel(&self) -> Channel {
        match self.way {
            Way::Smtp(_) | Way::Folder(_) => Channel::Mail,
            Way::Gateway(_) => Channel::Sms,
        }
    }

    pub async fn send(&mut self, mail: &QueuedMail, now: UtcDateTime) -> Result<(), Failure> {
        let written = || message(mail, &self.from, now).map_err(Failure::lasting);
        match &mut self.way {
            Way::Smtp(relay) => {
                let message = written()?;
                relay.send(message.envelope(), &message.formatted()).await
            }
            Way::Folder(folder) => {
                let bytes = written()?.formatted();
                let path = folder.join(file_name(mail, now));
                let written = actix_web::web::block(move || write(&path, &bytes)).await;
                written.map_err(Failure::passing)?.map_err(|error| Failure::passing(format!("MAIL_FOLDER: {error}")))
            }
            Way::Gateway(gateway) => sms::send(gateway, mail).await,
        }
    }
}

/// The message in RFC 5322 format. Its Message-ID is the same at each attempt, so that a duplicate is recognised.
fn message(mail: &QueuedMail, from: &Mailbox, now: UtcDateTime) -> Result<Message, String> {
    let recipient = mail.recipient.parse().map_err(|error| format!("not an email address: {error}"))?;
    let seconds = Duration::from_secs(now.unix_seconds().unsigned_abs());
    let mut message = Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, recipient))
        .subject(mail.subject.clone())
        .message_id(Some(format!("<{}@{}>", mail.message_id, from.email.domain())))
        .date(SystemTime::UNIX_EPOCH + seconds)
        .multipart(parts(mail)?)
        .map_err(|error| error.to_string())?;
    // Suppresses automatic replies.
    let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
    message.headers_mut().insert_raw(HeaderValue::new(automatic, "auto-generated".into()));
    Ok(message)
}

/// The text, and with an event the two forms in which calendar programs look for it (RFC 6047): another form of the text, which they
/// offer to accept, and a file.
fn parts(mail: &QueuedMail) -> Result<MultiPart, String> {
    let text = MultiPart::alternative_plain_html(mail.text_body.clone(), mail.html_body.clone());
    if mail.calendar.is_empty() {
        return Ok(text);
    }
    let kind = format!("text/calendar; charset=utf-8; method={}", mail.calendar_method);
    let kind = ContentType::parse(&kind).map_err(|error| error.to_string())?;
    let event = SinglePart::builder().header(kind.clone()).body(mail.calendar.clone());
    let file = Attachment::new("appointment.ics".into()).body(mail.calendar.clone(), kind);
    Ok(MultiPart::mixed().multipart(text.singlepart(event)).singlepart(file))
}

/// Ordered by time, and unique.
fn file_name(mail: &QueuedMail, now: UtcDateTime) -> String {
    let time: String = now.rfc3339().chars().take(19).map(|letter| if letter == ':' { '-' } else { letter }).collect();
    format!("{time}-{}-{}.eml", mail.kind.replace(|letter: char| !letter.is_alphanumeric(), "-"), mail.id)
}

/// Writes the whole file or nothing, for its owner only: an email may contain a secret link.
fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let unfinished = path.with_extension("part");
    let mut options = std::fs::OpenOptions::new();
    options.create(true).write(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    std::io::Write::write_all(&mut options.open(&unfinished)?, bytes)?;
    std::fs::rename(unfinished, path)
}
