//! What the administrator who invites somebody has already decided: the name, the role, and the record that becomes theirs.

use diesel::prelude::*;

use crate::accounts::invitation::with_record::{DOCTOR, PATIENT, Person, split_name};
use crate::app::App;
use crate::db::Connection;
use crate::db::schema::registration_links;
use crate::error::{AppError, AppResult};
use crate::resource::access::actor::Action;
use crate::resource::write::writer::{WriteError, Writer};
use crate::resource::{Actor, FormErrors, Row, Value, Values};
use crate::web::record;

#[derive(Clone, Debug, Default, Insertable, Queryable, Selectable)]
#[diesel(table_name = registration_links)]
pub struct Offer {
    pub invited_by: Option<i64>,
    /// The role.
    pub group_id: Option<i64>,
    pub first_name: String,
    pub last_name: String,
    /// The record of the invited person, one or none.
    pub doctor_id: Option<i64>,
    pub patient_id: Option<i64>,
}

impl Offer {
    pub fn record(&self) -> Option<Record> {
        let doctor = self.doctor_id.map(|id| Record { kind: &DOCTOR, id });
        doctor.or_else(|| self.patient_id.map(|id| Record { kind: &PATIENT, id }))
    }

    pub fn of_record(self, record: Option<Record>) -> Self {
        let id = |kind: &Person| record.filter(|record| record.kind.resource == kind.resource).map(|record| record.id);
        Self { doctor_id: id(&DOCTOR), patient_id: id(&PATIENT), ..self }
    }

    /// `/doctors/5`, and the word for it.
    pub fn link(&self) -> Option<(&'static str, String)> {
        self.record().map(|record| (record.kind.noun, record.path()))
    }

    /// Gives the record to the new account, unless it has one by now or is gone.
    pub fn settle(&self, c: &mut Connection, writer: &Writer, user: &Row) -> Result<(), WriteError> {
        let Some(record) = self.record() else { return Ok(()) };
        let resource = writer.registry.get(record.kind.resource).ok_or(WriteError::NotFound)?;
        let Some(row) = writer.registry.find(c, resource, record.id, Some(writer.actor))? else { return Ok(()) };
        if *row.values.at(ACCOUNT) != Value::Null {
            return Ok(());
        }
        let mut values = Values::default();
        values.set(ACCOUNT, Value::Integer(user.id));
        writer.update(c, resource, row.id, values, FormErrors::default(), Some(row.version)).map(|_| ())
    }
}

/// The field of a record that refers to the account.
const ACCOUNT: &str = "user_id";

/// The record of a doctor or a patient, as the address of the page names it: `doctor.5`.
#[derive(Clone, Copy)]
pub struct Record {
    pub kind: &'static Person,
    pub id: i64,
}

impl Record {
    pub fn read(text: &str) -> Option<Self> {
        let (name, id) = text.split_once('.')?;
        let kind = [&DOCTOR, &PATIENT].into_iter().find(|kind| kind.resource == name)?;
        Some(Self { kind, id: id.parse().ok().filter(|id| *id > 0)? })
    }

    pub fn path(self) -> String {
        format!("{}/{}", self.kind.path, self.id)
    }

    /// The record, if it has no account and this actor may give it one. Otherwise it does not exist for them.
    pub fn load(self, c: &mut Connection, app: &App, actor: &Actor) -> AppResult<Row> {
        if !actor.may(Action::Change, self.kind.resource) || !actor.can(self.kind.needs) {
            return Err(AppError::NotFound);
        }
        let row = record::read::visible(c, app, actor, self.kind.resource, self.id)?;
        if *row.values.at(ACCOUNT) == Value::Null { Ok(row) } else { Err(AppError::NotFound) }
    }
}

/// First and last name, and address, as far as the record has them.
pub fn person(row: &Row) -> (String, String, String) {
    let text = |field: &str| row.values.at(field).as_text().to_string();
    let (given, family) = (text("given_name"), text("family_name"));
    let (first, last) = if given.is_empty() && family.is_empty() { split_name(&text("name")) } else { (given, family) };
    (first, last, text("email"))
}
