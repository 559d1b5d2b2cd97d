//! An email about an account: its content, and its text and HTML parts.

use askama::Template;
use diesel::QueryResult;

use super::recipient::Recipient;
use crate::accounts::code;
use crate::accounts::origin::Origin;
use crate::accounts::user::model::User;
use crate::app::App;
use crate::db::{Connection, UtcDateTime, Zone};
use crate::mail::{Mail, MailError, outbox};

/// The kind of every email that reports a change of how a user signs in.
pub const SECURITY: &str = "security notice";

pub const SAME_BROWSER: &str = "Enter this code on the page where you asked for it, in the same browser.";

/// An email about an account, complete but for the recipient.
pub struct AccountMail {
    /// Shown to administrators in the outbox.
    kind: &'static str,
    title: &'static str,
    clinic: String,
    paragraphs: Vec<String>,
    code: Option<String>,
    link: Option<Link>,
    /// When the code, the link or the token stops working.
    expires: Option<UtcDateTime>,
    happened: UtcDateTime,
    /// `None` if somebody else did it, whose address the recipient must not see.
    origin: Option<Origin>,
    /// What the recipient should do.
    advice: String,
}

/// A button that opens a page of Praxis.
pub struct Link {
    label: &'static str,
    url: String,
}

impl AccountMail {
    pub fn new(app: &App, kind: &'static str, title: &'static str) -> Self {
        Self {
            kind,
            title,
            clinic: app.clinic_name(),
            paragraphs: Vec::new(),
            code: None,
            link: None,
            expires: None,
            happened: app.now(),
            origin: None,
            advice: String::new(),
        }
    }

    pub fn paragraph(mut self, text: impl Into<String>) -> Self {
        self.paragraphs.push(text.into());
        self
    }

    pub fn code(mut self, code: &str) -> Self {
        self.code = Some(code.into());
        self.expires = Some(self.happened.plus(code::one_time::LASTS));
        self
    }

    pub fn link(mut self, app: &App, label: &'static str, path: &str) -> Self {
        self.link = Some(Link { label, url: format!("{}{path}", app.settings.public_url.as_str().trim_end_matches('/')) });
        self
    }

    pub fn expires(mut self, at: UtcDateTime) -> Self {
        self.expires = Some(at);
        self
    }

    pub fn advice(mut self, text: impl Into<String>) -> Self {
        self.advice = text.into();
        self
    }

    /// The advice about a change that the owner may not have made.
    pub fn unless_it_was_you(self) -> Self {
        let advice = format!("If this was not you, contact {} immediately, in person or by phone.", self.clinic);
        self.advice(advice)
    }

    /// Adds where it was done or requested.
    pub fn from(mut self, origin: &Origin) -> Self {
        self.origin = Some(origin.clone());
        self
    }

    /// The email to this recipient. The error means that no email can be sent to the address.
    pub fn to(&self, recipient: &Recipient) -> Result<Mail, MailError> {
        let subject = format!("{} at {}", self.title, self.clinic);
        let letter =
            Letter { greeting: recipient.greeting(), limit: self.limit(&recipient.zone), details: self.details(recipient), mail: self };
        Mail::new(self.kind, &recipient.address, &subject, &TextPart { letter: &letter }, &HtmlPart { letter: &letter, mail: self })
    }

    /// Queues it in the caller's transaction. If no email can be sent to the address, it only logs a warning, so that the change
    /// itself is kept.
    pub fn queue(&self, c: &mut Connection, app: &App, recipient: &Recipient) -> QueryResult<()> {
        match self.to(recipient) {
            Ok(mail) => outbox::queue(c, &mail, app.now()).map(|_| ()),
            Err(error) => {
                tracing::warn!(user = recipient.user_id, kind = self.kind, %error, "an email about an account was not queued");
                Ok(())
            }
        }
    }

    /// Queues it for the owner of this account.
    pub fn queue_for_user(&self, c: &mut Connection, app: &App, user_id: i64) -> QueryResult<()> {
        let Some(owner) = app.registry.find(c, app.registry.of::<User>(), user_id, None)? else { return Ok(()) };
        self.queue(c, app, &Recipient::owner(app, &owner))
    }

    /// How often and until when the code or link works.
    pub fn limit(&self, zone: &Zone) -> String {
        let Some(expires) = self.expires else { return String::new() };
        let expires = format_time(expires, zone);
        match (&self.code, &self.link) {
            (Some(_), _) => format!("This code can be used once. It expires on {expires}. Do not share it with anyone."),
            (None, Some(_)) => format!("This link can be used once. It expires on {expires}."),
            (None, None) => format!("It expires on {expires}."),
        }
    }

    /// The account, the time and the origin, as labels and values.
    pub fn details(&self, recipient: &Recipient) -> Vec<(&'static str, String)> {
        let mut details = vec![("When", format_time(self.happened, &recipient.zone))];
        if !recipient.username.is_empty() {
            details.insert(0, ("Username", recipient.username.clone()));
        }
        if let Some(origin) = &self.origin {
            details.extend([("Browser", origin.browser()), ("IP address", origin.network())]);
        }
        details
    }
}

/// What the templates need in addition to the email.
pub struct Letter<'a> {
    mail: &'a AccountMail,
    greeting: String,
    limit: String,
    details: Vec<(&'static str, String)>,
}

#[derive(Template)]
#[template(path = "accounts/mail/letter.txt", whitespace = "preserve")]
pub struct TextPart<'a> {
    letter: &'a Letter<'a>,
}

#[derive(Template)]
#[template(path = "accounts/mail/letter.html")]
pub struct HtmlPart<'a> {
    letter: &'a Letter<'a>,
    /// For the layout.
    mail: &'a AccountMail,
}

/// `21 Nov 2026, 10:12 (Europe/Paris)`
pub fn format_time(at: UtcDateTime, zone: &Zone) -> String {
    format!("{} ({})", zone.show(at), zone.name())
}
