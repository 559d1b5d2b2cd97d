//! Patients. A patient belongs to the user who registered them.

use std::collections::BTreeMap;

use diesel::prelude::*;
use time::Date;

use super::doctor::Doctor;
use super::patient_access::{SCOPE, VIEW_ALL, newest_own, visible_to};
use crate::accounts::user::model::User;
use crate::db::schema::patients;
use crate::db::time::{age_in_words, age_on};
use crate::db::{Connection, UtcDateTime, Zone};
use crate::english::plural;
use crate::resource::access::actor::{Action, Actor};
use crate::resource::declare::candidate::Candidate;
use crate::resource::declare::declaration::{Chart, Interval};
use crate::resource::declare::hooks::Hooks;
use crate::resource::declare::inline::Inline;
use crate::resource::declare::reference::OnDelete;
use crate::resource::declare::staff_pages::StaffPages;
use crate::resource::declare::widget::Widget;
use crate::resource::{Api, Column, Model, Row, Value, Values, field};

crate::text_enum! {
    pub enum Gender {
        Female = "female" / "Female",
        Male = "male" / "Male",
        Other = "other" / "Other",
    }
}

#[derive(Clone, Debug, Queryable)]
pub struct Patient {
    pub id: i64,
    pub owner_id: i64,
    pub name: String,
    pub date_of_birth: Option<Date>,
    /// In years, as stated; with a date of birth, computed from it on saving and after every birthday.
    pub age: i32,
    pub gender: Gender,
    pub address: String,
    pub primary_doctor_id: Option<i64>,
    pub user_id: Option<i64>,
    pub search_text: String,
    pub created_at: UtcDateTime,
    pub updated_at: UtcDateTime,
    pub version: i64,
    pub deleted_at: Option<UtcDateTime>,
}

crate::resource! {
    Patient in patients;
    name "patient" at "patients", "Patient" / "Patients";
    area "Clinic", icon "people";
    fields {
        name: field("Name").max(120).required_error("Enter the patient's name").example("Émile Durand"),
        date_of_birth: field("Date of birth").not_in_future().widget(Widget::DateParts).help("For example, 2 4 1964"),
        age: field("Age").range(0, 150).filled_by_validate().help("In years. Leave blank if you enter a date of birth.")
            .required_error("Enter a date of birth"),
        gender: field("Gender").widget(Widget::Radio),
        address: field("Address").max(500).widget(Widget::Area).optional().example("12 Rue de la Paix, 75002 Paris"),
        primary_doctor_id: field("Primary doctor").bulk_edit().references::<Doctor>(OnDelete::SetNull),
        owner_id: field("Registered by").bulk_edit().references::<User>(OnDelete::Protect).help("This user can see the patient"),
        user_id: field("User account").references::<User>(OnDelete::SetNull).help("The patient can sign in with this account")
            .unique_error("This account belongs to another patient"),
    }
    automatic { created_at: field("Added"), updated_at: field("Changed") }
    trash;
    list_display [name, date_of_birth, age, gender, primary_doctor_id, created_at];
    search_fields [name: 4, address];
    natural_key [name, date_of_birth];
    list_filter [gender, primary_doctor_id, owner_id, user_id, date_of_birth, age, created_at];
    date_hierarchy [created_at];
    ordering [name];
    fieldsets {
        "Person" ("Enter a date of birth. If it is not known, enter an age."): [name, (date_of_birth, age), gender],
        "Contact and care": [address, primary_doctor_id],
        "Accounts": [owner_id, user_id],
    }
    label |patient| patient.name.clone();
    scope SCOPE;
    options {
        staff: const { StaffPages::at("/patients")
            .list_filter(&["gender", "primary_doctor_id", "created_at"])
            .fieldsets(&[("Person", &["name", "date_of_birth", "age", "gender"]), ("Contact and care", &["address", "primary_doctor_id"])])
            .with_account().summary(summary).note(years_old) },
        inlines: const { &[Inline::of("mapping", "patient_id").max(50).at("doctors").verb("Assign", "assigned to").marked_by("primary_doctor_id", "primary")] },
        search_index: true,
        number_prefix: NUMBER,
        search_date: "date_of_birth",
        known_by: &["name", "age", "gender"],
        actions: super::patient_actions::BULK_ACTIONS,
        logs_reads: true,
        chart: Some(Chart { title: "New patients", field: "created_at", interval: Interval::Week }),
        extra_permissions: &[(VIEW_ALL, "Can view every patient, not only their own", SEE_ALL)],
        api: const { Some(Api::of(&[
            "name", "age", "gender", "address", "created_at", "updated_at", "date_of_birth", "primary_doctor_id", "owner_id",
        ]).read_only_fields(&["owner_id"]).at_least_one_of(&["age", "date_of_birth"])) },
        default_grants: &[
            ("Staff", &Action::ALL), ("Receptionist", &Action::ALL), ("Doctor", &[Action::View, Action::Change]),
            ("Nurse", &[Action::View, Action::Add, Action::Change]), ("Billing", &[Action::View]), ("Administrator", &Action::ALL),
            ("Patient", &[Action::View]),
        ],
    }
}

/// Before the patient number.
const NUMBER: &str = "P-";

/// The groups that see every patient from the start. The set-up asks about the others.
const SEE_ALL: &[&str] = &["Receptionist", "Nurse", "Billing", "Administrator"];

impl Hooks for Patient {
    fn mine(c: &mut Connection, actor: &Actor, most: i64) -> QueryResult<Option<Vec<i64>>> {
        newest_own(c, actor.id, most).map(Some)
    }

    fn visible_to(c: &mut Connection, row: &Row) -> QueryResult<Option<String>> {
        visible_to(c, row.id).map(Some)
    }

    /// The initial values of a new patient.
    fn initial(actor: &Actor, _now: UtcDateTime) -> Values {
        [("owner_id", Value::Integer(actor.id)), ("address", Value::Text(String::new()))].into_iter().collect()
    }

    /// The date of birth takes precedence over the age.
    fn validate(_c: &mut Connection, candidate: &mut Candidate) -> QueryResult<()> {
        if let Value::Date(born) = *candidate.values.at(Patient::FIELDS.date_of_birth) {
            let age = age_on(candidate.today, born);
            if age > 150 {
                candidate.errors.add_part("date_of_birth", "year", "Date of birth must be within the last 150 years");
            }
            candidate.values.set(Patient::FIELDS.age, Value::Integer(age.into()));
        } else if candidate.errors.of("date_of_birth").is_some() && candidate.values.at(Patient::FIELDS.age).is_blank() {
            // Only the date of birth is reported as an error, because the age will follow from it.
            candidate.values.set(Patient::FIELDS.age, Value::Integer(0));
        }
        Ok(())
    }
}

/// Date of birth, age and gender, to distinguish people with the same name.
fn summary(row: &Row, zone: &Zone, today: Date) -> String {
    let gender = row.values.at(Patient::FIELDS.gender).show(Gender::KIND, zone).to_lowercase();
    let number = format!("{NUMBER}{:06}", row.id);
    match row.values.at(Patient::FIELDS.date_of_birth) {
        // The stored age may be outdated; this one is today's.
        Value::Date(born) => format!("Born {} ({}) · {gender} · {number}", zone.show_date(*born), age_of(today, *born)),
        _ => format!("{} · {gender} · {number}", years_old(row, zone, today)),
    }
}

/// Years are a number; days, weeks and months say so.
fn age_of(today: Date, born: Date) -> String {
    let years = age_on(today, born);
    if years < 2 { age_in_words(today, born) } else { years.to_string() }
}

/// `5 weeks old`, `62 years old`
fn years_old(row: &Row, _zone: &Zone, today: Date) -> String {
    match (row.values.at(Patient::FIELDS.date_of_birth), row.values.at(Patient::FIELDS.age)) {
        (Value::Date(born), _) => format!("{} old", age_in_words(today, *born)),
        (_, Value::Integer(0)) => "Under 1 year old".into(),
        (_, Value::Integer(age)) => format!("{} old", plural(*age, "year", "years")),
        _ => String::new(),
    }
}

/// Ages that are outdated after a birthday: patient ids by new age. Only reads, so that most days write nothing.
pub fn outdated_ages(c: &mut Connection, today: Date) -> QueryResult<BTreeMap<i32, Vec<i64>>> {
    let rows: Vec<(i64, Option<Date>, i32)> = patients::table
        .filter(patients::date_of_birth.is_not_null())
        .select((patients::id, patients::date_of_birth, patients::age))
        .load(c)?;
    let mut due: BTreeMap<i32, Vec<i64>> = BTreeMap::new();
    for (id, born, age) in rows {
        let now = born.map_or(age, |born| age_on(today, born)).clamp(0, 150);
        if now != age {
            due.entry(now).or_default().push(id);
        }
    }
    Ok(due)
}

/// Sets the ages that [`outdated_ages`] found. They are not logged, because no user changed them.
pub fn update_ages(c: &mut Connection, due: &BTreeMap<i32, Vec<i64>>) -> QueryResult<usize> {
    let mut changed = 0;
    for (age, ids) in due {
        for some in ids.chunks(500) {
            changed += diesel::update(patients::table.filter(patients::id.eq_any(some.to_vec()))).set(patients::age.eq(age)).execute(c)?;
        }
    }
    Ok(changed)
}
