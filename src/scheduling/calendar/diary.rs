//! What the calendar reads: the doctors, their hours, and their appointments.

use std::collections::HashMap;

use diesel::sql_types::BigInt;
use diesel::{QueryResult, RunQueryDsl};
use time::{Date, Duration};

use super::column::{Column, DayOf, Grid};
use crate::app::App;
use crate::clinic::doctor::Doctor;
use crate::db::sql::{Bind, Sql};
use crate::db::{Connection, Zone};
use crate::resource::Model;
use crate::resource::access::actor::{Action, Actor};
use crate::scheduling::appointment::model::Appointment;
use crate::scheduling::entry::{Entry, Wanted, load};
use crate::scheduling::outside_calendar::busy;
use crate::scheduling::own_doctor::{PERMISSION, doctor_of};
use crate::scheduling::slots::load::{WorkTimes, work_times};
use crate::scheduling::slots::offer::doctors_with_hours;
use crate::scheduling::slots::rota::windows;
use crate::scheduling::slots::span::Span;
use crate::scheduling::working_hours::plans;

/// The most doctors side by side.
pub const MOST: usize = 12;

/// Who can be shown, and who is.
pub struct Doctors {
    /// Everybody who works at all, the reader first.
    pub all: Vec<(i64, String)>,
    pub shown: Vec<(i64, String)>,
    /// The reader, if they are one.
    own: Option<i64>,
}

impl Doctors {
    /// Those who were chosen, or everybody.
    pub fn load(c: &mut Connection, actor: &Actor, chosen: &[i64]) -> QueryResult<Self> {
        let own = doctor_of(c, actor)?;
        let mut all = doctors_with_hours(c)?;
        // Somebody who was chosen is shown, whether they work or not.
        for id in chosen {
            if !all.iter().any(|(known, _)| known == id)
                && let Some(row) = Doctor::resource().find(c, *id, Some(actor))?
            {
                all.push((row.id, row.label));
            }
        }
        all.sort_by_key(|(id, _)| Some(*id) != own);
        let shown = all.iter().filter(|(id, _)| chosen.is_empty() || chosen.contains(id)).cloned().collect();
        Ok(Self { all, shown, own })
    }

    /// The only one that is shown, if the reader may plan their hours.
    pub fn planned_by(&self, actor: &Actor) -> Option<i64> {
        match self.shown.as_slice() {
            [(id, _)] if plans(actor) && (actor.can(PERMISSION.0) || Some(*id) == self.own) => Some(*id),
            _ => None,
        }
    }
}

/// Some days of some doctors.
pub struct Diary {
    pub columns: Vec<Column>,
    pub grid: Grid,
    pub booked: usize,
    /// Doctors who are not shown, because there are too many.
    pub hidden: usize,
}

/// What is asked for.
pub struct View<'a> {
    pub app: &'a App,
    pub actor: &'a Actor,
    pub zone: &'a Zone,
    /// The first day, and how many.
    pub first: Date,
    pub days: i64,
}

impl View<'_> {
    /// From the first midnight to the one after the last day.
    fn range(&self) -> Span {
        let last = self.first.saturating_add(Duration::days(self.days));
        Span::new(self.zone.at_wall(self.first, 0), self.zone.at_wall(last, 0))
    }

    fn hours(&self, c: &mut Connection, doctors: &[i64]) -> QueryResult<WorkTimes> {
        work_times(c, &self.app.clinic_zone(), doctors, self.range())
    }

    fn entries(&self, c: &mut Connection, doctors: &[i64]) -> QueryResult<Vec<Entry>> {
        let range = self.range();
        load(c, self.actor, Wanted::touching(range.from, range.to).with_doctors(doctors).that_count())
    }

    fn outside(&self, c: &mut Connection, doctors: &[i64]) -> QueryResult<HashMap<i64, Vec<Span>>> {
        busy::load(c, doctors, self.range())
    }

    /// Those of the doctors who have somebody to see.
    fn busy(&self, c: &mut Connection, doctors: &[i64]) -> QueryResult<Vec<i64>> {
        let range = self.range();
        let booked = Sql::new("SELECT DISTINCT resource_id FROM claims WHERE kind = 'doctor' AND ").is_one_of("resource_id", doctors);
        let booked = booked.text(" AND starts > ").number(range.from - 1_440).text(" AND starts < ").number(range.to);
        booked.text(" AND ends > ").number(range.from).load_ids(c)
    }

    fn day_of(&self, doctor_id: i64, date: Date, hours: &WorkTimes) -> DayOf<'_> {
        let may = |action| Appointment::resource().declaration().allows(self.actor, action);
        let (books, moves) = (may(Action::Add), may(Action::Change));
        let closed = hours.closed.iter().any(|closed| closed.day == date && closed.site_id.is_none());
        DayOf { doctor_id, date, zone: self.zone, now: self.app.now().unix_minutes(), books, moves, closed }
    }

    fn works(&self, day: &DayOf, hours: &WorkTimes) -> Vec<Span> {
        let range = Span::new(self.zone.at_wall(day.date, 0), self.zone.at_wall(day.date, 1_440));
        let rota = hours.rotas.get(&day.doctor_id);
        rota.map_or_else(Vec::new, |rota| {
            let windows: Vec<_> =
                windows(rota, &hours.closed, &hours.zones, range).into_iter().filter(|window| window.span.meets(range)).collect();
            day.works(&windows)
        })
    }

    /// A day of all of them, side by side.
    /// `shown` is the one that a phone shows.
    pub fn side_by_side(
        &self,
        c: &mut Connection,
        doctors: &Doctors,
        is_chosen: bool,
        shown: Option<i64>,
        query: &str,
    ) -> QueryResult<Diary> {
        let ids: Vec<i64> = doctors.shown.iter().map(|(id, _)| *id).collect();
        let (hours, busy) = (self.hours(c, &ids)?, self.busy(c, &ids)?);
        let mut present = Vec::new();
        for (id, name) in &doctors.shown {
            let day = self.day_of(*id, self.first, &hours);
            let works = self.works(&day, &hours);
            // Who does not work that day and has nobody to see is not shown, unless somebody asks for them.
            if is_chosen || !works.is_empty() || busy.contains(id) {
                present.push((name.clone(), day, works));
            }
        }
        let hidden = present.len().saturating_sub(MOST);
        present.truncate(MOST);
        let ids: Vec<i64> = present.iter().map(|(_, day, _)| day.doctor_id).collect();
        let (entries, outside) = (self.entries(c, &ids)?, self.outside(c, &ids)?);
        let of = |id: i64| entries.iter().filter(move |entry| entry.doctor_id == id).collect::<Vec<&Entry>>();
        let days: Vec<_> = present
            .into_iter()
            .map(|(name, day, works)| {
                let own = of(day.doctor_id);
                (name, day, works, own)
            })
            .collect();
        let grid = Grid::around(days.iter().flat_map(|(_, day, works, own)| spans(day, works, own)));
        let booked = entries.len();
        let shown = shown.filter(|id| days.iter().any(|(_, day, _, _)| day.doctor_id == *id));
        // On a phone, somebody with appointments is more of use than the first of the alphabet.
        let busy = days.iter().find(|(.., own)| !own.is_empty()).or(days.first());
        let shown = shown.or(busy.map(|(_, day, _, _)| day.doctor_id));
        let columns = days.into_iter().map(|(title, day, works, own)| Column {
            id: format!("column-{}", day.doctor_id),
            title,
            note: booked_note(own.len()),
            href: format!("/calendar/week?doctor={}&date={}", day.doctor_id, day.date),
            tab: format!("/calendar?date={}{query}&show={}", day.date, day.doctor_id),
            show: Some(day.doctor_id),
            is_today: false,
            is_chosen: Some(day.doctor_id) == shown,
            items: day.items(grid, &own, &works, &day.busy(outside.get(&day.doctor_id).map_or(&[][..], Vec::as_slice))),
        });
        Ok(Diary { columns: columns.collect(), grid, booked, hidden })
    }

    /// The days of one doctor; a weekend on which nothing happens is left out.
    pub fn day_by_day(&self, c: &mut Connection, doctor_id: i64, chosen: Date) -> QueryResult<Diary> {
        let (hours, entries) = (self.hours(c, &[doctor_id])?, self.entries(c, &[doctor_id])?);
        let outside = self.outside(c, &[doctor_id])?.remove(&doctor_id).unwrap_or_default();
        let today = self.zone.date(self.app.now());
        let mut days = Vec::new();
        for after in 0..self.days {
            let date = self.first.saturating_add(Duration::days(after));
            let day = self.day_of(doctor_id, date, &hours);
            let works = self.works(&day, &hours);
            let own: Vec<&Entry> = entries.iter().filter(|entry| day.has(entry)).collect();
            if !super::dates::is_weekend(date) || !works.is_empty() || !own.is_empty() {
                days.push((day, works, own));
            }
        }
        let grid = Grid::around(days.iter().flat_map(|(day, works, own)| spans(day, works, own)));
        let booked = entries.len();
        let shown =
            if days.iter().any(|(day, _, _)| day.date == chosen) { chosen } else { days.first().map_or(chosen, |(day, _, _)| day.date) };
        let columns = days.into_iter().map(|(day, works, own)| Column {
            id: format!("day-{}", day.date),
            title: format!("{} {}", short(day.date), day.date.day()),
            note: booked_note(own.len()),
            href: format!("/calendar?doctor={doctor_id}&date={}", day.date),
            tab: format!("/calendar/week?doctor={doctor_id}&date={}", day.date),
            show: None,
            is_today: day.date == today,
            is_chosen: day.date == shown,
            items: day.items(grid, &own, &works, &day.busy(&outside)),
        });
        Ok(Diary { columns: columns.collect(), grid, booked, hidden: 0 })
    }

    /// How many appointments there are on each day, and how many begin on it.
    pub fn counts(&self, c: &mut Connection, doctors: &[i64]) -> QueryResult<HashMap<Date, (i64, i64)>> {
        let last = self.first.saturating_add(Duration::days(self.days));
        let from = self.zone.at_wall(self.first, 0);
        // Every time zone is a multiple of a quarter of an hour away from UTC.
        let counted = Sql::new("SELECT starts / 15, (ends - 1) / 15, count(*) FROM claims WHERE kind = 'doctor' AND ")
            .is_one_of("resource_id", doctors)
            .text(" AND starts > ")
            .number(from - 1_440)
            .text(" AND ends > ")
            .number(from)
            .text(" AND starts < ")
            .number(self.zone.at_wall(last, 0))
            .text(" AND is_padded = ")
            .bind(Bind::Bool(Some(false)));
        let counted = counted.text(" GROUP BY starts / 15, (ends - 1) / 15").returning::<(BigInt, BigInt, BigInt)>();
        let rows: Vec<(i64, i64, i64)> = counted.load(c)?;
        let mut counts = HashMap::<Date, (i64, i64)>::new();
        for (first, last, count) in rows {
            let (first, last) = (self.zone.on_wall(first * 15).0, self.zone.on_wall(last * 15).0);
            let begun = counts.entry(first).or_default();
            *begun = (begun.0 + count, begun.1 + count);
            if last != first {
                counts.entry(last).or_default().0 += count;
            }
        }
        Ok(counts)
    }
}

fn spans(day: &DayOf, works: &[Span], entries: &[&Entry]) -> Vec<Span> {
    works.iter().copied().chain(entries.iter().map(|entry| day.visit(entry))).collect()
}

fn booked_note(count: usize) -> String {
    if count == 0 { "Nobody booked".into() } else { format!("{count} booked") }
}

/// `Mon`
fn short(day: Date) -> String {
    day.weekday().to_string().chars().take(3).collect()
}
