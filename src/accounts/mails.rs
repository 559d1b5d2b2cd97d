//! The mails about an account.

use askama::Template;

use crate::app::App;
use crate::db::UtcDateTime;
use crate::mail::{Mail, MailError};
use crate::resource::{Actor, Row};

/// Somebody may choose a password.
pub struct Invitation {
    name: String,
    username: String,
    clinic: String,
    link: String,
    ends: String,
}

#[derive(Template)]
#[template(path = "mail/invitation/body.txt")]
struct InvitationText<'a> {
    mail: &'a Invitation,
}

#[derive(Template)]
#[template(path = "mail/invitation/body.html")]
struct InvitationHtml<'a> {
    mail: &'a Invitation,
}

impl Invitation {
    pub fn mail(app: &App, owner: &Row, link: String, ends: UtcDateTime) -> Result<Mail, MailError> {
        let zone = &app.zone_of(owner);
        let mail = Self {
            name: name(owner),
            username: owner.values.at("username").as_text().into(),
            clinic: app.settings.clinic_name.clone(),
            link,
            ends: format!("{} ({})", zone.show(ends), zone.name()),
        };
        let subject = format!("Your account at {}", mail.clinic);
        let to = owner.values.at("email").as_text();
        Mail::new("invitation", to, &subject, &InvitationText { mail: &mail }, &InvitationHtml { mail: &mail })
    }
}

/// Somebody else gave the account a password. No link: nobody should learn to follow one from a warning.
pub struct PasswordSet {
    name: String,
    username: String,
    clinic: String,
    actor: String,
    when: String,
}

#[derive(Template)]
#[template(path = "mail/password_set/body.txt")]
struct PasswordSetText<'a> {
    mail: &'a PasswordSet,
}

#[derive(Template)]
#[template(path = "mail/password_set/body.html")]
struct PasswordSetHtml<'a> {
    mail: &'a PasswordSet,
}

impl PasswordSet {
    pub fn mail(app: &App, owner: &Row, actor: &Actor) -> Result<Mail, MailError> {
        let zone = &app.zone_of(owner);
        let mail = Self {
            name: name(owner),
            username: owner.values.at("username").as_text().into(),
            clinic: app.settings.clinic_name.clone(),
            actor: if actor.id > 0 { actor.name.clone() } else { "those who run the system".into() },
            when: format!("{} ({})", zone.show(app.now()), zone.name()),
        };
        let subject = format!("Your password at {} was set", mail.clinic);
        let to = owner.values.at("email").as_text();
        Mail::new("password notice", to, &subject, &PasswordSetText { mail: &mail }, &PasswordSetHtml { mail: &mail })
    }
}

/// A token for a script was made. No link here either.
pub struct TokenMade {
    name: String,
    username: String,
    clinic: String,
    token: String,
    when: String,
    network: String,
    ends: String,
}

#[derive(Template)]
#[template(path = "mail/token_made/body.txt")]
struct TokenMadeText<'a> {
    mail: &'a TokenMade,
}

#[derive(Template)]
#[template(path = "mail/token_made/body.html")]
struct TokenMadeHtml<'a> {
    mail: &'a TokenMade,
}

impl TokenMade {
    pub fn mail(app: &App, owner: &Row, token: &str, network: &str, ends: UtcDateTime) -> Result<Mail, MailError> {
        let zone = &app.zone_of(owner);
        let mail = Self {
            name: name(owner),
            username: owner.values.at("username").as_text().into(),
            clinic: app.settings.clinic_name.clone(),
            token: token.into(),
            when: format!("{} ({})", zone.show(app.now()), zone.name()),
            network: if network.is_empty() { "an unknown address".into() } else { network.into() },
            ends: format!("{} ({})", zone.show(ends), zone.name()),
        };
        let subject = format!("A new access token for your account at {}", mail.clinic);
        let to = owner.values.at("email").as_text();
        Mail::new("token notice", to, &subject, &TokenMadeText { mail: &mail }, &TokenMadeHtml { mail: &mail })
    }
}

/// How to greet somebody: by name, or by username where none is known.
pub(super) fn name(owner: &Row) -> String {
    let part = |field| owner.values.at(field).as_text();
    let full = format!("{} {}", part("first_name"), part("last_name")).trim().to_string();
    if full.is_empty() { part("username").into() } else { full }
}
