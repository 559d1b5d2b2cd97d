//! `praxis race`: many clients want the same times at once, and exactly one of them has each.

mod clients;
mod outcome;
mod servers;

use actix_web::web::Data;
use clap::Args;
use secrecy::ExposeSecret;

use crate::app::{App, Clock};
use crate::crypto::keys::random_text;
use crate::db::wall::Minute;
use crate::db::{Connection, DbError, Zone};
use crate::demo::{DemoError, PASSWORD, Plan, fill};
use crate::product::registry;
use crate::scheduling::appointment::terms::Terms;
use crate::scheduling::slots::find::slots;
use crate::scheduling::slots::free::Visit;
use crate::scheduling::slots::span::Span;
use crate::settings::Settings;

use clients::{Wish, Wishes};
use outcome::Outcome;
use servers::Servers;

#[derive(Args)]
pub struct Race {
    /// How many times are fought for
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=20_000))]
    slots: u32,
    /// How many clients want each of them at once
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(4..=1000))]
    clients: u32,
    /// How many server processes share the database
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=16))]
    servers: u32,
    /// The address of an empty database; without it, one in a temporary folder is used
    #[arg(long)]
    database: Option<String>,
    /// The seed of the invented people
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

const DOCTORS: u32 = 10;
/// The least time of one race, in minutes: every wish is within it.
const ROOM: i64 = 30;
/// One round for any doctor for so many rounds for one of them.
const ANYBODY: usize = 20;
/// How far ahead times are looked for, in minutes.
const AHEAD: i64 = 400 * 1_440;

/// A time that is fought for.
#[derive(Clone, Copy)]
struct Hot {
    doctor_id: i64,
    starts: Minute,
}

/// A time at which several doctors are free, and which of them has the patient does not matter.
#[derive(Clone, Copy)]
struct Anybody {
    starts: Minute,
    /// How many doctors are free.
    doctors: usize,
}

/// What the race is about.
struct Course {
    hot: Vec<Hot>,
    anybody: Vec<Anybody>,
    patients: Vec<i64>,
    consultation: i64,
    follow_up: i64,
}

impl Race {
    pub async fn run(self) -> Result<(), String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let url = self.database.clone().unwrap_or_else(|| format!("sqlite://{}", folder.path().join("race.db").display()));
        let key = random_text(64);
        let settings = Settings::read(|name| match name {
            "DATABASE_URL" => Some(url.clone()),
            "SECRET_KEY" => Some(key.clone()),
            _ => None,
        });
        let app = Data::new(App::build(settings.map_err(|error| error.to_string())?, Clock::system(), registry())?);
        app.migrate()?;
        let course = self.prepare(&app).await?;
        let servers = Servers::start(self.servers, &url, app.settings.secret_key.expose_secret(), folder.path())?;
        let wishes = Wishes::sign_in(servers.addresses(), PASSWORD).await?;
        let start = std::time::Instant::now();
        let mut outcome = Outcome::new(&self);
        for hot in &course.hot {
            outcome.add(wishes.send(&course.wishes(*hot)).await);
        }
        for anybody in &course.anybody {
            outcome.add_anybody(anybody.doctors.min(course.patients.len()), wishes.send(&course.wishes_of(*anybody)).await);
        }
        outcome.took = start.elapsed();
        drop(servers);
        let stored = app.db.read(|c| outcome::stored(c).map_err(DbError::from)).await.map_err(|error| error.to_string())?;
        outcome.report(stored)
    }

    /// Invents a clinic, and finds enough free times in it.
    async fn prepare(&self, app: &Data<App>) -> Result<Course, String> {
        let hash = app.passwords.hash(PASSWORD.into()).await.map_err(|error| error.to_string())?;
        let plan = Plan { patients: self.clients, doctors: DOCTORS, appointments: 0, seed: self.seed };
        let (own, wanted) = (app.clone(), self.slots as usize);
        let course = app.db.write(move |c| {
            fill(c, &own, &plan, &hash, &mut |_| ())?;
            Ok::<_, DemoError>(Course::find(c, &own.clinic_zone(), own.now().unix_minutes(), wanted)?)
        });
        let course = course.await.map_err(|error| error.to_string())?;
        if course.hot.len() < wanted || course.anybody.is_empty() {
            return Err(format!("the invented clinic has only {} free times", course.hot.len()));
        }
        Ok(course)
    }
}

impl Course {
    fn find(c: &mut Connection, zone: &Zone, now: Minute, wanted: usize) -> diesel::QueryResult<Self> {
        use crate::db::schema::{appointment_types as types, doctors, patients};
        use diesel::prelude::*;
        let mut kind = |name: &str| types::table.filter(types::name.eq(name)).select(types::id).first::<i64>(c);
        let (consultation, follow_up) = (kind("Consultation")?, kind("Follow-up")?);
        let doctors: Vec<i64> = doctors::table.order(doctors::id).select(doctors::id).load(c)?;
        let patients: Vec<i64> = patients::table.order(patients::id).select(patients::id).load(c)?;
        let (mut hot, mut anybody): (Vec<Hot>, Vec<Anybody>) = (Vec::new(), Vec::new());
        let rounds = wanted.div_ceil(ANYBODY);
        if let Some(terms) = Terms::find(c, consultation)? {
            let mut request = terms.request(consultation);
            request.visit = Visit { minutes: ROOM, before: 0, after: 0 };
            let found = slots(c, zone, &doctors, &request, Span::new(now + 1_440, now + AHEAD))?;
            // Whoever won at one doctor cannot be at another at the same time, so enough clients have to be left for each.
            let most = (patients.len() / 4).max(1);
            let mut found = found.into_iter().peekable();
            while let Some(slot) = found.next_if(|_| hot.len() < wanted) {
                let is_near = |other: &&Hot| slot.starts - other.starts < ROOM;
                if hot.iter().rev().take_while(is_near).count() < most {
                    hot.push(Hot { doctor_id: slot.doctor_id, starts: slot.starts });
                }
            }
            // Later, and far enough apart that none of these takes the time of another.
            let mut last = hot.last().map_or(now, |last| last.starts);
            for slot in found {
                if anybody.len() < rounds && slot.starts - last >= 2 * ROOM {
                    let now = Span::new(slot.starts, slot.starts + 1);
                    let free = slots(c, zone, &doctors, &terms.request(consultation), now)?.len();
                    if free > 1 {
                        last = slot.starts;
                        anybody.push(Anybody { starts: last, doctors: free });
                    }
                }
            }
        }
        Ok(Self { hot, anybody, patients, consultation, follow_up })
    }

    /// One wish for each patient, with any doctor.
    fn wishes_of(&self, anybody: Anybody) -> Vec<Wish> {
        let wish = |patient: &i64| Wish { patient_id: *patient, doctor_id: None, type_id: self.consultation, starts: anybody.starts };
        self.patients.iter().map(wish).collect()
    }

    /// One wish for each patient: early, in the middle and late, long and short, each of which overlaps all others.
    fn wishes(&self, hot: Hot) -> Vec<Wish> {
        let kinds = [(0, self.consultation), (5, self.follow_up), (10, self.consultation)];
        let wish = |(patient, (later, kind)): (&i64, &(i64, i64))| Wish {
            patient_id: *patient,
            doctor_id: Some(hot.doctor_id),
            type_id: *kind,
            starts: hot.starts + later,
        };
        self.patients.iter().zip(kinds.iter().cycle()).map(wish).collect()
    }
}
