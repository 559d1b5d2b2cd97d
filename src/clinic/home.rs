//! The start page: for each model with staff pages a count, and the records that the user opened recently, their own or the newest;
//! what is incomplete, what was added today; and for superusers the steps of setting up the clinic.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use diesel::QueryResult;
use time::Date;

use super::details::checklist::Checklist;
use super::own_record;
use crate::app::App;
use crate::db::{Connection, Zone};
use crate::english::with_article;
use crate::error::{AppError, AppResult};
use crate::resource::access::actor::Action;
use crate::resource::form::data::lower;
use crate::resource::{Actor, Declaration, ListQuery, Resource, Row, Test, Value};
use crate::web::list::pagination::{COUNTED, Total};
use crate::web::page::shell::{Shell, hue, initials};
use crate::web::page::{extension, preferences};
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};
use crate::web::search::opened::{in_order, opened};

#[derive(Template)]
#[template(path = "clinic/home.html")]
struct HomePage {
    shell: Shell,
    greeting: String,
    today: String,
    /// What other areas add, first.
    today_cards: Vec<extension::Card>,
    cards: Vec<Card>,
    added: Vec<Added>,
    checklist: Option<Checklist>,
}

/// Records of one model that have to do with today: those that were added, and those that lack something.
struct Added {
    title: String,
    /// `3 patients`
    count: String,
    href: String,
    lines: Vec<Line>,
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
    let site = visit.site.clone();
    let (today_cards, cards, added, checklist) = visit
        .app
        .db
        .read(move |c| {
            let checklist = Checklist::load(c, &app, &site, &actor)?;
            let mut first = Vec::new();
            for card in &site.today {
                first.extend((card.load)(c, &app, &actor)?);
            }
            let mut added = incomplete(c, &app, &actor)?;
            added.extend(added_today(c, &app, &actor)?);
            Ok::<_, AppError>((first, cards(c, &app, &actor)?, added, checklist))
        })
        .await?;
    let date = visit.zone().date(visit.app.now());
    let page = HomePage {
        shell: visit.shell("Today"),
        greeting,
        today: format!("{} {}", date.weekday(), visit.zone().show_date(date)),
        today_cards,
        cards,
        added,
        checklist,
    };
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
    let with_pages = app.registry.iter().filter(|model| model.declaration().staff.is_on_today());
    with_pages.filter(|model| model.declaration().allows(actor, Action::View)).map(|model| card(c, app, actor, model)).collect()
}

fn card(c: &mut Connection, app: &App, actor: &Actor, model: &Resource) -> QueryResult<Card> {
    let (own, zone) = (model.declaration(), &app.zone(actor));
    let newest = ListQuery { limit: SHOWN, ..ListQuery::default() }.order_by("created_at", true);
    let all = app.counts.up_to(c, app.moment(), model, &newest, COUNTED + 1, actor)?;
    let (plural, singular) = (own.plural_lower(), own.singular_lower());
    let opened = opened(c, model, actor, SHOWN)?;
    let (title, rows) = if opened.is_empty() {
        let mine = model.mine(c, actor, SHOWN)?.unwrap_or_default();
        match mine.is_empty() {
            true if all > 0 => (format!("Latest {plural}"), model.list(c, &newest, Some(actor))?),
            true => (format!("Latest {plural}"), Vec::new()),
            false => (format!("My {plural}"), in_order(c, model, actor, &mine)?),
        }
    } else {
        (format!("Recently opened {plural}"), opened)
    };
    let lines = rows.iter().map(|row| line(own, row, zone, app.today_of(actor)));
    Ok(Card {
        figure: Total::capped(all, COUNTED).short(zone),
        label: match (model.sees_all(actor), all) {
            (true, 1) => own.singular.into(),
            (true, _) => own.plural.into(),
            (false, 1) => format!("Your {singular}"),
            (false, _) => format!("Your {plural}"),
        },
        lines: lines.collect(),
        adds: own.allows(actor, Action::Add),
        href: own.staff.path,
        icon: own.icon,
        title,
        plural,
        singular,
    })
}

/// What was added today, for those who add such records, of the models whose views are logged: patients who were registered.
fn added_today(c: &mut Connection, app: &App, actor: &Actor) -> QueryResult<Vec<Added>> {
    let (zone, today) = (app.zone(actor), app.today_of(actor));
    let mut added = Vec::new();
    for model in app.registry.iter() {
        let own = model.declaration();
        if own.staff.path.is_empty() || !own.logs_reads || !own.allows(actor, Action::View) || !own.allows(actor, Action::Add) {
            continue;
        }
        let since = Test::AtLeast(Value::DateTime(zone.start_of(today)));
        let query = ListQuery { limit: SHOWN, ..ListQuery::only("created_at", since, SHOWN) }.order_by("created_at", true);
        let rows = model.list(c, &query, Some(actor))?;
        if rows.is_empty() {
            continue;
        }
        let all = if (rows.len() as i64) < SHOWN {
            rows.len() as i64
        } else {
            app.counts.up_to(c, app.moment(), model, &query, COUNTED + 1, actor)?
        };
        added.push(Added {
            title: format!("{} registered today", own.plural),
            count: Total::capped(all, COUNTED).short(&zone),
            href: format!("{}?created_at={today}", own.staff.path),
            lines: rows.iter().map(|row| line(own, row, &zone, today)).collect(),
        });
    }
    Ok(added)
}

/// Incomplete records that are counted, without a statement more.
const INCOMPLETE: i64 = 50;

/// Records without what is asked first, such as a date of birth where an age was estimated, for those who may fill it in.
fn incomplete(c: &mut Connection, app: &App, actor: &Actor) -> QueryResult<Vec<Added>> {
    let (zone, today) = (app.zone(actor), app.today_of(actor));
    let mut found = Vec::new();
    for model in app.registry.iter() {
        let own = model.declaration();
        let asked = own.fields.iter().find_map(|field| own.field(field.instead_of.0));
        let Some(asked) = asked.filter(|_| !own.staff.path.is_empty() && own.allows(actor, Action::Change)) else { continue };
        let query = ListQuery::only(asked.name, Test::Blank(true), INCOMPLETE + 1).order_by(asked.name, false);
        let rows = model.list(c, &query, Some(actor))?;
        if rows.is_empty() {
            continue;
        }
        found.push(Added {
            title: format!("{} without {}", own.plural, with_article(&lower(asked.label))),
            count: Total::capped(rows.len() as i64, INCOMPLETE).short(&zone),
            href: format!("{}?{}=none", own.staff.path, asked.name),
            lines: rows.iter().take(SHOWN as usize).map(|row| line(own, row, &zone, today)).collect(),
        });
    }
    Ok(found)
}

fn line(own: &Declaration, row: &Row, zone: &Zone, today: Date) -> Line {
    Line {
        initials: initials(&row.label),
        hue: hue(&row.label),
        note: (own.staff.note)(row, zone, today),
        href: format!("{}/{}", own.staff.path, row.id),
        label: row.label.clone(),
    }
}
