//! Emails about an account. Each event has one function, which says what happened and what to do about it; [`AccountMail`]
//! adds who is greeted, when it happened and from where, and makes the text and the HTML part.
//!
//! An email that reports a change has no link, so that nobody learns to follow one from a warning. Codes never stand in a
//! subject or a link.

mod linked_account;
mod password;
mod profile;
mod recipient;
mod registration;
mod second_factor;
mod sign_in;

use askama::Template;
use diesel::QueryResult;

use crate::accounts::code;
use crate::accounts::origin::Origin;
use crate::app::App;
use crate::db::{Connection, UtcDateTime, Zone};
use crate::mail::{Mail, MailError, outbox};

pub use crate::accounts::mail::linked_account::{access_token_created, account_linked, account_unlinked, account_unlinked_by};
pub use crate::accounts::mail::password::{PasswordChange, first_password_requested, password_changed, password_reset_requested};
pub use crate::accounts::mail::profile::{account_deactivated, email_change_requested, email_changed, email_confirmation_requested};
pub use crate::accounts::mail::recipient::Recipient;
pub use crate::accounts::mail::registration::{account_exists, invitation, registration_invitation, registration_requested, welcome};
pub use crate::accounts::mail::second_factor::{
    authenticator_added, authenticator_removed, passkey_added, passkey_removed, recovery_codes_replaced, second_factor_removed,
};
pub use crate::accounts::mail::sign_in::{new_sign_in, recovery_code_used, sign_in_blocked};

/// The kind of every email that reports a change to how somebody signs in.
const SECURITY: &str = "security notice";
const SAME_BROWSER: &str = "Enter this code on the page where you asked for it, in the same browser.";

/// An email about an account, complete but for the recipient.
pub struct AccountMail {
    /// The word under which administrators find it in the outbox.
    kind: &'static str,
    title: &'static str,
    clinic: String,
    paragraphs: Vec<String>,
    code: Option<String>,
    link: Option<Link>,
    /// When the code, the link or the token stops working.
    expires: Option<UtcDateTime>,
    happened: UtcDateTime,
    /// Nothing where somebody else did it: their address is not the recipient's business.
    origin: Option<Origin>,
    /// What to do.
    advice: String,
}

/// A button that leads to a page of ours.
struct Link {
    label: &'static str,
    url: String,
}

impl AccountMail {
    fn new(app: &App, kind: &'static str, title: &'static str) -> Self {
        Self {
            kind,
            title,
            clinic: app.settings.clinic_name.clone(),
            paragraphs: Vec::new(),
            code: None,
            link: None,
            expires: None,
            happened: app.now(),
            origin: None,
            advice: String::new(),
        }
    }

    fn paragraph(mut self, text: impl Into<String>) -> Self {
        self.paragraphs.push(text.into());
        self
    }

    fn code(mut self, code: &str) -> Self {
        self.code = Some(code.into());
        self.expires = Some(self.happened.plus(code::one_time::LASTS));
        self
    }

    fn link(mut self, app: &App, label: &'static str, path: &str) -> Self {
        self.link = Some(Link { label, url: format!("{}{path}", app.settings.public_url.as_str().trim_end_matches('/')) });
        self
    }

    fn expires(mut self, at: UtcDateTime) -> Self {
        self.expires = Some(at);
        self
    }

    fn advice(mut self, text: impl Into<String>) -> Self {
        self.advice = text.into();
        self
    }

    /// The advice on a change that its owner may not have made.
    fn unless_it_was_you(self) -> Self {
        let advice = format!("If this was not you, contact {} immediately, in person or by phone.", self.clinic);
        self.advice(advice)
    }

    /// From where it was done or asked for.
    pub fn from(mut self, origin: &Origin) -> Self {
        self.origin = Some(origin.clone());
        self
    }

    /// The email to this recipient; an error where no email reaches the address.
    pub fn to(&self, recipient: &Recipient) -> Result<Mail, MailError> {
        let subject = format!("{} at {}", self.title, self.clinic);
        let letter =
            Letter { greeting: recipient.greeting(), limit: self.limit(&recipient.zone), details: self.details(recipient), mail: self };
        Mail::new(self.kind, &recipient.address, &subject, &TextPart { letter: &letter }, &HtmlPart { letter: &letter, mail: self })
    }

    /// Queues it in the caller's transaction. What it reports is not undone because no email reaches the account.
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
        let Some(user) = app.registry.get("user") else { return Ok(()) };
        let Some(owner) = app.registry.find(c, user, user_id, None)? else { return Ok(()) };
        self.queue(c, app, &Recipient::owner(app, &owner))
    }

    /// How often and until when something works.
    fn limit(&self, zone: &Zone) -> String {
        let Some(expires) = self.expires else { return String::new() };
        let expires = format_time(expires, zone);
        match (&self.code, &self.link) {
            (Some(_), _) => format!("This code can be used once. It expires on {expires}. Do not share it with anyone."),
            (None, Some(_)) => format!("This link can be used once. It expires on {expires}."),
            (None, None) => format!("It expires on {expires}."),
        }
    }

    /// The account, and when and from where it happened.
    fn details(&self, recipient: &Recipient) -> Vec<(&'static str, String)> {
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

/// What the templates print beside the mail.
struct Letter<'a> {
    mail: &'a AccountMail,
    greeting: String,
    limit: String,
    details: Vec<(&'static str, String)>,
}

#[derive(Template)]
#[template(path = "accounts/mail/letter.txt")]
struct TextPart<'a> {
    letter: &'a Letter<'a>,
}

#[derive(Template)]
#[template(path = "accounts/mail/letter.html")]
struct HtmlPart<'a> {
    letter: &'a Letter<'a>,
    /// For the layout.
    mail: &'a AccountMail,
}

/// `21 Nov 2026, 10:12 (Europe/Paris)`
fn format_time(at: UtcDateTime, zone: &Zone) -> String {
    format!("{} ({})", zone.show(at), zone.name())
}
