//! Doctors.

use diesel::prelude::*;
use time::Date;

use super::patient_access::{VIEW_ALL, newest_doctors};
use super::patient_duplicates::is_near;
use crate::accounts::user::model::User;
use crate::db::schema::doctors;
use crate::db::{Connection, UtcDateTime, Zone};
use crate::english::isolated;
use crate::resource::Model;
use crate::resource::access::actor::Action;
use crate::resource::declare::candidate::Candidate;
use crate::resource::declare::hooks::Hooks;
use crate::resource::declare::inline::Inline;
use crate::resource::declare::reference::OnDelete;
use crate::resource::declare::staff_pages::StaffPages;
use crate::resource::form::clean::key;
use crate::resource::list::query::{NATURAL_KEY, fold};
use crate::resource::list::search::find::containing_any;
use crate::resource::list::search::spelling::compact;
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
            .note(specialty).summary(specialty) },
        inlines: const { &[Inline::of("mapping", "doctor_id").max(500).verb("Assign", "assigned to")] },
        api: const { Some(Api::of(&["name", "specialization", "created_at", "updated_at", "user_id", "title"]).read_only_fields(&["user_id"]).detail(&["name", "specialization"])) },
        search_index: true, search_spellings: &["name"],
        cell: Some(|row, field, _| (field == Doctor::FIELDS.name).then(|| row.label.clone())),
        default_grants: &[
            ("Staff", &Action::ALL), ("Receptionist", &[Action::View]), ("Doctor", &[Action::View]), ("Nurse", &[Action::View]),
            ("Billing", &[Action::View]), ("Administrator", &Action::ALL), ("Patient", &[Action::View]),
        ] }
}

/// What tells doctors of one name apart.
fn specialty(row: &Row, _: &Zone, _: Date) -> String {
    isolated(row.values.at(Doctor::FIELDS.specialization).as_text()).into()
}

/// The most doctors that are returned for a new one, and that are read to find them.
const SIMILAR: usize = 5;
const READ: i64 = 500;

/// The name as it is compared.
fn spelled(values: &Values) -> String {
    compact(&fold(values.at(Doctor::FIELDS.name).as_text()))
}

/// The same name, or one with a mistake. What is numbered is told apart by the number.
fn has_near_name(one: &Values, other: &Values) -> bool {
    let (one, other) = (spelled(one), spelled(other));
    let is_name = |text: &str| !text.is_empty() && !text.bytes().any(|letter| letter.is_ascii_digit());
    is_name(&one) && is_name(&other) && is_near(&one, &other)
}

/// Pieces of a name, one of which a mistake leaves as it was; the search index needs three letters.
fn parts(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.chars().collect();
    letters.chunks((letters.len() / 3).max(3)).filter(|part| part.len() >= 3).map(|part| part.iter().collect()).collect()
}

impl Hooks for Doctor {
    fn mine(c: &mut Connection, actor: &Actor, most: i64) -> QueryResult<Option<Vec<i64>>> {
        newest_doctors(c, actor.id, most).map(Some)
    }

    fn similar(c: &mut Connection, added: &[&Values], actor: &Actor) -> QueryResult<Vec<Vec<Row>>> {
        let name = |values: &Values| values.at(Doctor::FIELDS.name).clone();
        let same_name = added.iter().map(|values| name(values)).collect();
        let parts: Vec<String> = added.iter().flat_map(|values| parts(&spelled(values))).collect();
        let near = containing_any(c, Doctor::resource().declaration(), &parts)?.into_iter().map(Value::Integer).collect();
        let mut known = Vec::new();
        for (condition, values) in [(NATURAL_KEY, same_name), (doctors::id::NAME, near)] {
            known.extend(Doctor::resource().list(c, &ListQuery::only(condition, Test::In(values), READ), Some(actor))?);
        }
        known.sort_by_key(|row| row.id);
        known.dedup_by_key(|row| row.id);
        let is_same = |row: &Row, values: &Values| {
            key(name(&row.values).as_text()) == key(name(values).as_text()) || has_near_name(&row.values, values)
        };
        Ok(added.iter().map(|values| known.iter().filter(|row| is_same(row, values)).take(SIMILAR).cloned().collect()).collect())
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
