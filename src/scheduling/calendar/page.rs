//! The pages of the calendar: a day, a week, a month.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use time::Duration;

use super::bar::{Asked, Bar, bar};
use super::column::{Column, Grid, Kind};
use super::dates::{MonthTable, monday};
use super::diary::{Diary, Doctors, View};
use crate::english::plural;
use crate::error::{AppError, AppResult};
use crate::web::page::shell::Shell;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::response::html;

#[derive(Template)]
#[template(path = "scheduling/calendar/days.html")]
struct DaysPage {
    shell: Shell,
    subtitle: String,
    bar: Bar,
    grid: Grid,
    columns: Vec<Column>,
    tabs: &'static str,
    empty: &'static str,
}

impl DaysPage {
    /// On a phone the columns are chosen from a list if there are too many for tabs.
    fn is_long(&self) -> bool {
        self.columns.len() >= LONG && self.columns.iter().all(|column| column.show.is_some())
    }
}

/// Tabs of so many doctors fill a phone.
const LONG: usize = 8;

#[derive(Template)]
#[template(path = "scheduling/calendar/month.html")]
struct MonthPage {
    shell: Shell,
    subtitle: String,
    bar: Bar,
    weeks: Vec<Vec<Cell>>,
}

/// A day of the month.
struct Cell {
    number: u8,
    label: String,
    href: String,
    is_other: bool,
    is_today: bool,
    count: i64,
    /// Those that do not go on from the day before.
    begin: i64,
}

pub async fn day(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    let (asked, zone) = (Asked::read(&visit), visit.zone());
    let (app, actor, wanted, there) = (visit.app.clone(), user.to_actor(), asked.clone(), zone.clone());
    let (doctors, diary) = visit
        .app
        .db
        .read(move |c| {
            let doctors = Doctors::load(c, &actor, &wanted.doctors)?;
            let view = View { app: &app, actor: &actor, zone: &there, first: wanted.date, days: 1 };
            let diary = view.side_by_side(c, &doctors, !wanted.doctors.is_empty(), wanted.show, &wanted.query())?;
            Ok::<_, AppError>((doctors, diary))
        })
        .await?;
    let title = format!("{} {}", asked.date.weekday(), zone.show_date(asked.date));
    let mut subtitle = format!(
        "{}, {}",
        plural(diary.booked as i64, "appointment", "appointments"),
        plural(diary.columns.len() as i64, "doctor", "doctors")
    );
    if diary.hidden > 0 {
        subtitle = format!("{subtitle}. {} more work that day: choose whom to show", diary.hidden);
    }
    let bar = bar(&user, &asked, &doctors, &zone, "/calendar", 1);
    days(&visit, title, subtitle, bar, diary, "Doctor", "No doctor works on this day.")
}

pub async fn week(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    let (mut asked, zone) = (Asked::read(&visit), visit.zone());
    asked.doctors.truncate(1);
    let (app, actor, wanted, there) = (visit.app.clone(), user.to_actor(), asked.clone(), zone.clone());
    let first = monday(asked.date);
    let (mut doctors, diary) = visit
        .app
        .db
        .read(move |c| {
            let mut doctors = Doctors::load(c, &actor, &wanted.doctors)?;
            doctors.shown.truncate(1);
            let view = View { app: &app, actor: &actor, zone: &there, first, days: 7 };
            let diary = match doctors.shown.first() {
                Some((id, _)) => view.day_by_day(c, *id, wanted.date)?,
                None => Diary { columns: Vec::new(), grid: Grid { first: 9, last: 17 }, booked: 0, hidden: 0 },
            };
            Ok::<_, AppError>((doctors, diary))
        })
        .await?;
    let name = doctors.shown.pop();
    let title = format!("{} to {}", zone.show_date(first), zone.show_date(first.saturating_add(Duration::days(6))));
    let who = name.as_ref().map_or("No doctor", |(_, name)| name.as_str());
    let subtitle = format!("{who} · {}", plural(diary.booked as i64, "appointment", "appointments"));
    doctors.shown.extend(name.clone());
    asked.doctors = name.into_iter().map(|(id, _)| id).collect();
    let bar = bar(&user, &asked, &doctors, &zone, "/calendar/week", 7);
    days(&visit, title, subtitle, bar, diary, "Day", "No doctor has working hours yet.")
}

pub async fn month(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    let (asked, zone) = (Asked::read(&visit), visit.zone());
    let table = MonthTable::of(asked.date, asked.today, &zone);
    let (app, actor, wanted, there) = (visit.app.clone(), user.to_actor(), asked.clone(), zone.clone());
    let range = table.range();
    let (doctors, counts) = visit
        .app
        .db
        .read(move |c| {
            let doctors = Doctors::load(c, &actor, &wanted.doctors)?;
            let (first, last) = range.unwrap_or((wanted.date, wanted.date));
            let ids: Vec<i64> = doctors.shown.iter().map(|(id, _)| *id).collect();
            let view = View { app: &app, actor: &actor, zone: &there, first, days: (last - first).whole_days() };
            Ok::<_, AppError>((doctors, view.counts(c, &ids)?))
        })
        .await?;
    let query = asked.query();
    let cell = |day: &super::dates::DayLink| Cell {
        number: day.number,
        label: day.label.clone(),
        href: format!("/calendar?date={}{query}", day.date),
        is_other: day.is_other,
        is_today: day.is_today,
        count: counts.get(&day.date).map_or(0, |(shown, _)| *shown),
        begin: counts.get(&day.date).map_or(0, |(_, begin)| *begin),
    };
    let weeks: Vec<Vec<Cell>> = table.weeks.iter().map(|week| week.days.iter().map(cell).collect()).collect();
    let booked: i64 = weeks.iter().flatten().filter(|cell| !cell.is_other).map(|cell| cell.begin).sum();
    let page = MonthPage {
        shell: visit.shell(table.title).under(&[("Calendar", "/calendar")]),
        subtitle: plural(booked, "appointment", "appointments"),
        bar: bar(&user, &asked, &doctors, &zone, "/calendar/month", 0),
        weeks,
    };
    html(StatusCode::OK, &page)
}

fn days(
    visit: &Visit,
    title: String,
    subtitle: String,
    bar: Bar,
    diary: Diary,
    tabs: &'static str,
    empty: &'static str,
) -> AppResult<HttpResponse> {
    let shell = visit.shell(title).under(&[("Calendar", "/calendar")]);
    html(StatusCode::OK, &DaysPage { shell, subtitle, bar, grid: diary.grid, columns: diary.columns, tabs, empty })
}
