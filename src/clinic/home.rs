//! The start page, and the one search of the product.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use crate::error::{AppError, AppResult};
use crate::resource::actor::Action;
use crate::resource::query::{SEARCH_LIMIT, terms};
use crate::resource::{FormData, ListQuery};
use crate::web::changelist::thousands;
use crate::web::current::CurrentUser;
use crate::web::page::{Shell, Visit, html, hue, initials};

#[derive(Template)]
#[template(path = "clinic/home.html")]
struct HomePage {
    shell: Shell,
    greeting: String,
    today: String,
    tiles: Vec<Tile>,
    patients: Vec<Line>,
    doctors: Vec<Line>,
    sees_patients: bool,
    sees_doctors: bool,
    adds_patients: bool,
    adds_doctors: bool,
}

struct Tile {
    figure: String,
    label: String,
    href: &'static str,
}

struct Line {
    label: String,
    note: String,
    href: String,
    initials: String,
    hue: u32,
}

pub async fn show(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    let (app, actor) = (visit.app.clone(), user.to_actor());
    let (patients, doctors, tiles) = visit
        .app
        .db
        .read(move |c| {
            let mut tiles = Vec::new();
            let mut lines = |name: &str, path: &'static str, label: &str, note: &str| {
                let Some(resource) = app.registry.get(name).filter(|_| actor.may(Action::View, name)) else { return Ok(Vec::new()) };
                let newest = ListQuery { limit: 6, ..ListQuery::default() }.order_by("created_at", true);
                tiles.push(Tile { figure: thousands(resource.count(c, &newest, Some(&actor))?), label: label.into(), href: path });
                let rows = resource.list(c, &newest, Some(&actor))?;
                let field = resource.declaration().field(note);
                let note = |row: &crate::resource::Row| field.map_or_else(String::new, |field| row.values.at(field.name).show(field.kind, &app.settings.time_zone));
                Ok::<_, AppError>(rows.iter().map(|row| line(&row.label, note(row), format!("{path}/{}", row.id))).collect())
            };
            let seen = if actor.can(super::patient::VIEW_ALL) { "patients in the clinic" } else { "patients of yours" };
            let patients = lines("patient", "/patients", seen, "created_at")?;
            let doctors = lines("doctor", "/doctors", "doctors in the clinic", "specialization")?;
            Ok::<_, AppError>((patients, doctors, tiles))
        })
        .await?;
    let first_name = user.name.split_whitespace().next().unwrap_or(&user.name).to_string();
    let hour = visit.app.settings.time_zone.hour(visit.app.now());
    let part = if hour < 12 { "morning" } else if hour < 18 { "afternoon" } else { "evening" };
    let date = visit.app.today();
    let page = HomePage {
        shell: visit.shell("Today"),
        greeting: format!("Good {part}, {first_name}"),
        today: format!("{} {}", date.weekday(), crate::db::time::show_date(date)),
        tiles,
        patients,
        doctors,
        sees_patients: user.may(Action::View, "patient"),
        sees_doctors: user.may(Action::View, "doctor"),
        adds_patients: user.may(Action::Add, "patient"),
        adds_doctors: user.may(Action::Add, "doctor"),
    };
    html(StatusCode::OK, &page)
}

fn line(label: &str, note: String, href: String) -> Line {
    Line { initials: initials(label), hue: hue(label), label: label.into(), note, href }
}

#[derive(Template)]
#[template(path = "clinic/search.html")]
struct SearchPage {
    shell: Shell,
    query: String,
    found: Vec<Found>,
}

struct Found {
    title: &'static str,
    icon: &'static str,
    lines: Vec<Line>,
    more: Option<String>,
}

/// Looks into every resource that this person may see; ten of each, and the way to all.
pub async fn search(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    const MOST: i64 = 10;
    let (app, actor) = (visit.app.clone(), user.to_actor());
    let typed = FormData::parse(visit.request.query_string().as_bytes()).unwrap_or_default();
    let query: String = typed.text("q").replace('\0', "").trim().chars().take(SEARCH_LIMIT).collect();
    let words = terms(&query);
    let address = crate::web::page::percent(&query);
    let found = visit
        .app
        .db
        .read(move |c| {
            let mut found = Vec::new();
            for resource in app.registry.iter().filter(|_| !words.is_empty()) {
                let declaration = resource.declaration();
                let path = match declaration.name {
                    "patient" => Some("/patients".to_string()),
                    "doctor" => Some("/doctors".to_string()),
                    _ => actor.is_staff.then(|| format!("/admin/{}", declaration.slug)),
                };
                let Some(path) = path.filter(|_| !declaration.search.is_empty() && declaration.allows(&actor, Action::View)) else { continue };
                let rows = resource.list(c, &ListQuery { terms: words.clone(), limit: MOST + 1, ..ListQuery::default() }, Some(&actor))?;
                if !rows.is_empty() {
                    let more = (rows.len() as i64 > MOST).then(|| format!("{path}?q={address}"));
                    let lines = rows.iter().take(MOST as usize).map(|row| line(&row.label, String::new(), format!("{path}/{}", row.id))).collect();
                    found.push(Found { title: declaration.plural, icon: declaration.icon, lines, more });
                }
            }
            Ok::<_, AppError>(found)
        })
        .await?;
    let mut shell = visit.shell("Search");
    shell.search.clone_from(&query);
    html(StatusCode::OK, &SearchPage { shell, query, found })
}
