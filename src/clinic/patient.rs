//! Patients. A patient belongs to the user who registered them.

use diesel::prelude::*;
use time::Date;

use super::doctor::Doctor;
use super::language::Language;
use super::patient_access::{SCOPE, VIEW_ALL, newest_own, visible_to};
use super::{patient_age, patient_duplicates, patient_name};
use crate::accounts::user::model::User;
use crate::db::schema::patients;
use crate::db::{Connection, UtcDateTime, Zone};
use crate::resource::access::actor::{Action, Actor};
use crate::resource::declare::candidate::Candidate;
use crate::resource::declare::declaration::{Chart, Interval, LookupRows};
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

crate::text_enum! {
    /// The ways to remind a patient, of those that the rules use.
    pub enum RemindersBy {
        Both = "both" / "Email and text message",
        Mail = "mail" / "Email",
        Sms = "sms" / "Text message",
        Nothing = "none" / "No reminders",
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
    pub given_name: String,
    pub family_name: String,
    /// `Zola, Émile`: by this, lists are sorted.
    pub sort_name: String,
    pub phone: String,
    pub email: String,
    pub may_contact: bool,
    pub language: Option<Language>,
    pub emergency_contact: String,
    pub emergency_phone: String,
    /// What everybody who opens the record must know.
    pub alert: String,
    pub deceased_on: Option<Date>,
    pub has_moved_away: bool,
    pub reminders_by: RemindersBy,
}

crate::resource! {
    Patient in patients;
    name "patient" at "patients", "Patient" / "Patients";
    area "Clinic", icon "people";
    fields {
        name: field("Name").max(120).required_error("Enter the patient's name").example("Émile Durand"),
        given_name: field("Given name").max(120).optional().example("Émile"),
        family_name: field("Family name").max(120).optional().example("Durand")
            .help("Lists are sorted by it. Leave both blank to take them from the name."),
        sort_name: field("Patient").derived(),
        date_of_birth: field("Date of birth").not_in_future().widget(Widget::DateParts).help("For example, 2 4 1964"),
        age: field("Age").range(0, 150).filled_by_validate().instead_of("date_of_birth", "Not known? Enter an estimated age")
            .help("In years").required_error("Enter a date of birth"),
        gender: field("Gender").widget(Widget::Radio),
        phone: field("Phone").max(40).optional().widget(Widget::Telephone).example("+33 1 42 68 53 00"),
        email: field("Email").max(254).optional().widget(Widget::Email).example("emile.durand@example.org"),
        may_contact: field("Agrees to be contacted").help("By phone and email, about appointments and results"),
        reminders_by: field("Reminders by").filled_by_validate().help("Of appointments, if the patient agrees to be contacted"),
        address: field("Address").max(5_000).widget(Widget::Area).optional().example("12 Rue de la Paix, 75002 Paris"),
        language: field("Language"),
        emergency_contact: field("Emergency contact").max(120).optional().help("Name and relationship"),
        emergency_phone: field("Emergency phone").max(40).optional().widget(Widget::Telephone),
        alert: field("Alert").max(200).optional().help("Shown on every page of the patient, who can read it too. For example, allergic to penicillin"),
        primary_doctor_id: field("Primary doctor").bulk_edit().references::<Doctor>(OnDelete::SetNull),
        deceased_on: field("Date of death").not_in_future().widget(Widget::DateParts),
        has_moved_away: field("Moved away"),
        owner_id: field("Registered by").bulk_edit().references::<User>(OnDelete::Protect).help("This user can see the patient"),
        user_id: field("User account").references::<User>(OnDelete::SetNull).help("The patient can sign in with this account")
            .unique_error("This account belongs to another patient"),
    }
    automatic { created_at: field("Added"), updated_at: field("Changed") }
    trash;
    list_display [sort_name, date_of_birth, age, gender, primary_doctor_id, created_at];
    search_fields [sort_name: 4, name: 4, email, address];
    natural_key [name, date_of_birth];
    list_filter [gender, primary_doctor_id, owner_id, user_id, date_of_birth, age, created_at];
    date_hierarchy [created_at];
    ordering [sort_name];
    fieldsets {
        "Person": [name, date_of_birth, age, gender, (given_name, family_name), language],
        "Contact and care": [(phone, email), may_contact, reminders_by, address, (emergency_contact, emergency_phone), alert, primary_doctor_id],
        "Status" closed: [deceased_on, has_moved_away],
        "Accounts": [owner_id, user_id],
    }
    label |patient| patient.name.clone();
    scope SCOPE;
    options {
        staff: const { StaffPages::at("/patients")
            .list_filter(&["gender", "date_of_birth", "primary_doctor_id", "created_at"])
            .fieldsets(&[
                ("Person", &["name", "date_of_birth", "age", "gender", "given_name", "family_name", "language"]),
                ("Contact and care", &[
                    "phone", "email", "may_contact", "reminders_by", "address", "emergency_contact", "emergency_phone", "alert",
                    "primary_doctor_id",
                ]),
                ("Status", &["deceased_on", "has_moved_away"]),
            ])
            .with_account().summary(summary).note(patient_age::years_old).alerts(alerts) },
        cell: Some(cell),
        inlines: const { &[
            Inline::of("mapping", "patient_id").max(50).at("doctors").verb("Assign", "assigned to").marked_by("primary_doctor_id", "primary"),
            Inline::of("identifier", "patient_id").max(20).extra(1).at("identifiers"),
        ] },
        search_index: true,
        search_spellings: &["sort_name", "name", "phone"],
        search_rows: Some(LookupRows { table: "patient_identifiers", reference: "patient_id", column: "lookup" }),
        number_prefix: NUMBER,
        search_date: "date_of_birth",
        known_by: &["name", "age", "gender"],
        actions: super::patient_actions::BULK_ACTIONS,
        logs_reads: true,
        chart: Some(Chart { title: "New patients", field: "created_at", interval: Interval::Week }),
        extra_permissions: &[(VIEW_ALL, "Can view every patient, not only their own", SEE_ALL)],
        api: const { Some(Api::of(&[
            "name", "age", "gender", "address", "created_at", "updated_at", "date_of_birth", "primary_doctor_id", "owner_id",
            "given_name", "family_name", "phone", "email", "may_contact", "language", "emergency_contact", "emergency_phone", "alert",
            "deceased_on", "has_moved_away", "reminders_by",
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
        let text = |text: &str| Value::Text(text.into());
        [("owner_id", Value::Integer(actor.id)), ("address", text("")), ("reminders_by", text(RemindersBy::Both.as_str()))]
            .into_iter()
            .collect()
    }

    fn validate(_c: &mut Connection, candidate: &mut Candidate) -> QueryResult<()> {
        patient_name::settle(candidate);
        patient_age::settle(candidate);
        settle_reminders(candidate);
        Ok(())
    }

    fn complete(values: &mut Values) {
        patient_name::complete(values);
    }

    fn similar(c: &mut Connection, added: &[&Values], actor: &Actor) -> QueryResult<Vec<Vec<Row>>> {
        patient_duplicates::similar(c, Self::resource(), added, actor)
    }
}

/// What a program does not say stays as the patient chose it.
fn settle_reminders(candidate: &mut Candidate) {
    let name = Patient::FIELDS.reminders_by;
    if candidate.values.at(name).is_blank() {
        let known = candidate.before.map(|row| row.values.at(name).clone());
        candidate.values.set(name, known.unwrap_or_else(|| Value::Text(RemindersBy::Both.as_str().into())));
    }
}

/// Date of birth, age and gender, to distinguish people with the same name.
fn summary(row: &Row, zone: &Zone, today: Date) -> String {
    let gender = row.values.at(Patient::FIELDS.gender).show(Gender::KIND, zone).to_lowercase();
    format!("{} · {gender} · {NUMBER}{:06}", patient_age::life(row, zone, today), row.id)
}

/// What everybody must know who opens a page of the patient.
fn alerts(row: &Row, zone: &Zone) -> Vec<String> {
    let fields = Patient::FIELDS;
    let alert = row.values.at(fields.alert).as_text();
    let mut alerts: Vec<String> = Some(alert).filter(|text| !text.is_empty()).map(Into::into).into_iter().collect();
    if let Value::Date(died) = row.values.at(fields.deceased_on) {
        alerts.push(format!("Died {}", zone.show_date(*died)));
    }
    if *row.values.at(fields.has_moved_away) == Value::Bool(true) {
        alerts.push("Moved away".into());
    }
    alerts
}

/// Ages under two years are weeks or months.
fn cell(row: &Row, field: &str, today: Date) -> Option<String> {
    if field == Patient::FIELDS.age { patient_age::in_list(row, today) } else { None }
}
