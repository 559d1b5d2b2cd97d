//! Opening, saving and deleting a record of any resource: what the admin and the staff pages have in common.

use actix_web::web::Data;

use crate::app::App;
use crate::error::{AppError, AppResult};
use crate::resource::bind::{Binder, BoundForm};
use crate::resource::form::parse;
use crate::resource::history::LogEntry;
use crate::resource::relations::{Dependents, tree};
use crate::resource::value::{Row, Values};
use crate::resource::write::WriteError;
use crate::resource::{Actor, Field, FormData, FormErrors, Resource};

/// Parts of a form: title and names of fields. Blank means all that the declaration has.
pub type Sections = &'static [(&'static str, &'static [&'static str])];

/// The fields of a form, in parts.
pub fn parts(resource: &dyn Resource, sections: Sections) -> Vec<(&'static str, Vec<&Field>)> {
    let declaration = resource.declaration();
    if sections.is_empty() {
        return declaration.form_sections();
    }
    sections.iter().map(|(title, names)| (*title, declaration.fields_named(names).collect())).collect()
}

fn named<'a>(app: &'a App, name: &str) -> AppResult<&'a dyn Resource> {
    app.registry.get(name).ok_or(AppError::NotFound)
}

/// A record that this person sees.
pub async fn find(app: &Data<App>, actor: Actor, name: &'static str, id: i64) -> AppResult<Row> {
    let data = app.clone();
    app.db.read(move |c| data.registry.find(c, named(&data, name)?, id, Some(&actor))?.ok_or(AppError::NotFound)).await
}

/// The form of a record, or of a new one; `preset` are values from the address.
pub async fn open(app: &Data<App>, actor: Actor, name: &'static str, sections: Sections, row: Option<Row>, preset: FormData) -> AppResult<BoundForm> {
    let data = app.clone();
    app.db
        .read(move |c| {
            let resource = named(&data, name)?;
            let parts = parts(resource, sections);
            let fields = || parts.iter().flat_map(|(_, fields)| fields.iter().copied());
            let values = match &row {
                Some(row) => row.values.clone(),
                None => {
                    let given = fields().filter(|field| preset.has(field.name));
                    parse(given, &preset, data.today()).0.over(&resource.initial(&actor, data.now()))
                }
            };
            let typed = FormData::of(fields(), &values);
            let binder = Binder { registry: &data.registry, actor: &actor, zone: &data.settings.time_zone };
            Ok(binder.bind(c, &parts, &typed, &FormErrors::default())?)
        })
        .await
}

/// The form as it was sent, with what there is to mend.
pub async fn again(app: &Data<App>, actor: Actor, name: &'static str, sections: Sections, row: Option<Row>, typed: FormData, errors: FormErrors) -> AppResult<BoundForm> {
    let data = app.clone();
    app.db
        .read(move |c| {
            let resource = named(&data, name)?;
            let parts = parts(resource, sections);
            let mut typed = typed;
            // What a form cannot change is shown as it is stored.
            let stored = row.map_or_else(|| resource.initial(&actor, data.now()), |row| row.values);
            let fixed = parts.iter().flat_map(|(_, fields)| fields).filter(|field| !field.is_editable() || !typed.has(field.name) && field.is_reference());
            for (key, value) in FormData::of(fixed.copied(), &stored).into_pairs() {
                typed.push(key, value);
            }
            let binder = Binder { registry: &data.registry, actor: &actor, zone: &data.settings.time_zone };
            Ok(binder.bind(c, &parts, &typed, &errors)?)
        })
        .await
}

/// Adds or changes a record. What is to be mended comes back as errors; everything else that fails is an error page.
pub async fn save(app: &Data<App>, actor: Actor, name: &'static str, sections: Sections, id: Option<i64>, typed: FormData, fixed: Values) -> AppResult<Result<Row, FormErrors>> {
    let data = app.clone();
    let written = app
        .db
        .write(move |c| {
            let resource = data.registry.get(name).ok_or(WriteError::Gone)?;
            let parts = parts(resource, sections);
            // A field that the form does not send, because this person cannot choose it, stays as it is.
            let sent = parts.iter().flat_map(|(_, fields)| fields.iter().copied()).filter(|field| !field.is_reference() || typed.has(field.name));
            let (values, errors) = parse(sent, &typed, data.today());
            let values = fixed.over(&values);
            let writer = data.writer(&actor);
            match id {
                None => writer.create(c, resource, values, errors),
                Some(id) => writer.update(c, resource, id, values, errors),
            }
        })
        .await;
    match written {
        Ok(row) => Ok(Ok(row)),
        Err(WriteError::Invalid(errors)) => Ok(Err(errors)),
        Err(error) => Err(error.into()),
    }
}

/// What a deletion would take along, and what stands against it.
pub async fn consequences(app: &Data<App>, actor: Actor, name: &'static str, id: i64) -> AppResult<(Row, Vec<Dependents>, Option<String>)> {
    let data = app.clone();
    app.db
        .read(move |c| {
            let resource = named(&data, name)?;
            let row = data.registry.find(c, resource, id, Some(&actor))?.ok_or(AppError::NotFound)?;
            let refused = resource.before_delete(c, &row, &actor)?;
            Ok((row, tree(c, &data.registry, name, &[id])?, refused))
        })
        .await
}

/// Deletes a record and what goes with it.
pub async fn delete(app: &Data<App>, actor: Actor, name: &'static str, id: i64) -> Result<Row, WriteError> {
    let data = app.clone();
    app.db
        .write(move |c| {
            let resource = data.registry.get(name).ok_or(WriteError::Gone)?;
            data.writer(&actor).delete(c, resource, id)
        })
        .await
}

/// The newest entries of a record's history.
pub async fn history(app: &Data<App>, name: &'static str, id: i64, limit: i64, offset: i64) -> AppResult<Vec<LogEntry>> {
    app.db.read(move |c| Ok(LogEntry::list_for_object(c, name, id, limit, offset)?)).await
}
