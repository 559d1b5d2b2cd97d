//! Writes the doctors, then the patients, in the order of the seed.

use diesel::prelude::*;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use time::macros::date;
use time::{Date, Duration};

use super::accounts::{Account, Accounts};
use super::names::{address, born, person, pick};
use super::{MANAGED_OF, Plan};
use crate::app::App;
use crate::clinic::patient::Gender;
use crate::db::schema::{doctors, patient_doctor_mappings, patients};
use crate::db::time::age_on;
use crate::db::{Connection, UtcDateTime};
use crate::resource::list::query::fold;

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

/// The date of birth of the patient with the account.
const ADULT: Date = date!(1988 - 05 - 14);

pub struct Filler<'a> {
    plan: &'a Plan,
    today: Date,
    now: UtcDateTime,
    rng: StdRng,
    moved: &'a mut dyn FnMut(u64),
}

impl<'a> Filler<'a> {
    pub fn new(app: &App, plan: &'a Plan, moved: &'a mut dyn FnMut(u64)) -> Self {
        Self { plan, today: app.today(), now: app.now(), rng: StdRng::seed_from_u64(plan.seed), moved }
    }

    pub fn rng(&mut self) -> &mut StdRng {
        &mut self.rng
    }

    /// The first ones have the accounts.
    pub fn doctors(&mut self, c: &mut Connection, accounts: &Accounts) -> QueryResult<Vec<i64>> {
        let now = self.now;
        let mut ids = Vec::new();
        for number in 0..self.plan.doctors as usize {
            let account = accounts.doctors.get(number);
            let name = match account {
                Some(account) => format!("Dr {}", account.name),
                None => format!("Dr {}", full(person(&mut self.rng))),
            };
            let specialization = pick(&mut self.rng, &SPECIALIZATIONS).copied().unwrap_or_default().to_string();
            let search_text = format!("{}\n{}", fold(&name), fold(&specialization));
            let id = diesel::insert_into(doctors::table)
                .values((
                    doctors::name.eq(name),
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
        let staff: Vec<&Account> = [&accounts.reception].into_iter().chain(&accounts.members).collect();
        for number in 0..self.plan.patients {
            let account = (number == 0).then_some(&accounts.patient);
            let name = full(person(&mut self.rng));
            let name = account.map_or(name, |account| account.name.clone());
            let owner = match self.rng.random_range(0..MANAGED_OF) {
                0 => accounts.manager.id,
                _ => pick(&mut self.rng, &staff).map_or(accounts.manager.id, |owner| owner.id),
            };
            let added = self.now.plus(-Duration::minutes(self.rng.random_range(0..3 * 365 * 24 * 60)));
            let id = self.patient(c, name, owner, account.map(|account| account.id), doctors, added)?;
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

    fn patient(
        &mut self,
        c: &mut Connection,
        name: String,
        owner: i64,
        account: Option<i64>,
        doctors: &[i64],
        added: UtcDateTime,
    ) -> QueryResult<i64> {
        let born = born(&mut self.rng, self.today);
        let address = address(&mut self.rng);
        let gender = match self.rng.random_range(0..100) {
            0..49 => Gender::Female,
            49..98 => Gender::Male,
            _ => Gender::Other,
        };
        let date_of_birth = (self.rng.random_range(0..20) > 0).then_some(born);
        // Whoever has the account is an adult.
        let (born, gender, date_of_birth) = match account {
            Some(_) => (ADULT, Gender::Female, Some(ADULT)),
            None => (born, gender, date_of_birth),
        };
        let primary_doctor = if self.rng.random_range(0..4) > 0 { pick(&mut self.rng, doctors).copied() } else { None };
        let search_text = format!("{}\n{}", fold(&name), fold(&address));
        diesel::insert_into(patients::table)
            .values((
                patients::owner_id.eq(owner),
                patients::user_id.eq(account),
                patients::name.eq(name),
                patients::date_of_birth.eq(date_of_birth),
                patients::age.eq(age_on(self.today, born)),
                patients::gender.eq(gender),
                patients::address.eq(address),
                patients::primary_doctor_id.eq(primary_doctor),
                patients::search_text.eq(search_text),
                patients::created_at.eq(added),
                patients::updated_at.eq(added),
            ))
            .returning(patients::id)
            .get_result::<i64>(c)
    }
}

/// `Grace Marchetti`
fn full((first, last): (String, String)) -> String {
    format!("{first} {last}")
}
