//! The page of one patient or doctor: details, assigned people, recent activity.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use diesel::QueryResult;

use super::kind::Records;
use crate::app::App;
use crate::clinic::mapping::Assignment;
use crate::db::time::age_on;
use crate::db::{Connection, Zone};
use crate::english::plural;
use crate::error::{AppError, AppResult};
use crate::resource::access::actor::{Action, Actor};
use crate::resource::log::entry::{LogEntry, words};
use crate::resource::value::{Kind, Row, Value, Values};
use crate::resource::{ListQuery, Test};
use crate::web::page::shell::{Shell, hue, initials};
use crate::web::record;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::response::html;

/// The most assigned people that are shown.
const SHOWN: i64 = 50;

#[derive(Template)]
#[template(path = "clinic/record.html")]
struct RecordPage {
    shell: Shell,
    label: String,
    initials: String,
    hue: u32,
    band: String,
    details: Vec<Detail>,
    people_title: &'static str,
    people: Vec<Person>,
    people_total: i64,
    people_empty: &'static str,
    assign: Option<String>,
    events: Vec<Event>,
    history: Option<String>,
    edit: Option<String>,
    delete: Option<String>,
}

struct Detail {
    label: &'static str,
    text: String,
    href: String,
    add: bool,
}

/// The person at the other end of an assignment.
struct Person {
    name: String,
    href: String,
    note: String,
    initials: String,
    hue: u32,
    remove: Option<String>,
}

struct Event {
    when: String,
    what: String,
    who: String,
}

pub async fn show(kind: &'static Records, visit: Visit, user: CurrentUser, id: i64) -> AppResult<HttpResponse> {
    let (app, actor) = (visit.app.clone(), user.to_actor());
    let edit = user.may(Action::Change, kind.name).then(|| format!("{}/{id}/edit", kind.path));
    let link = edit.clone();
    let (row, details, people, people_total, log) = visit
        .app
        .db
        .read(move |c| {
            let row = record::read::visible(c, &app, &actor, kind.name, id)?;
            let details = details(c, &app, &actor, kind, &row, link.as_deref())?;
            let (people, total) = people(c, &app, &actor, kind, id)?;
            let log = LogEntry::list_for_object(c, kind.name, id, 8, 0)?;
            Ok::<_, AppError>((row, details, people, total, log))
        })
        .await?;
    record::read::opened(&visit.app, &user, kind.name, id, &row.label).await?;
    let is_patient = kind.name == "patient";
    let zone = &visit.zone();
    let page = RecordPage {
        shell: visit.shell(row.label.clone()).under(&[(kind.plural, kind.path)]),
        initials: initials(&row.label),
        hue: hue(&row.label),
        band: if is_patient { patient_band(&row, zone, visit.app.today()) } else { row.values.at("specialization").as_text().into() },
        details,
        people_title: if is_patient { "Doctors" } else { "Patients" },
        people_empty: if is_patient { "No doctor assigned." } else { "No patients assigned." },
        people,
        people_total,
        assign: (is_patient && user.may(Action::Add, "mapping")).then(|| format!("{}/{id}/doctors/new", kind.path)),
        events: log.iter().map(|entry| event(entry, zone)).collect(),
        history: (user.is_staff).then(|| format!("/admin{}/{id}/history", kind.path)),
        delete: user.may(Action::Delete, kind.name).then(|| format!("{}/{id}/delete", kind.path)),
        edit,
        label: row.label,
    };
    html(StatusCode::OK, &page)
}

/// Date of birth, age and gender, to distinguish people with the same name.
fn patient_band(row: &Row, zone: &Zone, today: time::Date) -> String {
    let gender = Value::show(row.values.at("gender"), Kind::Choice(crate::clinic::patient::Gender::CHOICES), zone).to_lowercase();
    match row.values.at("date_of_birth") {
        // The stored age may be outdated; this one is today's.
        Value::Date(born) => format!("Born {} ({age}) · {gender} · P-{:06}", zone.show_date(*born), row.id, age = age_on(today, *born)),
        _ => format!("{} · {gender} · P-{:06}", years_old(&row.values), row.id),
    }
}

fn details(c: &mut Connection, app: &App, actor: &Actor, kind: &Records, row: &Row, edit: Option<&str>) -> QueryResult<Vec<Detail>> {
    let Some(resource) = app.registry.get(kind.name) else { return Ok(Vec::new()) };
    let mut details = Vec::new();
    for name in kind.sections.iter().flat_map(|(_, names)| names.iter()) {
        let Some(field) = resource.declaration().field(name).filter(|field| field.name != "name") else { continue };
        let value = row.values.at(name);
        let target = field.reference.and_then(|reference| app.registry.get(reference.resource)).map(|target| target.declaration());
        let href = match (target.and_then(|target| target.place(actor)), value) {
            (Some(place), Value::Integer(id)) => format!("{place}/{id}"),
            _ => field.widget.contact(value.as_text()).unwrap_or_default(),
        };
        let text = match (field.reference, value) {
            (Some(reference), Value::Integer(id)) => app.registry.visible_label(c, actor, reference.resource, *id)?,
            _ => words(c, &app.registry, &app.zone(actor), field, value)?,
        };
        let add = text.is_empty() && edit.is_some();
        let href = if add { edit.unwrap_or_default().to_string() } else { href };
        details.push(Detail { label: field.label, text, href, add });
    }
    let zone = &app.zone(actor);
    details.push(Detail { label: "Added", text: row.values.at("created_at").show(Kind::DateTime, zone), href: String::new(), add: false });
    Ok(details)
}

/// The doctors of a patient, or the patients of a doctor, that this user may view.
fn people(c: &mut Connection, app: &App, actor: &Actor, kind: &Records, id: i64) -> QueryResult<(Vec<Person>, i64)> {
    let (own, other, path) =
        if kind.name == "patient" { ("patient_id", "doctor_id", "/doctors") } else { ("doctor_id", "patient_id", "/patients") };
    let target = if kind.name == "patient" { "doctor" } else { "patient" };
    if !actor.may(Action::View, "mapping") || !actor.may(Action::View, target) {
        return Ok((Vec::new(), 0));
    }
    let (mappings, Some(others)) = (app.registry.of::<Assignment>(), app.registry.get(target)) else { return Ok((Vec::new(), 0)) };
    let query = ListQuery::only(own, Test::In(vec![Value::Integer(id)]), SHOWN).order_by("created_at", true);
    let rows = mappings.list(c, &query, Some(actor))?;
    let total = mappings.count(c, &query, Some(actor))?;
    let ids: Vec<Value> = rows.iter().map(|row| row.values.at(other).clone()).collect();
    let found = others.list(c, &ListQuery::only("id", Test::In(ids), SHOWN), Some(actor))?;
    let zone = &app.zone(actor);
    let people = rows.iter().filter_map(|row| {
        let person = found.iter().find(|person| Some(person.id) == row.values.at(other).as_id())?;
        let since = format!("since {}", on(row.values.at("created_at"), zone));
        let what = if target == "doctor" { person.values.at("specialization").as_text().to_string() } else { years_old(&person.values) };
        Some(Person {
            name: person.label.clone(),
            href: format!("{path}/{}", person.id),
            note: format!("{what} · {since}"),
            initials: initials(&person.label),
            hue: hue(&person.label),
            remove: (target == "doctor" && actor.may(Action::Delete, "mapping"))
                .then(|| format!("/patients/{id}/doctors/{}/delete", row.id)),
        })
    });
    Ok((people.collect(), total))
}

/// `1 year old`, `62 years old`
fn years_old(values: &Values) -> String {
    let Value::Integer(age) = values.at("age") else { return String::new() };
    format!("{} old", plural(*age, "year", "years"))
}

/// The date of an instant.
fn on(value: &Value, zone: &Zone) -> String {
    if let Value::DateTime(at) = value { zone.show_date(zone.date(*at)) } else { String::new() }
}

fn event(entry: &LogEntry, zone: &Zone) -> Event {
    let fields: Vec<String> = entry.changes().iter().map(|change| crate::resource::form::data::lower(&change.label)).collect();
    let what = match entry.action {
        crate::resource::log::entry::LogAction::Change => format!("Changed {}", fields.join(", ")),
        other => other.label().to_string(),
    };
    Event { when: zone.show(entry.at), what, who: entry.actor.clone() }
}
