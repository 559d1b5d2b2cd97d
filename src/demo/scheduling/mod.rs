//! The schedule of the demo: what can be booked, when doctors work, the visits of five years and those of the next six months.

mod course;
mod days;
mod hours;
mod kinds;
mod premises;
mod store;
mod visits;
mod waits;

use std::collections::HashMap;

use diesel::prelude::*;
use rand::RngExt;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use time::{Date, Duration};

use super::DemoError;
use crate::app::App;
use crate::db::schema::patient_doctor_mappings as mappings;
use crate::db::sql::Sql;
use crate::db::{Connection, UtcDateTime};
use crate::resource::Actor;
use crate::scheduling::appointment::claims;
use crate::scheduling::reports::sums;
use crate::scheduling::slots::rota::windows;
use crate::scheduling::slots::span::Span;

use days::targets;
use hours::{Planned, plan};
use premises::Premises;
use store::Waiting;
use visits::{Booked, Day};

/// The days of the demo.
pub struct Period {
    first: Date,
    last: Date,
    today: Date,
    now: UtcDateTime,
}

const DAYS_BEFORE: i64 = 5 * 365 + 1;
const DAYS_AHEAD: i64 = 183;

impl Period {
    pub fn around(today: Date, now: UtcDateTime) -> Self {
        let day = |days| today.saturating_add(Duration::days(days));
        Self { first: day(-DAYS_BEFORE), last: day(DAYS_AHEAD), today, now }
    }

    fn days(&self) -> impl Iterator<Item = Date> + use<> {
        let first = self.first;
        (0..=DAYS_BEFORE + DAYS_AHEAD).map(move |days| first.saturating_add(Duration::days(days)))
    }

    /// Within these days of today the doctor with the account has visits.
    fn is_near(&self, day: Date) -> bool {
        (day - self.today).whole_days().abs() <= 21
    }
}

/// A doctor with this many visits near today shows what a full day looks like.
const FULL_DAY: usize = 14;
/// Doctors who see somebody on a day see at least so many.
const LEAST: usize = 4;
/// Of all doctors, so many percent work on a weekday.
const PRESENT: usize = 80;

/// What the visits of a day follow from.
struct Schedule {
    period: Period,
    premises: Premises,
    doctors: Vec<Planned>,
    patients: HashMap<i64, Vec<i64>>,
}

/// Fills the schedule. Returns the number of appointments, which is less than `wanted` if the doctors have no time for so many.
pub fn fill(
    c: &mut Connection,
    app: &App,
    actor: &Actor,
    doctors: &[i64],
    wanted: u64,
    rng: &mut StdRng,
    moved: &mut dyn FnMut(u64),
) -> Result<u64, DemoError> {
    let period = Period::around(app.today(), app.now());
    let premises = Premises::create(c, app, actor, doctors.len() as u32, (period.first.year(), period.last.year()))?;
    let (doctors, duty) = plan(c, &premises, doctors, &period, rng)?;
    let closed: Vec<Date> = premises.closed.iter().map(|closed| closed.day).collect();
    let targets = targets(&period, &duty, &closed, doctors.len(), wanted);
    let schedule = Schedule { period, premises, doctors, patients: patients_of(c)? };
    let whole = claims::filled_together(c, |c| {
        let (mut waiting, mut owed, mut whole) = (Waiting::default(), 0, 0);
        for (day, target) in targets {
            owed += i64::try_from(target).unwrap_or(i64::MAX);
            let booked = schedule.visits(day, usize::try_from(owed).unwrap_or(0), rng);
            for visit in &booked {
                waiting.add(c, rng, visit, schedule.period.now)?;
            }
            // What found no place is made up for on the next days, and so is a group that was larger.
            owed -= booked.len() as i64;
            whole += booked.len() as u64;
            moved(booked.len() as u64);
        }
        waiting.store(c)?;
        sums::forget(c)?;
        Ok::<_, DemoError>(whole)
    })?;
    if whole > 0 {
        waits::fill(c, app, actor)?;
    }
    Ok(whole)
}

/// The patients who come to each doctor: those who are assigned.
fn patients_of(c: &mut Connection) -> QueryResult<HashMap<i64, Vec<i64>>> {
    let pairs: Vec<(i64, i64)> = mappings::table.order(mappings::id).select((mappings::doctor_id, mappings::patient_id)).load(c)?;
    let mut patients = HashMap::<i64, Vec<i64>>::new();
    for (doctor_id, patient_id) in pairs {
        patients.entry(doctor_id).or_default().push(patient_id);
    }
    Ok(patients)
}

impl Schedule {
    /// About as many visits as wanted on one day, with doctors in any order.
    fn visits(&self, date: Date, wanted: usize, rng: &mut StdRng) -> Vec<Booked> {
        let is_near = self.period.is_near(date);
        let mut order: Vec<(usize, &Planned)> = self.doctors.iter().enumerate().collect();
        order.shuffle(rng);
        if is_near {
            order.sort_by_key(|(place, _)| *place != 0);
        }
        let usual = (wanted * 100).div_ceil(PRESENT * self.doctors.len().max(1));
        let (mut day, mut booked) = (Day::new(&self.premises), Vec::new());
        for (place, doctor) in order {
            if booked.len() >= wanted {
                break;
            }
            let zone = self.premises.zones.of(Some(doctor.site_id));
            let span = Span::new(zone.at_wall(date, 0), zone.at_wall(date, 1_440));
            let mut windows = windows(&doctor.rota, &self.premises.closed, &self.premises.zones, span);
            windows.retain(|window| span.has(window.span.from));
            let most = (usual * rng.random_range(80..130) / 100).max(LEAST);
            let most = if place == 0 && is_near { most.max(FULL_DAY) } else { most };
            let own = self.patients.get(&doctor.id).map_or(&[][..], Vec::as_slice);
            booked.extend(day.fill(rng, doctor, &windows, own, most.min(wanted - booked.len())));
        }
        booked
    }
}

/// The rows of statements that are not too long.
fn batches(mut rows: Vec<Sql>) -> Vec<Sql> {
    let mut parts = Vec::new();
    while !rows.is_empty() {
        let rest = rows.split_off(rows.len().min(100));
        parts.push(Sql::join(std::mem::replace(&mut rows, rest), ", "));
    }
    parts
}
