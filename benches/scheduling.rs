//! What a schedule costs with 100,000 and with 1,500,000 appointments: `cargo bench --bench scheduling`.
//!
//! Free times, a booking and the lists of a day and a week are measured on a connection of their own; the report as a page.
//! `BENCH_APPOINTMENTS` has other numbers, `BENCH_PATIENTS` and `BENCH_DOCTORS` other people. If `BENCH_DATABASE_URL` names an empty
//! PostgreSQL database, everything in it is removed after each number. With `BENCH_APPOINTMENTS=filled` it names a database that
//! `praxis demo` has filled; the bookings stay in it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a measurement that is surprised stops"
)]

mod support;

use std::time::Instant;

use actix_web::web::Data;
use diesel::prelude::*;
use praxis::app::{App, Clock};
use praxis::db::connection::{Purpose, open, transaction};
use praxis::db::schema::{appointment_types, doctors, patients as patients_table};
use praxis::db::url::DatabaseUrl;
use praxis::db::wall::Minute;
use praxis::db::{Connection, UtcDateTime};
use praxis::product::registry;
use praxis::resource::write::writer::WriteError;
use praxis::resource::{Actor, Condition, FormErrors, ListQuery, Test, Value};
use praxis::scheduling::appointment::model::Appointment;
use praxis::scheduling::appointment::terms::Terms;
use praxis::scheduling::reports::sums;
use praxis::scheduling::slots::find::{next_free, slots};
use praxis::scheduling::slots::load::Request;
use praxis::scheduling::slots::span::Span;
use praxis::settings::Settings;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use support::http::Client;
use support::program::{Installation, patients};

const PORT: u16 = 28_769;
const ROUNDS: usize = 200;
const DAY: i64 = 1_440;
/// In place of a number of appointments: those of the database.
const FILLED: &str = "filled";

/// A measured line: what, the median and the 99th percentile in milliseconds.
type Line = (&'static str, f64, f64);

fn main() {
    let numbers = std::env::var("BENCH_APPOINTMENTS").unwrap_or_else(|_| "100000,1500000".into());
    let doctors = std::env::var("BENCH_DOCTORS").unwrap_or_else(|_| "100".into());
    let mut columns: Vec<(String, Vec<Line>)> = Vec::new();
    for number in numbers.split(',') {
        let praxis = Installation::new(PORT);
        if number != FILLED {
            let took = praxis.fill_with(&patients(), &doctors, number);
            println!("demo of {number} appointments with {} patients and {doctors} doctors: {:.0} s", patients(), took.as_secs_f64());
        }
        columns.push((number.into(), measure(&praxis)));
        if number != FILLED && praxis.url.starts_with("postgres") {
            let mut c = open(&DatabaseUrl::parse(&praxis.url).unwrap(), Purpose::Write).unwrap();
            for statement in ["DROP SCHEMA public CASCADE", "CREATE SCHEMA public"] {
                diesel::sql_query(statement).execute(&mut c).expect("an empty database");
            }
        }
    }
    print!("{:<44}", "median · 99th percentile, ms");
    columns.iter().for_each(|(number, _)| print!("{number:>20}"));
    println!();
    for (place, (name, ..)) in columns[0].1.iter().enumerate() {
        print!("{name:<44}");
        for (_, lines) in &columns {
            print!("{:>20}", format!("{:.2} · {:.2}", lines[place].1, lines[place].2));
        }
        println!();
    }
}

struct Bench {
    c: Connection,
    app: Data<App>,
    request: Request,
    doctors: Vec<i64>,
    patients: Vec<i64>,
    now: Minute,
    rng: StdRng,
}

fn measure(praxis: &Installation) -> Vec<Line> {
    let url = praxis.url.clone();
    let key = "a-key-for-the-bench-that-nobody-should-use-anywhere-else-0123456789";
    let settings = Settings::read(|name| match name {
        "DATABASE_URL" => Some(url.clone()),
        "SECRET_KEY" => Some(key.into()),
        _ => None,
    });
    let app = App::build(settings.expect("settings"), Clock::system(), registry()).expect("an application");
    let app = Data::new(app);
    let mut c = open(&app.settings.database_url, Purpose::Write).expect("a connection");
    let kind = appointment_types::table.filter(appointment_types::name.eq("Consultation")).select(appointment_types::id);
    let kind: i64 = kind.first(&mut c).expect("a type");
    let request = Terms::find(&mut c, kind).expect("a type").expect("a type").request(kind);
    let doctors: Vec<i64> = doctors::table.order(doctors::id).limit(60).select(doctors::id).load(&mut c).expect("doctors");
    let patients = patients_table::table.limit(5_000).select(patients_table::id).load(&mut c).expect("patients");
    let now = app.now().unix_minutes();
    let mut bench = Bench { c, app, request, doctors, patients, now, rng: StdRng::seed_from_u64(14) };
    let mut lines = vec![
        timed("free times of one doctor for a month", ROUNDS, || bench.month()),
        timed("next free time of 60 doctors", ROUNDS, || bench.next()),
        timed("day of one doctor", ROUNDS, || bench.list(Some(1), 1)),
        timed("week of one doctor", ROUNDS, || bench.list(Some(1), 7)),
        timed("day of all doctors", ROUNDS, || bench.list(None, 1)),
    ];
    let wishes = bench.wishes();
    let mut wishes = wishes.into_iter();
    lines.push(timed("a booking with its log entry", ROUNDS, || bench.book(wishes.next().expect("a free time"))));
    let count = Instant::now();
    let counted = actix_web::rt::System::new().block_on(sums::count(&bench.app)).expect("sums");
    println!("{counted} months counted for the report in {:.1} s", count.elapsed().as_secs_f64());
    let _server = praxis.start();
    let admin = Client::sign_in(PORT, "admin").unwrap_or_else(|answer| panic!("nobody signs in: {}", answer.head));
    let today = bench.app.today();
    let ago = |days: i64| today - time::Duration::days(days);
    let mut page = |name, path: String| {
        let line = timed(name, 30, || {
            assert_eq!(admin.get(&path).status, 200, "{path}");
        });
        lines.push(line);
    };
    let (doctor, patient) = (bench.doctors[0], bench.patients[0]);
    page("page: day of all doctors", "/calendar".into());
    page("page: week of one doctor", format!("/calendar/week?doctor={doctor}"));
    page("page: arrivals", "/arrivals".into());
    page("page: a patient", format!("/patients/{patient}"));
    page("page: booking", format!("/appointments/new?patient_id={patient}"));
    let report = "/reports/appointments";
    page("report of four weeks", report.into());
    page("report of one doctor over five years", format!("{report}?from={}&to={today}&doctor={doctor}", ago(1_825)));
    page("report of five years", format!("{report}?from={}&to={today}", ago(1_825)));
    lines
}

fn timed(name: &'static str, rounds: usize, mut work: impl FnMut()) -> Line {
    work();
    let mut times: Vec<f64> = (0..rounds)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    (name, times[rounds / 2], times[rounds * 99 / 100])
}

impl Bench {
    fn doctor(&mut self) -> i64 {
        self.doctors[self.rng.random_range(0..self.doctors.len())]
    }

    fn month(&mut self) {
        let (doctor, zone) = (self.doctor(), self.app.clinic_zone());
        slots(&mut self.c, &zone, &[doctor], &self.request, Span::new(self.now, self.now + 30 * DAY)).expect("free times");
    }

    fn next(&mut self) {
        let (zone, from) = (self.app.clinic_zone(), self.now + self.rng.random_range(0..14) * DAY);
        let found = next_free(&mut self.c, &zone, &self.doctors, &self.request, Span::new(from, from + 60 * DAY), 3, |_, times| Ok(times));
        assert_eq!(found.expect("free times").len(), 3);
    }

    /// The list of some days between a year ago and today, as the calendar and the API read it.
    fn list(&mut self, doctors: Option<usize>, days: i64) {
        let day = self.app.today() - time::Duration::days(self.rng.random_range(1..365));
        let at = |day| Value::DateTime(UtcDateTime::midnight(day));
        let mut conditions = vec![
            Condition { field: "starts_at", test: Test::AtLeast(at(day)) },
            Condition { field: "starts_at", test: Test::Below(at(day + time::Duration::days(days))) },
        ];
        if doctors.is_some() {
            conditions.push(Condition { field: "doctor_id", test: Test::In(vec![Value::Integer(self.doctor())]) });
        }
        let query = ListQuery { conditions, order: vec![("starts_at", false)], limit: 2_000, ..ListQuery::default() };
        let resource = self.app.registry.of::<Appointment>();
        resource.list(&mut self.c, &query, Some(&Actor::system())).expect("a list");
    }

    /// Free times of different doctors, one for each booking.
    fn wishes(&mut self) -> Vec<(i64, Minute)> {
        let zone = self.app.clinic_zone();
        let range = Span::new(self.now + 2 * DAY, self.now + 30 * DAY);
        let found = slots(&mut self.c, &zone, &self.doctors, &self.request, range).expect("free times");
        let mut wishes: Vec<(i64, Minute)> = found.iter().step_by(3).map(|slot| (slot.doctor_id, slot.starts)).collect();
        rand::seq::SliceRandom::shuffle(wishes.as_mut_slice(), &mut self.rng);
        assert!(wishes.len() > ROUNDS, "only {} free times", wishes.len());
        wishes
    }

    fn book(&mut self, (doctor, starts): (i64, Minute)) {
        let patient = self.patients[self.rng.random_range(0..self.patients.len())];
        let values = [
            ("patient_id", Value::Integer(patient)),
            ("doctor_id", Value::Integer(doctor)),
            ("type_id", Value::Integer(self.request.type_id)),
            ("starts_at", Value::DateTime(UtcDateTime::from_unix_minutes(starts))),
        ];
        let (app, values) = (&self.app, values.into_iter().collect());
        let resource = app.registry.of::<Appointment>();
        let made = transaction(&mut self.c, |c| {
            app.act(c, &Actor::system(), |c, writer| writer.create(c, resource, values, FormErrors::default()))
        });
        match made {
            // A patient who was drawn for two bookings may be elsewhere then.
            Ok(_) | Err(WriteError::Invalid(_)) => {}
            Err(error) => panic!("{error:?}"),
        }
    }
}
