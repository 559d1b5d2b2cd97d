//! What the parts of the product add to somebody's profile: lines on cards. `src/app.rs` lists them all.

use diesel::prelude::*;

use crate::accounts::api_token;
use crate::accounts::identity::model::list_for_user;
use crate::accounts::second_factor::{Method, methods};
use crate::accounts::user::model::has_password;
use crate::app::App;
use crate::db::Connection;
use crate::resource::Actor;

/// Lines under a heading. Those of one heading stand on one card.
pub struct ProfileCard {
    pub title: &'static str,
    pub load: fn(&mut Connection, &App, &Actor) -> QueryResult<Vec<ProfileLine>>,
}

/// How something is, and where it is changed.
pub struct ProfileLine {
    pub label: &'static str,
    pub text: String,
    /// The words of the link, and where it leads.
    pub link: &'static str,
    pub href: &'static str,
}

/// Where what concerns proving who one is stands.
pub const SIGNING_IN: &str = "Signing in";

pub const PASSWORD: ProfileCard = ProfileCard {
    title: SIGNING_IN,
    load: |c, _, actor| {
        let (text, link) = if has_password(c, actor.id)? { ("Set", "Change") } else { ("None yet", "Set one") };
        Ok(vec![ProfileLine { label: "Password", text: text.into(), link, href: "/password" }])
    },
};

pub const SECOND_STEP: ProfileCard = ProfileCard {
    title: SIGNING_IN,
    load: |c, _, actor| {
        let (text, link) = match methods(c, actor.id)?.as_slice() {
            [] => ("Not set up", "Set up"),
            [Method::App] => ("An app", "Change"),
            [Method::Passkey] => ("A passkey", "Change"),
            _ => ("An app and a passkey", "Change"),
        };
        Ok(vec![ProfileLine { label: "Second step", text: text.into(), link, href: "/security" }])
    },
};

/// Told where the clinic knows providers, or somebody has linked one that it knew.
pub const IDENTITIES: ProfileCard = ProfileCard {
    title: SIGNING_IN,
    load: |c, app, actor| {
        let linked = list_for_user(c, actor.id)?.len();
        if linked == 0 && app.settings.providers.is_empty() {
            return Ok(Vec::new());
        }
        let text = match linked {
            0 => "None linked".into(),
            1 => "One linked".into(),
            many => format!("{many} linked"),
        };
        Ok(vec![ProfileLine { label: "Accounts elsewhere", text, link: "See them", href: "/identities" }])
    },
};

pub const TOKENS: ProfileCard = ProfileCard {
    title: SIGNING_IN,
    load: |c, _, actor| {
        let text = match api_token::model::list_for_user(c, actor.id)?.len() {
            0 => "No token".into(),
            1 => "One token".into(),
            many => format!("{many} tokens"),
        };
        Ok(vec![ProfileLine { label: "Programs", text, link: "See them", href: "/tokens" }])
    },
};

pub const SESSIONS: ProfileCard = ProfileCard {
    title: SIGNING_IN,
    load: |c, app, actor| {
        let open = crate::accounts::session::open::list(c, actor.id, &app.settings.session_limits, app.now())?.len();
        let text = if open == 1 { "In one browser".into() } else { format!("In {open} browsers") };
        Ok(vec![ProfileLine { label: "Signed in", text, link: "See where", href: "/sessions" }])
    },
};

pub const ACCOUNT: ProfileCard = ProfileCard {
    title: "Your account",
    load: |_, _, _| {
        let line = |label, text: &str, link, href| ProfileLine { label, text: text.into(), link, href };
        Ok(vec![
            line("Your data", "Everything here that is yours, as a file", "Download", "/profile/data"),
            line("Deactivate", "Sign out for good; nothing is deleted", "Deactivate", "/profile/deactivate"),
        ])
    },
};
