//! Saving the form of a record: the record, its inline rows and the log entry, in one transaction.

use super::form::{RecordErrors, RecordForm, SIMILAR, Saved, VERSION};
use super::merge;
use crate::db::{Connection, DbError};
use crate::error::{AppError, AppResult};
use crate::resource::access::actor::Action;
use crate::resource::declare::inline::Rows;
use crate::resource::form::data::parse;
use crate::resource::value::{Row, Values};
use crate::resource::write::conflict::Conflict;
use crate::resource::write::writer::WriteError;
use crate::resource::{Field, FormData, Resource};
use crate::web::request::press::Press;

enum Failed {
    /// The same form was sent before.
    Twice,
    Mend(FormData, Box<RecordErrors>),
    Overtaken(FormData, Box<Conflict>),
    Write(WriteError),
}

impl RecordForm {
    /// Adds or changes the record and its inline rows, or nothing. `fixed` are values that no form may set.
    pub async fn save(&self, typed: FormData, fixed: Values) -> AppResult<Saved> {
        let form = self.clone();
        let press = if self.row.is_none() { Press::of(self.actor.id, self.name, &typed) } else { None };
        let before = press.clone();
        let written = self.app.db.write(move |c| {
            if let Some(press) = &press
                && !press.begin(c, form.app.now())?
            {
                return Err(Failed::Twice);
            }
            let typed = match form.row.as_ref().zip(form.app.registry.get(form.name)) {
                Some((row, resource)) => merge::settle(c, resource, &form.actor, &form.zone(), row.id, typed)?,
                None => typed,
            };
            match form.write(c, &typed, fixed) {
                Ok((row, is_changed)) => {
                    press.map(|press| press.end(c, row.id)).transpose()?;
                    Ok((row, is_changed))
                }
                // The transaction has to end with an error, to be rolled back.
                Err(Failed::Mend(_, problems)) => Err(Failed::Mend(typed, problems)),
                Err(Failed::Write(WriteError::Conflict(conflict))) => Err(Failed::Overtaken(typed, conflict)),
                done => done,
            }
        });
        match written.await {
            Ok((row, true)) => Ok(Saved::Saved(row)),
            Ok((row, false)) => Ok(Saved::Unchanged(row)),
            Err(Failed::Twice) => self.added(before).await.map(Saved::Saved),
            Err(Failed::Mend(typed, problems)) => {
                let problems = *problems;
                let own = self.app.offering(&self.actor, self.name, problems.own).await?;
                Ok(Saved::Invalid(typed, RecordErrors { own, ..problems }))
            }
            Err(Failed::Overtaken(typed, conflict)) => Ok(Saved::Conflict(typed, conflict)),
            Err(Failed::Write(error)) => Err(error.into()),
        }
    }

    /// What the same form added before.
    async fn added(&self, press: Option<Press>) -> AppResult<Row> {
        let form = self.clone();
        let find = move |c: &mut Connection| {
            let id = press.map(|press| press.added(c)).transpose()?.flatten();
            let row = id.map(|id| form.resource()?.find(c, id, Some(&form.actor)).map_err(AppError::from)).transpose()?.flatten();
            row.ok_or(AppError::NotFound)
        };
        self.app.db.read(find).await
    }

    /// The record, and whether anything was written.
    fn write(&self, c: &mut Connection, typed: &FormData, fixed: Values) -> Result<(Row, bool), Failed> {
        let resource = self.app.registry.get(self.name).ok_or(WriteError::NotFound)?;
        let (binder, today) = (self.binder(), self.app.latest_today(&self.actor));
        let fields = self.fields().unwrap_or_default();
        // Fields that the user cannot set, or that the form did not send, keep their values.
        let sent = |field: &&Field| binder.can_choose(field) && (!field.keeps_value_unsent() || typed.sends(field.name));
        let set: Vec<&Field> = fields.into_iter().filter(sent).collect();
        let (values, errors) = parse(set.iter().copied(), typed, today, &self.zone());
        let ignored = self.ignored(resource, &set, &fixed, typed);
        // A form without a version could overwrite changes that nobody has seen, so it gets one that no record has.
        let version = Some(typed.text(VERSION).parse().unwrap_or(i64::MAX));
        self.app.act(c, &self.actor, |c, writer| {
            writer.set_note(self.note.clone());
            let saved = match &self.row {
                None => writer.create(c, resource, fixed.over(&values), errors),
                Some(row) => writer.update(c, resource, row.id, fixed.over(&values), errors, version),
            };
            let rows = self.inlines().iter().filter_map(|inline| Rows::of(inline, writer, today));
            let mut problems = RecordErrors::default();
            let row = match saved {
                Ok(row) => row,
                Err(WriteError::Invalid(own)) => {
                    problems.rows = rows.flat_map(|rows| rows.read(typed)).collect();
                    return Err(Failed::Mend(FormData::default(), Box::new(RecordErrors { own, ..problems })));
                }
                Err(error) => return Err(error.into()),
            };
            let similar = self.unseen(c, resource, &row, typed)?;
            if !similar.is_empty() {
                return Err(Failed::Mend(FormData::default(), Box::new(RecordErrors { similar, ..problems })));
            }
            for rows in rows {
                problems.rows.extend(rows.save(c, row.id, typed)?);
            }
            if !problems.rows.is_empty() {
                return Err(Failed::Mend(FormData::default(), Box::new(problems)));
            }
            if !ignored.is_empty() {
                let names = ignored.join(", ");
                tracing::warn!(
                    user = self.actor.id,
                    resource = self.name,
                    id = row.id,
                    fields = names,
                    "ignored values for read-only fields"
                );
                writer.append_note(resource, row.id, &format!("Read-only fields ignored: {names}."));
            }
            Ok((row, writer.has_written()))
        })
    }

    /// The records that the new one probably is already, unless the user saw all of them and adds it anyway.
    fn unseen(&self, c: &mut Connection, resource: &Resource, added: &Row, typed: &FormData) -> Result<Vec<Row>, Failed> {
        // Whoever may not view any could not be shown them.
        if self.row.is_some() || !resource.declaration().allows(&self.actor, Action::View) {
            return Ok(Vec::new());
        }
        let seen: Vec<i64> = typed.text(SIMILAR).split(',').filter_map(|id| id.parse().ok()).collect();
        let mut similar: Vec<Row> = resource.similar(c, &[&added.values], &self.actor)?.into_iter().flatten().collect();
        similar.retain(|row| row.id != added.id);
        let is_new = similar.iter().any(|row| !seen.contains(&row.id));
        Ok(if is_new { similar } else { Vec::new() })
    }

    /// Labels of fields for which a different value was sent than is stored, although the user may not set them.
    fn ignored(&self, resource: &Resource, set: &[&Field], fixed: &Values, typed: &FormData) -> Vec<&'static str> {
        let known = self.row.as_ref().map_or_else(|| resource.initial(&self.actor, self.app.now()), |row| row.values.clone());
        let declared = resource.declaration().fields.iter();
        let sent = declared.filter(|field| typed.mentions(field.name) && !set.iter().any(|one| one.name == field.name));
        let differs = |field: &&Field| {
            let stored = FormData::of(std::iter::once(*field), &known, &self.zone());
            fixed.get(field.name).is_none() && typed.only(field.name) != stored.only(field.name)
        };
        sent.filter(differs).map(|field| field.label).collect()
    }
}

impl From<WriteError> for Failed {
    fn from(error: WriteError) -> Self {
        Self::Write(error)
    }
}

impl From<diesel::result::Error> for Failed {
    fn from(error: diesel::result::Error) -> Self {
        Self::Write(error.into())
    }
}

impl From<DbError> for Failed {
    fn from(error: DbError) -> Self {
        Self::Write(error.into())
    }
}
