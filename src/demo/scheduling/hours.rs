//! When the doctors of the demo work: the usual week with a break, time off, and duty on special days.

use diesel::QueryResult;
use rand::RngExt;
use rand::rngs::StdRng;
use time::{Date, Duration, Month, Weekday};

use super::premises::{ABROAD, Premises};
use super::{Period, batches};
use crate::db::sql::{Bind, Sql};
use crate::db::wall::Minute;
use crate::db::{Connection, UtcDateTime, Zone};
use crate::demo::invented::row;
use crate::scheduling::slots::rota::{Exception, Hours, Rota};

const WEEK: [(&str, Weekday); 6] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
];

/// Of so many doctors one works at the site abroad.
const ABROAD_OF: usize = 8;
/// Doctors with duty on the days when the clocks change.
const ON_DUTY: usize = 2;

/// A doctor of the demo.
pub struct Planned {
    pub id: i64,
    pub site_id: i64,
    pub rota: Rota,
    reasons: Vec<&'static str>,
}

/// Plans the hours of all doctors and stores them. Returns them with the days of duty on which the clinic is closed otherwise.
pub fn plan(
    c: &mut Connection,
    premises: &Premises,
    doctors: &[i64],
    period: &Period,
    rng: &mut StdRng,
) -> QueryResult<(Vec<Planned>, Vec<Date>)> {
    let mut duty = Vec::new();
    let mut planned: Vec<Planned> = Vec::new();
    for (number, id) in doctors.iter().enumerate() {
        let place = if number % ABROAD_OF == 1 { ABROAD } else { number / 2 % 2 };
        let site_id = premises.sites.get(place).copied().unwrap_or_default();
        let mut doctor =
            Planned { id: *id, site_id, rota: Rota { hours: week(number, site_id), exceptions: Vec::new() }, reasons: Vec::new() };
        doctor.take_time_off(number, period, rng);
        let zone = premises.zones.of(Some(site_id));
        if number < ON_DUTY || (place == ABROAD && number < ABROAD_OF * ON_DUTY) {
            for day in period.days().filter(|day| clocks_change(zone, *day)) {
                doctor.extra(day, (9 * 60, 13 * 60), "Weekend duty");
                duty.push(day);
            }
        }
        // Whoever tries the demo on a Sunday finds somebody at work as well.
        if number == 0 && !doctor.works_on(premises, period.today) {
            doctor.extra(period.today, (8 * 60, 18 * 60), "Duty");
            duty.push(period.today);
        }
        planned.push(doctor);
    }
    duty.sort_unstable();
    duty.dedup();
    store(c, &planned, period.now)?;
    Ok((planned, duty))
}

fn clocks_change(zone: &Zone, day: Date) -> bool {
    zone.at_wall(day, 1_440) - zone.at_wall(day, 0) != 1_440
}

/// Early or late, most on five days, some on Saturday mornings.
fn week(number: usize, site_id: i64) -> Vec<Hours> {
    let (from, to) = if number.is_multiple_of(2) { (8 * 60, 17 * 60 + 30) } else { (9 * 60, 18 * 60 + 30) };
    let lunch = (12 * 60 + 15 * (number as i64 % 4), 12 * 60 + 45 + 15 * (number as i64 % 4));
    let mut hours = Vec::new();
    for (place, (_, weekday)) in WEEK.into_iter().enumerate() {
        let usual = Hours { weekday, is_break: false, from, to, site_id: Some(site_id), valid_from: None, valid_to: None };
        match weekday {
            Weekday::Saturday if number % 4 == 2 => hours.push(Hours { from: 9 * 60, to: 12 * 60, ..usual }),
            Weekday::Saturday => {}
            _ if number % 3 == 2 && place == number % 5 => {}
            _ => {
                hours.push(usual.clone());
                hours.push(Hours { is_break: true, from: lunch.0, to: lunch.1, ..usual });
            }
        }
    }
    hours
}

impl Planned {
    /// Two weeks in summer, one in winter and two trainings a year. The first doctor, who has the account, is there today.
    fn take_time_off(&mut self, number: usize, period: &Period, rng: &mut StdRng) {
        let spared = (number == 0).then_some(period.today);
        for year in period.first.year()..=period.last.year() {
            let day = |month| Date::from_calendar_date(year, month, 1).unwrap_or(period.first);
            let later = |date: Date, days: i64| date.saturating_add(Duration::days(days));
            let summer = later(day(Month::June), rng.random_range(20..90));
            let winter = later(day(Month::January), rng.random_range(1..60));
            let mut days = vec![(summer, later(summer, 13), None, "Holiday"), (winter, later(winter, 6), None, "Holiday")];
            for month in [Month::April, Month::October] {
                let training = later(day(month), rng.random_range(0..28));
                days.push((training, training, Some((14 * 60, 18 * 60)), "Training"));
            }
            for (first_day, last_day, times, reason) in days {
                if spared.is_none_or(|day| day < first_day || last_day < day) {
                    self.rota.exceptions.push(Exception { is_off: true, first_day, last_day, times, site_id: None });
                    self.reasons.push(reason);
                }
            }
        }
    }

    fn extra(&mut self, day: Date, times: (i64, i64), reason: &'static str) {
        let (first_day, last_day, site_id) = (day, day, Some(self.site_id));
        self.rota.exceptions.push(Exception { is_off: false, first_day, last_day, times: Some(times), site_id });
        self.reasons.push(reason);
    }

    fn works_on(&self, premises: &Premises, day: Date) -> bool {
        let is_closed = premises.closed.iter().any(|closed| closed.day == day);
        !is_closed && self.rota.hours.iter().any(|hours| hours.weekday == day.weekday())
    }
}

fn store(c: &mut Connection, doctors: &[Planned], now: UtcDateTime) -> QueryResult<()> {
    let (time, at) = (|minute: Minute| Bind::BigInt(Some(minute)), || Bind::Timestamp(Some(now)));
    let word = |word: &str| Bind::Text(Some(word.into()));
    let mut hours = Vec::new();
    let mut exceptions = Vec::new();
    for doctor in doctors {
        for own in &doctor.rota.hours {
            let day = WEEK.iter().find(|(_, weekday)| *weekday == own.weekday).map_or("", |(name, _)| name);
            let (kind, note) = if own.is_break { ("break", "Lunch") } else { ("hours", "") };
            let site = Bind::BigInt(own.site_id);
            hours.push(row([
                Bind::BigInt(Some(doctor.id)),
                word(day),
                word(kind),
                time(own.from),
                time(own.to),
                site,
                word(note),
                at(),
                at(),
            ]));
        }
        for (own, reason) in doctor.rota.exceptions.iter().zip(&doctor.reasons) {
            let (from, to) = (own.times.map(|times| times.0), own.times.map(|times| times.1));
            exceptions.push(row([
                Bind::BigInt(Some(doctor.id)),
                word(if own.is_off { "off" } else { "extra" }),
                Bind::Date(Some(own.first_day)),
                Bind::Date(Some(own.last_day)),
                Bind::BigInt(from),
                Bind::BigInt(to),
                Bind::BigInt(own.site_id),
                word(reason),
                at(),
                at(),
            ]));
        }
    }
    let into = "INSERT INTO working_hours (doctor_id, weekday, kind, from_time, to_time, site_id, note, created_at, updated_at) VALUES ";
    batches(hours).into_iter().try_for_each(|rows| Sql::new(into).append(rows).execute(c).map(|_| ()))?;
    let into = "INSERT INTO schedule_exceptions (doctor_id, kind, first_day, last_day, from_time, to_time, site_id, reason, created_at, \
                updated_at) VALUES ";
    batches(exceptions).into_iter().try_for_each(|rows| Sql::new(into).append(rows).execute(c).map(|_| ()))
}
