//! Read-only fields as text, and links from a field to the record it refers to.

use diesel::QueryResult;

use super::bind::{Binder, Control, Related};
use super::data::FormData;
use super::parse::read;
use crate::db::Connection;
use crate::resource::access::actor::Action;
use crate::resource::declare::field::Field;
use crate::resource::value::{Kind, Value};

impl Binder<'_> {
    /// A value as text. The data must come from the record, not from the browser.
    pub(crate) fn fixed(&self, c: &mut Connection, field: &Field, data: &FormData) -> QueryResult<Control> {
        let text = data.text(field.name);
        let text = match (field.reference, field.kind) {
            (Some(reference), Kind::Many) => {
                let ids: Vec<i64> = data.all(field.name).filter_map(|id| id.parse().ok()).collect();
                let mut labels: Vec<String> =
                    self.registry.labels(c, reference.resource, &ids)?.into_iter().map(|(_, label)| label).collect();
                labels.sort();
                labels.join(", ")
            }
            (Some(reference), _) => match text.parse::<i64>() {
                Ok(id) => self.registry.visible_label(c, self.actor, reference.resource, id)?,
                Err(_) => String::new(),
            },
            (None, Kind::File) => return self.fixed_file(c, text),
            (None, Kind::Choice(_)) => Value::Text(text.into()).show(field.kind, &self.zone),
            (None, Kind::Bool) => Value::Bool(data.has(field.name)).show(field.kind, &self.zone),
            (None, Kind::DateTime | Kind::Date) => {
                read(field, data, time::Date::MAX, &self.zone).map(|value| value.show(field.kind, &self.zone)).unwrap_or_default()
            }
            _ => text.into(),
        };
        let href = if field.is_reference() { self.record_url(c, field, data)? } else { field.widget.contact(&text) };
        Ok(Control::Fixed { text, href })
    }

    /// The URL of the record that a field refers to, if it exists and the actor may view it.
    fn record_url(&self, c: &mut Connection, field: &Field, data: &FormData) -> QueryResult<Option<String>> {
        let target = field.reference.filter(|_| field.is_reference()).and_then(|reference| self.registry.get(reference.resource));
        let (Some(target), Ok(id)) = (target, data.text(field.name).parse::<i64>()) else { return Ok(None) };
        let Some(place) = target.declaration().list_url_in(self.actor, self.inside) else { return Ok(None) };
        Ok(target.find(c, id, Some(self.actor))?.map(|_| format!("{place}/{id}")))
    }

    /// The buttons that open records of a reference and then return to the form.
    pub(crate) fn related(&self, field: &Field, data: &FormData) -> Vec<Related> {
        let target = field.reference.filter(|_| self.has_drafts && field.is_reference());
        let Some(own) = target.and_then(|reference| self.registry.get(reference.resource)).map(|target| target.declaration()) else {
            return Vec::new();
        };
        if own.list_url_in(self.actor, self.inside).is_none() {
            return Vec::new();
        }
        let chosen = !data.text(field.name).is_empty();
        let ways = [(Action::Add, "add", "Add new"), (Action::Change, "edit", "Edit"), (Action::View, "view", "View")];
        ways.into_iter()
            .filter(|(action, _, _)| own.allows(self.actor, *action) && (chosen || *action == Action::Add))
            .map(|(_, word, label)| Related {
                value: format!("{word}:{}", field.name),
                label,
                of: if word == "add" { own.singular_lower() } else { format!("the chosen {}", own.singular_lower()) },
            })
            .collect()
    }
}
