//! The mails around making an account and getting back into one. Codes are typed and never stand in a subject or a link.

use actix_web::HttpRequest;
use askama::Template;

use super::browser;
use crate::app::App;
use crate::db::{UtcDateTime, Zone};
use crate::mail::{Mail, MailError};
use crate::resource::Row;
use crate::web::request::current_user::{ip_of, user_agent_of};

/// Where something was asked for.
#[derive(Clone)]
pub struct Origin {
    pub ip: String,
    pub user_agent: String,
}

impl Origin {
    pub fn of(request: &HttpRequest) -> Self {
        Self { ip: ip_of(request), user_agent: user_agent_of(request) }
    }
}

/// A letter to one address; each of its texts takes what it needs.
pub struct Letter {
    to: String,
    clinic: String,
    name: String,
    username: String,
    code: String,
    link: String,
    when: String,
    ends: String,
    browser: String,
    network: String,
    /// How whoever gets it reads times, as far as that is known.
    zone: Zone,
    now: UtcDateTime,
}

/// The two parts of a mail.
macro_rules! parts {
    ($text:ident from $text_path:tt, $html:ident from $html_path:tt) => {
        #[derive(Template)]
        #[template(path = $text_path)]
        struct $text<'a> {
            mail: &'a Letter,
        }

        #[derive(Template)]
        #[template(path = $html_path)]
        struct $html<'a> {
            mail: &'a Letter,
        }
    };
}

parts!(WelcomeText from "mail/welcome/body.txt", WelcomeHtml from "mail/welcome/body.html");
parts!(ActivationText from "mail/activation/body.txt", ActivationHtml from "mail/activation/body.html");
parts!(ResetText from "mail/reset/body.txt", ResetHtml from "mail/reset/body.html");
parts!(ResetDoneText from "mail/reset_done/body.txt", ResetDoneHtml from "mail/reset_done/body.html");
parts!(LinkText from "mail/registration_link/body.txt", LinkHtml from "mail/registration_link/body.html");
parts!(KnownText from "mail/known/body.txt", KnownHtml from "mail/known/body.html");
parts!(RequestedText from "mail/requested_link/body.txt", RequestedHtml from "mail/requested_link/body.html");

impl Letter {
    /// `name` is how they are greeted; blank for somebody of whom only the username is known.
    pub fn to(app: &App, address: &str, name: &str, username: &str) -> Self {
        let zone = app.settings.time_zone.clone();
        Self {
            to: address.into(),
            clinic: app.settings.clinic_name.clone(),
            name: if name.trim().is_empty() { username } else { name.trim() }.into(),
            username: username.into(),
            code: String::new(),
            link: String::new(),
            when: said(&zone, app.now()),
            ends: String::new(),
            browser: String::new(),
            network: String::new(),
            zone,
            now: app.now(),
        }
    }

    /// To the owner of an account, in their zone.
    pub fn to_owner(app: &App, owner: &Row) -> Self {
        let text = |name: &str| owner.values.at(name).as_text();
        let name = format!("{} {}", text("first_name"), text("last_name"));
        Self::to(app, text("email"), &name, text("username")).read_in(app.zone_of(owner))
    }

    /// The times in it are those of this zone.
    pub fn read_in(mut self, zone: Zone) -> Self {
        self.when = said(&zone, self.now);
        self.zone = zone;
        self
    }

    /// For an address that is not proved: whoever typed the name may have typed somebody else's address, and anything may
    /// stand in a name.
    pub fn by_username(mut self) -> Self {
        self.name.clone_from(&self.username);
        self
    }

    pub fn from(mut self, origin: &Origin) -> Self {
        self.browser = browser::words(&origin.user_agent);
        self.network = browser::network(&origin.ip);
        self
    }

    pub fn with_code(mut self, code: &str) -> Self {
        self.code = code.into();
        self
    }

    /// A page of ours that the mail leads to.
    pub fn with_link(mut self, app: &App, path: &str) -> Self {
        self.link = format!("{}{path}", app.settings.public_url.as_str().trim_end_matches('/'));
        self
    }

    pub fn until(mut self, ends: UtcDateTime) -> Self {
        self.ends = said(&self.zone, ends);
        self
    }

    /// The account is there.
    pub fn welcome(&self) -> Result<Mail, MailError> {
        let subject = format!("Welcome to {}", self.clinic);
        Mail::new("welcome", &self.to, &subject, &WelcomeText { mail: self }, &WelcomeHtml { mail: self })
    }

    /// The code that proves the address.
    pub fn activation(&self) -> Result<Mail, MailError> {
        let subject = format!("Confirm your email address at {}", self.clinic);
        Mail::new("activation", &self.to, &subject, &ActivationText { mail: self }, &ActivationHtml { mail: self })
    }

    /// The code for a forgotten password.
    pub fn reset(&self) -> Result<Mail, MailError> {
        let subject = format!("Your code for a new password at {}", self.clinic);
        Mail::new("password reset", &self.to, &subject, &ResetText { mail: self }, &ResetHtml { mail: self })
    }

    /// The password is another one now.
    pub fn reset_done(&self) -> Result<Mail, MailError> {
        let subject = format!("Your password at {} was changed", self.clinic);
        Mail::new("password notice", &self.to, &subject, &ResetDoneText { mail: self }, &ResetDoneHtml { mail: self })
    }

    /// Somebody may make an account.
    pub fn registration_link(&self) -> Result<Mail, MailError> {
        let subject = format!("Make your account at {}", self.clinic);
        Mail::new("registration link", &self.to, &subject, &LinkText { mail: self }, &LinkHtml { mail: self })
    }

    /// Who wanted to make an account has one already; told to its owner alone.
    pub fn known(&self) -> Result<Mail, MailError> {
        let subject = format!("Your account at {}", self.clinic);
        Mail::new("known account", &self.to, &subject, &KnownText { mail: self }, &KnownHtml { mail: self })
    }

    /// Who wanted to make an account can go on.
    pub fn requested_link(&self) -> Result<Mail, MailError> {
        let subject = format!("Your account at {}", self.clinic);
        Mail::new("requested link", &self.to, &subject, &RequestedText { mail: self }, &RequestedHtml { mail: self })
    }
}

/// `21 Nov 2026, 10:12 (Europe/Paris)`
fn said(zone: &Zone, at: UtcDateTime) -> String {
    format!("{} ({})", zone.show(at), zone.name())
}
