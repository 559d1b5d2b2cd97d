//! Opening, saving and deleting a record of any resource: what the admin and the staff pages have in common.

use actix_web::http::StatusCode;
use actix_web::web::Data;

use crate::app::App;
use crate::db::Connection;
use crate::db::connection::exclusive;
use crate::error::{AppError, AppResult};
use crate::resource::bind::{Binder, BoundForm};
use crate::resource::form::{lower, parse};
use crate::resource::history::LogEntry;
use crate::resource::relations::{Dependents, tree};
use crate::resource::value::{Row, Values};
use crate::resource::write::WriteError;
use crate::resource::{Actor, Field, FormData, FormErrors, Kind, Resource};

use super::opening::found;
pub use super::opening::{opened, visible};

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

pub(super) fn named<'a>(app: &'a App, name: &str) -> AppResult<&'a dyn Resource> {
    app.registry.get(name).ok_or(AppError::NotFound)
}

/// A record that this person sees and now opens, which is written down where the declaration asks for it.
pub async fn find(app: &Data<App>, actor: Actor, name: &'static str, id: i64) -> AppResult<Row> {
    let (data, who) = (app.clone(), actor.clone());
    let found = app.db.read(move |c| visible(c, &data, &who, name, id)).await?;
    opened(app, &actor, name, id, &found.label).await?;
    Ok(found)
}

fn binder<'a>(app: &'a App, actor: &'a Actor) -> Binder<'a> {
    Binder { registry: &app.registry, actor, zone: &app.settings.time_zone }
}

/// The form of a record, or of a new one; `preset` are values from the address. Rights are never preset: a link must
/// not tick a box for somebody.
pub async fn open(
    app: &Data<App>,
    actor: Actor,
    name: &'static str,
    sections: Sections,
    row: Option<Row>,
    preset: FormData,
) -> AppResult<BoundForm> {
    let data = app.clone();
    app.db
        .read(move |c| {
            let resource = named(&data, name)?;
            let (parts, binder) = (parts(resource, sections), binder(&data, &actor));
            let fields = || parts.iter().flat_map(|(_, fields)| fields.iter().copied());
            let values = match &row {
                Some(row) => row.values.clone(),
                None => {
                    let given = fields().filter(|field| {
                        preset.has(field.name) && binder.can_choose(field) && !matches!(field.kind, Kind::Bool | Kind::Many)
                    });
                    parse(given, &preset, data.today(), &data.settings.time_zone).0.over(&resource.initial(&actor, data.now()))
                }
            };
            let typed = FormData::of(fields(), &values, &data.settings.time_zone);
            Ok(binder.bind(c, &parts, &typed, &FormErrors::default())?.arranged(resource.declaration()))
        })
        .await
}

/// The form as it was sent, with what there is to mend. What this person cannot set is shown as it is stored.
pub async fn again(
    app: &Data<App>,
    actor: Actor,
    name: &'static str,
    sections: Sections,
    row: Option<Row>,
    typed: FormData,
    errors: FormErrors,
) -> AppResult<BoundForm> {
    found(app, &actor, named(app, name)?.declaration(), &typed).await?;
    let data = app.clone();
    app.db
        .read(move |c| {
            let resource = named(&data, name)?;
            let (parts, binder) = (parts(resource, sections), binder(&data, &actor));
            let stored = row.map_or_else(|| resource.initial(&actor, data.now()), |row| row.values);
            let fixed: Vec<&Field> =
                parts.iter().flat_map(|(_, fields)| fields.iter().copied()).filter(|field| !binder.can_choose(field)).collect();
            let mut shown = FormData::of(fixed.iter().copied(), &stored, &data.settings.time_zone);
            for (key, value) in typed.into_pairs() {
                if !fixed.iter().any(|field| field.name == key) {
                    shown.push(key, value);
                }
            }
            Ok(binder.bind(c, &parts, &shown, &errors)?.arranged(resource.declaration()))
        })
        .await
}

/// What is to be added or changed.
#[derive(Default)]
pub struct Save {
    pub name: &'static str,
    pub sections: Sections,
    /// `None` adds one.
    pub id: Option<i64>,
    pub typed: FormData,
    /// Values that no form decides.
    pub fixed: Values,
    /// What the log says beside the fields.
    pub note: String,
}

/// Adds or changes a record. What is to be mended comes back as errors; everything else that fails is an error page.
pub async fn save(
    app: &Data<App>,
    actor: Actor,
    name: &'static str,
    sections: Sections,
    id: Option<i64>,
    typed: FormData,
    fixed: Values,
) -> AppResult<Result<Row, FormErrors>> {
    store(app, actor, Save { name, sections, id, typed, fixed, note: String::new() }).await
}

/// The same with a note.
pub async fn store(app: &Data<App>, actor: Actor, wanted: Save) -> AppResult<Result<Row, FormErrors>> {
    let data = app.clone();
    let written = app
        .db
        .write(move |c| {
            let Save { name, sections, id, typed, fixed, note } = wanted;
            let resource = data.registry.get(name).ok_or(WriteError::Gone)?;
            let (parts, binder) = (parts(resource, sections), binder(&data, &actor));
            // What this person cannot set, or a form does not send, stays as it is.
            let sent = |field: &Field| {
                binder.can_choose(field) && (!(field.is_reference() || field.kind == Kind::Time) || typed.sends(field.name))
            };
            let (values, mut errors) = parse(
                parts.iter().flat_map(|(_, fields)| fields.iter().copied()).filter(|field| sent(field)),
                &typed,
                data.today(),
                &data.settings.time_zone,
            );
            let values = fixed.over(&values);
            if let Some(told) = id.map_or(Ok(None), |id| overtaken(c, &data, &actor, resource, id, typed.get(VERSION)))? {
                errors.add_conflict(told);
            }
            data.act(c, &actor, |c, writer| {
                writer.remark(note);
                match id {
                    None => writer.create(c, resource, values, errors),
                    Some(id) => writer.update(c, resource, id, values, errors),
                }
            })
        })
        .await;
    match written {
        Ok(row) => Ok(Ok(row)),
        Err(WriteError::Invalid(errors)) => Ok(Err(errors)),
        Err(error) => Err(error.into()),
    }
}

/// 409 where somebody else was faster, 422 where something has to be mended.
pub fn status(errors: &FormErrors) -> StatusCode {
    if errors.is_conflict() { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY }
}

/// The name of the hidden field with the version that a form was opened with.
pub const VERSION: &str = "_version";

/// Who changed the record since the form was opened, in a sentence; `None` when nobody did, or the form does not say.
/// The page that tells it carries the new version, so that saving once more is a decision and not an accident.
fn overtaken(
    c: &mut Connection,
    app: &App,
    actor: &Actor,
    resource: &dyn Resource,
    id: i64,
    version: Option<&str>,
) -> Result<Option<String>, WriteError> {
    let Some(version) = version.filter(|version| !version.is_empty()) else { return Ok(None) };
    let name = resource.declaration().name;
    exclusive(c, name, id)?;
    let row = resource.find(c, id, Some(actor))?.ok_or(WriteError::Gone)?;
    let version = version.parse::<i64>().unwrap_or(i64::MAX);
    if version == row.version {
        return Ok(None);
    }
    let since = LogEntry::list_since(c, name, id, version, 200, 0)?;
    let Some(last) = since.first() else {
        return Ok(Some("This record was changed while you had it open. Look at it again before you save.".into()));
    };
    let mut fields: Vec<String> = since.iter().flat_map(LogEntry::changes).map(|change| lower(&change.label)).collect();
    fields.sort();
    fields.dedup();
    let when = app.settings.time_zone.show(last.at);
    let told = format!(
        "{} changed {} on {when}, while you had this open. What you typed is below; saving it replaces theirs.",
        last.actor,
        fields.join(", ")
    );
    Ok(Some(told))
}

/// What a deletion would take along, and what stands against it.
pub async fn consequences(app: &Data<App>, actor: Actor, name: &'static str, id: i64) -> AppResult<(Row, Vec<Dependents>, Option<String>)> {
    let (data, who) = (app.clone(), actor.clone());
    let found = app
        .db
        .read(move |c| {
            let resource = named(&data, name)?;
            let row = visible(c, &data, &who, name, id)?;
            let refused = resource.before_delete(c, &row, &who)?;
            let touched = tree(c, &data.registry, &who, name, &[id])?;
            Ok::<_, AppError>((row, touched, refused))
        })
        .await?;
    opened(app, &actor, name, id, &found.0.label).await?;
    Ok(found)
}

/// Deletes a record and what goes with it.
pub async fn delete(app: &Data<App>, actor: Actor, name: &'static str, id: i64) -> Result<Row, WriteError> {
    let data = app.clone();
    app.db
        .write(move |c| {
            let resource = data.registry.get(name).ok_or(WriteError::Gone)?;
            data.act(c, &actor, |c, writer| writer.delete(c, resource, id))
        })
        .await
}
