//! Saving the week: every row with its history, in one transaction.

use time::Date;

use super::form::{HoursRow, Period, WeekForm};
use super::stored::{fingerprint, load};
use crate::app::App;
use crate::db::connection::exclusive;
use crate::db::{Connection, DbError, Zone};
use crate::resource::form::data::parse;
use crate::resource::write::writer::{WriteError, Writer};
use crate::resource::{Actor, FormData, FormErrors, Model, Value, Values};
use crate::scheduling::working_hours::{Day, WorkingHours};
use crate::web::request::press::Press;

const OWN: <WorkingHours as Model>::Fields = WorkingHours::FIELDS;
/// What the page sets; notes of rows stay.
const SET: &[&str] = &[OWN.weekday, OWN.kind, OWN.from_time, OWN.to_time, OWN.site_id, OWN.valid_from, OWN.valid_to];

pub enum Failed {
    /// The same form was sent before.
    Twice,
    /// Somebody has changed the hours since the page was opened.
    Stale(Vec<WorkingHours>),
    /// The form with its errors.
    Wrong(WeekForm),
    Write(WriteError),
}

/// Whose week it is, and when it is saved.
pub struct Week<'a> {
    pub app: &'a App,
    pub actor: &'a Actor,
    pub doctor_id: i64,
    pub today: Date,
    pub zone: &'a Zone,
}

impl Week<'_> {
    /// Returns whether anything has changed.
    pub fn save(&self, c: &mut Connection, form: &WeekForm, press: Option<&Press>) -> Result<bool, Failed> {
        exclusive(c, "week", self.doctor_id)?;
        if let Some(press) = press
            && !press.begin(c, self.app.now())?
        {
            return Err(Failed::Twice);
        }
        let stored = load(c, self.doctor_id, self.today)?;
        if fingerprint(&stored) != form.seen {
            return Err(Failed::Stale(stored));
        }
        let is_changed = self.app.act(c, self.actor, |c, writer| self.write(c, writer, form, &stored))?;
        if let Some(press) = press {
            press.end(c, self.doctor_id)?;
        }
        Ok(is_changed)
    }

    fn write(&self, c: &mut Connection, writer: &Writer, form: &WeekForm, stored: &[WorkingHours]) -> Result<bool, Failed> {
        let mut wrong = form.clone();
        let mut is_wrong = false;
        for (period, day, row) in form.rows() {
            let known = row.stored.filter(|(id, _)| stored.iter().any(|hours| hours.id == *id));
            if let Err(error) = self.write_row(c, writer, (period, day, row), known) {
                let WriteError::Invalid(errors) = error else { return Err(error.into()) };
                is_wrong = true;
                mark(&mut wrong, &row.name, &errors);
            }
        }
        if is_wrong { Err(Failed::Wrong(wrong)) } else { Ok(writer.has_written()) }
    }

    fn write_row(
        &self,
        c: &mut Connection,
        writer: &Writer,
        (period, day, row): (&Period, Day, &HoursRow),
        known: Option<(i64, i64)>,
    ) -> Result<(), WriteError> {
        let resource = writer.registry.of::<WorkingHours>();
        let (mut values, errors) = self.parse(period, day, row);
        match known {
            Some((id, _)) if row.is_blank() => writer.delete(c, resource, id).map(|_| ()),
            Some((id, version)) => writer.update(c, resource, id, values, errors, Some(version)).map(|_| ()),
            None if row.is_blank() => Ok(()),
            None => {
                values.set(OWN.doctor_id, Value::Integer(self.doctor_id));
                writer.create(c, resource, values, errors).map(|_| ())
            }
        }
    }

    fn parse(&self, period: &Period, day: Day, row: &HoursRow) -> (Values, FormErrors) {
        let mut typed = FormData::default();
        let sent = [
            (OWN.weekday, day.as_str()),
            (OWN.kind, row.kind.as_str()),
            (OWN.from_time, row.from.as_str()),
            (OWN.to_time, row.to.as_str()),
            (OWN.site_id, row.site.as_str()),
            (OWN.valid_from, period.from.as_str()),
            (OWN.valid_to, period.to.as_str()),
        ];
        sent.into_iter().for_each(|(name, text)| typed.push(name, text));
        let (values, found) = parse(WorkingHours::resource().declaration().fields_named(SET), &typed, self.today, self.zone);
        // Of the errors of a field the first counts.
        let mut errors = FormErrors::default();
        if row.from.is_empty() {
            errors.add(OWN.from_time, "Enter the beginning as well");
        }
        if row.to.is_empty() {
            errors.add(OWN.to_time, "Enter the end as well");
        }
        found.iter().for_each(|error| errors.add_part(error.field, error.part, error.text.clone()));
        (values, errors)
    }
}

/// Puts the first error of a row at its input. What is wrong with the dates is wrong with the period.
fn mark(form: &mut WeekForm, name: &str, errors: &FormErrors) {
    for period in &mut form.periods {
        let row = period.days.iter_mut().flat_map(|day| &mut day.rows).find(|row| row.name == name);
        let Some(row) = row else { continue };
        for error in errors.iter() {
            match error.field {
                field if field == OWN.valid_from || field == OWN.valid_to => period.error = Some(error.text.clone()),
                field if row.error.is_none() => {
                    row.error = Some(error.text.clone());
                    row.wrong = match field {
                        field if field == OWN.to_time => "to",
                        field if field == OWN.site_id => "site",
                        _ => "from",
                    };
                }
                _ => {}
            }
        }
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
