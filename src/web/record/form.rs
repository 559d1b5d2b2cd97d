//! The form of a record of any resource, opened, or shown again with its errors, for the administration and the staff pages.
//! `save` stores it.

use actix_web::http::StatusCode;
use actix_web::web::Data;

use super::read::found;
use crate::app::App;
use crate::db::{Connection, Zone};
use crate::english::with_article;
use crate::error::{AppError, AppResult};
use crate::resource::access::actor::Action;
use crate::resource::declare::inline::{Inline, RowErrors};
use crate::resource::declare::staff_pages::StaffFieldset;
use crate::resource::form::bind::{Binder, BoundForm, SimilarRecord, SimilarRecords};
use crate::resource::form::data::parse;
use crate::resource::list::choices::Joined;
use crate::resource::value::Row;
use crate::resource::write::conflict::Conflict;
use crate::resource::{Actor, Field, FormData, FormErrors, Kind, Resource};
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;

/// The hidden field with the version that a form was opened with.
pub const VERSION: &str = "_version";

/// The form of one user, for one record or a new one of a resource.
#[derive(Clone)]
pub struct RecordForm {
    pub app: Data<App>,
    pub actor: Actor,
    /// The resource's name.
    pub name: &'static str,
    /// With the fieldsets of the staff pages.
    for_staff: bool,
    /// The sections of this page, instead of those of the declaration.
    sections: &'static [StaffFieldset],
    /// A field that the page sets.
    without: &'static str,
    /// The rows that it adds one to.
    joined: Option<Joined>,
    waits: bool,
    /// `None` for a new record.
    pub row: Option<Row>,
    /// In the administration, with the inlines of the declaration.
    pub inside: bool,
    has_drafts: bool,
    /// A note for the log entry.
    pub(crate) note: String,
}

/// Errors of the record and of its inline rows.
#[derive(Debug, Default)]
pub struct RecordErrors {
    pub own: FormErrors,
    pub rows: RowErrors,
    /// Records that the new one probably is already.
    pub similar: Vec<Row>,
}

/// The result of saving. Unless it is saved, the values are returned.
pub enum Saved {
    Saved(Row),
    /// What was sent is what is stored.
    Unchanged(Row),
    Invalid(FormData, RecordErrors),
    Conflict(FormData, Box<Conflict>),
}

impl RecordForm {
    pub fn new(visit: &Visit, user: &CurrentUser, name: &'static str) -> Self {
        let (row, note) = (None, String::new());
        Self {
            app: visit.app.clone(),
            actor: user.to_actor(),
            name,
            for_staff: false,
            sections: &[],
            without: "",
            joined: None,
            waits: false,
            row,
            inside: false,
            has_drafts: false,
            note,
        }
    }

    /// For an existing record.
    pub fn of(self, row: Option<Row>) -> Self {
        Self { row, ..self }
    }

    /// On a staff page, with its fieldsets.
    pub fn for_staff(self) -> Self {
        Self { for_staff: true, ..self }
    }

    /// With these sections only.
    pub fn with_sections(self, sections: &'static [StaffFieldset]) -> Self {
        Self { for_staff: true, sections, ..self }
    }

    /// Without a field that the page sets.
    pub fn without(self, field: &'static str) -> Self {
        Self { without: field, ..self }
    }

    /// Offers no names before something is typed.
    pub fn waiting(self) -> Self {
        Self { waits: true, ..self }
    }

    /// Adds a row to those of a record; what they refer to is not offered again.
    pub fn adding_to(self, joined: Joined) -> Self {
        Self { without: joined.field, joined: Some(joined), ..self }
    }

    /// In the administration.
    pub fn in_admin(self) -> Self {
        Self { inside: true, ..self }
    }

    /// With drafts: the user can leave it for a related record and return.
    pub fn with_drafts(self) -> Self {
        Self { has_drafts: true, ..self }
    }

    /// With a note in the log entry.
    pub fn log_note(self, note: String) -> Self {
        Self { note, ..self }
    }

    /// The time zone and date format of the user.
    pub(crate) fn zone(&self) -> Zone {
        self.app.zone(&self.actor)
    }

    pub(crate) fn resource(&self) -> AppResult<&Resource> {
        self.app.registry.get(self.name).ok_or(AppError::NotFound)
    }

    /// The fields, by section.
    pub(crate) fn parts(&self) -> AppResult<Vec<(&'static str, Vec<&Field>)>> {
        let declaration = self.resource()?.declaration();
        let staff = if self.sections.is_empty() { declaration.staff.fieldsets } else { self.sections };
        let mut parts: Vec<(&'static str, Vec<&Field>)> = match self.for_staff && !staff.is_empty() {
            true => staff.iter().map(|(title, names)| (*title, declaration.fields_named(names).collect())).collect(),
            false => declaration.form_sections(),
        };
        parts.iter_mut().for_each(|(_, fields)| fields.retain(|field| field.name != self.without));
        Ok(parts)
    }

    pub(crate) fn fields(&self) -> AppResult<Vec<&Field>> {
        Ok(self.parts()?.into_iter().flat_map(|(_, fields)| fields).collect())
    }

    pub(crate) fn binder(&self) -> Binder<'_> {
        let mut binder = Binder::new(&self.app.registry, &self.actor, &self.app.clinic_zone());
        let action = if self.row.is_some() { Action::Change } else { Action::Add };
        let own = self.app.registry.get(self.name).map(|resource| resource.declaration());
        (binder.row, binder.inside, binder.has_drafts) = (self.row.as_ref(), self.inside, self.has_drafts);
        (binder.waits, binder.words) = (self.waits, Some(self.app.words()));
        binder.joins = own.filter(|own| !own.unique_together.is_empty());
        (binder.joined, binder.today) = (self.joined, Some(self.app.today_of(&self.actor)));
        binder.read_only = !own.is_some_and(|own| own.allows(&self.actor, action));
        binder
    }

    pub(crate) fn inlines(&self) -> &'static [Inline] {
        if self.inside { self.resource().map_or(&[], |resource| resource.declaration().inlines) } else { &[] }
    }

    fn version(&self, typed: &FormData) -> String {
        let stored = || self.row.as_ref().map_or_else(String::new, |row| row.version.to_string());
        typed.get(VERSION).map_or_else(stored, Into::into)
    }

    /// The form when it is opened; `asked` are values from the address. Permissions are never preset, because a link must not
    /// tick a box for somebody.
    pub async fn open(&self, asked: FormData) -> AppResult<BoundForm> {
        let form = self.clone();
        self.app
            .db
            .read(move |c| {
                let (resource, binder, fields) = (form.resource()?, form.binder(), form.fields()?);
                let values = match &form.row {
                    Some(row) => row.values.clone(),
                    None => {
                        let preset = |field: &&Field| binder.can_choose(field) && !matches!(field.kind, Kind::Bool | Kind::Many);
                        let given = fields.iter().copied().filter(|field| asked.has(field.name)).filter(preset);
                        parse(given, &asked, form.app.latest_today(&form.actor), &form.zone())
                            .0
                            .over(&resource.initial(&form.actor, form.app.now()))
                    }
                };
                let typed = FormData::of(fields.into_iter(), &values, &form.zone());
                let mut bound = form.render(c, &typed, None, &asked, &RecordErrors::default())?;
                if form.row.is_none() {
                    bound.focus_first();
                }
                Ok(bound)
            })
            .await
    }

    /// The form as it was sent, with its errors. Fields that the user cannot set show the stored values.
    pub async fn again(&self, typed: FormData, problems: RecordErrors) -> AppResult<BoundForm> {
        found(&self.app, &self.actor, self.resource()?.declaration(), &typed).await?;
        let form = self.clone();
        self.app
            .db
            .read(move |c| {
                let (resource, binder, fields) = (form.resource()?, form.binder(), form.fields()?);
                let stored = match &form.row {
                    Some(row) => row.values.clone(),
                    None => resource.initial(&form.actor, form.app.now()),
                };
                let shown = typed.with_fixed(fields.into_iter().filter(|field| !binder.can_choose(field)), &stored, &form.zone());
                form.render(c, &shown, Some(&typed), &FormData::default(), &problems)
            })
            .await
    }

    /// What is shown of records that the new one probably is already.
    fn similar(&self, rows: &[Row]) -> Option<SimilarRecords> {
        let own = self.resource().ok()?.declaration();
        let (zone, today) = (self.zone(), self.app.today_of(&self.actor));
        let list = own.list_url_in(&self.actor, self.inside)?;
        let shown = rows.iter().map(|row| SimilarRecord {
            label: row.label.clone(),
            summary: (own.staff.summary)(row, &zone, today),
            href: format!("{list}/{}", row.id),
        });
        let ids = rows.iter().map(|row| row.id.to_string()).collect::<Vec<_>>().join(",");
        let title = match rows {
            [] => return None,
            [_] => format!("There is already {} like this", with_article(&own.singular_lower())),
            several => format!("There are already {} {} like this", several.len(), own.plural_lower()),
        };
        Some(SimilarRecords { title, rows: shown.collect(), ids })
    }

    fn render(
        &self,
        c: &mut Connection,
        shown: &FormData,
        sent: Option<&FormData>,
        asked: &FormData,
        problems: &RecordErrors,
    ) -> AppResult<BoundForm> {
        let binder = self.binder();
        let mut bound = binder.bind(c, &self.parts()?, shown, &problems.own)?.arranged(self.resource()?.declaration());
        let (inlines, summaries) = binder.inlines(c, self.inlines(), sent, asked, &problems.rows, self.app.now())?;
        bound.inlines = inlines;
        bound.errors.extend(summaries);
        bound.similar = self.similar(&problems.similar);
        let carried = [(VERSION, self.version(shown)), (PARKED, shown.text(PARKED).to_string())];
        bound.hidden = carried.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        Ok(bound)
    }
}

/// The field with the ids of the similar records that were seen.
pub const SIMILAR: &str = "_similar";

impl RecordErrors {
    /// One error at one field.
    pub fn at(field: &'static str, text: &str) -> Self {
        let mut problems = Self::default();
        problems.own.add(field, text);
        problems
    }

    /// 409 after a conflict, 422 with errors, 200 otherwise.
    pub fn status(&self) -> StatusCode {
        match self.rows.iter().any(|(_, errors)| errors.is_conflict()) {
            true => StatusCode::CONFLICT,
            false if self.own.is_empty() && self.rows.is_empty() && self.similar.is_empty() => StatusCode::OK,
            false => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }
}

/// The field with the token of the draft that a form was restored from; saving deletes the draft.
pub const PARKED: &str = "_parked";
