//! The page for saving a record that has been deleted: it shows the typed values, to save them as a new record. It reads the same
//! if the record never existed, or if the user may not view it.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::form::RecordForm;
use crate::error::{AppError, AppResult};
use crate::resource::FormData;
use crate::resource::access::actor::Action;
use crate::resource::form::bind::Control;
use crate::resource::log::entry::{LogAction, LogEntry};
use crate::web::page::shell::Shell;
use crate::web::request::visit::Visit;
use crate::web::response::html;

#[derive(Template)]
#[template(path = "web/record/deleted_page.html")]
struct GonePage {
    shell: Shell,
    singular: String,
    /// Who deleted it and when, for users who could view it.
    who: Option<String>,
    /// Label and text of each typed value.
    typed: Vec<(&'static str, String)>,
    hidden_inputs: Vec<(String, String)>,
    /// The address to save them as a new record.
    add: Option<String>,
    list: String,
}

/// Renders the page; `list` is the address of the resource's list and `add` that of its form for a new record.
pub async fn render(visit: &Visit, form: &RecordForm, id: i64, typed: FormData, list: String, add: String) -> AppResult<HttpResponse> {
    let declaration = form.resource()?.declaration();
    let (singular, plural) = (declaration.singular_lower(), declaration.plural);
    let can_add = declaration.allows(&form.actor, Action::Add);
    let (own, sent) = (form.clone(), typed.clone());
    let (who, lines) = visit
        .app
        .db
        .read(move |c| {
            let (resource, binder) = (own.resource()?, own.binder());
            let seen = own.app.registry.find_in_trash(c, resource, id, Some(&own.actor))?.is_some();
            let log = if seen { LogEntry::list_for_object(c, own.name, id, 1, 0)? } else { Vec::new() };
            let who = log.into_iter().find(|entry| entry.action == LogAction::Trash);
            let mut lines = Vec::new();
            for field in own.fields()?.into_iter().filter(|field| binder.can_choose(field) && sent.mentions(field.name)) {
                let Control::Fixed { text, .. } = binder.text(c, field, &sent)?.control else { continue };
                lines.push((field.label, text));
            }
            Ok::<_, AppError>((who, lines))
        })
        .await?;
    let zone = &visit.zone();
    let hidden_inputs = typed.forget(|name| name.starts_with('_') || name == crate::web::request::csrf::FIELD).into_pairs();
    let page = GonePage {
        shell: visit.shell("Record deleted").under(&[(plural, &list)]),
        who: who.map(|entry| format!("{} deleted it on {}", entry.actor, zone.show(entry.at))),
        typed: lines,
        hidden_inputs,
        add: can_add.then_some(add),
        list,
        singular,
    };
    html(StatusCode::NOT_FOUND, &page)
}
