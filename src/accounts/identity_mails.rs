//! What owners are told when an account at a provider is linked to theirs, or no longer.

use askama::Template;

use super::browser;
use super::mails::name;
use crate::app::App;
use crate::mail::{Mail, MailError};
use crate::resource::{Actor, Row};
use crate::web::current::{ip_of, user_agent_of};
use crate::web::page::Visit;

/// Where somebody sits.
#[derive(Clone)]
pub struct Place {
    network: String,
    browser: String,
}

impl Place {
    pub fn of(visit: &Visit) -> Self {
        Self { network: ip_of(&visit.request), browser: browser::words(&user_agent_of(&visit.request)) }
    }
}

struct Notice {
    name: String,
    username: String,
    clinic: String,
    label: String,
    linked: bool,
    /// Who did it, where it was not the owner.
    actor: Option<String>,
    when: String,
    network: String,
    browser: String,
}

#[derive(Template)]
#[template(path = "mail/identity/body.txt")]
struct NoticeText<'a> {
    mail: &'a Notice,
}

#[derive(Template)]
#[template(path = "mail/identity/body.html")]
struct NoticeHtml<'a> {
    mail: &'a Notice,
}

/// No link: nobody should learn to follow one from a warning.
pub fn notice(app: &App, owner: &Row, actor: &Actor, label: &str, place: &Place, linked: bool) -> Result<Mail, MailError> {
    let zone = &app.settings.time_zone;
    let mail = Notice {
        name: name(owner),
        username: owner.values.at("username").as_text().into(),
        clinic: app.settings.clinic_name.clone(),
        label: label.into(),
        linked,
        actor: (actor.id != owner.id).then(|| actor.name.clone()),
        when: format!("{} ({})", zone.show(app.now()), zone.name()),
        network: place.network.clone(),
        browser: place.browser.clone(),
    };
    let subject = match linked {
        true => format!("{label} now lets you in at {}", mail.clinic),
        false => format!("{label} no longer lets you in at {}", mail.clinic),
    };
    let to = owner.values.at("email").as_text();
    Mail::new("sign-in notice", to, &subject, &NoticeText { mail: &mail }, &NoticeHtml { mail: &mail })
}
