//! Invented patients, written many at a time.

use diesel::QueryResult;
use time::Date;
use time::macros::date;

use super::accounts::Account;
use crate::clinic::patient::{Gender, Patient};
use crate::clinic::patient_name;
use crate::db::sql::{Bind, Sql};
use crate::db::time::age_on;
use crate::db::{Connection, UtcDateTime};
use crate::resource::write::writer::search_text;
use crate::resource::{Column, Model, Value, Values};

/// Patients in one statement: each statement costs more than its rows, because of the triggers.
pub const BATCH: usize = 100;

/// The date of birth of the patient with the account.
const ADULT: Date = date!(1988 - 05 - 14);

pub struct Invented {
    pub owner: i64,
    pub account: Option<i64>,
    pub name: String,
    pub date_of_birth: Option<Date>,
    pub age: i32,
    pub gender: Gender,
    pub address: String,
    pub phone: String,
    pub primary_doctor: Option<i64>,
    pub doctors: Vec<i64>,
    pub added: UtcDateTime,
}

impl Invented {
    /// The same patient as an adult who can sign in.
    pub fn with_account(self, account: &Account, today: Date) -> Self {
        let (born, name) = (ADULT, account.name.clone());
        Self { account: Some(account.id), name, age: age_on(today, born), date_of_birth: Some(born), gender: Gender::Female, ..self }
    }

    fn row(&self) -> Sql {
        let texts = [("name", &self.name), ("address", &self.address), ("phone", &self.phone)]
            .map(|(field, text)| (field, Value::Text(text.clone())));
        let mut values: Values = texts.into_iter().collect();
        patient_name::complete(&mut values);
        let text = |field: &str| Bind::Text(Some(values.at(field).as_text().into()));
        row([
            Bind::BigInt(Some(self.owner)),
            Bind::BigInt(self.account),
            Bind::Text(Some(self.name.clone())),
            Bind::Date(self.date_of_birth),
            Bind::Integer(Some(self.age)),
            Bind::Text(Some(self.gender.to_value().as_text().into())),
            Bind::Text(Some(self.address.clone())),
            Bind::BigInt(self.primary_doctor),
            Bind::Text(Some(search_text(Patient::resource(), &values))),
            Bind::Timestamp(Some(self.added)),
            Bind::Timestamp(Some(self.added)),
            text("given_name"),
            text("family_name"),
            text("sort_name"),
            text("phone"),
            Bind::Bool(Some(!self.phone.is_empty())),
        ])
    }
}

/// Writes the patients and their assignments; returns the number of rows.
pub fn store(c: &mut Connection, invented: &[Invented]) -> QueryResult<u64> {
    let added = Sql::new(
        "INSERT INTO patients (owner_id, user_id, name, date_of_birth, age, gender, address, primary_doctor_id, search_text, created_at, \
         updated_at, given_name, family_name, sort_name, phone, may_contact) VALUES ",
    );
    let rows = invented.iter().map(Invented::row).collect();
    let mut ids = added.append(Sql::join(rows, ", ")).text(" RETURNING id").load_ids(c)?;
    // They are numbered in their order, but need not be returned in it.
    ids.sort_unstable();
    let assigned = ids.iter().zip(invented).flat_map(|(id, patient)| {
        let at = || Bind::Timestamp(Some(patient.added));
        // The database assigns the primary doctor by itself.
        let others = patient.doctors.iter().filter(|doctor| Some(**doctor) != patient.primary_doctor);
        others.map(move |doctor| row([Bind::BigInt(Some(*id)), Bind::BigInt(Some(*doctor)), at(), at()]))
    });
    let assigned: Vec<Sql> = assigned.collect();
    if !assigned.is_empty() {
        let added = Sql::new("INSERT INTO patient_doctor_mappings (patient_id, doctor_id, created_at, updated_at) VALUES ");
        added.append(Sql::join(assigned, ", ")).execute(c)?;
    }
    Ok(invented.iter().map(|patient| 1 + patient.doctors.len() as u64).sum())
}

/// `(?, ?, ?)`
pub fn row<const COLUMNS: usize>(values: [Bind; COLUMNS]) -> Sql {
    let values = values.into_iter().map(|value| Sql::default().bind(value)).collect();
    Sql::new("(").append(Sql::join(values, ", ")).text(")")
}
