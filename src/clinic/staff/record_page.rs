//! The page of one record: details, the rows of its inlines, recent changes.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::details::{Detail, details};
use super::events::{self, Event};
use super::neighbours::Neighbours;
use super::opened_from::{back as list_before, filters};
use super::related::{self, Related};
use crate::clinic::who_looked;
use crate::english::isolated;
use crate::error::{AppError, AppResult};
use crate::resource::access::actor::Action;
use crate::resource::declare::declaration::Declaration;
use crate::resource::value::{Kind, Value};
use crate::resource::{Field, Resource};
use crate::web::page::extension::Extension;
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
    /// Who looked at the record.
    looks: Option<String>,
    edit: Option<String>,
    delete: Option<String>,
    /// Invites the person of the record, who has no account.
    invite: Option<String>,
    neighbours: Neighbours,
    /// What other areas add.
    extension: Extension,
}

pub async fn show(model: &'static Resource, visit: Visit, user: CurrentUser, id: i64) -> AppResult<HttpResponse> {
    let (app, actor, own) = (visit.app.clone(), user.to_actor(), model.declaration());
    let back = list_before(&visit, own);
    let page = |rest: &str| back.from(&format!("{}/{id}{rest}", own.staff.path));
    let edit = own.allows(&actor, Action::Change).then(|| page("/edit"));
    let (link, list) = (edit.clone(), back.clone());
    let site = visit.site.clone();
    let (row, details, mut related, events, neighbours, extension) = visit
        .app
        .db
        .read(move |c| {
            let row = record::read::visible(c, &app, &actor, own.name, id)?;
            // The first column of the list is the heading.
            // What a form folds away is shown only if it is filled in.
            let is_folded = |name: &str| own.fieldsets.iter().any(|section| section.closed && section.names().any(|folded| folded == name));
            let is_blank = |name: &str| row.values.at(name).is_blank() || *row.values.at(name) == Value::Bool(false);
            let fields = shown(own).into_iter().filter(|field| Some(&field.name) != own.list_display.first());
            let fields = fields.filter(|field| !(is_folded(field.name) && is_blank(field.name)));
            let mut details = details(c, &app, &actor, (own, &row), fields, link.as_deref())?;
            let added = row.values.at("created_at").show(Kind::DateTime, &app.zone(&actor));
            details.push(Detail { label: "Added", text: added, href: String::new(), add: false });
            if let Some(text) = model.visible_to(c, &row)? {
                details.push(Detail { label: "Visible to", text, href: String::new(), add: false });
            }
            let mut related = related::load(c, &app, &actor, own, &row)?;
            related.iter_mut().for_each(|card| card.keep(&list));
            let neighbours = Neighbours::load(c, &app, &actor, model, (&list, filters(own)), id)?;
            let events = events::load(c, &app, &actor, own, id)?;
            let extension = Extension::of(c, &app, &actor, &site.extensions, own.name, &row)?;
            Ok::<_, AppError>((row, details, related, events, neighbours, extension))
        })
        .await?;
    for card in &mut related {
        card.open(&visit, &user, id).await?;
    }
    record::read::opened(&visit.app, &user, own.name, id, &row.label).await?;
    let zone = &visit.zone();
    let has_account = *row.values.at("user_id") != Value::Null;
    let may_invite = own.staff.with_account && edit.is_some() && user.is_staff && user.may(Action::Add, "user");
    let invite = (may_invite && !has_account).then(|| format!("/admin/invitations?record={}.{id}", own.name));
    let page = RecordPage {
        shell: visit.shell(isolated(&row.label)).under(&[(own.plural, &back.list())]).of_record(&visit, own, &row, ""),
        initials: initials(&row.label),
        hue: hue(&row.label),
        summary: (own.staff.summary)(&row, zone, visit.app.today_of(&user)),
        details,
        related,
        events,
        history: user.is_staff.then(|| format!("/admin/{}/{id}/history", own.slug)),
        looks: (own.logs_reads && user.can(who_looked::PERMISSION)).then(|| page("/access")),
        delete: own.allows(&user.to_actor(), Action::Delete).then(|| page("/delete")),
        edit,
        invite,
        neighbours,
        extension,
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
