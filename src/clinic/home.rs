//! The start page: for each model with staff pages a count, and the user's own or the newest records.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use diesel::QueryResult;

use super::own_record;
use crate::app::App;
use crate::db::Connection;
use crate::error::{AppError, AppResult};
use crate::resource::access::actor::Action;
use crate::resource::{Actor, ListQuery, Resource, Test, Value};
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
    cards: Vec<Card>,
}

/// One model: its count, and the user's own or the newest records.
struct Card {
    /// `128`, or `10,000+`
    figure: String,
    /// `Your patients`, or `Patients` for those who see every one.
    label: String,
    title: String,
    /// `patients` and `patient`
    plural: String,
    singular: String,
    icon: &'static str,
    href: &'static str,
    adds: bool,
    lines: Vec<Line>,
}

/// Records in each list.
const SHOWN: i64 = 6;

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
    let greeting = greeting(&visit, &user);
    if own_record::is_for(&user) {
        return own_record::show(visit, user, greeting).await;
    }
    let (app, actor) = (visit.app.clone(), user.to_actor());
    let cards = visit.app.db.read(move |c| cards(c, &app, &actor).map_err(AppError::from)).await?;
    let date = visit.zone().date(visit.app.now());
    let page =
        HomePage { shell: visit.shell("Today"), greeting, today: format!("{} {}", date.weekday(), visit.zone().show_date(date)), cards };
    html(StatusCode::OK, &page)
}

/// `Good morning, Rosa`
fn greeting(visit: &Visit, user: &CurrentUser) -> String {
    let first_name = user.name.split_whitespace().next().unwrap_or(&user.name);
    let part = match visit.zone().hour(visit.app.now()) {
        0..12 => "morning",
        12..18 => "afternoon",
        _ => "evening",
    };
    format!("Good {part}, {first_name}")
}

/// One card for each model whose records this person may view.
fn cards(c: &mut Connection, app: &App, actor: &Actor) -> QueryResult<Vec<Card>> {
    let with_pages = app.registry.iter().filter(|model| !model.declaration().staff.path.is_empty());
    with_pages.filter(|model| model.declaration().allows(actor, Action::View)).map(|model| card(c, app, actor, model)).collect()
}

fn card(c: &mut Connection, app: &App, actor: &Actor, model: &Resource) -> QueryResult<Card> {
    let (own, zone) = (model.declaration(), &app.zone(actor));
    let newest = ListQuery { limit: SHOWN, ..ListQuery::default() }.order_by("created_at", true);
    let all = app.counts.up_to(c, app.moment(), model, &newest, COUNTED + 1, actor)?;
    let mine = model.mine(c, actor, SHOWN)?.unwrap_or_default();
    let (plural, singular) = (own.plural_lower(), own.singular_lower());
    let (title, rows) = if mine.is_empty() {
        (format!("Latest {plural}"), if all > 0 { model.list(c, &newest, Some(actor))? } else { Vec::new() })
    } else {
        let ids = Test::In(mine.iter().map(|id| Value::Integer(*id)).collect());
        let mut rows = model.list(c, &ListQuery::only("id", ids, SHOWN), Some(actor))?;
        rows.sort_by_key(|row| mine.iter().position(|id| *id == row.id));
        (format!("My {plural}"), rows)
    };
    let lines = rows.iter().map(|row| Line {
        initials: initials(&row.label),
        hue: hue(&row.label),
        note: (own.staff.note)(row, zone, app.today_of(actor)),
        href: format!("{}/{}", own.staff.path, row.id),
        label: row.label.clone(),
    });
    Ok(Card {
        figure: Total::capped(all, COUNTED).short(zone),
        label: if model.sees_all(actor) { own.plural.into() } else { format!("Your {plural}") },
        lines: lines.collect(),
        adds: own.allows(actor, Action::Add),
        href: own.staff.path,
        icon: own.icon,
        title,
        plural,
        singular,
    })
}
