//! Signed notes. Nothing changes or deletes one: the database refuses it, whoever asks.

use diesel::prelude::*;

use super::sections::Texts;
use super::visit::{READERS, Visit};
use crate::accounts::user::model::User;
use crate::clinic::doctor::Doctor;
use crate::clinic::patient::Patient;
use crate::db::schema::{note_releases, notes};
use crate::db::{Connection, UtcDateTime};
use crate::resource::declare::hooks::Hooks;
use crate::resource::declare::reference::OnDelete;
use crate::resource::declare::staff_pages::StaffPages;
use crate::resource::{Api, Value, field};

#[derive(Clone, Debug, Queryable)]
pub struct Note {
    pub id: i64,
    pub visit_id: i64,
    pub patient_id: i64,
    pub author_id: i64,
    /// The name of the author when it was signed.
    pub signed_by: String,
    /// The doctor who is asked to sign as well.
    pub cosigner_id: Option<i64>,
    /// The name of the template that it was begun with.
    pub template: String,
    pub reason: String,
    pub history: String,
    pub examination: String,
    pub assessment: String,
    pub plan: String,
    /// Neither printed nor shown to the patient.
    pub colleagues: String,
    pub signed_at: UtcDateTime,
    pub draft_id: Option<i64>,
    pub created_at: UtcDateTime,
}

crate::resource! {
    Note in notes, read_only;
    name "note" at "notes", "Note" / "Notes";
    area "Notes", icon "pencil";
    fields {}
    automatic {
        signed_at: field("Signed"),
        patient_id: field("Patient").references::<Patient>(OnDelete::Protect),
        visit_id: field("Visit").references::<Visit>(OnDelete::Protect),
        author_id: field("Author").references::<User>(OnDelete::Protect),
        signed_by: field("Signed by"),
        cosigner_id: field("Second signature by").references::<Doctor>(OnDelete::Protect),
        template: field("Template"),
        reason: field("Reason").long_text(),
        history: field("What the patient says").long_text(),
        examination: field("Examination").long_text(),
        assessment: field("Assessment").long_text(),
        plan: field("Plan").long_text(),
        colleagues: field("For colleagues").long_text(),
        created_at: field("Begun"),
    }
    computed { about: field("About") => |note: &Note| Value::Text(note.texts().first_line()) }
    list_display [signed_at, patient_id, about, signed_by];
    search_through [patient_id];
    list_filter [patient_id, author_id, visit_id, cosigner_id, signed_at];
    ordering [-signed_at];
    label |note| format!("Note {}", note.id);
    scope through patient_id;
    options {
        staff: const { StaffPages::at("/notes").list_filter(&["patient_id", "signed_at"]).not_listed_today() },
        logs_reads: true,
        extra_permissions: &[super::SIGN],
        api: const { Some(Api::read_only(&[
            "patient_id", "visit_id", "signed_by", "signed_at", "template", "reason", "history", "examination", "assessment", "plan",
            "colleagues", "created_at",
        ])) },
        default_grants: READERS,
    }
}

impl Hooks for Note {}

impl Note {
    pub fn texts(&self) -> Texts {
        let Self { reason, history, examination, assessment, plan, colleagues, .. } = self.clone();
        Texts([reason, history, examination, assessment, plan, colleagues])
    }

    /// The same without the part for colleagues.
    pub fn shown_to_patient(&self) -> Texts {
        let Texts([reason, history, examination, assessment, plan, _]) = self.texts();
        Texts([reason, history, examination, assessment, plan, String::new()])
    }
}

pub fn find(c: &mut Connection, id: i64) -> QueryResult<Option<Note>> {
    notes::table.find(id).first(c).optional()
}

/// The note that this draft became.
pub fn of_draft(c: &mut Connection, draft_id: i64, author_id: i64) -> QueryResult<Option<i64>> {
    notes::table.filter(notes::draft_id.eq(draft_id)).filter(notes::author_id.eq(author_id)).select(notes::id).first(c).optional()
}

/// The latest notes about a patient.
pub fn latest_of(c: &mut Connection, patient_id: i64, most: i64) -> QueryResult<Vec<Note>> {
    notes::table.filter(notes::patient_id.eq(patient_id)).order((notes::signed_at.desc(), notes::id.desc())).limit(most).load(c)
}

/// Since when the patient can read a note; `None` if they cannot.
pub fn released_at(c: &mut Connection, id: i64) -> QueryResult<Option<UtcDateTime>> {
    note_releases::table.find(id).select(note_releases::released_at).first(c).optional()
}
