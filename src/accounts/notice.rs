//! Mails that tell the owner of an account what happened to it. None has a link: nobody should learn to follow one from a
//! warning.

use askama::Template;

use super::browser;
use crate::app::App;
use crate::mail::{Mail, MailError};
use crate::resource::Row;
use crate::web::page::shell::Visit;
use crate::web::request::current_user::{ip_of, user_agent_of};

/// From where something was done.
pub struct Where {
    browser: String,
    network: String,
}

impl Where {
    pub fn of(visit: &Visit) -> Self {
        Self { browser: browser::words(&user_agent_of(&visit.request)), network: browser::network(&ip_of(&visit.request)) }
    }
}

/// What happened, and what to do if it was somebody else.
pub struct Notice {
    pub(super) clinic: String,
    name: String,
    title: String,
    sentences: Vec<String>,
    otherwise: String,
}

#[derive(Template)]
#[template(path = "mail/notice/body.txt")]
struct NoticeText<'a> {
    mail: &'a Notice,
}

#[derive(Template)]
#[template(path = "mail/notice/body.html")]
struct NoticeHtml<'a> {
    mail: &'a Notice,
}

impl Notice {
    fn new(app: &App, owner: &Row, title: &str, sentences: Vec<String>) -> Self {
        let clinic = app.settings.clinic_name.clone();
        Self {
            name: super::mails::name(owner),
            title: title.into(),
            sentences,
            otherwise: format!("If that was not you, tell {clinic} at once, in person or on the phone."),
            clinic,
        }
    }

    fn to(&self, kind: &'static str, address: &str) -> Result<Mail, MailError> {
        let subject = format!("{} at {}", self.title, self.clinic);
        Mail::new(kind, address, &subject, &NoticeText { mail: self }, &NoticeHtml { mail: self })
    }

    /// To the owner, who changed the password.
    pub fn password_changed(app: &App, owner: &Row, place: &Where) -> Result<Mail, MailError> {
        let sentences = vec![
            format!("The password of your account {} was changed {}.", username(owner), when(app, owner, place)),
            "You are signed out everywhere else; the old password no longer works.".into(),
        ];
        Self::new(app, owner, "Your password was changed", sentences).to("password notice", owner.values.at("email").as_text())
    }

    /// To the address that the account had before.
    pub fn email_changed(app: &App, owner: &Row, place: &Where) -> Result<Mail, MailError> {
        let sentences = vec![
            format!("Your account {} has another email address now: it was changed {}.", username(owner), when(app, owner, place)),
            "Mails go there from now on, and this address no longer signs in.".into(),
        ];
        Self::new(app, owner, "Your email address was changed", sentences).to("email notice", owner.values.at("email").as_text())
    }

    /// To the owner, who deactivated the account.
    pub fn deactivated(app: &App, owner: &Row, place: &Where) -> Result<Mail, MailError> {
        let sentences = vec![
            format!("Your account {} was deactivated {}.", username(owner), when(app, owner, place)),
            format!(
                "You are signed out everywhere. Nothing was deleted; to come back, ask an administrator of {}.",
                app.settings.clinic_name
            ),
        ];
        Self::new(app, owner, "Your account was deactivated", sentences).to("account notice", owner.values.at("email").as_text())
    }
}

fn username(owner: &Row) -> &str {
    owner.values.at("username").as_text()
}

/// `on 21 Nov 2026, 10:12 (Europe/Paris), with Firefox on Windows from 192.0.2.x`
fn when(app: &App, owner: &Row, place: &Where) -> String {
    let zone = &app.zone_of(owner);
    let from = if place.network.is_empty() { String::new() } else { format!(" from {}", place.network) };
    format!("on {} ({}), with {}{from}", zone.show(app.now()), zone.name(), place.browser)
}
