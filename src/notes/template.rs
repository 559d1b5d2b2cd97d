//! Templates of notes: the clinic's own, with texts to begin with.

use diesel::prelude::*;

use super::sections::{COUNT, Texts};
use crate::db::schema::note_templates;
use crate::db::{Connection, UtcDateTime};
use crate::resource::access::actor::Action;
use crate::resource::declare::hooks::Hooks;
use crate::resource::declare::staff_pages::StaffPages;
use crate::resource::declare::widget::Widget;
use crate::resource::{Api, field};

#[derive(Clone, Debug, Queryable)]
pub struct NoteTemplate {
    pub id: i64,
    pub name: String,
    pub reason: String,
    pub history: String,
    pub examination: String,
    pub assessment: String,
    pub plan: String,
    pub search_text: String,
    pub created_at: UtcDateTime,
    pub updated_at: UtcDateTime,
    pub version: i64,
    pub deleted_at: Option<UtcDateTime>,
}

crate::resource! {
    NoteTemplate in note_templates;
    name "note_template" at "note-templates", "Note template" / "Note templates";
    area "Notes", icon "list";
    fields {
        name: field("Name").max(60).unique_error("There is already a template with this name").example("Follow-up"),
        reason: field("Reason").max(4_000).optional().widget(Widget::Area).help("What a note begins with. Leave blank what differs each time"),
        history: field("What the patient says").max(4_000).optional().widget(Widget::Area),
        examination: field("Examination").max(4_000).optional().widget(Widget::Area),
        assessment: field("Assessment").max(4_000).optional().widget(Widget::Area),
        plan: field("Plan").max(4_000).optional().widget(Widget::Area),
    }
    automatic { created_at: field("Added"), updated_at: field("Changed") }
    trash;
    list_display [name, updated_at];
    search_fields [name];
    natural_key [name];
    list_filter [created_at];
    ordering [name];
    label |template| template.name.clone();
    options {
        staff: const { StaffPages::at("/note-templates").not_listed_today() },
        api: const { Some(Api::of(&["name", "reason", "history", "examination", "assessment", "plan", "created_at", "updated_at"])) },
        default_grants: &[("Doctor", &Action::ALL), ("Nurse", &[Action::View]), ("Administrator", &Action::ALL)],
    }
}

impl Hooks for NoteTemplate {}

/// Every template, by name: id and name.
pub fn names(c: &mut Connection) -> QueryResult<Vec<(i64, String)>> {
    use note_templates as own;
    own::table.filter(own::deleted_at.is_null()).order((own::name, own::id)).select((own::id, own::name)).limit(MOST).load(c)
}

/// The most that a note offers.
const MOST: i64 = 200;

pub fn find(c: &mut Connection, id: i64) -> QueryResult<Option<NoteTemplate>> {
    note_templates::table.find(id).filter(note_templates::deleted_at.is_null()).first(c).optional()
}

impl NoteTemplate {
    /// The texts of a note, with those of the template in the parts that are blank.
    pub fn fill(&self, texts: Texts) -> Texts {
        let own: [&str; COUNT] = [&self.reason, &self.history, &self.examination, &self.assessment, &self.plan, ""];
        let mut filled = texts;
        for (text, own) in filled.0.iter_mut().zip(own).filter(|(text, _)| text.trim().is_empty()) {
            *text = own.into();
        }
        filled
    }
}
