//! The values of a record for people to read.

use diesel::QueryResult;

use crate::app::App;
use crate::db::Connection;
use crate::resource::form::bind::Binder;
use crate::resource::log::entry::words;
use crate::resource::{Actor, Declaration, Field, Kind, Row, Value, file};

/// One value.
pub struct Detail {
    pub label: &'static str,
    pub text: String,
    pub href: String,
    pub add: bool,
}

/// The values of these fields, as far as the actor may view what they refer to. `edit` is where a blank one is filled in, if the
/// form lets the actor choose it.
pub fn details<'a>(
    c: &mut Connection,
    app: &App,
    actor: &Actor,
    (own, row): (&Declaration, &Row),
    fields: impl Iterator<Item = &'a Field>,
    edit: Option<&str>,
) -> QueryResult<Vec<Detail>> {
    let mut details = Vec::new();
    let mut binder = Binder::new(&app.registry, actor, &app.clinic_zone());
    binder.row = Some(row);
    for field in fields {
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
        // The heading says it already.
        if text == row.label {
            continue;
        }
        let add = text.is_empty() && edit.is_some() && binder.can_choose(field);
        let href = if add { edit.unwrap_or_default().to_string() } else { href };
        details.push(Detail { label: field.label, text, href, add });
    }
    Ok(details)
}
