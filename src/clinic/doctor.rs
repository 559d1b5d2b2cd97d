//! Doctors.

use diesel::prelude::*;

use super::patient_access::{VIEW_ALL, newest_doctors};
use crate::accounts::user::model::User;
use crate::db::schema::doctors;
use crate::db::{Connection, UtcDateTime};
use crate::resource::Model;
use crate::resource::access::actor::Action;
use crate::resource::declare::candidate::Candidate;
use crate::resource::declare::hooks::Hooks;
use crate::resource::declare::inline::Inline;
use crate::resource::declare::reference::OnDelete;
use crate::resource::declare::staff_pages::StaffPages;
use crate::resource::form::clean::key;
use crate::resource::list::query::NATURAL_KEY;
use crate::resource::{Actor, Api, ListQuery, Row, Test, Value, Values, field};

#[derive(Clone, Debug, Queryable)]
pub struct Doctor {
    pub id: i64,
    pub name: String,
    pub specialization: String,
    pub user_id: Option<i64>,
    pub search_text: String,
    pub created_at: UtcDateTime,
    pub updated_at: UtcDateTime,
    pub version: i64,
    pub deleted_at: Option<UtcDateTime>,
    /// `Dr`, before the name.
    pub title: String,
}

crate::resource! {
    Doctor in doctors;
    name "doctor" at "doctors", "Doctor" / "Doctors";
    area "Clinic", icon "doctor";
    fields {
        name: field("Name").max(120).required_error("Enter the doctor's name").example("Amara Diallo"),
        title: field("Title").max(40).optional().help("Shown before the name. For example, Dr"),
        specialization: field("Specialty").max(120).bulk_edit().help("For example, cardiology").example("Cardiology"),
        user_id: field("User account").references::<User>(OnDelete::SetNull).help("The doctor can sign in and see the patients assigned to them")
            .unique_error("This account belongs to another doctor"),
    }
    automatic { created_at: field("Added"), updated_at: field("Changed") }
    trash;
    list_display [name, specialization, user_id, created_at];
    search_fields [name, specialization, title];
    search_through [user_id];
    natural_key [name, specialization];
    list_filter [specialization, user_id, created_at];
    ordering [name];
    fieldsets { "": [(name, title), specialization, user_id] }
    label |doctor| format!("{} {}", doctor.title, doctor.name).trim().to_string();
    options {
        staff: const { StaffPages::at("/doctors").list_display(&["name", "specialization", "created_at"]).list_filter(&["created_at"]).with_account()
            .note(|row, _, _| row.values.at(Doctor::FIELDS.specialization).as_text().into())
            .summary(|row, _, _| row.values.at(Doctor::FIELDS.specialization).as_text().into()) },
        inlines: const { &[Inline::of("mapping", "doctor_id").max(500).verb("Assign", "assigned to")] },
        api: const { Some(Api::of(&["name", "specialization", "created_at", "updated_at", "user_id", "title"]).read_only_fields(&["user_id"]).detail(&["name", "specialization"])) },
        search_index: true, search_spellings: &["name"],
        cell: Some(|row, field, _| (field == Doctor::FIELDS.name).then(|| row.label.clone())),
        default_grants: &[
            ("Staff", &Action::ALL), ("Receptionist", &[Action::View]), ("Doctor", &[Action::View]), ("Nurse", &[Action::View]),
            ("Billing", &[Action::View]), ("Administrator", &Action::ALL), ("Patient", &[Action::View]),
        ] }
}

/// Doctors of one name that are read.
const SIMILAR: i64 = 5;

impl Hooks for Doctor {
    fn mine(c: &mut Connection, actor: &Actor, most: i64) -> QueryResult<Option<Vec<i64>>> {
        newest_doctors(c, actor.id, most).map(Some)
    }

    fn similar(c: &mut Connection, added: &[&Values], actor: &Actor) -> QueryResult<Vec<Vec<Row>>> {
        let name = |values: &Values| values.at(Doctor::FIELDS.name).clone();
        let same_name = Test::In(added.iter().map(|values| name(values)).collect());
        let most = SIMILAR * added.len() as i64;
        let known = Doctor::resource().list(c, &ListQuery::only(NATURAL_KEY, same_name, most), Some(actor))?;
        let is_same = |row: &Row, values: &Values| key(name(&row.values).as_text()) == key(name(values).as_text());
        Ok(added.iter().map(|values| known.iter().filter(|row| is_same(row, values)).cloned().collect()).collect())
    }

    /// A doctor's account can view the doctor's patients, so only users who can view every patient may link one.
    fn validate(_c: &mut Connection, candidate: &mut Candidate) -> QueryResult<()> {
        let before = candidate.before.map_or(&Value::Null, |row| row.values.at(Doctor::FIELDS.user_id));
        let after = candidate.values.at(Doctor::FIELDS.user_id);
        if after != before && *after != Value::Null && !candidate.actor.can(VIEW_ALL) {
            candidate.errors.add("user_id", "You need access to every patient to give a doctor an account");
        }
        Ok(())
    }
}
