//! What the staff pages of a model need in addition to its declaration.

use crate::app::App;
use crate::web::record::delete::Place;
use crate::web::record::form::{RecordForm, Sections};
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;

/// One kind of record with staff pages.
pub struct Records {
    /// The resource's name.
    pub name: &'static str,
    /// The path of the list.
    pub path: &'static str,
    pub plural: &'static str,
    pub columns: &'static [&'static str],
    pub filters: &'static [&'static str],
    pub sections: Sections,
}

pub static PATIENTS: Records = Records {
    name: "patient",
    path: "/patients",
    plural: "Patients",
    columns: &["name", "date_of_birth", "age", "gender", "primary_doctor_id", "created_at"],
    filters: &["gender", "primary_doctor_id", "created_at"],
    sections: &[("Person", &["name", "date_of_birth", "age", "gender"]), ("Contact and care", &["address", "primary_doctor_id"])],
};

pub static DOCTORS: Records = Records {
    name: "doctor",
    path: "/doctors",
    plural: "Doctors",
    columns: &["name", "specialization", "created_at"],
    filters: &["created_at"],
    sections: &[("", &["name", "specialization", "user_id"])],
};

impl Records {
    pub fn singular(&self, app: &App) -> String {
        app.registry.get(self.name).map_or_else(String::new, |resource| resource.declaration().singular_lower())
    }

    pub fn at(&self, id: i64) -> String {
        format!("{}/{id}", self.path)
    }

    pub fn form(&self, visit: &Visit, user: &CurrentUser) -> RecordForm {
        RecordForm::new(visit, user, self.name, self.sections).parking()
    }

    pub fn place(&self, app: &App, id: i64) -> Place {
        Place { resource: self.name, noun: self.singular(app), id, steps: vec![(self.plural, self.path.to_string())], back: None }
    }
}
