//! Who may view which patient. The view `patient_access_rule` in the database states the rule; lists, pages, searches, exports
//! and the API read the table `patient_access`, which its triggers keep equal to the view.

use diesel::prelude::*;

use crate::db::Connection;
use crate::db::schema::patient_access;
use crate::db::sql::Sql;
use crate::resource::access::scope::Rule;
use crate::resource::access::table::AccessTable;

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
        orders: &[("name", "sort_key"), ("created_at", "created_at"), ("deleted_at", "deleted_at")],
    },
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
