//! Who may view which patient. The view `patient_access_rule` in the database states the rule; lists, pages, searches, exports
//! and the API read the table `patient_access`, which its triggers keep equal to the view.

use diesel::prelude::*;
use diesel::sql_types;

use crate::db::Connection;
use crate::db::schema::patient_access;
use crate::db::sql::{Bind, Sql};
use crate::english::isolated;
use crate::resource::access::scope::Rule;
use crate::resource::access::table::AccessTable;
use crate::resource::registry::StaffQuestion;

/// Permission to view every patient, not only one's own.
pub const VIEW_ALL: &str = "clinic.view_all_patients";

/// The rule as the declaration of patients names it.
pub const SCOPE: Rule = Rule {
    sees_all: |actor| actor.can(VIEW_ALL),
    access: AccessTable {
        table: "patient_access",
        rule: "patient_access_rule",
        user: "user_id",
        record: "patient_id",
        orders: &[("sort_name", "sort_key"), ("created_at", "created_at"), ("deleted_at", "deleted_at")],
    },
};

/// What the set-up asks. Receptionists, nurses, billing and administrators see every patient in any case.
pub const QUESTION: StaffQuestion = StaffQuestion {
    label: "Who sees patients?",
    missing: "Choose who sees patients",
    choices: &[("all", "All staff"), ("own", "Only reception, nurses, billing, and those who registered or treat the patient")],
    permission: VIEW_ALL,
    groups: &["Staff", "Doctor"],
};

/// The ids of a user's newest own patients, whatever else they may view; at most `most`.
pub fn newest_own(c: &mut Connection, user_id: i64, most: i64) -> QueryResult<Vec<i64>> {
    patient_access::table
        .filter(patient_access::user_id.eq(user_id))
        .filter(patient_access::deleted_at.is_null())
        .order((patient_access::created_at.desc(), patient_access::patient_id.desc()))
        .limit(most)
        .select(patient_access::patient_id)
        .load(c)
}

/// Who may view this patient and why: `All staff · Registered by: Rosa`.
pub fn visible_to(c: &mut Connection, patient_id: i64) -> QueryResult<String> {
    let person = "COALESCE(NULLIF(TRIM(users.first_name || ' ' || users.last_name), ''), users.username)";
    let statement = Sql::new("SELECT 0, groups.name FROM groups JOIN group_permissions ON group_permissions.group_id = groups.id ")
        .text("JOIN permissions ON permissions.id = group_permissions.permission_id WHERE permissions.codename = ")
        .bind(Bind::Text(Some(VIEW_ALL.into())))
        .text(format!(" UNION ALL SELECT 1, {person} FROM users JOIN patients ON patients.owner_id = users.id WHERE patients.id = "))
        .number(patient_id)
        .text(" UNION ALL SELECT 2, doctors.name FROM doctors JOIN patient_doctor_mappings AS mappings ON mappings.doctor_id = doctors.id ")
        .text("WHERE doctors.user_id IS NOT NULL AND doctors.deleted_at IS NULL AND mappings.deleted_at IS NULL AND mappings.patient_id = ")
        .number(patient_id)
        .text(format!(" UNION ALL SELECT 3, {person} FROM users JOIN patients ON patients.user_id = users.id WHERE patients.id = "))
        .number(patient_id);
    let statement = statement
        .text(format!(" UNION ALL SELECT 4, {person} FROM users WHERE is_superuser AND is_active"))
        .text(format!(" UNION ALL SELECT 5, {person} FROM users JOIN user_permissions ON user_permissions.user_id = users.id "))
        .text("JOIN permissions ON permissions.id = user_permissions.permission_id ")
        .text("WHERE users.is_active AND NOT users.is_superuser AND permissions.codename = ")
        .bind(Bind::Text(Some(VIEW_ALL.into())));
    let mut rows: Vec<(i32, String)> = statement.returning::<(sql_types::Integer, sql_types::Text)>().load(c)?;
    rows.sort();
    let of = |kind: i32| rows.iter().filter(move |(known, _)| *known == kind).map(|(_, name)| isolated(name)).collect::<Vec<_>>();
    let groups = of(0);
    let all_staff = QUESTION.groups.iter().all(|group| groups.iter().any(|known| known == group));
    let words = ["Groups:", "Registered by:", "Care team:", "The patient:", "Superusers:", "By a permission of their own:"];
    let parts = (0..).zip(words).filter_map(|(kind, word)| match of(kind) {
        _ if kind == 0 && all_staff => Some("All staff".into()),
        names if names.is_empty() => None,
        names => Some(format!("{word} {}", names.join(", "))),
    });
    Ok(parts.collect::<Vec<_>>().join(" · "))
}

/// The ids of the doctors to whom the user's newest [`LATEST`] own patients were assigned last; at most `most`.
pub fn newest_doctors(c: &mut Connection, user_id: i64, most: i64) -> QueryResult<Vec<i64>> {
    let patients = newest_own(c, user_id, LATEST)?;
    if patients.is_empty() {
        return Ok(Vec::new());
    }
    Sql::new("SELECT doctor_id FROM patient_doctor_mappings WHERE deleted_at IS NULL AND ")
        .is_one_of("patient_id", &patients)
        .text(" GROUP BY doctor_id ORDER BY MAX(created_at) DESC, MAX(id) DESC LIMIT ")
        .number(most)
        .load_ids(c)
}

/// The number of newest patients whose doctors are offered.
const LATEST: i64 = 50;
