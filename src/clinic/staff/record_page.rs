//! The page of one record: details, the rows of its inlines, recent changes.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use diesel::QueryResult;

use super::neighbours::Neighbours;
use super::pages;
use super::related::{self, Related};
use crate::app::App;
use crate::db::{Connection, Zone};
use crate::error::{AppError, AppResult};
use crate::resource::access::actor::{Action, Actor};
use crate::resource::declare::declaration::Declaration;
use crate::resource::log::entry::{LogEntry, words};
use crate::resource::value::{Kind, Row, Value};
use crate::resource::{Field, Resource, file};
use crate::web::page::shell::{Shell, hue, initials};
use crate::web::record;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::response::html;

#[derive(Template)]
#[template(path = "clinic/record.html")]
struct RecordPage {
    shell: Shell,
    label: String,
    initials: String,
    hue: u32,
    summary: String,
    details: Vec<Detail>,
    related: Vec<Related>,
    events: Vec<Event>,
    history: Option<String>,
    edit: Option<String>,
    delete: Option<String>,
    neighbours: Neighbours,
}

struct Detail {
    label: &'static str,
    text: String,
    href: String,
    add: bool,
}

struct Event {
    when: String,
    what: String,
    who: String,
}

pub async fn show(model: &'static Resource, visit: Visit, user: CurrentUser, id: i64) -> AppResult<HttpResponse> {
    let (app, actor, own) = (visit.app.clone(), user.to_actor(), model.declaration());
    let back = pages::back(&visit, own);
    let page = |rest: &str| back.from(&format!("{}/{id}{rest}", own.staff.path));
    let edit = own.allows(&actor, Action::Change).then(|| page("/edit"));
    let (link, list) = (edit.clone(), back.clone());
    let (row, details, related, log, neighbours) = visit
        .app
        .db
        .read(move |c| {
            let row = record::read::visible(c, &app, &actor, own.name, id)?;
            let mut details = details(c, &app, &actor, own, &row, link.as_deref())?;
            if let Some(text) = model.visible_to(c, &row)? {
                details.push(Detail { label: "Visible to", text, href: String::new(), add: false });
            }
            let mut related = related::load(c, &app, &actor, own, &row)?;
            related.iter_mut().for_each(|card| card.keep(&list));
            let neighbours = Neighbours::load(c, &app, &actor, model, (&list, pages::filters(own)), id)?;
            let log = LogEntry::list_for_object(c, own.name, id, 8, 0)?;
            Ok::<_, AppError>((row, details, related, log, neighbours))
        })
        .await?;
    record::read::opened(&visit.app, &user, own.name, id, &row.label).await?;
    let zone = &visit.zone();
    let page = RecordPage {
        shell: visit.shell(row.label.clone()).under(&[(own.plural, &back.list())]),
        initials: initials(&row.label),
        hue: hue(&row.label),
        summary: (own.staff.summary)(&row, zone, visit.app.today_of(&user)),
        details,
        related,
        events: log.iter().map(|entry| event(entry, zone)).collect(),
        history: user.is_staff.then(|| format!("/admin/{}/{id}/history", own.slug)),
        delete: own.allows(&user.to_actor(), Action::Delete).then(|| page("/delete")),
        edit,
        neighbours,
        label: row.label,
    };
    html(StatusCode::OK, &page)
}

/// The fields that staff see.
pub(super) fn shown(own: &Declaration) -> Vec<&Field> {
    let fieldsets = own.staff.fieldsets;
    match fieldsets.is_empty() {
        true => own.fields.iter().filter(|field| field.is_stored()).collect(),
        false => fieldsets.iter().flat_map(|(_, names)| own.fields_named(names)).collect(),
    }
}

fn details(c: &mut Connection, app: &App, actor: &Actor, own: &Declaration, row: &Row, edit: Option<&str>) -> QueryResult<Vec<Detail>> {
    let mut details = Vec::new();
    // The first column of the list is the heading.
    for field in shown(own).into_iter().filter(|field| Some(&field.name) != own.list_display.first()) {
        let value = row.values.at(field.name);
        let target = field.reference.and_then(|reference| app.registry.get(reference.resource)).map(|target| target.declaration());
        let href = match (target.and_then(|target| target.list_url(actor)), value) {
            (Some(place), Value::Integer(id)) => format!("{place}/{id}"),
            (None, Value::Integer(_)) if field.kind == Kind::File => {
                own.list_url(actor).map_or_else(String::new, |list| file::visible::path(&list, row.id, field.name))
            }
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

fn event(entry: &LogEntry, zone: &Zone) -> Event {
    let fields: Vec<String> = entry.changes().iter().map(|change| crate::resource::form::data::lower(&change.label)).collect();
    let what = match entry.action {
        crate::resource::log::entry::LogAction::Change => format!("Changed {}", fields.join(", ")),
        other => other.label().to_string(),
    };
    Event { when: zone.show(entry.at), what, who: entry.actor.clone() }
}
