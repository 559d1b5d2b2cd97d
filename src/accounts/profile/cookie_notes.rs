//! A description of each cookie: its purpose, current content and expiry.

use actix_web::HttpMessage;

use crate::accounts::sign_in;
use crate::english::plural;
use crate::settings::SessionPlace;
use crate::web::page::preferences::{self, DENSITIES, THEMES};
use crate::web::request::cookies::{self, ALL, DENSITY, DEVICE, FLASH, Name, PENDING, ROWS, SESSION, START, THEME, VISITOR};
use crate::web::request::visit::Visit;
use crate::web::sessions::Standing;

pub struct Line {
    pub name: String,
    pub purpose: &'static str,
    pub is_set: bool,
    pub now: String,
    pub until: String,
    /// The value of the button that deletes it; blank if there is none.
    pub forget: &'static str,
}

/// The cookies that this browser sent.
pub fn lines(visit: &Visit) -> Vec<Line> {
    ALL.into_iter().map(|name| line(visit, name)).collect()
}

fn line(visit: &Visit, name: Name) -> Line {
    let app = &visit.app;
    let is_set = cookies::get(&visit.request, app, name).is_some();
    let now = if is_set { held(visit, name) } else { "Not set".into() };
    let is_preference = matches!(name, DEVICE | THEME | DENSITY | ROWS | START);
    Line {
        name: name.full(app),
        purpose: purpose(name),
        is_set,
        now,
        until: until(visit, name),
        forget: if is_preference { name.plain() } else { "" },
    }
}

fn purpose(name: Name) -> &'static str {
    match name {
        SESSION => "Keeps you signed in.",
        VISITOR => "Protects the sign-in form from requests by other websites.",
        FLASH => "Carries a message, such as ‘Saved’, to the next page.",
        PENDING => "Remembers, between the two steps of signing in, that your password was correct.",
        DEVICE => "Marks this browser as known, so that other people's failed sign-ins do not lock you out.",
        THEME => "Your theme: light or dark.",
        DENSITY => "Your display density.",
        ROWS => "The number of rows per page.",
        START => "Your start page.",
        _ => "",
    }
}

fn held(visit: &Visit, name: Name) -> String {
    const ODD: &str = "Set to an unknown value, which is ignored";
    let (request, app) = (&visit.request, &visit.app);
    let labelled = |known: &[(&str, &str)], value: Option<&str>| {
        let label = value.and_then(|value| known.iter().find(|(known, _)| *known == value));
        label.map_or(ODD.into(), |(_, label)| (*label).to_string())
    };
    match name {
        SESSION => match (&visit.user, &app.settings.session_store) {
            (None, _) => "Left over from an expired session".into(),
            (Some(user), SessionPlace::Cookie) => format!("Your session as {}, encrypted", user.username),
            (Some(user), _) => format!("A random key to your session as {}", user.username),
        },
        VISITOR => "A random number".into(),
        FLASH => "An encrypted message, shown on this page".into(),
        PENDING => "A random key to a sign-in that is waiting for its second step".into(),
        DEVICE => match sign_in::known_browser::known(request, app).len() {
            0 => ODD.into(),
            many => format!("Known to {}; protected against changes", plural(many as i64, "account", "accounts")),
        },
        THEME => labelled(&THEMES, preferences::theme(request, app)),
        DENSITY => labelled(&DENSITIES, preferences::density(request, app)),
        ROWS => {
            let held = cookies::get(request, app, ROWS).unwrap_or_default();
            let rows = preferences::rows(request, app).to_string();
            if rows == held { plural(preferences::rows(request, app), "row", "rows") } else { ODD.into() }
        }
        START => match &visit.user {
            None => "A page for signed-in users".into(),
            Some(user) => labelled(&preferences::starts(visit, user), preferences::start(visit, user)),
        },
        _ => String::new(),
    }
}

fn until(visit: &Visit, name: Name) -> String {
    let (app, now) = (&visit.app, visit.app.now());
    let at = |seconds: i64| visit.zone().show(now.plus(time::Duration::seconds(seconds - now.unix_seconds())));
    match name {
        SESSION => match visit.request.extensions().get::<Standing>().filter(|_| visit.user.is_some()) {
            Some(standing) if standing.remembered => format!("{}, even if you close the browser", at(standing.ends)),
            Some(standing) => format!("You close the browser, and no later than {}", at(standing.ends)),
            None => "You close the browser, unless you choose to stay signed in".into(),
        },
        VISITOR => "You close the browser".into(),
        FLASH => "The next page, or 1 minute".into(),
        PENDING => "The second step, or 10 minutes".into(),
        DEVICE => match cookies::get_signed(&visit.request, app, DEVICE) {
            Some((_, end)) => at(end),
            None => format!("{} after the last sign-in here", plural(sign_in::known_browser::DAYS, "day", "days")),
        },
        _ => format!("{} after you chose it", plural(preferences::DAYS, "day", "days")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cookie_says_what_it_is_for() {
        assert!(ALL.into_iter().all(|name| !purpose(name).is_empty()));
    }
}
