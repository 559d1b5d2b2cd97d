//! The page about cookies and preferences of this browser. It can be used before signing in as well.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::cookie_notes::{Line, lines};
use crate::accounts::sign_in;
use crate::english::plural;
use crate::error::AppResult;
use crate::resource::form::bind::Summary;
use crate::web::list::params::{PAGE_SIZE, PAGE_SIZES};
use crate::web::page::flash::{Tone, leave};
use crate::web::page::preferences::{self, DENSITIES, THEMES};
use crate::web::page::shell::Shell;
use crate::web::request::cookies::{DENSITY, DEVICE, Name, ROWS, START, THEME};
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};

#[derive(Template)]
#[template(path = "accounts/profile/cookies.html")]
struct InShell {
    shell: Shell,
    body: Body,
}

#[derive(Template)]
#[template(path = "accounts/profile/cookies_bare.html")]
struct Bare {
    shell: Shell,
    body: Body,
}

struct Body {
    errors: Vec<Summary>,
    looks: Vec<Choosing>,
    /// For users who are signed in.
    work: Vec<Choosing>,
    lines: Vec<Line>,
    /// Whether any preference differs from the default.
    has_any: bool,
}

/// A preference and its choices.
struct Choosing {
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    choices: Vec<Choice>,
}

struct Choice {
    value: String,
    label: String,
    chosen: bool,
}

impl Choosing {
    fn new(name: &'static str, label: &'static str, held: &str, choices: impl Iterator<Item = (String, String)>) -> Self {
        let choice = |(value, label): (String, String)| Choice { chosen: value == held, value, label };
        Self { name, label, hint: "", choices: choices.map(choice).collect() }
    }

    fn takes(&self, value: &str) -> bool {
        self.choices.iter().any(|choice| choice.value == value)
    }
}

/// The preferences of this browser, and those of the user.
fn choosings(visit: &Visit) -> (Vec<Choosing>, Vec<Choosing>) {
    let (request, app) = (&visit.request, &visit.app);
    let words = |known: &'static [(&'static str, &'static str)]| known.iter().map(|(value, label)| ((*value).into(), (*label).into()));
    let looks = vec![
        Choosing::new("theme", "Theme", preferences::theme(request, app).unwrap_or(""), words(&THEMES)),
        Choosing::new("density", "Density", preferences::density(request, app).unwrap_or(""), words(&DENSITIES)),
    ];
    let Some(user) = &visit.user else { return (looks, Vec::new()) };
    let size = |size: i64| if size == PAGE_SIZE { String::new() } else { size.to_string() };
    let sizes = PAGE_SIZES.into_iter().map(|count| (size(count), plural(count, "row", "rows")));
    let starts = preferences::starts(visit, user).into_iter().map(|(place, label)| (place.into(), label.into()));
    let work = vec![
        Choosing {
            hint: "You can change this for each list",
            ..Choosing::new("rows", "Rows per page", &size(preferences::rows(request, app)), sizes)
        },
        Choosing {
            hint: "Shown after you sign in and when you select the clinic's name",
            ..Choosing::new("start", "Start page", preferences::start(visit, user).unwrap_or(""), starts)
        },
    ];
    (looks, work)
}

pub async fn show(visit: Visit) -> AppResult<HttpResponse> {
    render(&visit, StatusCode::OK, Vec::new())
}

pub async fn update(visit: Visit, posted: PostedForm) -> AppResult<HttpResponse> {
    let (looks, work) = choosings(&visit);
    let mut errors = Vec::new();
    let mut chosen = Vec::new();
    for (name, choosing) in [THEME, DENSITY, ROWS, START].into_iter().zip(looks.iter().chain(&work)) {
        match posted.get(choosing.name) {
            Some(value) if choosing.takes(value) => chosen.push((name, value)),
            Some(_) => {
                let text = format!("{}: choose one of the options", choosing.label);
                errors.push(Summary { target: format!("{}-0", choosing.name), text });
            }
            None => {}
        }
    }
    if !errors.is_empty() {
        return render(&visit, StatusCode::UNPROCESSABLE_ENTITY, errors);
    }
    chosen.into_iter().for_each(|(name, value)| preferences::set(&visit.request, &visit.app, name, value));
    leave(&visit.request, &visit.app, Tone::Ok, "Preferences saved in this browser.");
    Ok(see_other("/cookies"))
}

/// Resets one preference or all of them, or makes the accounts forget this browser.
pub async fn forget(visit: Visit, posted: PostedForm) -> AppResult<HttpResponse> {
    let (request, app) = (&visit.request, &visit.app);
    let one = |name: Name| preferences::set(request, app, name, "");
    let message = match posted.text("what") {
        "device" => {
            sign_in::known_browser::forget(request, app);
            "Browser forgotten. Your next sign-in here counts as one from a new browser."
        }
        "preferences" => {
            preferences::forget(request, app);
            "Preferences reset to the defaults."
        }
        what => {
            let known = [("theme", THEME), ("density", DENSITY), ("rows", ROWS), ("start", START)];
            let Some((_, name)) = known.into_iter().find(|(known, _)| *known == what) else {
                return Err(crate::error::AppError::BadRequest("Unknown cookie."));
            };
            one(name);
            "Preference deleted."
        }
    };
    leave(request, app, Tone::Ok, message);
    Ok(see_other("/cookies"))
}

fn render(visit: &Visit, status: StatusCode, errors: Vec<Summary>) -> AppResult<HttpResponse> {
    let lines = lines(visit);
    let has_any = lines.iter().any(|line| line.is_set && !line.forget.is_empty() && line.forget != DEVICE.plain());
    let (looks, work) = choosings(visit);
    let shell = visit.shell("Preferences and cookies").with_errors(!errors.is_empty());
    let body = Body { errors, looks, work, lines, has_any };
    if visit.user.is_some() { html(status, &InShell { shell, body }) } else { html(status, &Bare { shell, body }) }
}
