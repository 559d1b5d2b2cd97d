//! Writing lines in savepoints, so that a line that cannot be written has no effect: many together first, because most are valid,
//! and one by one if that fails.

use std::cell::RefCell;

use diesel::QueryResult;

use super::matching::{Plan, message};
use crate::app::App;
use crate::db::connection::part;
use crate::db::{Connection, DbError, Zone};
use crate::resource::log::append::Entry;
use crate::resource::write::totals::Parents;
use crate::resource::write::writer::{WriteError, Writer};
use crate::resource::{Actor, Resource, Row};

/// What was written for a line, or a sentence that says why it cannot be.
pub type Attempt = Result<Done, String>;

pub struct Done {
    pub row: Row,
    /// The log entries; none for an unchanged record.
    pub entries: Vec<Entry>,
}

/// The writer and its target.
pub struct Scribe<'a> {
    app: &'a App,
    actor: &'a Actor,
    resource: &'a Resource,
    /// The clinic's time zone.
    zone: Zone,
    /// Records whose totals follow from the lines that were written.
    parents: RefCell<Parents>,
}

/// Why a savepoint is rolled back.
enum Stop {
    /// A line is invalid.
    Wrong(String),
    Db(DbError),
}

impl From<diesel::result::Error> for Stop {
    fn from(error: diesel::result::Error) -> Self {
        Self::Db(error.into())
    }
}

impl<'a> Scribe<'a> {
    pub fn new(app: &'a App, actor: &'a Actor, resource: &'a Resource) -> Self {
        Self { app, actor, resource, zone: app.clinic_zone(), parents: RefCell::default() }
    }

    /// Sets the totals that follow from all lines; returns the log entries.
    pub fn settle_totals(&self, c: &mut Connection) -> QueryResult<Vec<Entry>> {
        let writer = self.writer();
        writer.totals_of(self.parents.take());
        writer.settle_totals(c)?;
        Ok(writer.take())
    }

    fn writer(&self) -> Writer<'_> {
        Writer::new(&self.app.registry, self.actor, &self.zone, &self.app.keys, self.app.now())
    }

    /// One result for each plan, in order.
    pub fn write(&self, c: &mut Connection, plans: &[&Plan]) -> Result<Vec<Attempt>, DbError> {
        match part(c, |c| plans.iter().map(|plan| self.one(c, plan)).collect::<Result<Vec<_>, _>>()) {
            Ok(done) => Ok(done.into_iter().map(Ok).collect()),
            Err(Stop::Db(error)) => Err(error),
            Err(Stop::Wrong(_)) => plans.iter().map(|plan| self.alone(c, plan)).collect(),
        }
    }

    fn alone(&self, c: &mut Connection, plan: &Plan) -> Result<Attempt, DbError> {
        match part(c, |c| self.one(c, plan)) {
            Ok(done) => Ok(Ok(done)),
            Err(Stop::Wrong(sentence)) => Ok(Err(sentence)),
            Err(Stop::Db(error)) => Err(error),
        }
    }

    fn one(&self, c: &mut Connection, plan: &Plan) -> Result<Done, Stop> {
        if let Some(sentence) = &plan.refused {
            return Err(Stop::Wrong(sentence.clone()));
        }
        let writer = self.writer();
        let (values, errors) = (plan.values.clone(), plan.errors.clone());
        let written = match &plan.target {
            None => writer.create(c, self.resource, values, errors),
            Some(row) => writer.update(c, self.resource, row.id, values, errors, Some(row.version)),
        };
        let row = written.map_err(|error| self.stop(error))?;
        self.parents.borrow_mut().extend(writer.take_parents());
        Ok(Done { row, entries: writer.take() })
    }

    fn stop(&self, error: WriteError) -> Stop {
        let own = self.resource.declaration();
        match error {
            WriteError::Invalid(errors) => Stop::Wrong(message(own, &errors)),
            WriteError::Refused(sentence) => Stop::Wrong(sentence),
            WriteError::Protected(_) => Stop::Wrong("Other records depend on this record".into()),
            WriteError::NotFound => Stop::Wrong(format!("This {} no longer exists, or you do not have access", own.singular_lower())),
            WriteError::Conflict(_) => Stop::Wrong(format!("The {} has changed since; check the file again", own.singular_lower())),
            WriteError::Db(error) => Stop::Db(error),
        }
    }
}
