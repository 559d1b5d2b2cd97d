//! The only way to write a record: validated, stored and logged, in the caller's transaction.

use std::cell::{Cell, RefCell};

use diesel::QueryResult;
use diesel::result::{DatabaseErrorKind, Error};
use time::Date;

use super::conflict::Conflict;
use super::event::EventKind;
use super::relations::Dependents;
use super::totals::{Parents, has_totals_of};
use crate::crypto::keys::Keys;
use crate::db::connection::{exclusive, shared};
use crate::db::{Connection, DbError, UtcDateTime, Zone};
use crate::resource::Resource;
use crate::resource::access::actor::{Action, Actor};
use crate::resource::declare::candidate::Candidate;
use crate::resource::form::data::{FormErrors, lower, missing};
use crate::resource::list::query::fold;
use crate::resource::list::search::spelling::compact;
use crate::resource::log::append::{Entry, append};
use crate::resource::log::entry::{Change, LogAction, differences};
use crate::resource::registry::Registry;
use crate::resource::value::{Row, Value, Values};

/// Why nothing was written.
#[derive(Debug)]
pub enum WriteError {
    Invalid(FormErrors),
    /// The records that prevent the deletion.
    Protected(Vec<Dependents>),
    /// A sentence that says why not.
    Refused(String),
    /// The record does not exist, or the actor may not view it.
    NotFound,
    /// The record was changed after the version that this change is based on.
    Conflict(Box<Conflict>),
    Db(DbError),
}

impl WriteError {
    /// After a collision, with the record that was to be stored; see [`FormErrors::over`].
    fn over(self, id: Option<i64>, values: &Values) -> Self {
        match self {
            Self::Invalid(errors) => Self::Invalid(errors.over(id, values)),
            other => other,
        }
    }
}

impl From<Error> for WriteError {
    fn from(error: Error) -> Self {
        Self::Db(error.into())
    }
}

impl From<DbError> for WriteError {
    fn from(error: DbError) -> Self {
        Self::Db(error)
    }
}

/// Writes records for one actor at one time. [`App::act`](crate::app::App::act) makes it, and appends its entries to the log
/// at the end of the transaction.
pub struct Writer<'a> {
    pub registry: &'a Registry,
    pub actor: &'a Actor,
    pub zone: &'a Zone,
    pub keys: &'a Keys,
    pub now: UtcDateTime,
    entries: RefCell<Vec<Entry>>,
    note: RefCell<String>,
    /// Messages of this type are not sent; blank for none.
    pub(super) left_out: Cell<&'static str>,
    /// Records whose inline rows were written: name of the model and id.
    pub(super) parents: RefCell<Parents>,
}

impl<'a> Writer<'a> {
    pub fn new(registry: &'a Registry, actor: &'a Actor, zone: &'a Zone, keys: &'a Keys, now: UtcDateTime) -> Self {
        let (entries, note, left_out, parents) = (RefCell::default(), RefCell::default(), Cell::default(), RefCell::default());
        Self { registry, actor, zone, keys, now, entries, note, left_out, parents }
    }

    /// Appends the entries to the log, last before the commit. While impersonating, only views, searches and exports are
    /// allowed: the routes refuse changes, and the error here rolls the transaction back if one got through.
    pub fn append_log(&self, c: &mut Connection) -> QueryResult<()> {
        let allowed = [LogAction::View, LogAction::Search, LogAction::Export, LogAction::ViewAs];
        if self.actor.impersonated_by.is_some() && self.entries.borrow().iter().any(|entry| !allowed.contains(&entry.action)) {
            return Err(DbError::read_only_view());
        }
        self.settle_totals(c)?;
        append(c, self.keys, self.actor, self.now, &self.entries.take())
    }

    /// Takes the entries since the last call, for a caller that appends them later or discards them.
    pub fn take(&self) -> Vec<Entry> {
        self.entries.take()
    }

    /// Whether there are entries for the log, that is, whether anything was written.
    pub fn has_written(&self) -> bool {
        !self.entries.borrow().is_empty()
    }

    /// The later of the clinic's date and the actor's.
    fn today(&self) -> Date {
        self.zone.date(self.now).max(self.actor.zone(self.zone).date(self.now))
    }

    /// Adds a record. `errors` are those of the form; the model is validated as well, so that all errors are reported at
    /// once.
    pub fn create(&self, c: &mut Connection, resource: &Resource, values: Values, errors: FormErrors) -> Result<Row, WriteError> {
        let values = values.over(&resource.initial(self.actor, self.now));
        let values = self.validated(c, resource, None, values, errors)?;
        let stored = resource.insert(c, &values, &search_text(resource, &values), self.now);
        let id = stored.map_err(|error| constraint_error(resource, error).over(None, &values))?;
        let row = self.registry.find(c, resource, id, None)?.ok_or(WriteError::NotFound)?;
        resource.after_save(c, None, &row)?;
        let changes = differences(c, self.registry, self.zone, resource.declaration(), None, Some(&row))?;
        self.settle_files(c, resource, None, &row)?;
        self.log(LogAction::Add, resource, &row, changes);
        self.publish(c, resource, EventKind::Added, None, Some(&row))?;
        Ok(row)
    }

    /// Changes a record that the actor may view. Values that are not given stay unchanged. If the record no longer has the
    /// given `version`, the change is refused with [`WriteError::Conflict`].
    pub fn update(
        &self,
        c: &mut Connection,
        resource: &Resource,
        id: i64,
        values: Values,
        errors: FormErrors,
        version: Option<i64>,
    ) -> Result<Row, WriteError> {
        exclusive(c, resource.declaration().name, id)?;
        let before = self.registry.find(c, resource, id, Some(self.actor))?.ok_or(WriteError::NotFound)?;
        let values = values.over(&before.values);
        if let Some(version) = version.filter(|version| *version != before.version)
            && !(errors.is_empty() && values == before.values)
        {
            return Err(WriteError::Conflict(Box::new(Conflict::find(c, resource.declaration(), before, version)?)));
        }
        let values = self.validated(c, resource, Some(&before), values, errors)?;
        if values == before.values {
            return Ok(before);
        }
        let stored = resource.update(c, id, &values, &search_text(resource, &values), self.now);
        stored.map_err(|error| constraint_error(resource, error).over(Some(id), &values))?;
        let row = self.registry.find(c, resource, id, None)?.ok_or(WriteError::NotFound)?;
        resource.after_save(c, Some(&before), &row)?;
        let changes = differences(c, self.registry, self.zone, resource.declaration(), Some(&before), Some(&row))?;
        self.settle_files(c, resource, Some(&before), &row)?;
        if !changes.is_empty() {
            self.log(LogAction::Change, resource, &row, changes);
            self.publish(c, resource, EventKind::Changed, Some(&before), Some(&row))?;
        }
        Ok(row)
    }

    /// Logs an action on a record.
    pub fn log(&self, action: LogAction, resource: &Resource, row: &Row, changes: Vec<Change>) {
        self.note_parents(resource, row, action, &changes);
        self.log_entry(Entry {
            action,
            resource: resource.declaration().name,
            id: row.id,
            label: row.label.clone(),
            version: row.version,
            changes,
            note: self.note.borrow().clone(),
        });
    }

    /// From now on changes send no messages of this type, because they undo others whose messages were taken back before they
    /// were sent. Blank ends it.
    pub fn leave_out(&self, kind: &'static str) {
        self.left_out.set(kind);
    }

    /// Sets a note for all entries from now on.
    pub fn set_note(&self, sentence: impl Into<String>) {
        *self.note.borrow_mut() = sentence.into();
    }

    /// Adds a sentence to the note of this record's latest entry, if there is one.
    pub fn append_note(&self, resource: &Resource, id: i64, sentence: &str) {
        let mut entries = self.entries.borrow_mut();
        let name = resource.declaration().name;
        if let Some(entry) = entries.iter_mut().rev().find(|entry| entry.resource == name && entry.id == id) {
            entry.note = format!("{} {sentence}", entry.note).trim().into();
        }
    }

    /// Logs any entry.
    pub fn log_entry(&self, entry: Entry) {
        self.entries.borrow_mut().push(entry);
    }

    /// Validates the fields, the references and the model's own rules.
    fn validated(
        &self,
        c: &mut Connection,
        resource: &Resource,
        before: Option<&Row>,
        values: Values,
        errors: FormErrors,
    ) -> Result<Values, WriteError> {
        let (id, today, now, zone) = (before.map(|row| row.id), self.today(), self.now, self.zone);
        let mut candidate = Candidate { id, values, errors, actor: self.actor, before, today, now, zone };
        self.check_references(c, resource, &mut candidate)?;
        self.check_files(c, resource, &mut candidate)?;
        resource.validate(c, &mut candidate)?;
        self.registry.check_required(resource, &mut candidate);
        self.check_locks(resource, &mut candidate);
        for field in resource.declaration().fields.iter().filter(|field| field.required && field.is_editable()) {
            if candidate.values.at(field.name).is_blank() {
                candidate.errors.add(field.name, missing(field));
            }
        }
        match candidate.errors.is_empty() {
            true => Ok(candidate.values),
            false => Err(WriteError::Invalid(candidate.errors.over(id, &candidate.values))),
        }
    }

    /// Fields that the actor may not set must be unchanged.
    fn check_locks(&self, resource: &Resource, candidate: &mut Candidate) {
        let given = resource.initial(self.actor, self.now);
        for field in resource.declaration().fields.iter().filter(|field| field.is_editable()) {
            let known = candidate.before.map_or_else(|| given.at(field.name), |row| row.values.at(field.name));
            let value = candidate.values.at(field.name);
            let stays = value == known || (value.is_blank() && known.is_blank());
            if !stays && !field.is_open_to(self.actor, candidate.before) {
                candidate.errors.add(field.name, format!("You do not have permission to change the {}", lower(field.label)));
            }
        }
    }

    /// A reference may stay unchanged; a new one must be a record that the actor may view.
    fn check_references(&self, c: &mut Connection, resource: &Resource, candidate: &mut Candidate) -> Result<(), WriteError> {
        let given = resource.initial(self.actor, self.now);
        for field in &resource.declaration().fields {
            let value = candidate.values.at(field.name).clone();
            let known = candidate.before.map_or_else(|| given.at(field.name), |row| row.values.at(field.name));
            let Some(target) = field.reference.and_then(|reference| self.registry.get(reference.resource)) else { continue };
            if value == *known {
                continue;
            }
            let may_look = target.declaration().allows(self.actor, Action::View);
            if let Value::Integer(id) = &value {
                let own = target.declaration();
                match () {
                    // Its total is set at the end; with a shared lock, two writers would wait for each other.
                    () if has_totals_of(own, resource.declaration().name, field.name) => exclusive(c, own.name, *id)?,
                    // A foreign key would still accept a record that is moved to the trash at the same time.
                    () if own.trash => shared(c, own.name, *id)?,
                    () => {}
                }
            }
            let found = match &value {
                Value::Integer(id) => may_look && target.find(c, *id, Some(self.actor))?.is_some(),
                Value::Many(ids) => target.labels(c, ids)?.len() == ids.len(),
                _ => true,
            };
            if !found {
                candidate.errors.add(field.name, format!("Choose the {} from the list", lower(field.label)));
            }
        }
        Ok(())
    }
}

/// The folded text that searches read, one line per field so that a phrase never spans two.
pub(crate) fn search_text(resource: &Resource, values: &Values) -> String {
    let own = resource.declaration();
    let mut lines: Vec<String> = own.search_fields.iter().map(|name| fold(values.at(name).as_text())).collect();
    if !own.search_spellings.is_empty() {
        // The last line.
        let spellings = own.search_spellings.iter().map(|name| compact(&fold(values.at(name).as_text())));
        lines.push(spellings.filter(|spelling| !spelling.is_empty()).collect::<Vec<_>>().join(" "));
    }
    lines.join("\n")
}

/// A constraint violation as a form error. The name of the constraint contains the field's.
pub(crate) fn constraint_error(resource: &Resource, error: Error) -> WriteError {
    let declaration = resource.declaration();
    let Error::DatabaseError(kind, why) = &error else { return error.into() };
    // PostgreSQL names the constraint, and words of its message may be names of columns; SQLite has only the message.
    let text = why.constraint_name().unwrap_or_else(|| why.message()).to_string();
    let mut errors = FormErrors::default();
    match kind {
        DatabaseErrorKind::UniqueViolation => {
            let named: Vec<_> = declaration.fields.iter().filter(|field| mentions(&text, field.name)).collect();
            match named.as_slice() {
                [field] if field.unique_error.is_empty() => {
                    errors.add_taken(field.name, format!("Another {} has this {}", declaration.singular_lower(), lower(field.label)))
                }
                [field] => errors.add_taken(field.name, field.unique_error),
                _ => {
                    errors.add("", if declaration.unique_together.is_empty() { "This already exists" } else { declaration.unique_together })
                }
            }
        }
        // A trigger of SQLite says what the constraint of PostgreSQL is called.
        _ if let Some((_, field, sentence)) = declaration.constraints.iter().find(|(name, _, _)| text.contains(name)) => {
            errors.add_collision(field, *sentence);
        }
        DatabaseErrorKind::ForeignKeyViolation => errors.add("", "A related record has changed. Check the form and save again."),
        DatabaseErrorKind::CheckViolation => errors.add("", "One of the values is out of range"),
        _ => return error.into(),
    }
    WriteError::Invalid(errors)
}

/// Whether a constraint such as `users_username_key` or `doctors.user_id` is about this column.
fn mentions(text: &str, column: &str) -> bool {
    text.contains(&format!("_{column}_key"))
        || text.split(|letter: char| !(letter.is_alphanumeric() || letter == '_')).any(|word| word == column)
}
