//! Booking the dates that were ticked, all of them in one transaction or none.

use crate::app::App;
use crate::crypto::keys::random_text;
use crate::db::wall::Minute;
use crate::db::{Connection, DbError, UtcDateTime};
use crate::resource::write::writer::WriteError;
use crate::resource::{Actor, FormErrors, Model, Row, Value, Values};
use crate::scheduling::appointment::model::Appointment;
use crate::web::request::press::Press;

const OWN: <Appointment as Model>::Fields = Appointment::FIELDS;

pub enum Failed {
    /// The same form was sent before.
    Twice,
    Write(WriteError),
}

/// Returns the first of them. `common` are the values that all have.
pub fn book(
    c: &mut Connection,
    app: &App,
    actor: &Actor,
    press: Option<&Press>,
    common: &Values,
    times: &[(i64, Minute)],
) -> Result<Row, Failed> {
    if let Some(press) = press
        && !press.begin(c, app.now())?
    {
        return Err(Failed::Twice);
    }
    // One alone is no series.
    let series = if times.len() > 1 { Value::Text(random_text(20)) } else { Value::Null };
    let resource = app.registry.of::<Appointment>();
    let first = app.act(c, actor, |c, writer| {
        let mut first = None;
        for (doctor_id, minute) in times {
            let mut values = common.clone();
            values.set(OWN.doctor_id, Value::Integer(*doctor_id));
            values.set(OWN.starts_at, Value::DateTime(UtcDateTime::from_unix_minutes(*minute)));
            values.set(OWN.series, series.clone());
            let row = writer.create(c, resource, values, FormErrors::default())?;
            first.get_or_insert(row);
        }
        first.ok_or(WriteError::NotFound)
    })?;
    if let Some(press) = press {
        press.end(c, first.id)?;
    }
    Ok(first)
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
