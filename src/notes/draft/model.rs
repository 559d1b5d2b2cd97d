//! Drafts as rows. They are stored every few seconds, so that they are not in the log; signing logs the whole note.

use diesel::prelude::*;

use super::typed::Typed;
use crate::clinic::patient::Patient;
use crate::db::connection::exclusive;
use crate::db::schema::{doctors, note_drafts, notes, visits};
use crate::db::{Connection, UtcDateTime};
use crate::notes::sections::Texts;
use crate::notes::visit::Visit;
use crate::resource::access::actor::Action;
use crate::resource::{Actor, Model, Row};

#[derive(Clone, Debug, Queryable)]
pub struct Draft {
    pub id: i64,
    pub visit_id: i64,
    pub patient_id: i64,
    pub author_id: i64,
    pub cosigner_id: Option<i64>,
    pub template: String,
    pub reason: String,
    pub history: String,
    pub examination: String,
    pub assessment: String,
    pub plan: String,
    pub colleagues: String,
    /// Where the author was last.
    pub last_field: String,
    /// The page that it was stored from: what that page sends later follows this.
    pub tab: String,
    pub created_at: UtcDateTime,
    pub updated_at: UtcDateTime,
    pub version: i64,
}

/// A draft with its visit and its patient.
pub struct Opened {
    pub draft: Draft,
    pub visit: Visit,
    pub patient: Row,
    /// The visit has a signed note, of somebody else or an earlier one, and stays as it is.
    pub is_settled: bool,
}

impl Draft {
    pub fn texts(&self) -> Texts {
        let Self { reason, history, examination, assessment, plan, colleagues, .. } = self.clone();
        Texts([reason, history, examination, assessment, plan, colleagues])
    }
}

/// The same for who changes it: whoever else does waits until the end of this transaction.
pub fn find_to_change(c: &mut Connection, actor: &Actor, id: i64) -> QueryResult<Option<Opened>> {
    exclusive(c, "note_draft", id)?;
    find(c, actor, id)
}

/// The actor's own draft, of a patient whom they may see.
pub fn find(c: &mut Connection, actor: &Actor, id: i64) -> QueryResult<Option<Opened>> {
    let own = note_drafts::table.find(id).filter(note_drafts::author_id.eq(actor.id));
    let Some(draft) = own.first::<Draft>(c).optional()? else { return Ok(None) };
    if !Patient::resource().declaration().allows(actor, Action::View) {
        return Ok(None);
    }
    let Some(patient) = Patient::resource().find(c, draft.patient_id, Some(actor))? else { return Ok(None) };
    let visit: Visit = visits::table.find(draft.visit_id).first(c)?;
    let is_settled = has_notes(c, visit.id)?;
    Ok(Some(Opened { draft, visit, patient, is_settled }))
}

pub fn has_notes(c: &mut Connection, visit_id: i64) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(notes::table.filter(notes::visit_id.eq(visit_id)))).get_result(c)
}

/// What became of a text that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {
    /// With this version.
    As(i64),
    /// Another page has stored another text since.
    Differs,
}

/// Stores what was typed, unless another page has stored something else since.
pub fn store(c: &mut Connection, opened: &Opened, typed: &Typed, now: UtcDateTime) -> QueryResult<Stored> {
    let draft = &opened.draft;
    let follows = typed.version == draft.version || (!typed.tab.is_empty() && typed.tab == draft.tab);
    if !follows && typed.texts != draft.texts() {
        return Ok(Stored::Differs);
    }
    if !opened.is_settled && typed.kind.is_some_and(|kind| kind != opened.visit.kind) {
        let visit = visits::table.find(draft.visit_id);
        diesel::update(visit).set((visits::kind.eq(typed.kind.unwrap_or(opened.visit.kind)), visits::updated_at.eq(now))).execute(c)?;
    }
    let template = typed.template.as_deref().unwrap_or(&draft.template);
    let cosigner_id = match typed.cosigner_id {
        Some(id) if !can_sign(c, id)? => draft.cosigner_id,
        chosen => chosen,
    };
    let is_same = typed.texts == draft.texts()
        && (cosigner_id, &*typed.last_field, &*typed.tab, template)
            == (draft.cosigner_id, &*draft.last_field, &*draft.tab, &*draft.template);
    if is_same {
        return Ok(Stored::As(draft.version));
    }
    write(c, draft, typed, (cosigner_id, template), now)
}

/// Whether this is a doctor who can sign in.
pub fn can_sign(c: &mut Connection, doctor_id: i64) -> QueryResult<bool> {
    let known = doctors::table.find(doctor_id).filter(doctors::deleted_at.is_null()).filter(doctors::user_id.is_not_null());
    diesel::select(diesel::dsl::exists(known)).get_result(c)
}

fn write(
    c: &mut Connection,
    draft: &Draft,
    typed: &Typed,
    (cosigner_id, template): (Option<i64>, &str),
    now: UtcDateTime,
) -> QueryResult<Stored> {
    use note_drafts as own;
    let Texts([reason, history, examination, assessment, plan, colleagues]) = &typed.texts;
    let known = own::table.filter(own::id.eq(draft.id)).filter(own::version.eq(draft.version));
    let texts = (
        own::reason.eq(reason),
        own::history.eq(history),
        own::examination.eq(examination),
        own::assessment.eq(assessment),
        own::plan.eq(plan),
        own::colleagues.eq(colleagues),
    );
    let rest = (
        own::cosigner_id.eq(cosigner_id),
        own::template.eq(template),
        own::last_field.eq(&typed.last_field),
        own::tab.eq(&typed.tab),
        own::updated_at.eq(now),
        own::version.eq(draft.version + 1),
    );
    match diesel::update(known).set((texts, rest)).execute(c)? {
        1 => Ok(Stored::As(draft.version + 1)),
        _ => Ok(Stored::Differs),
    }
}

/// Deletes a draft, and its visit if nothing else hangs on it. Whether the visit went as well.
pub fn delete(c: &mut Connection, draft: &Draft) -> QueryResult<bool> {
    diesel::delete(note_drafts::table.find(draft.id)).execute(c)?;
    let others = note_drafts::table.filter(note_drafts::visit_id.eq(draft.visit_id));
    if has_notes(c, draft.visit_id)? || diesel::select(diesel::dsl::exists(others)).get_result(c)? {
        return Ok(false);
    }
    Ok(diesel::delete(visits::table.find(draft.visit_id)).execute(c)? == 1)
}
