//! The pages of the floor. Askama looks for templates relative to the folder of the program's own ones.

use std::collections::HashMap;

use askama::Template;

use super::rows::{Doctor as DoctorRow, DoctorOf, Listed, Name, Patient as PatientRow, PatientOf};

#[derive(Template)]
#[template(path = "../benches/pages/templates/sign_in.html")]
pub struct SignIn {
    pub frame: &'static str,
}

/// A count and the newest records, of patients and of doctors.
#[derive(Template)]
#[template(path = "../benches/pages/templates/start.html")]
pub struct Start {
    pub frame: &'static str,
    pub patients: (i64, Vec<PatientOf>),
    pub doctors: (i64, Vec<DoctorRow>),
}

#[derive(Template)]
#[template(path = "../benches/pages/templates/patient.html")]
pub struct Patient {
    pub frame: &'static str,
    pub patient: PatientRow,
    pub primary: Option<Name>,
    pub doctors: Vec<DoctorOf>,
}

#[derive(Template)]
#[template(path = "../benches/pages/templates/form.html")]
pub struct Form {
    pub frame: &'static str,
    pub patient: PatientRow,
    pub primary: Option<Name>,
    pub offered: Vec<Name>,
}

#[derive(Template)]
#[template(path = "../benches/pages/templates/doctor.html")]
pub struct Doctor {
    pub frame: &'static str,
    pub doctor: DoctorRow,
    pub total: i64,
    pub patients: Vec<PatientOf>,
}

#[derive(Template)]
#[template(path = "../benches/pages/templates/list.html")]
pub struct List {
    pub frame: &'static str,
    pub q: String,
    pub total: i64,
    pub patients: Vec<Listed>,
    /// Names by id.
    pub doctors: HashMap<i64, String>,
}
