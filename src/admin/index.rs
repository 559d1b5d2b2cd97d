//! The administration's start page: the number of records, their growth, the state of the system, and recent activity. Every
//! query uses an index or stops counting at a limit, so that the page is as fast with a large database.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::recent::{self, Recent};
use crate::app::App;
use crate::db::Connection;
use crate::error::{AppError, AppResult};
use crate::resource::access::actor::Action;
use crate::resource::{Actor, ListQuery};
use crate::web::list::pagination::{COUNTED, Total};
use crate::web::page::chart::BarChart;
use crate::web::page::navigation::{self, NavItem};
use crate::web::page::panel::{self, Fact};
use crate::web::page::shell::Shell;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::response::html;
use crate::web::site::Site;

#[derive(Template)]
#[template(path = "admin/index.html")]
struct IndexPage {
    shell: Shell,
    board: Board,
}

/// What the page shows, according to the user's permissions.
struct Board {
    areas: Vec<Area>,
    charts: Vec<BarChart>,
    panels: Vec<(&'static str, Vec<Fact>)>,
    mine: Vec<Recent>,
    /// Only for users who may view the log.
    everybody: Option<Vec<Recent>>,
}

struct Area {
    title: &'static str,
    entries: Vec<Entry>,
}

struct Entry {
    label: String,
    icon: &'static str,
    href: String,
    /// Blank for a page.
    count: String,
    add: Option<String>,
}

pub async fn show(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    let (app, site, actor) = (visit.app.clone(), visit.site.clone(), user.to_actor());
    let board = visit.app.db.read(move |c| Board::load(c, &app, &site, &actor).map_err(AppError::from)).await?;
    html(StatusCode::OK, &IndexPage { shell: visit.shell("Administration"), board })
}

impl Board {
    fn load(c: &mut Connection, app: &App, site: &Site, actor: &Actor) -> diesel::QueryResult<Self> {
        let mut areas = Vec::new();
        for section in navigation::areas(app, &site.pages, actor, "") {
            let entries = section.items.into_iter().map(|item| entry(c, app, actor, item)).collect::<Result<_, _>>()?;
            areas.push(Area { title: section.title, entries });
        }
        let panels = panel::message(c, app, &site.panels, actor)?;
        let everybody = if actor.can("log_entry.view") { Some(recent::of_all(c, app, actor)?) } else { None };
        Ok(Self { areas, charts: charts(c, app, actor)?, panels, mine: recent::mine(c, app, actor)?, everybody })
    }

    fn is_empty(&self) -> bool {
        self.areas.is_empty()
    }
}

fn entry(c: &mut Connection, app: &App, actor: &Actor, item: NavItem) -> diesel::QueryResult<Entry> {
    let mut entry = Entry { label: item.label, icon: item.icon, href: item.href, count: String::new(), add: None };
    if let Some(resource) = app.registry.get(item.resource) {
        let count = resource.count_up_to(c, &ListQuery::default(), COUNTED + 1, Some(actor))?;
        entry.count = Total::capped(count, COUNTED).short(&app.zone(actor));
        entry.add = resource.declaration().allows(actor, Action::Add).then(|| format!("{}/new", entry.href));
    }
    Ok(entry)
}

fn charts(c: &mut Connection, app: &App, actor: &Actor) -> diesel::QueryResult<Vec<BarChart>> {
    let mut charts = Vec::new();
    for resource in app.registry.iter().filter(|resource| resource.declaration().allows(actor, Action::View) && resource.sees_all(actor)) {
        let own = resource.declaration();
        if let Some(trend) = own.chart {
            charts.push(BarChart::load(c, app, resource, trend, actor, super::home(own))?);
        }
    }
    Ok(charts)
}
