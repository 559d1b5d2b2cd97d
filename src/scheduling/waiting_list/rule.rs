//! What has to be true of somebody who waits, and what ends with the waiting.

use diesel::prelude::*;

use super::model::{WaitingEntry, WaitingState};
use crate::db::schema::waiting_entries;
use crate::db::{Connection, UtcDateTime};
use crate::resource::declare::candidate::Candidate;
use crate::resource::declare::hooks::Hooks;
use crate::resource::write::event::{Event, EventKind};
use crate::resource::write::message::Message;
use crate::resource::write::writer::{WriteError, Writer};
use crate::resource::{Actor, FormErrors, Model, Row, Value, Values};
use crate::scheduling::offer::model::withdraw_of_entry;

impl Hooks for WaitingEntry {
    fn initial(_actor: &Actor, _now: UtcDateTime) -> Values {
        let own = Self::FIELDS;
        [(own.state, Value::Text(WaitingState::Waiting.as_str().into())), (own.is_urgent, Value::Bool(false))].into_iter().collect()
    }

    fn validate(_c: &mut Connection, candidate: &mut Candidate) -> QueryResult<()> {
        let own = Self::FIELDS;
        let number = |name: &str| candidate.values.at(name).as_id();
        if let (Some(from), Some(to)) = (number(own.from_time), number(own.to_time))
            && to != 0
            && to <= from
        {
            candidate.errors.add(own.to_time, "The end must be after the beginning");
        }
        if let (Value::Date(first), Value::Date(last)) = (candidate.values.at(own.from_day), candidate.values.at(own.to_day))
            && last < first
        {
            candidate.errors.add(own.to_day, "The last day must not be before the first");
        }
        Ok(())
    }

    /// Whoever does not wait any more has no open offers.
    fn notify(c: &mut Connection, event: &Event) -> QueryResult<Vec<Message>> {
        let waits = |row: &Row| row.values.at(Self::FIELDS.state).as_text() == WaitingState::Waiting.as_str();
        if event.kind == EventKind::Trashed || !event.after.is_some_and(waits) {
            withdraw_of_entry(c, event.id(), event.at)?;
        }
        Ok(Vec::new())
    }
}

/// Ends the waiting of a patient for this type: they have an appointment.
pub fn booked(c: &mut Connection, writer: &Writer, patient_id: i64, type_id: i64) -> Result<(), WriteError> {
    use waiting_entries as own;
    let waiting = own::table.filter(own::patient_id.eq(patient_id)).filter(own::type_id.eq(type_id)).filter(own::deleted_at.is_null());
    let ids: Vec<i64> = waiting.filter(own::state.eq(WaitingState::Waiting)).order(own::id).select(own::id).load(c)?;
    for id in ids {
        let state = [(WaitingEntry::FIELDS.state, Value::Text(WaitingState::Booked.as_str().into()))].into_iter().collect();
        writer.update(c, writer.registry.of::<WaitingEntry>(), id, state, FormErrors::default(), None)?;
    }
    Ok(())
}
