//! The profile page: the user's details, how they sign in, their permissions and recent activity.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;
use diesel::QueryResult;

use super::activity::{self, Activity};
use super::card::{ProfileCards, ProfileLine};
use crate::accounts::throttle::attempt::{Outcome, list_for_user};
use crate::accounts::user::model::User;
use crate::accounts::user::rights::{Right, rights};
use crate::app::App;
use crate::db::Connection;
use crate::error::{AppError, AppResult};
use crate::resource::Actor;
use crate::resource::Model;
use crate::web::page::shell::{Shell, hue, initials};
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::response::html;
use crate::web::site::Site;

/// Recent activities shown.
const SHOWN: i64 = 8;
/// The previous sign-in is searched for among this many recent attempts.
const TRIES: i64 = 20;

/// A heading and the lines under it.
type Card = (&'static str, Vec<ProfileLine>);

#[derive(Template)]
#[template(path = "accounts/profile/profile.html")]
struct ProfilePage {
    shell: Shell,
    name: String,
    initials: String,
    hue: u32,
    username: String,
    facts: Vec<(&'static str, String)>,
    email: String,
    cards: Vec<Card>,
    groups: Vec<String>,
    everything: bool,
    rights: Vec<Right>,
    activities: Vec<Activity>,
}

pub async fn show(visit: Visit, user: CurrentUser, known: Data<ProfileCards>) -> AppResult<HttpResponse> {
    let (row, _) = crate::accounts::password::change::own(&visit, &user).await?;
    let (app, site, actor) = (visit.app.clone(), visit.site.clone(), user.to_actor());
    let (cards, activities, before) = visit
        .app
        .db
        .read(move |c| {
            let activities = activity::list(c, &app, &actor, i64::MAX, SHOWN)?;
            Ok::<_, AppError>((cards(c, &app, &site, &known, &actor)?, activities, signed_in_before(c, &app, &actor)?))
        })
        .await?;
    let zone = visit.zone();
    let text = |name: &str| row.values.at(name).as_text().to_string();
    let own = visit.app.registry.of::<User>().declaration();
    let written = own.field("locale").map_or_else(String::new, |field| row.values.at(User::FIELDS.locale).show(field.kind, &zone));
    let here = if text("time_zone").is_empty() { format!("{} (the clinic’s time zone)", zone.name()) } else { zone.name() };
    let page = ProfilePage {
        shell: visit.shell("Profile"),
        initials: initials(&user.name),
        hue: hue(&user.name),
        username: user.username.clone(),
        facts: vec![
            ("First name", text("first_name")),
            ("Last name", text("last_name")),
            ("Phone", text("phone")),
            ("Time zone", here),
            ("Date and number format", written),
            ("Previous sign-in", before),
        ],
        email: crate::email_address::shown(&text("email")).into_owned(),
        cards,
        groups: user.groups.clone(),
        everything: user.is_superuser,
        rights: if user.is_superuser { Vec::new() } else { rights(&visit.app, &user) },
        activities,
        name: user.name.clone(),
    };
    html(StatusCode::OK, &page)
}

/// The cards with the lines of each part of the product, by heading.
fn cards(c: &mut Connection, app: &App, site: &Site, known: &ProfileCards, actor: &Actor) -> QueryResult<Vec<Card>> {
    let mut cards: Vec<Card> = Vec::new();
    for card in &known.0 {
        let mut lines = (card.load)(c, app, actor)?;
        for line in lines.iter_mut().filter(|line| line.label.is_empty()) {
            line.label = site.title(line.href).into();
        }
        match cards.iter_mut().find(|(title, _)| *title == card.title) {
            Some((_, known)) => known.extend(lines),
            None => cards.push((card.title, lines)),
        }
    }
    cards.retain(|(_, lines)| !lines.is_empty());
    Ok(cards)
}

/// The time of the previous sign-in; blank if this is the first.
fn signed_in_before(c: &mut Connection, app: &App, actor: &Actor) -> QueryResult<String> {
    let tries = list_for_user(c, actor.id, TRIES)?;
    let before = tries.iter().filter(|one| one.outcome == Outcome::Ok).nth(1);
    Ok(before.map_or_else(String::new, |one| app.zone(actor).show(one.created_at)))
}
