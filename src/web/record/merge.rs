//! Merging the changes of two users to one record. The conflict page asks which value to use for each field; its answers are
//! turned into an ordinary form here.

use diesel::QueryResult;

use super::form::VERSION;
use crate::db::{Connection, Zone};
use crate::resource::write::conflict::state_at;
use crate::resource::{Actor, FormData, Kind, Resource};

/// The hidden fields with the names of the fields in conflict.
pub const ASKED: &str = "_merge";
/// The version that the form was first opened with.
pub const BASE: &str = "_base";

/// The name of the field with the answer.
pub fn pick_name(field: &str) -> String {
    format!("_pick-{field}")
}

/// Whose value was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pick {
    Theirs,
    Yours,
}

impl Pick {
    pub fn of(typed: &FormData, field: &str) -> Option<Self> {
        match typed.text(&pick_name(field)) {
            "theirs" => Some(Self::Theirs),
            "yours" => Some(Self::Yours),
            _ => None,
        }
    }
}

/// Whether the form comes from the conflict page and leaves this field undecided.
pub fn is_undecided(typed: &FormData, field: &str) -> bool {
    typed.all(ASKED).any(|asked| asked == field) && Pick::of(typed, field).is_none()
}

/// The form of the conflict page as an ordinary one, with the other user's values where those were chosen. While a field is
/// undecided the form has the version that it was first opened with, so that the same conflict occurs again.
pub fn settle(c: &mut Connection, resource: &Resource, actor: &Actor, zone: &Zone, id: i64, typed: FormData) -> QueryResult<FormData> {
    if !typed.has(ASKED) {
        return Ok(typed);
    }
    if typed.all(ASKED).any(|field| is_undecided(&typed, field)) {
        let base = typed.text(BASE).to_string();
        return Ok(typed.with(VERSION, base));
    }
    let Some(row) = resource.find(c, id, Some(actor))? else { return Ok(typed) };
    let shown = typed.text(VERSION).parse().unwrap_or(i64::MAX);
    let theirs = state_at(c, resource.declaration(), &row, shown)?;
    let mut merged = typed.clone();
    for field in resource.declaration().fields.iter().filter(|field| typed.all(ASKED).any(|asked| asked == field.name)) {
        if Pick::of(&typed, field.name) == Some(Pick::Theirs) {
            merged = merged.without(field.name).and(FormData::of(std::iter::once(field), &theirs, zone));
            // A reference that is not sent would keep its value.
            if (field.is_reference() || field.kind == Kind::File) && !merged.has(field.name) {
                merged.push(field.name, "");
            }
        }
    }
    Ok(merged.forget(|name| name == ASKED || name == BASE || name.starts_with("_pick-")))
}
