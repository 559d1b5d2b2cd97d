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
use crate::resource::{Actor, ListQuery, Resource};
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
    resource: &'static str,
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
            let entries = section.items.into_iter().map(|item| entry(app, actor, item)).collect();
            areas.push(Area { title: section.title, entries });
        }
        count(c, app, actor, &mut areas)?;
        let panels = panel::message(c, app, &site.panels, actor)?;
        let (mine, everybody) = recent::load(c, app, actor)?;
        Ok(Self { areas, charts: charts(c, app, actor)?, panels, mine, everybody })
    }

    fn is_empty(&self) -> bool {
        self.areas.is_empty()
    }
}

fn entry(app: &App, actor: &Actor, item: NavItem) -> Entry {
    let own = app.registry.get(item.resource).map(Resource::declaration);
    let add = own.filter(|own| own.allows(actor, Action::Add)).map(|_| format!("{}/new", item.href));
    Entry { label: item.label, icon: item.icon, href: item.href, resource: item.resource, count: String::new(), add }
}

/// Counts the records of every entry in one statement.
fn count(c: &mut Connection, app: &App, actor: &Actor, areas: &mut [Area]) -> diesel::QueryResult<()> {
    let entries = areas.iter_mut().flat_map(|area| &mut area.entries);
    let counted: Vec<_> = entries.filter_map(|entry| Some((app.registry.get(entry.resource)?, entry))).collect();
    let lists: Vec<_> = counted.iter().map(|(resource, _)| (*resource, ListQuery::default())).collect();
    let counts = app.counts.all_up_to(c, app.moment(), &lists, COUNTED + 1, actor)?;
    for ((_, entry), count) in counted.into_iter().zip(counts) {
        entry.count = Total::capped(count, COUNTED).short(&app.zone(actor));
    }
    Ok(())
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
