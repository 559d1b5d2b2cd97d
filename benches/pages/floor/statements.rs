//! The statements, each prepared once for each connection.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};
use praxis::db::Connection;
use praxis::db::schema::{doctors, patient_doctor_mappings as mappings, patients};

use super::fragment::Fragment;
use super::rows::{Doctor, DoctorOf, Listed, Name, Patient, PatientOf};
use crate::support::bare::on_either;

/// Records in each list of the start page.
const NEWEST: i64 = 6;
/// Doctors of a patient that are shown.
const ASSIGNED: i64 = 50;

/// Patients that are in no trash; with a term, those that the index of trigrams finds, as Praxis asks it.
pub fn condition(c: &Connection, term: Option<&str>) -> Fragment<Bool> {
    match (term, c) {
        (None, _) => Fragment::text("patients.deleted_at IS NULL"),
        (Some(term), Connection::Sqlite(_)) => Fragment::binding(
            "patients.deleted_at IS NULL AND patients.id IN (SELECT rowid FROM patients_search WHERE patients_search MATCH ",
            format!("\"{term}\""),
            ")",
        ),
        (Some(term), Connection::Postgres(_)) => {
            Fragment::binding("patients.deleted_at IS NULL AND patients.search_text LIKE ", format!("%{term}%"), "")
        }
    }
}

/// Up to 10,001, which the page shows as more than 10,000. The API has the exact number, but need not walk the table for it on
/// every request.
pub fn count(c: &mut Connection, condition: &Fragment<Bool>) -> QueryResult<i64> {
    let counted = condition.within::<BigInt>("(SELECT COUNT(*) FROM (SELECT patients.id FROM patients WHERE ", " LIMIT 10001) AS counted)");
    on_either!(c, c => diesel::select(counted).get_result(c))
}

pub fn list(c: &mut Connection, condition: Fragment<Bool>, limit: i64, offset: i64) -> QueryResult<Vec<Listed>> {
    use patients::dsl;
    let columns = (dsl::id, dsl::name, dsl::date_of_birth, dsl::age, dsl::gender, dsl::primary_doctor_id, dsl::created_at);
    let by_name = (Fragment::<Text>::text("substr(patients.search_text, 1, 120)"), dsl::id);
    on_either!(c, c => dsl::patients.filter(condition).order(by_name).limit(limit).offset(offset).select(columns).load(c))
}

/// The names of these doctors. All ids are one value, because a list of another length would be another statement.
pub fn names(c: &mut Connection, ids: impl IntoIterator<Item = i64>) -> QueryResult<Vec<Name>> {
    let ids = ids.into_iter().map(|id| id.to_string()).collect::<Vec<_>>().join(",");
    let among = match c {
        Connection::Sqlite(_) => Fragment::<Bool>::binding("doctors.id IN (SELECT value FROM json_each(", format!("[{ids}]"), "))"),
        Connection::Postgres(_) => Fragment::<Bool>::binding("doctors.id = ANY(CAST(", format!("{{{ids}}}"), " AS bigint[]))"),
    };
    on_either!(c, c => doctors::table.filter(among).select((doctors::id, doctors::name)).load(c))
}

pub fn patient(c: &mut Connection, id: i64) -> QueryResult<Patient> {
    use patients::dsl;
    let person = (dsl::id, dsl::name, dsl::date_of_birth, dsl::age, dsl::gender);
    let columns = (person.0, person.1, person.2, person.3, person.4, dsl::address, dsl::primary_doctor_id, dsl::created_at, dsl::version);
    on_either!(c, c => dsl::patients.find(id).filter(dsl::deleted_at.is_null()).select(columns).first(c))
}

pub fn doctors_of(c: &mut Connection, patient: i64) -> QueryResult<Vec<DoctorOf>> {
    let joined = mappings::table.inner_join(doctors::table.on(doctors::id.eq(mappings::doctor_id)));
    let rows = joined.filter(mappings::patient_id.eq(patient)).filter(mappings::deleted_at.is_null());
    let latest = rows.order((mappings::created_at.desc(), mappings::id.desc())).limit(ASSIGNED);
    let shown = latest.select((mappings::id, doctors::id, doctors::name, doctors::specialization, mappings::created_at));
    on_either!(c, c => shown.load(c))
}

/// The first ones, as choices.
pub fn doctors_by_name(c: &mut Connection, limit: i64) -> QueryResult<Vec<Name>> {
    let by_name = (Fragment::<Text>::text("substr(doctors.search_text, 1, 120)"), doctors::id);
    let offered = doctors::table.filter(doctors::deleted_at.is_null()).order(by_name).limit(limit);
    on_either!(c, c => offered.select((doctors::id, doctors::name)).load(c))
}

pub fn doctor(c: &mut Connection, id: i64) -> QueryResult<Doctor> {
    let found = doctors::table.find(id).filter(doctors::deleted_at.is_null());
    on_either!(c, c => found.select((doctors::id, doctors::name, doctors::specialization, doctors::created_at)).first(c))
}

/// The number of a doctor's patients.
pub fn assigned(c: &mut Connection, doctor: i64) -> QueryResult<i64> {
    let rows = mappings::table.filter(mappings::doctor_id.eq(doctor)).filter(mappings::deleted_at.is_null());
    on_either!(c, c => rows.count().get_result(c))
}

pub fn patients_of(c: &mut Connection, doctor: i64, limit: i64) -> QueryResult<Vec<PatientOf>> {
    let joined = mappings::table.inner_join(patients::table.on(patients::id.eq(mappings::patient_id)));
    let rows = joined.filter(mappings::doctor_id.eq(doctor)).filter(mappings::deleted_at.is_null());
    let latest = rows.order((mappings::created_at.desc(), mappings::id.desc())).limit(limit);
    on_either!(c, c => latest.select((patients::id, patients::name, patients::age, mappings::created_at)).load(c))
}

pub fn newest_patients(c: &mut Connection) -> QueryResult<Vec<PatientOf>> {
    use patients::dsl;
    let newest = dsl::patients.filter(dsl::deleted_at.is_null()).order((dsl::created_at.desc(), dsl::id.desc())).limit(NEWEST);
    on_either!(c, c => newest.select((dsl::id, dsl::name, dsl::age, dsl::created_at)).load(c))
}

/// The number of all doctors.
pub fn doctors(c: &mut Connection) -> QueryResult<i64> {
    on_either!(c, c => doctors::table.filter(doctors::deleted_at.is_null()).count().get_result(c))
}

pub fn newest_doctors(c: &mut Connection) -> QueryResult<Vec<Doctor>> {
    use doctors::dsl;
    let newest = dsl::doctors.filter(dsl::deleted_at.is_null()).order((dsl::created_at.desc(), dsl::id.desc())).limit(NEWEST);
    on_either!(c, c => newest.select((dsl::id, dsl::name, dsl::specialization, dsl::created_at)).load(c))
}
