//! What was chosen on the page for booking, and what is offered for it.

use diesel::QueryResult;
use diesel::prelude::*;
use time::{Date, Duration};

use super::times::{Day, days};
use crate::app::App;
use crate::clinic::patient::Patient;
use crate::db::schema::{appointment_types, appointments};
use crate::db::wall::Minute;
use crate::db::{Connection, Zone};
use crate::resource::form::time_input::iso_date;
use crate::resource::{Actor, FormData, Model, Row};
use crate::scheduling::appointment::state::State;
use crate::scheduling::entry::{Entry, Wanted, load};
use crate::scheduling::slots::offer::{Asked, doctors_with_hours, free_times};

/// How many free times are offered at once, and how far ahead they are looked for, in days.
const OFFERED: usize = 16;
const AHEAD: i64 = 120;
/// How many visits of the patient are shown.
const VISITS: i64 = 12;

/// What was chosen so far.
#[derive(Clone, Debug)]
pub struct Chosen {
    pub patient_id: Option<i64>,
    pub type_id: Option<i64>,
    /// `None` for any.
    pub doctor_id: Option<i64>,
    /// The day from which times are offered.
    pub from: Date,
    /// The time of that day, in minutes since midnight.
    pub at: i64,
    pub moved: Option<i64>,
    /// In addition to what is booked.
    pub is_overbooked: bool,
}

impl Chosen {
    pub fn read(typed: &FormData, today: Date) -> Self {
        let id = |name: &str| typed.text(name).trim().parse::<i64>().ok();
        let from = iso_date(typed.text("from")).filter(|day| *day >= today && *day <= today.saturating_add(Duration::days(730)));
        let at = typed
            .text("time")
            .split_once(':')
            .and_then(|(hour, minute)| Some(hour.parse::<i64>().ok()? * 60 + minute.parse::<i64>().ok()?));
        Self {
            patient_id: id("patient_id"),
            type_id: id("type_id"),
            doctor_id: id("doctor_id"),
            from: from.unwrap_or(today),
            at: at.filter(|minutes| (0..1_440).contains(minutes)).unwrap_or(0),
            moved: None,
            is_overbooked: typed.has("is_overbooked"),
        }
    }
}

/// What the page offers.
pub struct Offer {
    /// Id, name and minutes.
    pub types: Vec<(i64, String, i64)>,
    pub type_id: Option<i64>,
    pub doctors: Vec<(i64, String)>,
    pub patient: Option<Row>,
    pub days: Vec<Day>,
    /// The day after the last one that is shown.
    pub later: Option<Date>,
    pub coming: Vec<Entry>,
    pub past: Vec<Entry>,
}

impl Offer {
    pub fn load(c: &mut Connection, app: &App, actor: &Actor, chosen: &Chosen) -> QueryResult<Self> {
        let (zone, now) = (app.zone(actor), app.now());
        use appointment_types as own;
        let in_use = own::table.filter(own::deleted_at.is_null().and(own::is_active.eq(true)));
        let types: Vec<(i64, String, i64)> = in_use.order((own::name, own::id)).select((own::id, own::name, own::minutes)).load(c)?;
        let doctors = doctors_with_hours(c)?;
        let patient = match chosen.patient_id {
            Some(id) => Patient::resource().find(c, id, Some(actor))?,
            None => None,
        };
        let known = |id: &i64| chosen.moved.is_some() || types.iter().any(|(known, _, _)| known == id);
        let type_id = chosen.type_id.filter(known);
        let type_id = match (type_id, &patient) {
            (None, Some(row)) => usual(c, row.id)?.filter(known),
            (type_id, _) => type_id,
        };
        let type_id = type_id.or_else(|| types.first().map(|(id, _, _)| *id));
        let visits = match &patient {
            Some(row) => load(c, actor, Wanted::of_patient(row.id, VISITS).that_count())?,
            None => Vec::new(),
        };
        let (mut coming, past): (Vec<Entry>, Vec<Entry>) = visits.into_iter().partition(|visit| visit.ends > now.unix_minutes());
        coming.reverse();
        let mut offer = Self { types, type_id, doctors, patient, days: Vec::new(), later: None, coming, past };
        offer.find_times(c, &app.clinic_zone(), &zone, now.unix_minutes(), chosen)?;
        Ok(offer)
    }

    fn find_times(&mut self, c: &mut Connection, clinic: &Zone, zone: &Zone, now: Minute, chosen: &Chosen) -> QueryResult<()> {
        let (Some(type_id), Some(patient)) = (self.type_id, &self.patient) else { return Ok(()) };
        let from = zone.at_wall(chosen.from, chosen.at).max(now);
        let Chosen { doctor_id, moved, is_overbooked, .. } = *chosen;
        let to = from + AHEAD * 1_440;
        let asked = Asked { type_id, doctor_id, patient_id: Some(patient.id), moved, is_overbooked, from, to };
        let Some(found) = free_times(c, clinic, &asked, OFFERED * 4)? else { return Ok(()) };
        let now = crate::db::UtcDateTime::from_unix_minutes(now);
        let mut shown = 0;
        for mut day in days(&found, &self.doctors, zone, now) {
            if shown >= OFFERED {
                break;
            }
            day.times.truncate(OFFERED);
            shown += day.times.len();
            self.days.push(day);
        }
        let last = self.days.iter().flat_map(|day| &day.times).next_back().and_then(|time| super::times::chosen(&time.value));
        self.later = last.map(|(_, minute)| zone.on_wall(minute).0.saturating_add(Duration::days(1)));
        Ok(())
    }
}

/// The type of the patient's last visit.
fn usual(c: &mut Connection, patient_id: i64) -> QueryResult<Option<i64>> {
    use appointments as own;
    let visits = own::table.filter(own::patient_id.eq(patient_id)).filter(own::deleted_at.is_null());
    let visits = visits.filter(own::state.ne(State::EnteredInError.as_str()));
    visits.order((own::starts_at.desc(), own::id.desc())).select(own::type_id).first(c).optional()
}
