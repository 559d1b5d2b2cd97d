//! The page of the report, and its file.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use askama::Template;
use diesel::QueryResult;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use time::{Date, Duration};

use super::filter::{Filter, Mistake};
use super::load::{self, Counts};
use super::tables::{Figures, MOST_DOCTORS};
use super::{offered, sheet};
use crate::clinic::patient_access::VIEW_ALL;
use crate::db::sql::Sql;
use crate::db::{Connection, Zone};
use crate::english::plural;
use crate::error::{AppError, AppResult};
use crate::resource::Actor;
use crate::resource::log::append::Entry;
use crate::resource::log::entry::LogAction;
use crate::transfer::writing::Format;
use crate::web::page::chart::Bars;
use crate::web::page::shell::Shell;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::html;

pub const PATH: &str = "/reports/appointments";
const TITLE: &str = "Appointment report";
const TOO_MANY: Mistake = ("to", "There are too many appointments to count in this time. Choose fewer days, or one doctor");
const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

#[derive(Template)]
#[template(path = "scheduling/reports/appointments.html")]
struct ReportPage {
    shell: Shell,
    zone: Zone,
    filter: Filter,
    doctors: Vec<Choice>,
    types: Vec<Choice>,
    sites: Vec<Choice>,
    mistake: Option<Mistake>,
    /// Label and address of other days.
    spans: Vec<(&'static str, String)>,
    /// The query string, for the files.
    state: String,
    /// `None` if there are too many appointments.
    report: Option<Report>,
}

struct Report {
    figures: Figures,
    /// By weekday and by hour.
    charts: Vec<Bars>,
    /// How many doctors the table leaves out; blank for none.
    left_out: String,
}

struct Choice {
    id: i64,
    name: String,
    is_chosen: bool,
}

fn choices(names: Vec<(i64, String)>, chosen: Option<i64>) -> Vec<Choice> {
    names.into_iter().map(|(id, name)| Choice { id, name, is_chosen: chosen == Some(id) }).collect()
}

/// Ids and names to choose from, and to show.
struct Names {
    doctors: Vec<(i64, String)>,
    types: Vec<(i64, String)>,
    sites: Vec<(i64, String)>,
}

impl Names {
    fn load(c: &mut Connection) -> QueryResult<Self> {
        let mut of = |text: &'static str| Sql::new(text).returning::<(BigInt, Text)>().load::<(i64, String)>(c);
        Ok(Self {
            doctors: of("SELECT id, trim(title || ' ' || name) FROM doctors ORDER BY name, id")?,
            types: of("SELECT id, name FROM appointment_types ORDER BY name, id")?,
            sites: of("SELECT id, name FROM sites WHERE deleted_at IS NULL ORDER BY name, id")?,
        })
    }
}

/// The permission to see the report opens no patients by itself, but it counts those of everybody.
fn check(actor: &Actor) -> AppResult<()> {
    if actor.can(VIEW_ALL) { Ok(()) } else { Err(AppError::Forbidden("You need permission to view every patient to see this report.")) }
}

pub async fn show(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    check(&user)?;
    let today = visit.app.today_of(&user);
    let (filter, mut mistake) = Filter::read(visit.request.query_string(), today);
    let (clinic, asked) = (visit.app.clinic_zone(), filter.clone());
    let (names, report) = visit
        .app
        .db
        .read(move |c| {
            let names = Names::load(c)?;
            let report = load::counts(c, &clinic, &asked)?.map(|counts| Report::load(c, &asked, &counts, &names)).transpose()?;
            Ok::<_, AppError>((names, report))
        })
        .await?;
    if report.is_none() {
        mistake = Some(TOO_MANY);
    }
    let page = ReportPage {
        shell: visit.shell(TITLE).with_errors(mistake.is_some()),
        zone: visit.zone(),
        spans: spans(&filter, today),
        state: filter.query(),
        doctors: choices(names.doctors, filter.doctor_id),
        types: choices(names.types, filter.type_id),
        sites: choices(names.sites, filter.site_id),
        filter,
        mistake,
        report,
    };
    html(if mistake.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page)
}

/// The file. It is logged like every export.
pub async fn create(visit: Visit, user: CurrentUser, posted: PostedForm) -> AppResult<HttpResponse> {
    check(&user)?;
    let format = Format::named(posted.text("format")).unwrap_or(Format::Csv);
    let (filter, mistake) = Filter::read(posted.text("state"), visit.app.today_of(&user));
    if mistake.is_some() {
        return Err(AppError::BadRequest("The days of the report are incorrect."));
    }
    let name = format!("appointments-{}-{}.{}", filter.from, filter.to, format.word());
    let (app, actor, zone) = (visit.app.clone(), user.to_actor(), visit.zone());
    let message = format!("Report of {} to {} as {}", filter.from, filter.to, format.word().to_uppercase());
    let read = visit.app.db.read(move |c| {
        let names = Names::load(c)?;
        let counts = load::counts(c, &app.clinic_zone(), &filter)?.ok_or(AppError::BadRequest(TOO_MANY.1))?;
        sheet::write(&counts, (&names.doctors, &names.types), format, &zone)
    });
    let (bytes, app) = (read.await?, visit.app.clone());
    // The writer is needed for the entry alone; without it, there is no file.
    let logged = visit.app.db.write(move |c| {
        app.act(c, &actor, |_, writer| {
            writer.log_entry(Entry::noted(LogAction::Export, "appointment", message));
            Ok::<_, AppError>(())
        })
    });
    logged.await?;
    let disposition = (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""));
    Ok(HttpResponse::Ok().content_type(format.media_type()).insert_header(disposition).body(bytes))
}

impl Report {
    fn load(c: &mut Connection, filter: &Filter, counts: &Counts, names: &Names) -> QueryResult<Self> {
        let doctors: Vec<i64> = match filter.doctor_id {
            Some(id) => vec![id],
            None => names.doctors.iter().map(|(id, _)| *id).collect(),
        };
        let offered = offered::minutes(c, &counts.zones, filter, &doctors)?;
        let mut figures = Figures::of(counts, &offered, &names.doctors, &names.types, &counts.zones.clinic);
        let left_out = figures.doctors.len().saturating_sub(MOST_DOCTORS);
        figures.doctors.truncate(MOST_DOCTORS);
        let weekdays = WEEKDAYS.iter().zip(counts.times.weekdays).map(|(day, count)| ((*day).to_string(), count));
        let (first, last) = (counts.times.hours.keys().next().copied(), counts.times.hours.keys().last().copied());
        let hours = first.zip(last).map(|(first, last)| first..=last).into_iter().flatten();
        let hours = hours.map(|hour| (format!("{hour:02}:00"), counts.times.hours.get(&hour).copied().unwrap_or(0)));
        let zone = &counts.zones.clinic;
        Ok(Self {
            charts: vec![Bars::of("By weekday", "Day", weekdays.collect(), zone), Bars::of("By hour", "From", hours.collect(), zone)],
            figures,
            left_out: if left_out == 0 { String::new() } else { plural(left_out as i64, "doctor", "doctors") },
        })
    }
}

/// Other days that are asked for often.
fn spans(filter: &Filter, today: Date) -> Vec<(&'static str, String)> {
    let start = |day: Date| day.replace_day(1).unwrap_or(day);
    let this_month = start(today);
    let month_before = this_month.saturating_sub(Duration::days(1));
    let weeks = |days: i64| today.saturating_sub(Duration::days(days - 1));
    let of = |from, to| format!("{PATH}?{}", filter.during(from, to).query());
    vec![
        ("Last 4 weeks", of(weeks(28), today)),
        ("Last 13 weeks", of(weeks(91), today)),
        ("This month", of(this_month, today)),
        ("Last month", of(start(month_before), month_before)),
        ("Last 12 months", of(start(this_month.saturating_sub(Duration::days(365))), month_before)),
        ("Next 4 weeks", of(today, today.saturating_add(Duration::days(27)))),
    ]
}
