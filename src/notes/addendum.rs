//! What is added to a signed note: a text, or the signature of a second doctor. Neither is ever changed.

use diesel::prelude::*;

use super::note::Note;
use super::visit::READERS;
use crate::accounts::user::model::User;
use crate::clinic::patient::Patient;
use crate::db::schema::addenda;
use crate::db::{Connection, UtcDateTime};
use crate::resource::declare::hooks::Hooks;
use crate::resource::declare::reference::OnDelete;
use crate::resource::{Api, field};

crate::text_enum! {
    pub enum AddendumKind {
        Addendum = "addendum" / "Addendum",
        CoSignature = "co_signature" / "Second signature",
    }
}

#[derive(Clone, Debug, Queryable)]
pub struct Addendum {
    pub id: i64,
    pub note_id: i64,
    pub patient_id: i64,
    pub author_id: i64,
    /// The name of the author at the time.
    pub signed_by: String,
    pub kind: AddendumKind,
    pub text: String,
    pub created_at: UtcDateTime,
}

crate::resource! {
    Addendum in addenda, read_only;
    name "addendum" at "addenda", "Addendum" / "Addenda";
    area "Notes", icon "plus";
    fields {}
    automatic {
        created_at: field("Added"),
        note_id: field("Note").references::<Note>(OnDelete::Protect),
        patient_id: field("Patient").references::<Patient>(OnDelete::Protect),
        author_id: field("Author").references::<User>(OnDelete::Protect),
        signed_by: field("Added by"),
        kind: field("Type"),
        text: field("Text").long_text(),
    }
    list_display [created_at, patient_id, kind, signed_by];
    search_through [patient_id];
    list_filter [patient_id, note_id, author_id, kind, created_at];
    ordering [-created_at];
    label |addendum| format!("{} {}", addendum.kind.label(), addendum.id);
    scope through patient_id;
    options {
        logs_reads: true,
        api: const { Some(Api::read_only(&["note_id", "patient_id", "signed_by", "kind", "text", "created_at"])) },
        default_grants: READERS,
    }
}

impl Hooks for Addendum {}

/// What was added to a note, in order.
pub fn list_for_note(c: &mut Connection, note_id: i64) -> QueryResult<Vec<Addendum>> {
    addenda::table.filter(addenda::note_id.eq(note_id)).order(addenda::id).load(c)
}
