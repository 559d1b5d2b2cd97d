//! What owners are told by mail when something changes about how their account is entered. No links: nobody should learn to
//! follow one from a warning.

use askama::Template;
use diesel::QueryResult;

use super::browser;
use super::mails::name;
use super::throttle::budget::Visitor;
use crate::app::App;
use crate::db::Connection;
use crate::mail::{Mail, MailError, outbox};
use crate::resource::Row;
use crate::web::page::shell::Visit;
use crate::web::request::current_user::{ip_of, user_agent_of};

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    NewDevice,
    AppAdded,
    AppRemoved,
    PasskeyAdded(String),
    PasskeyRemoved(String),
    RecoveryRenewed,
    /// How many are left.
    RecoveryUsed(i64),
    /// An administrator, by name, took all second steps away.
    FactorsRemoved(String),
    /// Somebody knew the password and no code.
    WrongCodes,
    /// An account at this provider lets them in, or no longer.
    AccountLinked(String),
    AccountUnlinked(String),
    /// The provider, and the administrator by name.
    AccountUnlinkedBy(String, String),
}

/// Where somebody sits.
#[derive(Clone, Debug, Default)]
pub struct Place {
    browser: String,
    network: String,
}

impl Place {
    pub fn of(visit: &Visit) -> Self {
        Self { browser: browser::words(&user_agent_of(&visit.request)), network: ip_of(&visit.request) }
    }

    pub fn of_visitor(visitor: &Visitor) -> Self {
        Self { browser: browser::words(&visitor.user_agent), network: visitor.ip.clone() }
    }
}

struct Notice {
    title: &'static str,
    name: String,
    username: String,
    sentence: String,
    when: String,
    browser: String,
    network: String,
    advice: String,
    clinic: String,
}

#[derive(Template)]
#[template(path = "mail/security/body.txt")]
struct NoticeText<'a> {
    mail: &'a Notice,
}

#[derive(Template)]
#[template(path = "mail/security/body.html")]
struct NoticeHtml<'a> {
    mail: &'a Notice,
}

/// Queues the mail in the transaction of its cause. An account without an address that mail reaches goes without.
pub fn queue(c: &mut Connection, app: &App, user_id: i64, event: Event, place: &Place) -> QueryResult<()> {
    let Some(user) = app.registry.get("user") else { return Ok(()) };
    let Some(owner) = app.registry.find(c, user, user_id, None)? else { return Ok(()) };
    match mail(app, &owner, &event, place) {
        Ok(mail) => outbox::queue(c, &mail, app.now()).map(|_| ()),
        Err(error) => {
            tracing::warn!(user = user_id, %error, "the owner of an account was not told about it");
            Ok(())
        }
    }
}

fn mail(app: &App, owner: &Row, event: &Event, place: &Place) -> Result<Mail, MailError> {
    let (clinic, zone) = (&app.settings.clinic_name, app.zone_of(owner));
    let (title, sentence) = words(event, clinic);
    let mail = Notice {
        title,
        name: name(owner),
        username: owner.values.at("username").as_text().into(),
        sentence,
        when: format!("{} ({})", zone.show(app.now()), zone.name()),
        browser: place.browser.clone(),
        network: place.network.clone(),
        advice: advice(event, clinic),
        clinic: clinic.clone(),
    };
    let subject = format!("{title} – your account at {clinic}");
    Mail::new("security notice", owner.values.at("email").as_text(), &subject, &NoticeText { mail: &mail }, &NoticeHtml { mail: &mail })
}

fn words(event: &Event, clinic: &str) -> (&'static str, String) {
    match event {
        Event::NewDevice => {
            ("New sign-in", format!("Somebody signed in to your account at {clinic} in a browser that it did not know before."))
        }
        Event::AppAdded => (
            "Sign-in app added",
            "Your account now asks for a code from an app when you sign in. All your other sessions were ended.".into(),
        ),
        Event::AppRemoved => (
            "Sign-in app removed",
            "Your account no longer asks for a code from an app when you sign in. All your other sessions were ended.".into(),
        ),
        Event::PasskeyAdded(key) => ("Passkey added", format!("The passkey “{key}” now lets you in. All your other sessions were ended.")),
        Event::PasskeyRemoved(key) => {
            ("Passkey removed", format!("The passkey “{key}” no longer lets you in. All your other sessions were ended."))
        }
        Event::RecoveryRenewed => {
            ("New recovery codes", "New recovery codes were made for your account. Those from before no longer work.".into())
        }
        Event::RecoveryUsed(left) => {
            ("Recovery code used", format!("A recovery code was used to sign in to your account. {}", of_codes(*left)))
        }
        Event::FactorsRemoved(by) => (
            "Second step removed",
            format!(
                "{by} removed your sign-in app, passkeys and recovery codes, as it is done when a phone is lost. You are signed out everywhere; your password alone lets you in again."
            ),
        ),
        Event::AccountLinked(provider) => {
            ("Way to sign in added", format!("An account at {provider} now lets you in at {clinic}. All your other sessions were ended."))
        }
        Event::AccountUnlinked(provider) => (
            "Way to sign in removed",
            format!("Your account at {provider} no longer lets you in at {clinic}. All your other sessions were ended."),
        ),
        Event::AccountUnlinkedBy(provider, by) => (
            "Way to sign in removed",
            format!("{by} unlinked your account at {provider}: it no longer lets you in at {clinic}. You are signed out everywhere."),
        ),
        Event::WrongCodes => {
            ("Sign-in stopped", format!("Somebody typed your password at {clinic}, and then several wrong codes. They were not let in."))
        }
    }
}

fn of_codes(left: i64) -> String {
    match left {
        0 => "None is left: make new ones under “Sign-in and security”.".into(),
        1 => "One is left: make new ones soon, under “Sign-in and security”.".into(),
        _ => format!("{left} are left."),
    }
}

fn advice(event: &Event, clinic: &str) -> String {
    match event {
        Event::NewDevice => {
            format!("If this was you, there is nothing to do. If it was not, change your password at once and tell {clinic}.")
        }
        Event::WrongCodes => format!("If this was not you, somebody knows your password: change it now, and tell {clinic}."),
        _ => format!("If you did not do this or ask for it, tell {clinic} at once, in person or on the phone."),
    }
}
