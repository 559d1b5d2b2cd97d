//! Invented people, to try Praxis out and to measure it. The same seed makes the same people.

use diesel::prelude::*;
use fake::Fake;
use fake::faker::address::raw::{CityName, StreetName};
use fake::faker::name::raw::{FirstName, LastName};
use fake::locales::{DE_DE, EN, FR_FR, IT_IT, PT_BR};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use time::{Date, Duration};

use crate::accounts::registration::account::set_hash;
use crate::accounts::user::confirmed::confirm;
use crate::accounts::user::model::User;
use crate::app::App;
use crate::clinic::patient::Gender;
use crate::db::schema::{doctors, groups, patient_doctor_mappings, patients, users};
use crate::db::time::age_on;
use crate::db::{Connection, DbError, UtcDateTime};
use crate::english::plural;
use crate::resource::list::query::fold;
use crate::resource::log::append::Entry;
use crate::resource::log::entry::LogAction;
use crate::resource::write::writer::WriteError;
use crate::resource::{Actor, FormErrors, Value, Values};

/// The password of every demo account. It is public, so never use it where others can reach the server.
pub const PASSWORD: &str = "demo-clinic-2026";

const SPECIALIZATIONS: [&str; 15] = [
    "General practice",
    "Paediatrics",
    "Cardiology",
    "Dermatology",
    "Neurology",
    "Orthopaedics",
    "Gynaecology",
    "Ophthalmology",
    "Psychiatry",
    "Radiology",
    "Urology",
    "Oncology",
    "Endocrinology",
    "Ear, nose and throat",
    "Internal medicine",
];

pub struct Plan {
    pub patients: u32,
    pub doctors: u32,
    pub seed: u64,
}

impl Plan {
    /// The number of rows to write.
    pub fn steps(&self) -> u64 {
        u64::from(self.doctors) + u64::from(self.patients) * 5 / 2
    }
}

#[derive(Debug)]
pub enum DemoError {
    /// The database already holds users or records.
    NotEmpty,
    Db(DbError),
    Write(WriteError),
}

impl std::fmt::Display for DemoError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotEmpty => f.write_str("the database already has users or patients; demo data needs an empty database"),
            Self::Db(error) => write!(f, "{error}"),
            Self::Write(error) => write!(f, "{error:?}"),
        }
    }
}

impl From<DbError> for DemoError {
    fn from(error: DbError) -> Self {
        Self::Db(error)
    }
}

impl From<diesel::result::Error> for DemoError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Db(error.into())
    }
}

impl From<WriteError> for DemoError {
    fn from(error: WriteError) -> Self {
        Self::Write(error)
    }
}

/// Fills an empty database. Returns the accounts to sign in with: role and username.
pub fn fill(
    c: &mut Connection,
    app: &App,
    plan: &Plan,
    hash: &str,
    moved: &mut dyn FnMut(u64),
) -> Result<Vec<(&'static str, String)>, DemoError> {
    if users::table.count().get_result::<i64>(c)? + patients::table.count().get_result::<i64>(c)? > 0 {
        return Err(DemoError::NotEmpty);
    }
    let actor = Actor::program("Demo data");
    let now = app.now();
    user(c, app, &actor, hash, ("admin", "Ada", "Okafor"), None)?;
    let reception = user(c, app, &actor, hash, ("reception", "Amina", "Khan"), Some("Staff"))?;
    let doctor = user(c, app, &actor, hash, ("doctor", "Grace", "Marchetti"), Some("Doctor"))?;
    let mut filler = Filler { plan, today: app.today(), now, rng: StdRng::seed_from_u64(plan.seed), moved };
    let doctor_ids = filler.doctors(c, doctor)?;
    filler.patients(c, &[reception, doctor], &doctor_ids)?;
    // One log entry for the whole demo, however many rows it made.
    let label =
        format!("Demo: {} and {}", plural(plan.patients as i64, "patient", "patients"), plural(plan.doctors as i64, "doctor", "doctors"));
    app.act(c, &actor, |_, writer| {
        writer.log_entry(Entry { label, ..Entry::noted(LogAction::Add, "patient", "Demo data") });
        Ok::<_, DemoError>(())
    })?;
    // Both databases plan queries by statistics, and these rows are all new.
    diesel::sql_query("ANALYZE").execute(c)?;
    Ok(vec![("administrator", "admin".into()), ("reception staff", "reception".into()), ("doctor", "doctor".into())])
}

fn user(c: &mut Connection, app: &App, actor: &Actor, hash: &str, name: (&str, &str, &str), group: Option<&str>) -> Result<i64, DemoError> {
    let (username, first, last) = name;
    let text = |text: &str| Value::Text(text.into());
    let groups = match group {
        Some(name) => groups::table.filter(groups::name.eq(name)).select(groups::id).load::<i64>(c)?,
        None => Vec::new(),
    };
    let values: Values = [
        ("username", text(username)),
        ("email", text(&format!("{username}@clinic.example"))),
        ("first_name", text(first)),
        ("last_name", text(last)),
        ("is_staff", Value::Bool(group.is_none())),
        ("is_superuser", Value::Bool(group.is_none())),
        ("groups", Value::Many(groups)),
    ]
    .into_iter()
    .collect();
    let resource = app.registry.of::<User>();
    let row = app.act(c, actor, |c, writer| writer.create(c, resource, values, FormErrors::default()))?;
    set_hash(c, row.id, hash, app.now())?;
    confirm(c, row.id, app.now())?;
    Ok(row.id)
}

/// Writes doctors, then patients, in the order of the seed.
struct Filler<'a> {
    plan: &'a Plan,
    today: Date,
    now: UtcDateTime,
    rng: StdRng,
    moved: &'a mut dyn FnMut(u64),
}

impl Filler<'_> {
    fn doctors(&mut self, c: &mut Connection, account: i64) -> QueryResult<Vec<i64>> {
        let now = self.now;
        let mut ids = Vec::new();
        for number in 0..self.plan.doctors {
            let name = if number == 0 { "Dr Grace Marchetti".to_string() } else { format!("Dr {}", person(&mut self.rng)) };
            let specialization = pick(&mut self.rng, &SPECIALIZATIONS).copied().unwrap_or_default().to_string();
            let search_text = format!("{}\n{}", fold(&name), fold(&specialization));
            let id = diesel::insert_into(doctors::table)
                .values((
                    doctors::name.eq(name),
                    doctors::specialization.eq(specialization),
                    doctors::user_id.eq((number == 0).then_some(account)),
                    doctors::search_text.eq(search_text),
                    doctors::created_at.eq(now),
                    doctors::updated_at.eq(now),
                ))
                .returning(doctors::id)
                .get_result::<i64>(c)?;
            ids.push(id);
            (self.moved)(1);
        }
        Ok(ids)
    }

    /// Patients of every age, most with a date of birth, each with up to two doctors: 1.5 on average.
    fn patients(&mut self, c: &mut Connection, owners: &[i64], doctors: &[i64]) -> QueryResult<()> {
        let (now, today) = (self.now, self.today);
        for number in 0..self.plan.patients {
            let name = person(&mut self.rng);
            let born = born(&mut self.rng, today);
            let address = format!(
                "{} {}, {:05} {}",
                self.rng.random_range(1..200),
                street(&mut self.rng),
                self.rng.random_range(1000..99999),
                CityName(EN).fake_with_rng::<String, _>(&mut self.rng)
            );
            let gender = match self.rng.random_range(0..100) {
                0..49 => Gender::Female,
                49..98 => Gender::Male,
                _ => Gender::Other,
            };
            let added = now.plus(-Duration::minutes(self.rng.random_range(0..3 * 365 * 24 * 60)));
            let owner = *owners.get(usize::from(self.rng.random_range(0..10) == 0)).unwrap_or(&1);
            let date_of_birth = (self.rng.random_range(0..20) > 0).then_some(born);
            let primary_doctor = if self.rng.random_range(0..4) > 0 { pick(&mut self.rng, doctors).copied() } else { None };
            let search_text = format!("{}\n{}", fold(&name), fold(&address));
            let id = diesel::insert_into(patients::table)
                .values((
                    patients::owner_id.eq(owner),
                    patients::name.eq(name),
                    patients::date_of_birth.eq(date_of_birth),
                    patients::age.eq(age_on(today, born)),
                    patients::gender.eq(gender),
                    patients::address.eq(address),
                    patients::primary_doctor_id.eq(primary_doctor),
                    patients::search_text.eq(search_text),
                    patients::created_at.eq(added),
                    patients::updated_at.eq(added),
                ))
                .returning(patients::id)
                .get_result::<i64>(c)?;
            // Two doctors for every even patient and one for every odd one, as far as there are doctors.
            let count = (2 - number as usize % 2).min(doctors.len());
            let first = self.rng.random_range(0..doctors.len());
            for step in 0..count {
                let doctor = *doctors.get((first + step) % doctors.len()).unwrap_or(&1);
                diesel::insert_into(patient_doctor_mappings::table)
                    .values((
                        patient_doctor_mappings::patient_id.eq(id),
                        patient_doctor_mappings::doctor_id.eq(doctor),
                        patient_doctor_mappings::created_at.eq(added),
                        patient_doctor_mappings::updated_at.eq(added),
                    ))
                    .execute(c)?;
            }
            (self.moved)(1 + count as u64);
        }
        Ok(())
    }
}

/// A name from one of five languages, so that accents, umlauts and two-part names occur.
fn person(rng: &mut StdRng) -> String {
    let (first, last): (String, String) = match rng.random_range(0..8) {
        0 => (FirstName(FR_FR).fake_with_rng(rng), LastName(FR_FR).fake_with_rng(rng)),
        1 => (FirstName(DE_DE).fake_with_rng(rng), LastName(DE_DE).fake_with_rng(rng)),
        2 => (FirstName(PT_BR).fake_with_rng(rng), LastName(PT_BR).fake_with_rng(rng)),
        3 => (FirstName(IT_IT).fake_with_rng(rng), LastName(IT_IT).fake_with_rng(rng)),
        _ => (FirstName(EN).fake_with_rng(rng), LastName(EN).fake_with_rng(rng)),
    };
    format!("{first} {last}")
}

fn street(rng: &mut StdRng) -> String {
    StreetName(EN).fake_with_rng(rng)
}

/// A date of birth for an age from 0 to 99, most often from the middle.
fn born(rng: &mut StdRng, today: Date) -> Date {
    let years = (rng.random_range(0..100) + rng.random_range(0..100)) / 2;
    today.checked_sub(Duration::days(years * 365 + rng.random_range(0..365))).unwrap_or(today)
}

/// A random element; `None` if there are none.
fn pick<'a, T>(rng: &mut StdRng, all: &'a [T]) -> Option<&'a T> {
    all.get(rng.random_range(0..all.len().max(1)))
}
