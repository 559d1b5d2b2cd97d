//! What was chosen on the page for booking, and what is offered for it.

use diesel::QueryResult;
use diesel::prelude::*;
use time::{Date, Duration};

use super::times::{Day, Time, days};
use crate::app::App;
use crate::clinic::patient::Patient;
use crate::db::schema::{appointment_types, appointments};
use crate::db::wall::Minute;
use crate::db::{Connection, UtcDateTime, Zone};
use crate::resource::form::bind::{Choice, Control};
use crate::resource::form::time_input::iso_date;
use crate::resource::{Actor, FormData, Model, Row};
use crate::scheduling::appointment::state::State;
use crate::scheduling::entry::{Entry, visits};
use crate::scheduling::slots::offer::{Asked, Offers, doctors_with_hours, free_times};
use crate::web::page::extension::Card;

/// How many free times are offered at once, and how far ahead they are looked for, in days.
const OFFERED: usize = 16;
const AHEAD: i64 = 120;

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
    /// `later` is the button that goes on from a minute; `time` belongs to the day that it was chosen for.
    pub fn read(typed: &FormData, today: Date, zone: &Zone) -> Self {
        let id = |name: &str| typed.text(name).trim().parse::<i64>().ok();
        let from = iso_date(typed.text("from")).filter(|day| *day >= today && *day <= today.saturating_add(Duration::days(730)));
        let is_of_day = typed.get("time_on").is_none_or(|day| day == typed.text("from"));
        let clock = typed.text("time").split_once(':').filter(|_| is_of_day);
        let at = clock.and_then(|(hour, minute)| Some(hour.parse::<i64>().ok()? * 60 + minute.parse::<i64>().ok()?));
        let day = (from.unwrap_or(today), at.filter(|minutes| (0..1_440).contains(minutes)).unwrap_or(0));
        let later = id("later").map(|minute| zone.on_wall(minute)).filter(|(day, _)| *day >= today);
        let (from, at) = later.unwrap_or(day);
        Self {
            patient_id: id("patient_id"),
            type_id: id("type_id"),
            doctor_id: id("doctor_id"),
            from,
            at,
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
    /// The minute after the last time that is shown.
    pub later: Option<Minute>,
    /// What the patient has and had.
    pub cards: Vec<Card>,
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
        let cards = match &patient {
            Some(row) => cards(&visits(c, actor, row.id, now)?, &zone, now),
            None => Vec::new(),
        };
        let mut offer = Self { types, type_id, doctors, patient, days: Vec::new(), later: None, cards };
        offer.find_times(c, &app.clinic_zone(), &zone, now.unix_minutes(), chosen)?;
        Ok(offer)
    }

    /// The next three free times.
    pub fn next(&self) -> Vec<Time> {
        self.days.iter().flat_map(|day| &day.times).take(3).cloned().collect()
    }

    /// Any doctor, or one of those who work.
    pub fn doctor_choices(&self, chosen: &Chosen) -> Control {
        let any = Choice { value: String::new(), label: "Any doctor".into(), chosen: chosen.doctor_id.is_none() };
        let known = self.doctors.iter().map(|(id, name)| Choice {
            value: id.to_string(),
            label: name.clone(),
            chosen: Some(*id) == chosen.doctor_id,
        });
        Control::Select { choices: std::iter::once(any).chain(known).collect() }
    }

    fn find_times(&mut self, c: &mut Connection, clinic: &Zone, zone: &Zone, now: Minute, chosen: &Chosen) -> QueryResult<()> {
        let (Some(type_id), Some(patient)) = (self.type_id, &self.patient) else { return Ok(()) };
        let from = zone.at_wall(chosen.from, chosen.at).max(now);
        let Chosen { doctor_id, moved, is_overbooked, .. } = *chosen;
        let to = from + AHEAD * 1_440;
        let asked = Asked { type_id, doctor_id, patient_id: Some(patient.id), moved, is_overbooked, from, to, ..Asked::default() };
        let Some(found) = free_times(c, clinic, &asked, Offers::OnePerTime(OFFERED))? else { return Ok(()) };
        self.days = days(&found, &self.doctors, zone, UtcDateTime::from_unix_minutes(now));
        self.later = found.slots.last().filter(|_| found.slots.len() >= OFFERED).map(|slot| slot.starts + 1);
        Ok(())
    }
}

/// What is booked, and the last visits.
fn cards((coming, past): &(Vec<Entry>, Vec<Entry>), zone: &Zone, now: UtcDateTime) -> Vec<Card> {
    let card = |title: &str, empty: &str, visits: &[Entry]| Card {
        title: title.into(),
        empty: empty.into(),
        lines: visits.iter().map(|visit| visit.line(zone, now)).collect(),
        button: None,
    };
    let mut cards = vec![card("Already booked", "Nothing yet.", coming)];
    if !past.is_empty() {
        cards.push(card("Last visits", "", past));
    }
    cards
}

/// The type of the patient's last visit.
fn usual(c: &mut Connection, patient_id: i64) -> QueryResult<Option<i64>> {
    use appointments as own;
    let visits = own::table.filter(own::patient_id.eq(patient_id)).filter(own::deleted_at.is_null());
    let visits = visits.filter(own::state.ne(State::EnteredInError.as_str()));
    visits.order((own::starts_at.desc(), own::id.desc())).select(own::type_id).first(c).optional()
}
