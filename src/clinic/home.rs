//! The start page: figures, my patients, the doctors who look after them.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use diesel::QueryResult;

use super::patient_scope::VIEW_ALL;
use crate::app::App;
use crate::clinic::doctor::Doctor;
use crate::clinic::mapping::Assignment;
use crate::clinic::patient::Patient;
use crate::db::Connection;
use crate::error::AppResult;
use crate::resource::access::actor::Action;
use crate::resource::{Actor, Kind, ListQuery, Test, Value};
use crate::web::list::pagination::{COUNTED, Total};
use crate::web::page::preferences;
use crate::web::page::shell::{Shell, hue, initials};
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};

#[derive(Template)]
#[template(path = "clinic/home.html")]
struct HomePage {
    shell: Shell,
    greeting: String,
    today: String,
    tiles: Vec<Tile>,
    patients: Group,
    doctors: Group,
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

/// Lines of each list.
const SHOWN: i64 = 6;

#[derive(Default)]
struct Group {
    title: &'static str,
    lines: Vec<Line>,
}

struct Line {
    label: String,
    note: String,
    href: String,
    initials: String,
    hue: u32,
}

/// The start page: today, unless the user has chosen another for this browser.
pub async fn start(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    match preferences::start(&visit, &user) {
        Some(place) => Ok(see_other(place)),
        None => show(visit, user).await,
    }
}

pub async fn show(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    let (app, actor) = (visit.app.clone(), user.to_actor());
    let (tiles, patients, doctors) = visit.app.db.read(move |c| mine(c, &app, &actor)).await?;
    let first_name = user.name.split_whitespace().next().unwrap_or(&user.name).to_string();
    let hour = visit.zone().hour(visit.app.now());
    let part = if hour < 12 {
        "morning"
    } else if hour < 18 {
        "afternoon"
    } else {
        "evening"
    };
    let date = visit.zone().date(visit.app.now());
    let page = HomePage {
        shell: visit.shell("Today"),
        greeting: format!("Good {part}, {first_name}"),
        today: format!("{} {}", date.weekday(), visit.zone().show_date(date)),
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

/// Figures, the user's latest patients and the doctors who look after them. Users without patients see the clinic's.
fn mine(c: &mut Connection, app: &App, actor: &Actor) -> AppResult<(Vec<Tile>, Group, Group)> {
    let (patients, doctors, mappings) = (app.registry.of::<Patient>(), app.registry.of::<Doctor>(), app.registry.of::<Assignment>());
    let zone = &app.zone(actor);
    let newest = ListQuery { limit: SHOWN, ..ListQuery::default() }.order_by("created_at", true);
    let me = actor.without(VIEW_ALL);
    let has_own = has_own(c, app, actor.id)?;
    let mut tiles = Vec::new();
    let mut own = Group::default();
    if actor.may(Action::View, "patient") {
        let all = patients.count_up_to(c, &newest, COUNTED + 1, Some(actor))?;
        let label = if actor.can(VIEW_ALL) { "Patients" } else { "Your patients" };
        tiles.push(Tile { figure: Total::capped(all, COUNTED).short(zone), label: label.into(), href: "/patients" });
        let mut rows = if has_own { patients.list(c, &newest, Some(&me))? } else { Vec::new() };
        own.title = "My patients";
        if rows.is_empty() && all > 0 {
            own.title = "Latest patients";
            rows = patients.list(c, &newest, Some(actor))?;
        }
        own.lines = rows
            .iter()
            .map(|row| {
                line(
                    &row.label,
                    format!("added {}", row.values.at("created_at").show(Kind::DateTime, zone)),
                    format!("/patients/{}", row.id),
                )
            })
            .collect();
    }
    let mut theirs = Group::default();
    if actor.may(Action::View, "doctor") {
        tiles.push(Tile {
            figure: Total::capped(doctors.count_up_to(c, &newest, COUNTED + 1, Some(actor))?, COUNTED).short(zone),
            label: "Doctors".into(),
            href: "/doctors",
        });
        let recent = ListQuery { limit: 200, ..ListQuery::default() }.order_by("created_at", true);
        let mut ids: Vec<Value> = Vec::new();
        let latest = if has_own { mappings.list(c, &recent, Some(&me))? } else { Vec::new() };
        for mapping in latest {
            let id = mapping.values.at("doctor_id").clone();
            if !ids.contains(&id) && (ids.len() as i64) < SHOWN {
                ids.push(id);
            }
        }
        theirs.title = if ids.is_empty() { "Doctors" } else { "My doctors" };
        let query = if ids.is_empty() { newest } else { ListQuery::only("id", Test::In(ids), SHOWN) };
        let rows = doctors.list(c, &query, Some(actor))?;
        theirs.lines = rows
            .iter()
            .map(|row| line(&row.label, row.values.at("specialization").as_text().into(), format!("/doctors/{}", row.id)))
            .collect();
    }
    Ok((tiles, own, theirs))
}

/// Whether the user can have any patients. Three look-ups by index, which save users without patients, such as administrators, a
/// scan of all patients.
fn has_own(c: &mut Connection, app: &App, user_id: i64) -> QueryResult<bool> {
    for (name, field) in [("patient", "owner_id"), ("patient", "user_id"), ("doctor", "user_id")] {
        let wanted = ListQuery::only(field, Test::In(vec![Value::Integer(user_id)]), 1);
        let found = app.registry.get(name).map_or(Ok(Vec::new()), |resource| resource.list(c, &wanted, None))?;
        if !found.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn line(label: &str, note: String, href: String) -> Line {
    Line { initials: initials(label), hue: hue(label), label: label.into(), note, href }
}
