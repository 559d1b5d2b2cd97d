//! The accounts of the demo: a few of everybody who uses a clinic, so that each can be tried and measured.

use diesel::prelude::*;
use rand::rngs::StdRng;

use super::names::person;
use super::{DemoError, Plan};
use crate::accounts::registration::account::set_hash;
use crate::accounts::user::confirmed::confirm;
use crate::accounts::user::model::User;
use crate::app::App;
use crate::db::Connection;
use crate::db::schema::{groups, patient_access};
use crate::english::plural;
use crate::resource::{Actor, FormErrors, Value, Values};

/// Somebody who can sign in.
pub struct Account {
    pub id: i64,
    username: String,
    /// `Grace Marchetti`
    pub name: String,
}

pub struct Accounts {
    /// Sees every patient, as a desk has to.
    pub reception: Account,
    /// Registered many patients.
    pub manager: Account,
    /// Staff who see the patients that they registered.
    pub members: Vec<Account>,
    pub doctors: Vec<Account>,
    pub patient: Account,
}

impl Accounts {
    pub fn create(c: &mut Connection, app: &App, actor: &Actor, hash: &str, plan: &Plan, rng: &mut StdRng) -> Result<Self, DemoError> {
        let mut create = |username: String, name: (String, String), group| Account::create(c, app, actor, hash, (username, name), group);
        let known = |first: &str, last: &str| (first.to_string(), last.to_string());
        create("admin".into(), known("Ada", "Okafor"), None)?;
        let reception = create("reception".into(), known("Amina", "Khan"), Some("Receptionist"))?;
        let manager = create("manager".into(), known("Tomás", "Ferreira"), Some("Staff"))?;
        let patient = create("patient".into(), known("Maya", "Lindqvist"), Some("Patient"))?;
        let mut doctors = vec![create("doctor".into(), known("Grace", "Marchetti"), Some("Doctor"))?];
        for number in 2..=plan.doctors_with_account() {
            doctors.push(create(format!("doctor-{number:02}"), person(rng), Some("Doctor"))?);
        }
        let members = (1..=plan.members()).map(|number| create(format!("member-{number:02}"), person(rng), Some("Staff")));
        let members = members.collect::<Result<_, _>>()?;
        Ok(Self { reception, manager, members, doctors, patient })
    }

    /// Usernames, and what they are and see.
    pub fn sign_ins(&self, c: &mut Connection) -> Result<Vec<(String, String)>, DemoError> {
        let average = |c: &mut Connection, accounts: &[Account]| {
            let ids: Vec<i64> = accounts.iter().map(|account| account.id).collect();
            let count: i64 = patient_access::table.filter(patient_access::user_id.eq_any(ids)).count().get_result(c)?;
            Ok::<_, DemoError>(count / (accounts.len().max(1) as i64))
        };
        let patients = |count: i64| plural(count, "patient", "patients");
        let all = |accounts: &[Account]| match accounts {
            [first, .., last] => format!("{} … {}", first.username, last.username),
            _ => accounts.iter().map(|account| account.username.clone()).collect(),
        };
        use std::slice::from_ref as of;
        Ok(vec![
            ("admin".into(), "administrator, sees every patient".into()),
            (self.reception.username.clone(), "receptionist, sees every patient".into()),
            (self.manager.username.clone(), format!("staff, sees the {} they registered", patients(average(c, of(&self.manager))?))),
            (all(&self.members), format!("staff, each sees about {}", patients(average(c, &self.members)?))),
            (all(&self.doctors), format!("sees about {} assigned to them", patients(average(c, &self.doctors)?))),
            (self.patient.username.clone(), "a patient, sees their own record".into()),
        ])
    }
}

impl Account {
    fn create(
        c: &mut Connection,
        app: &App,
        actor: &Actor,
        hash: &str,
        (username, (first, last)): (String, (String, String)),
        group: Option<&str>,
    ) -> Result<Self, DemoError> {
        let groups = match group {
            Some(name) => groups::table.filter(groups::name.eq(name)).select(groups::id).load::<i64>(c)?,
            None => Vec::new(),
        };
        let name = format!("{first} {last}");
        let values: Values = [
            ("username", Value::Text(username.clone())),
            ("email", Value::Text(format!("{username}@clinic.example"))),
            ("first_name", Value::Text(first)),
            ("last_name", Value::Text(last)),
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
        Ok(Self { id: row.id, username, name })
    }
}
