//! What every page of the calendar has on top: other dates, other doctors, other views.

use time::{Date, Duration};

use super::dates::MonthTable;
use super::diary::Doctors;
use crate::db::Zone;
use crate::english::plural;
use crate::resource::access::actor::Action;
use crate::resource::form::time_input::iso_date;
use crate::resource::{FormData, Model};
use crate::scheduling::appointment::model::Appointment;
use crate::scheduling::working_hours::plans;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;

/// What every page of the calendar has on top.
pub struct Bar {
    /// The address of this view without its query.
    pub path: &'static str,
    pub today: String,
    pub previous: (String, String),
    pub next: (String, String),
    /// The days to go to.
    pub month: MonthTable,
    /// Id, name and whether it is shown.
    pub doctors: Vec<(i64, String, bool)>,
    /// `All 5 doctors`
    pub chosen: String,
    /// The other doctors in the address.
    pub query: String,
    /// The doctors in the address, if there are any.
    pub asked: Vec<i64>,
    /// The one doctor that is shown, whose hours the reader may plan.
    pub hours: Option<i64>,
    pub plans: bool,
    pub date: Date,
    pub books: bool,
    pub views: [(&'static str, String, bool); 4],
}

/// What the address asks for.
#[derive(Clone)]
pub struct Asked {
    pub date: Date,
    pub today: Date,
    pub doctors: Vec<i64>,
    /// The doctor that a phone shows.
    pub show: Option<i64>,
}

impl Asked {
    pub fn read(visit: &Visit) -> Self {
        let typed = FormData::parse(visit.request.query_string().as_bytes()).unwrap_or_default();
        let today = visit.zone().date(visit.app.now());
        let mut doctors: Vec<i64> = typed.all("doctor").filter_map(|id| id.parse().ok()).collect();
        doctors.dedup();
        doctors.truncate(200);
        Self { date: iso_date(typed.text("date")).unwrap_or(today), today, doctors, show: typed.text("show").parse().ok() }
    }

    /// The doctors as part of an address.
    pub fn query(&self) -> String {
        self.doctors.iter().map(|id| format!("&doctor={id}")).collect()
    }
}

/// `step` is the number of days from one page to the next; 0 for months.
pub fn bar(user: &CurrentUser, asked: &Asked, doctors: &Doctors, zone: &Zone, path: &'static str, step: i64) -> Bar {
    let query = asked.query();
    let month = MonthTable::of(asked.date, asked.today, zone);
    let at = |date: Date| format!("{path}?date={date}{query}");
    let (previous, next) = match step {
        0 => (month.previous.1, month.next.1),
        days => (asked.date.saturating_sub(Duration::days(days)), asked.date.saturating_add(Duration::days(days))),
    };
    let named = |date: Date| (zone.show_date(date), at(date));
    let is_shown = |id: i64| doctors.shown.iter().any(|(shown, _)| *shown == id);
    let chosen = match doctors.shown.as_slice() {
        [(_, name)] => name.clone(),
        shown if shown.len() == doctors.all.len() => format!("All {}", plural(shown.len() as i64, "doctor", "doctors")),
        shown => plural(shown.len() as i64, "doctor", "doctors"),
    };
    let view = |label, place: &'static str| (label, format!("{place}?date={}{query}", asked.date), place == path);
    Bar {
        path,
        today: format!("{path}?{}", query.trim_start_matches('&')),
        previous: named(previous),
        next: named(next),
        month,
        doctors: doctors.all.iter().map(|(id, name)| (*id, name.clone(), is_shown(*id))).collect(),
        chosen,
        asked: asked.doctors.clone(),
        hours: doctors.planned_by(user),
        plans: plans(user),
        date: asked.date,
        books: Appointment::resource().declaration().allows(&user.to_actor(), Action::Add),
        views: [
            view("Day", "/calendar"),
            view("Week", "/calendar/week"),
            view("Month", "/calendar/month"),
            ("List", "/appointments".into(), false),
        ],
        query,
    }
}
