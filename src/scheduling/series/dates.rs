//! The dates of a series before it is booked: which are free, what is in the way of the others, and what is free instead.

use diesel::QueryResult;
use diesel::prelude::*;

use super::repeat::Repeat;
use crate::app::App;
use crate::clinic::doctor::Doctor;
use crate::db::schema::holidays;
use crate::db::wall::Minute;
use crate::db::{Connection, Zone};
use crate::resource::{Actor, FormData, Model};
use crate::scheduling::appointment::refusal::{reason, works};
use crate::scheduling::appointment::terms::Terms;
use crate::scheduling::booking::times::{Time, chosen, time};
use crate::scheduling::slots::find::{Slot, next_free};
use crate::scheduling::slots::free::offered;
use crate::scheduling::slots::load::{Diary, Request, load};
use crate::scheduling::slots::rota::{Closed, Rota, windows};
use crate::scheduling::slots::span::Span;

const DAY: i64 = 1_440;
/// How far ahead of a date that is taken another time is looked for, in minutes.
const AHEAD: i64 = 28 * DAY;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    pub patient_id: i64,
    pub type_id: i64,
    pub doctor_id: i64,
    pub first: Minute,
    pub repeat: Repeat,
    pub is_overbooked: bool,
}

/// One date of the series.
pub struct SeriesDate {
    /// The name of its input.
    pub name: String,
    pub time: Time,
    /// What is in the way; blank if it is free.
    pub why: String,
    /// What can be had instead, with the day if it is another one.
    pub instead: Vec<(Time, bool)>,
    /// The value that is ticked; blank for none.
    pub chosen: String,
    /// What was ticked, if somebody else has it now.
    pub was_taken: bool,
}

/// `None` if there is no such type.
pub fn dates(
    c: &mut Connection,
    app: &App,
    actor: &Actor,
    asked: &Asked,
    typed: Option<&FormData>,
) -> QueryResult<Option<Vec<SeriesDate>>> {
    let Some(terms) = Terms::find(c, asked.type_id)? else { return Ok(None) };
    let own = terms.request(asked.type_id);
    let request = Request { patient_id: Some(asked.patient_id), is_overbooked: asked.is_overbooked, ..own };
    let finder = Finder { app, zone: app.zone(actor), clinic: app.clinic_zone(), doctor_id: asked.doctor_id, request };
    // The time on the wall is that of the site where the doctor is the first time.
    let first = finder.diary(c, Span::new(asked.first, asked.first + 1))?;
    let here = first.zones.of(finder.site(&first, asked.first)).clone();
    let name = app.registry.label(c, Doctor::NAME, asked.doctor_id)?;
    let all = asked.repeat.starts(asked.first, &here);
    let wished = |place: usize| Some(chosen(typed?.text(&input(place)))?.1);
    let (mut dates, mut given) = (Vec::new(), Vec::<Minute>::new());
    for (place, starts) in all.iter().copied().enumerate() {
        // No time is offered instead of two dates, or near another one: the patient can come once.
        let of_others = all.iter().copied().enumerate().filter(|(other, _)| *other != place);
        let of_others: Vec<Minute> = of_others.flat_map(|(other, starts)| [Some(starts), wished(other)]).flatten().collect();
        let step = finder.request.visit.step();
        let is_left =
            |minute: Minute| wished(place) == Some(minute) || of_others.iter().chain(&given).all(|other| (minute - *other).abs() >= step);
        let mut date = finder.date(c, &here, &name, starts, &is_left)?;
        given.extend(date.instead.iter().filter_map(|(time, _)| chosen(&time.value)).map(|(_, minute)| minute));
        date.name = input(place);
        let is_offered =
            |value: &str| (date.why.is_empty() && date.time.value == value) || date.instead.iter().any(|(time, _)| time.value == value);
        date.chosen = match typed {
            None if date.why.is_empty() => date.time.value.clone(),
            None => String::new(),
            Some(typed) => typed.text(&date.name).to_string(),
        };
        if !date.chosen.is_empty() && !is_offered(&date.chosen) {
            (date.was_taken, date.chosen) = (true, String::new());
        }
        dates.push(date);
    }
    Ok(Some(dates))
}

/// The name of the input of a date.
fn input(place: usize) -> String {
    format!("date-{place}")
}

struct Finder<'a> {
    app: &'a App,
    /// The reader's.
    zone: Zone,
    clinic: Zone,
    doctor_id: i64,
    request: Request,
}

impl Finder<'_> {
    fn diary(&self, c: &mut Connection, range: Span) -> QueryResult<Diary> {
        load(c, &self.clinic, &[self.doctor_id], &self.request, range)
    }

    /// Where the doctor is at this minute, whatever is booked.
    fn site(&self, diary: &Diary, starts: Minute) -> Option<i64> {
        site(diary.rotas.get(&self.doctor_id)?, &diary.closed, diary, starts)
    }

    /// Where the doctor would be in a week without time off and holidays.
    fn usual_site(&self, diary: &Diary, starts: Minute) -> Option<i64> {
        let hours = diary.rotas.get(&self.doctor_id)?.hours.clone();
        site(&Rota { hours, exceptions: Vec::new() }, &[], diary, starts)
    }

    /// `is_left` says which times can be offered instead.
    fn date(
        &self,
        c: &mut Connection,
        here: &Zone,
        doctor: &str,
        starts: Minute,
        is_left: &dyn Fn(Minute) -> bool,
    ) -> QueryResult<SeriesDate> {
        let (day, _) = here.on_wall(starts);
        let whole = Span::new(here.at_wall(day, 0), here.at_wall(day, DAY));
        let diary = self.diary(c, whole)?;
        let now = self.app.now().unix_minutes();
        let free = diary.starts(self.doctor_id, &self.request, Span::new(starts, starts + 1));
        let slot = Slot { starts, doctor_id: self.doctor_id, site_id: free.first().and_then(|free| free.site_id) };
        let doctors = [(self.doctor_id, doctor.to_string())];
        let shown = |slot: &Slot| time(slot, &diary.zones, &doctors, &self.zone);
        let is_free = !free.is_empty() && starts >= now;
        let mut date = SeriesDate {
            name: String::new(),
            time: shown(&slot),
            why: String::new(),
            instead: Vec::new(),
            chosen: String::new(),
            was_taken: false,
        };
        if is_free {
            return Ok(date);
        }
        date.why = if starts < now { "This time is over".into() } else { self.why(c, &diary, here, doctor, slot)? };
        let rest = Span::new(whole.from.max(now), whole.to);
        let times = offered(&diary.starts(self.doctor_id, &self.request, rest), self.request.visit);
        let nearest = times.into_iter().filter(|(minute, _)| is_left(*minute)).min_by_key(|(minute, _)| (minute - starts).abs());
        let same_day = nearest.map(|(starts, site_id)| Slot { starts, site_id, ..slot });
        let later = Span::new(rest.to.max(now), rest.to.max(now) + AHEAD);
        let next = next_free(c, &self.clinic, &[self.doctor_id], &self.request, later, 1, |_, mut times| {
            times.retain(|slot| is_left(slot.starts));
            Ok(times)
        })?;
        date.instead.extend(same_day.iter().map(|slot| (shown(slot), false)));
        date.instead.extend(next.iter().map(|slot| (shown(slot), true)));
        Ok(date)
    }

    /// Time off and a holiday of the place are named; the rest is what booking alone would say.
    fn why(&self, c: &mut Connection, diary: &Diary, here: &Zone, doctor: &str, slot: Slot) -> QueryResult<String> {
        if !works(diary, &self.request, slot) {
            let site = self.usual_site(diary, slot.starts);
            let (day, from) = site.map_or(here, |_| diary.zones.of(site)).on_wall(slot.starts);
            let to = from + self.request.visit.minutes;
            let is_here = |other: Option<i64>| other.is_none() || other == site;
            let is_then = |(first, last): (i64, i64)| first < to && (last == 0 || from < last);
            let exceptions = diary.rotas.get(&self.doctor_id).map(|rota| rota.exceptions.as_slice()).unwrap_or_default();
            let mut off = exceptions.iter().filter(|one| one.is_off && one.first_day <= day && day <= one.last_day);
            if off.any(|one| is_here(one.site_id) && one.times.is_none_or(is_then)) {
                return Ok(format!("{doctor} has time off"));
            }
            if diary.closed.iter().any(|closed| closed.day == day && is_here(closed.site_id)) {
                let own = holidays::table.filter(holidays::day.eq(day)).filter(holidays::deleted_at.is_null());
                let own = own.filter(holidays::site_id.is_null().or(holidays::site_id.eq(site)));
                let name = own.order(holidays::id).select(holidays::name).first::<String>(c).optional()?;
                return Ok(format!("Closed: {}", name.unwrap_or_else(|| "holiday".into())));
            }
        }
        reason(c, &self.zone, diary, &self.request, slot).map(|(_, why)| why)
    }
}

/// Where somebody with these hours is at this minute.
fn site(rota: &Rota, closed: &[Closed], diary: &Diary, starts: Minute) -> Option<i64> {
    let windows = windows(rota, closed, &diary.zones, Span::new(starts, starts + 1));
    windows.iter().find(|window| window.span.has(starts)).and_then(|window| window.site_id)
}
