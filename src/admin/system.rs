//! System status: the database, the last backup, the settings without secrets, and the results of the checks.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use diesel::QueryResult;

use crate::app::App;
use crate::backup;
use crate::db::catalog::{bytes, size, version};
use crate::db::{Connection, migrations};
use crate::deploy_checks::dangers;
use crate::english::plural;
use crate::error::{AppError, AppResult};
use crate::resource::Actor;
use crate::resource::checks::indexes;
use crate::resource::log::entry::SYSTEM;
use crate::web::page::panel::{self, Fact, Panel, SetUpStep, Tone};
use crate::web::page::shell::Shell;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::response::html;

/// Its lines on the dashboard.
pub const PANEL: Panel = Panel { title: "System status", permission: SYSTEM, load: state };

pub const BACKUP_STEP: SetUpStep =
    SetUpStep { label: "Make a backup (praxis backup PATH)", href: "/admin/system", is_done: |c, _, _| Ok(backup::last(c)?.is_some()) };

/// The age in hours at which the last backup is reported: a daily one, with two hours to spare.
const BACKUP_HOURS: i64 = 26;

#[derive(Template)]
#[template(path = "admin/system.html")]
struct SystemPage {
    shell: Shell,
    panels: Vec<(&'static str, Vec<Fact>)>,
    settings: Vec<(&'static str, String)>,
    declared: String,
    dangers: Vec<String>,
    warnings: Vec<String>,
}

pub async fn show(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    let (app, site, actor) = (visit.app.clone(), visit.site.clone(), user.to_actor());
    let (panels, warnings) = visit
        .app
        .db
        .read(move |c| {
            let loaded = panel::message(c, &app, &site.panels, &actor)?;
            Ok::<_, AppError>((loaded, indexes::warnings(c, &app.registry)?))
        })
        .await?;
    let registry = &visit.app.registry;
    let page = SystemPage {
        shell: visit.shell("System status").under(&[super::ROOT]),
        panels,
        settings: visit.app.settings.lines(),
        declared: format!(
            "{}, {}, no problems",
            plural(registry.iter().count() as i64, "resource", "resources"),
            plural(registry.permissions().len() as i64, "permission", "permissions")
        ),
        dangers: dangers(&visit.app),
        warnings,
    };
    html(StatusCode::OK, &page)
}

fn state(c: &mut Connection, app: &App, actor: &Actor) -> QueryResult<Vec<Fact>> {
    let database = format!("{} {}, {}", app.db.url().name(), version(c)?, bytes(size(c)?));
    let uptime = (app.now().unix_seconds() - app.started.unix_seconds()).max(0);
    let schema = match migrations::is_pending(c) {
        Ok(false) => Fact::new("Migrations", "Up to date"),
        _ => Fact::new("Migrations", "Out of date. Run praxis migrate").tone(Tone::Danger),
    };
    let started = format!("{} ({})", app.zone(actor).show(app.started), span(uptime));
    Ok(vec![
        last_backup(c, app, actor)?,
        Fact::new("Database", database),
        schema,
        Fact::new("Running since", started),
        Fact::new("Praxis", env!("CARGO_PKG_VERSION")),
    ])
}

fn last_backup(c: &mut Connection, app: &App, actor: &Actor) -> QueryResult<Fact> {
    const LABEL: &str = "Last backup";
    let Some(entry) = backup::last(c)? else {
        return Ok(Fact::new(LABEL, "None yet. Run praxis backup PATH").tone(Tone::Warn));
    };
    let age = app.now().unix_seconds() - entry.at.unix_seconds();
    let text = format!("{}, {}", app.zone(actor).show(entry.at), entry.object_label);
    let tone = if age > BACKUP_HOURS * 3600 { Tone::Warn } else { Tone::Ok };
    Ok(Fact::new(LABEL, text).tone(tone))
}

/// `3 days`, `5 hours`, `12 minutes`
fn span(seconds: i64) -> String {
    let steps = [(86_400, "day", "days"), (3_600, "hour", "hours"), (60, "minute", "minutes")];
    match steps.iter().find(|(length, ..)| seconds >= *length) {
        Some((length, one, many)) => plural(seconds / length, one, many),
        None => "less than a minute".into(),
    }
}
