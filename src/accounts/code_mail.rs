//! Mails with a code for somebody who is signed in: to prove a new address, or that the mailbox is theirs.

use askama::Template;

use super::code::one_time::LASTS;
use super::mails::name;
use crate::app::App;
use crate::mail::{Mail, MailError};
use crate::resource::{Field, Row, field};

pub struct CodeMail {
    pub(super) clinic: String,
    title: &'static str,
    name: String,
    why: String,
    code: String,
    ends: String,
    otherwise: String,
}

#[derive(Template)]
#[template(path = "mail/profile_code/body.txt")]
struct CodeText<'a> {
    mail: &'a CodeMail,
}

#[derive(Template)]
#[template(path = "mail/profile_code/body.html")]
struct CodeHtml<'a> {
    mail: &'a CodeMail,
}

impl CodeMail {
    /// To the new address. It greets nobody by name and names no account: it may belong to somebody else.
    pub fn new_address(app: &App, owner: &Row, address: &str, code: String) -> Result<Mail, MailError> {
        let clinic = &app.settings.clinic_name;
        let why = format!("Somebody with an account at {clinic} wants to be reached at this address.");
        let otherwise = "If that was not you, do nothing: without the code nothing is changed.".to_string();
        Self { name: "there".into(), ..Self::of(app, owner, "Confirm this address", why, code, otherwise) }.to(address)
    }

    /// To the owner of an account without a password.
    pub fn first_password(app: &App, owner: &Row, code: String) -> Result<Mail, MailError> {
        let clinic = &app.settings.clinic_name;
        let why = format!("You want to set a password for your account {} at {clinic}.", owner.values.at("username").as_text());
        let otherwise = format!("If that was not you, tell {clinic} at once, in person or on the phone: somebody is signed in as you.");
        Self::of(app, owner, "Set a password", why, code, otherwise).to(owner.values.at("email").as_text())
    }

    fn of(app: &App, owner: &Row, title: &'static str, why: String, code: String, otherwise: String) -> Self {
        let zone = app.zone_of(owner);
        let ends = format!("{} ({})", zone.show(app.now().plus(LASTS)), zone.name());
        Self { clinic: app.settings.clinic_name.clone(), title, name: name(owner), why, code, ends, otherwise }
    }

    fn to(&self, address: &str) -> Result<Mail, MailError> {
        Mail::new("code", address, &format!("{} at {}", self.title, self.clinic), &CodeText { mail: self }, &CodeHtml { mail: self })
    }
}

/// The box for a code.
pub fn code_field() -> Field {
    field("Code from the mail")
        .named("code")
        .max(60)
        .autocomplete("one-time-code")
        .help("Ten letters and digits, such as 7K2QM-X9P4D; small letters are fine")
        .missing("Enter the code from the mail")
}
