//! Adding a row of an inline on the staff page of a record, and removing it: assigning a doctor to a patient.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;

use super::opened_from::back;
use super::related::row_form;
use crate::english::{isolated, with_article};
use crate::error::{AppError, AppResult};
use crate::resource::access::actor::Action;
use crate::resource::declare::inline::Inline;
use crate::resource::form::bind::BoundForm;
use crate::resource::value::Row;
use crate::resource::write::writer::WriteError;
use crate::resource::{Declaration, FormData, Resource, Value};
use crate::web::list::return_link::Back;
use crate::web::page::flash::{Tone, leave, leave_undoable};
use crate::web::page::form_page::FormPage;
use crate::web::record::submit::{Done, RecordFormPage, RecordPaths};
use crate::web::record::{self, trash};
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};

type Model = &'static Resource;

pub async fn new(model: Model, inline: &'static Inline, visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let page = RowForm::of(model, inline, &visit, &user, *id).await?;
    let bound = row_form(inline, &visit, &user, *id).opened(&visit, FormData::default()).await?;
    page.render(None, bound, StatusCode::OK).await
}

pub async fn create(
    model: Model,
    inline: &'static Inline,
    visit: Visit,
    user: CurrentUser,
    id: Path<i64>,
    posted: PostedForm,
) -> AppResult<HttpResponse> {
    let page = RowForm::of(model, inline, &visit, &user, *id).await?;
    let fixed = [(inline.field, Value::Integer(page.parent.id))].into_iter().collect();
    row_form(inline, &visit, &user, *id).submit(&visit, FormData::clone(&posted), fixed, &page).await
}

/// The page that adds a row to a record.
struct RowForm<'a> {
    model: Model,
    inline: &'static Inline,
    visit: &'a Visit,
    user: &'a CurrentUser,
    parent: Row,
    declaration: &'static Declaration,
    /// The name of the record's model, and the list that its page was opened from.
    list: (&'static str, Back),
    /// The address of the record's page, without the way back.
    place: String,
    /// What is added, such as `doctor`.
    noun: String,
}

impl<'a> RowForm<'a> {
    async fn of(model: Model, inline: &'static Inline, visit: &'a Visit, user: &'a CurrentUser, id: i64) -> AppResult<Self> {
        let own = model.declaration();
        if !own.allows(&user.to_actor(), Action::View) {
            return Err(AppError::NotFound);
        }
        let parent = record::find::find(&visit.app, user.to_actor(), own.name, id).await?;
        let (list, place) = ((own.plural, back(visit, own)), format!("{}/{}", own.staff.path, parent.id));
        Ok(Self { model, inline, visit, user, parent, declaration: own, list, place, noun: noun(visit, inline) })
    }

    fn parent_page(&self) -> String {
        self.list.1.from(&self.place)
    }
}

impl RecordFormPage for RowForm<'_> {
    fn paths(&self) -> RecordPaths {
        RecordPaths(format!("{}/{}", self.place, self.inline.path))
    }

    fn back(&self) -> Back {
        self.list.1.clone()
    }

    async fn render(&self, _: Option<&Row>, form: BoundForm, status: StatusCode) -> AppResult<HttpResponse> {
        let (cancel, parent, verb) = (self.parent_page(), &self.parent.label, self.inline.verb.0);
        let what = with_article(&self.noun);
        let to = self.inline.verb.1.split_whitespace().last().unwrap_or("to");
        let shell = self.visit.shell(format!("{verb} {what} {to} {}", isolated(parent))).under(&[(self.list.0, &self.list.1.list())]);
        let shell = shell.with_errors(!form.errors.is_empty()).renamed(&format!("{verb} {what}")).after(parent, &cancel);
        let shell = shell.of_record(self.visit, self.declaration, &self.parent, &cancel);
        let action = self.list.1.from(&self.paths().new_form());
        html(status, &FormPage { shell, form, action, cancel, button: format!("{verb} {}", self.noun) })
    }

    async fn saved(&self, _: Done<'_>, saved: &Row, _: &FormData) -> AppResult<String> {
        let (parent, label) = labels(self.model, self.inline, self.visit, self.user, saved.id).await?;
        let message = format!("{} is {} {}.", isolated(&label), self.inline.verb.1, isolated(&parent));
        leave(&self.visit.request, &self.visit.app, Tone::Ok, message);
        Ok(self.parent_page())
    }
}

/// The noun for a row: the model at its other end, or its own.
fn noun(visit: &Visit, inline: &Inline) -> String {
    let registry = &visit.app.registry;
    let Some(child) = registry.get(inline.resource).map(Resource::declaration) else { return String::new() };
    let target = child.other_end(inline.field).and_then(|field| registry.get(field.reference?.resource));
    target.map_or(child, Resource::declaration).singular_lower()
}

pub async fn destroy(
    model: Model,
    inline: &'static Inline,
    visit: Visit,
    user: CurrentUser,
    path: Path<(i64, i64)>,
) -> AppResult<HttpResponse> {
    let (id, row_id) = path.into_inner();
    let message = match remove(model, inline, &visit, &user, (id, row_id)).await {
        Ok((parent, label)) => format!("{} removed from {}.", isolated(&label), isolated(&parent)),
        // The button was pressed twice.
        Err(AppError::NotFound | AppError::InTrash(_)) => {
            let label = record::find::deleted_by(&visit.app, user.to_actor(), inline.resource, row_id).await?.ok_or(AppError::NotFound)?;
            format!("{} was removed.", isolated(&label))
        }
        Err(error) => return Err(error),
    };
    let page = format!("{}/{id}", model.declaration().staff.path);
    match visit.app.registry.get(inline.resource).is_some_and(|child| child.declaration().trash) {
        true => leave_undoable(&visit.request, &visit.app, message, format!("{page}/{}/{row_id}/restore", inline.path)),
        false => leave(&visit.request, &visit.app, Tone::Ok, message),
    }
    Ok(see_other(back(&visit, model.declaration()).from(&page)))
}

/// Removes the row; returns the labels of the record and of what was removed.
async fn remove(
    model: Model,
    inline: &'static Inline,
    visit: &Visit,
    user: &CurrentUser,
    (id, row_id): (i64, i64),
) -> AppResult<(String, String)> {
    let row = record::find::find(&visit.app, user.to_actor(), inline.resource, row_id).await?;
    if row.values.at(inline.field).as_id() != Some(id) {
        return Err(AppError::NotFound);
    }
    let labels = labels(model, inline, visit, user, row_id).await?;
    record::find::delete(&visit.app, user.to_actor(), inline.resource, row_id).await?;
    Ok(labels)
}

/// Makes the parent refer to this row, as its primary doctor.
pub async fn mark(
    model: Model,
    inline: &'static Inline,
    visit: Visit,
    user: CurrentUser,
    path: Path<(i64, i64)>,
) -> AppResult<HttpResponse> {
    let (id, row_id) = path.into_inner();
    let row = record::find::find(&visit.app, user.to_actor(), inline.resource, row_id).await?;
    let child = visit.app.registry.get(inline.resource).ok_or(AppError::NotFound)?.declaration();
    let other = child.other_end(inline.field).and_then(|field| row.values.at(field.name).as_id()).ok_or(AppError::NotFound)?;
    if row.values.at(inline.field).as_id() != Some(id) {
        return Err(AppError::NotFound);
    }
    let (parent, label) = labels(model, inline, &visit, &user, row_id).await?;
    let values = [(inline.marked.0, Value::Integer(other))].into_iter().collect();
    let (tone, message) = match record::find::change(&visit.app, user.to_actor(), model.declaration().name, id, values).await {
        Ok(_) => (Tone::Ok, format!("{} is the {} {} of {}.", isolated(&label), inline.marked.1, noun(&visit, inline), isolated(&parent))),
        Err(WriteError::Invalid(errors)) => (Tone::Warn, errors.first_text().to_string()),
        Err(error) => return Err(error.into()),
    };
    leave(&visit.request, &visit.app, tone, message);
    let own = model.declaration();
    Ok(see_other(back(&visit, own).from(&format!("{}/{id}", own.staff.path))))
}

pub async fn restore(
    model: Model,
    inline: &'static Inline,
    visit: Visit,
    user: CurrentUser,
    path: Path<(i64, i64)>,
) -> AppResult<HttpResponse> {
    let (id, row_id) = path.into_inner();
    let (tone, message) = match trash::put_back(&visit, &user, inline.resource, row_id).await? {
        Ok(_) => {
            let (parent, label) = labels(model, inline, &visit, &user, row_id).await?;
            (Tone::Ok, format!("{} is {} {} again.", isolated(&label), inline.verb.1, isolated(&parent)))
        }
        Err(sentence) => (Tone::Warn, sentence),
    };
    leave(&visit.request, &visit.app, tone, message);
    Ok(see_other(format!("{}/{id}", model.declaration().staff.path)))
}

/// The labels of the record and its row, as far as the user may view them.
async fn labels(model: Model, inline: &'static Inline, visit: &Visit, user: &CurrentUser, row_id: i64) -> AppResult<(String, String)> {
    let (app, actor) = (visit.app.clone(), user.to_actor());
    visit
        .app
        .db
        .read(move |c| {
            let child = app.registry.get(inline.resource).ok_or(AppError::NotFound)?;
            let row = app.registry.find(c, child, row_id, Some(&actor))?.ok_or(AppError::NotFound)?;
            let id = |field: &str| row.values.at(field).as_id().unwrap_or_default();
            let parent = app.registry.visible_label(c, &actor, model.declaration().name, id(inline.field))?;
            let label = match child.declaration().other_end(inline.field).and_then(|field| Some((field.name, field.reference?))) {
                Some((field, reference)) => app.registry.visible_label(c, &actor, reference.resource, id(field))?,
                None => row.label.clone(),
            };
            Ok::<_, AppError>((parent, label))
        })
        .await
}
