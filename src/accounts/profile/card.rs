//! Cards of the profile page, to which any part of the product can add lines. `src/product.rs` lists them all.

use diesel::prelude::*;

use crate::accounts::api_token;
use crate::accounts::identity::model::list_for_user;
use crate::accounts::second_factor::{Method, methods};
use crate::accounts::user::model::has_password;
use crate::app::App;
use crate::db::Connection;
use crate::english::plural;
use crate::resource::Actor;

/// Lines under a heading. Lines with the same heading share a card.
pub struct ProfileCard {
    pub title: &'static str,
    pub load: fn(&mut Connection, &App, &Actor) -> QueryResult<Vec<ProfileLine>>,
}

/// Every card, in the order of the page.
pub struct ProfileCards(pub Vec<ProfileCard>);

/// The state of a setting, and a link to change it.
pub struct ProfileLine {
    /// Blank for the title of the page that the link opens.
    pub label: String,
    pub text: String,
    /// The text of the link, and its address.
    pub link: &'static str,
    pub href: &'static str,
}

impl ProfileLine {
    fn new(text: impl Into<String>, link: &'static str, href: &'static str) -> Self {
        Self { label: String::new(), text: text.into(), link, href }
    }

    fn labelled(self, label: &str) -> Self {
        Self { label: label.into(), ..self }
    }
}

/// The heading for everything about signing in.
pub const SIGNING_IN: &str = "Sign-in and security";

pub const PASSWORD: ProfileCard = ProfileCard {
    title: SIGNING_IN,
    load: |c, _, actor| {
        let (text, link) = if has_password(c, actor.id)? { ("Set", "Change") } else { ("Not set", "Set") };
        Ok(vec![ProfileLine::new(text, link, "/password").labelled("Password")])
    },
};

pub const SECOND_STEP: ProfileCard = ProfileCard {
    title: SIGNING_IN,
    load: |c, _, actor| {
        let (text, link) = match methods(c, actor.id)?.as_slice() {
            [] => ("Not set up", "Set up"),
            [Method::App] => ("Authenticator app", "Change"),
            [Method::Passkey] => ("Passkey", "Change"),
            _ => ("Authenticator app and passkey", "Change"),
        };
        Ok(vec![ProfileLine::new(text, link, "/security").labelled("Two-step verification")])
    },
};

/// Shown if providers are configured, or the user has linked one that was.
pub const IDENTITIES: ProfileCard = ProfileCard {
    title: SIGNING_IN,
    load: |c, app, actor| {
        let linked = list_for_user(c, actor.id)?.len();
        if linked == 0 && app.settings.providers.is_empty() {
            return Ok(Vec::new());
        }
        let text = match linked {
            0 => "None".to_string(),
            1 => "1 linked".into(),
            many => format!("{many} linked"),
        };
        Ok(vec![ProfileLine::new(text, "Manage", "/identities")])
    },
};

pub const TOKENS: ProfileCard = ProfileCard {
    title: SIGNING_IN,
    load: |c, _, actor| {
        let text = match api_token::model::list_for_user(c, actor.id)?.len() {
            0 => "None".to_string(),
            some => plural(some as i64, "token", "tokens"),
        };
        Ok(vec![ProfileLine::new(text, "Manage", "/tokens")])
    },
};

pub const SESSIONS: ProfileCard = ProfileCard {
    title: SIGNING_IN,
    load: |c, app, actor| {
        let open = crate::accounts::session::open::list(c, actor.id, &app.settings.session_limits, app.now())?.len();
        Ok(vec![ProfileLine::new(plural(open as i64, "browser", "browsers"), "Manage", "/sessions")])
    },
};

pub const ACCOUNT: ProfileCard = ProfileCard {
    title: "Your account",
    load: |_, _, _| {
        Ok(vec![
            ProfileLine::new("Download a copy of your data", "Download", "/profile/data").labelled("Your data"),
            ProfileLine::new("Close your account. Your records stay.", "Deactivate", "/profile/deactivate").labelled("Deactivate"),
        ])
    },
};
