//! Writes the doctors, then the patients, in the order of the seed.

use diesel::prelude::*;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use time::{Date, Duration};

use super::accounts::Accounts;
use super::invented::{BATCH, Invented, store};
use super::names::{born, person, pick, somebody};
use super::{MANAGED_OF, Plan};
use crate::app::App;
use crate::clinic::doctor::Doctor;
use crate::db::schema::doctors;
use crate::db::time::age_on;
use crate::db::{Connection, UtcDateTime};
use crate::resource::write::writer::search_text;
use crate::resource::{Model, Value};

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

pub struct Filler<'a> {
    plan: &'a Plan,
    today: Date,
    now: UtcDateTime,
    rng: StdRng,
    moved: &'a mut dyn FnMut(u64),
}

const TITLE: &str = "Dr";

impl<'a> Filler<'a> {
    pub fn new(app: &App, plan: &'a Plan, moved: &'a mut dyn FnMut(u64)) -> Self {
        Self { plan, today: app.today(), now: app.now(), rng: StdRng::seed_from_u64(plan.seed), moved }
    }

    pub fn rng(&mut self) -> &mut StdRng {
        &mut self.rng
    }

    /// For what is filled by others.
    pub fn rest(&mut self) -> (&mut StdRng, &mut dyn FnMut(u64)) {
        (&mut self.rng, &mut *self.moved)
    }

    /// The first ones have the accounts.
    pub fn doctors(&mut self, c: &mut Connection, accounts: &Accounts) -> QueryResult<Vec<i64>> {
        let now = self.now;
        let mut ids = Vec::new();
        for number in 0..self.plan.doctors as usize {
            let account = accounts.doctors.get(number);
            let name = match account {
                Some(account) => account.name.clone(),
                None => full(person(&mut self.rng)),
            };
            let specialization = pick(&mut self.rng, &SPECIALIZATIONS).copied().unwrap_or_default().to_string();
            let texts = [("name", &name), ("specialization", &specialization)].map(|(field, text)| (field, Value::Text(text.clone())));
            let texts = texts.into_iter().chain([("title", Value::Text(TITLE.into()))]);
            let search_text = search_text(Doctor::resource(), &texts.collect());
            let id = diesel::insert_into(doctors::table)
                .values((
                    doctors::name.eq(name),
                    doctors::title.eq(TITLE),
                    doctors::specialization.eq(specialization),
                    doctors::user_id.eq(account.map(|account| account.id)),
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

    /// Patients of every age, most with a date of birth, each with up to two doctors: 1.5 on average. The first one has the
    /// account.
    pub fn patients(&mut self, c: &mut Connection, accounts: &Accounts, doctors: &[i64]) -> QueryResult<()> {
        let staff: Vec<i64> = [&accounts.reception].into_iter().chain(&accounts.members).map(|account| account.id).collect();
        let mut invented = Vec::new();
        for number in 0..self.plan.patients {
            let owner = match self.rng.random_range(0..MANAGED_OF) {
                0 => None,
                _ => pick(&mut self.rng, &staff).copied(),
            };
            let mut patient = self.patient(owner.unwrap_or(accounts.manager.id));
            if number == 0 {
                patient = patient.with_account(&accounts.patient, self.today);
            }
            // Two doctors for every even patient and one for every odd one, as far as there are doctors.
            let count = (2 - number as usize % 2).min(doctors.len());
            let first = self.rng.random_range(0..doctors.len());
            patient.doctors = doctors.iter().cycle().skip(first).take(count).copied().collect();
            patient.primary_doctor = patient.doctors.first().copied().filter(|_| self.rng.random_range(0..4) > 0);
            invented.push(patient);
            if invented.len() == BATCH || number + 1 == self.plan.patients {
                (self.moved)(store(c, &std::mem::take(&mut invented))?);
            }
        }
        Ok(())
    }

    fn patient(&mut self, owner: i64) -> Invented {
        let born = born(&mut self.rng, self.today);
        let somebody = somebody(&mut self.rng);
        Invented {
            owner,
            account: None,
            name: full((somebody.first, somebody.last)),
            age: age_on(self.today, born),
            date_of_birth: (self.rng.random_range(0..20) > 0).then_some(born),
            gender: somebody.gender,
            address: somebody.address,
            // Numbers that the regulator of the United Kingdom keeps for fiction.
            phone: match self.rng.random_range(0..10) {
                0 => String::new(),
                _ => format!("+44 7700 900{:03}", self.rng.random_range(0..1_000)),
            },
            primary_doctor: None,
            doctors: Vec::new(),
            added: self.now.plus(-Duration::minutes(self.rng.random_range(0..3 * 365 * 24 * 60))),
        }
    }
}

/// `Grace Marchetti`
fn full((first, last): (String, String)) -> String {
    format!("{first} {last}")
}
