//! An appointment with everything that messages and calendars say about it, read with one statement.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable, Text, Timestamp};

use crate::db::sql::Sql;
use crate::db::{Connection, UtcDateTime, Zone};
use crate::ical::{Event, EventTime};
use crate::scheduling::appointment::state::State;

/// An appointment as people know it.
#[derive(Clone, Debug)]
pub struct Occasion {
    pub id: i64,
    pub uid: String,
    pub sequence: i64,
    pub starts_at: UtcDateTime,
    pub ends_at: UtcDateTime,
    pub updated_at: UtcDateTime,
    pub state: State,
    pub type_name: String,
    pub patient_id: i64,
    pub patient_name: String,
    pub doctor: String,
    /// Room, site and address; blank for none.
    pub place: String,
    /// That of the place where it is.
    pub zone: Zone,
}

type Row = (
    BigInt,
    Text,
    Integer,
    Timestamp,
    Timestamp,
    Timestamp,
    Text,
    Text,
    BigInt,
    Text,
    Text,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<Text>,
);

#[derive(Queryable)]
struct Found {
    id: i64,
    uid: String,
    sequence: i32,
    starts_at: UtcDateTime,
    ends_at: UtcDateTime,
    updated_at: UtcDateTime,
    state: String,
    type_name: String,
    patient_id: i64,
    patient_name: String,
    doctor: String,
    room: Option<String>,
    site: Option<String>,
    address: Option<String>,
    time_zone: Option<String>,
}

const COLUMNS: &str = "SELECT a.id, a.uid, a.sequence, a.starts_at, a.ends_at, a.updated_at, a.state, t.name, p.id, p.name, \
    trim(d.title || ' ' || d.name), r.name, s.name, s.address, s.time_zone \
    FROM appointments AS a JOIN appointment_types AS t ON t.id = a.type_id JOIN patients AS p ON p.id = a.patient_id \
    JOIN doctors AS d ON d.id = a.doctor_id LEFT JOIN rooms AS r ON r.id = a.room_id LEFT JOIN sites AS s ON s.id = a.site_id WHERE ";

impl Occasion {
    pub fn find(c: &mut Connection, id: i64, clinic: &Zone) -> QueryResult<Option<Self>> {
        Ok(Self::list(c, Sql::new("a.id = ").number(id), clinic)?.pop())
    }

    /// Those that meet a condition on the appointments, which are called `a`.
    pub fn list(c: &mut Connection, condition: Sql, clinic: &Zone) -> QueryResult<Vec<Self>> {
        let found: Vec<Found> = Sql::new(COLUMNS).append(condition).returning::<Row>().load(c)?;
        Ok(found.into_iter().map(|found| Self::of(found, clinic)).collect())
    }

    fn of(found: Found, clinic: &Zone) -> Self {
        let address =
            found.address.unwrap_or_default().lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(", ");
        let parts = [found.room.unwrap_or_default(), found.site.unwrap_or_default(), address];
        Self {
            id: found.id,
            uid: found.uid,
            sequence: found.sequence.into(),
            starts_at: found.starts_at,
            ends_at: found.ends_at,
            updated_at: found.updated_at,
            state: State::parse(&found.state).unwrap_or(State::Booked),
            type_name: found.type_name,
            patient_id: found.patient_id,
            patient_name: found.patient_name,
            doctor: found.doctor,
            place: parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "),
            zone: clinic.read_by(&found.time_zone.unwrap_or_default(), ""),
        }
    }

    /// The event in a calendar. Who may see more than the time gives it a summary of their own.
    pub fn event(&self, summary: &str) -> Event {
        Event {
            uid: self.uid.clone(),
            sequence: self.sequence,
            changed_at: self.updated_at,
            time: EventTime::Between(self.starts_at, self.ends_at),
            status: self.state.in_calendars(),
            summary: summary.into(),
            location: self.place.clone(),
            description: String::new(),
        }
    }
}
