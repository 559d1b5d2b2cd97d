//! The table of who sees which patient is always equal to the rule, whatever changes.

use diesel::prelude::*;
use diesel::sql_query;
use praxis::clinic::patient_access::SCOPE;
use praxis::db::connection::{Purpose, open, part};
use praxis::db::{Connection, DbError};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::stories;
use crate::support::Clinic;
use crate::support::binary::{praxis, told};

stories![
    whatever_changes_the_right_people_see_a_patient,
    simultaneous_changes_leave_nobody_with_a_view_too_many,
    an_operator_is_told_of_a_table_that_was_tampered_with_and_rebuilds_it,
];

const CHANGES: usize = 2_000;

/// Eight accounts.
const ACCOUNTS: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 8) \
    INSERT INTO users (username, email, date_joined, created_at, updated_at) \
    SELECT 'user' || i, 'user' || i || '@example.org', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP FROM n";

async fn whatever_changes_the_right_people_see_a_patient(clinic: Clinic) {
    let mut c = open(&clinic.app.settings.database_url, Purpose::Write).expect("a connection");
    sql_query(ACCOUNTS).execute(&mut c).expect("accounts");
    let mut rng = StdRng::seed_from_u64(12);
    let (mut done, mut most) = (0, 0);
    for step in 0..CHANGES {
        let sql = change(&mut rng);
        // What the constraints refuse changes nothing.
        done += usize::from(sql_query(&sql).execute(&mut c).is_ok_and(|rows| rows > 0));
        assert_eq!(SCOPE.access.differences(&mut c).expect("a comparison"), 0, "step {step}: {sql}");
        most = most.max(rows(&mut c).expect("a count"));
    }
    assert!(done > CHANGES / 3 && most > 40, "{done} changes had an effect, and {most} rows were the most");
}

async fn simultaneous_changes_leave_nobody_with_a_view_too_many(clinic: Clinic) {
    let begin = |c: &mut Connection| {
        sql_query(ACCOUNTS).execute(c)?;
        let mut rng = StdRng::seed_from_u64(13);
        for _ in 0..200 {
            let _ = part(c, |c| sql_query(change(&mut rng)).execute(c));
        }
        Ok(())
    };
    clinic.arrange(begin).await.expect("a beginning");
    let writers = (0..4).map(|seed| {
        let db = clinic.app.db.clone();
        async move {
            let mut rng = StdRng::seed_from_u64(seed);
            for _ in 0..60 {
                let several: Vec<String> = (0..3).map(|_| change(&mut rng)).collect();
                // Refused changes and deadlocks are rolled back.
                let _ = db
                    .write(move |c| several.iter().try_for_each(|sql| sql_query(sql).execute(c).map(|_| ())).map_err(DbError::from))
                    .await;
            }
        }
    });
    futures_util::future::join_all(writers).await;
    let (differences, rows) = clinic.ask(|c| Ok((SCOPE.access.differences(c)?, rows(c)?))).await;
    assert_eq!(differences, 0);
    assert!(rows > 5, "only {rows} rows");
}

async fn an_operator_is_told_of_a_table_that_was_tampered_with_and_rebuilds_it(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    clinic.patient("Émile Zola", clinic.user_id("rosa").await).await;
    rosa.open("/patients").await.see("Zola, Émile");
    let check = || praxis(&clinic.database, &["check"], &[], "");
    assert!(check().status.success(), "{}", told(&check()));
    clinic.arrange(|c| sql_query("DELETE FROM patient_access").execute(c)).await.expect("nobody sees anything");
    rosa.open("/patients").await.miss("Zola, Émile");
    let output = check();
    assert!(!output.status.success() && told(&output).contains("patient_access differs from its rule in 1 row"), "{}", told(&output));
    assert!(told(&output).contains("praxis access rebuild"), "{}", told(&output));
    let output = praxis(&clinic.database, &["access", "rebuild"], &[], "");
    assert!(output.status.success() && told(&output).contains("Rebuilt patient_access: 1 row"), "{}", told(&output));
    assert!(check().status.success());
    rosa.open("/patients").await.see("Zola, Émile");
}

fn rows(c: &mut Connection) -> QueryResult<i64> {
    praxis::db::schema::patient_access::table.count().get_result(c)
}

/// A change of any kind to one row or to many, of few people, so that reasons to see a patient meet.
fn change(rng: &mut StdRng) -> String {
    let (user, other) = (rng.random_range(1..=8), rng.random_range(1..=8));
    let (patient, doctor, colleague) = (rng.random_range(1..=30), rng.random_range(1..=12), rng.random_range(1..=12));
    let at = format!("'2026-01-{:02} 10:00:00'", rng.random_range(1..=20));
    let account = if rng.random_range(0..3) == 0 { "NULL".to_string() } else { user.to_string() };
    let trash = if rng.random_range(0..2) == 0 { "NULL".to_string() } else { at.clone() };
    let mapping = format!("id = (SELECT MAX(id) - {} FROM patient_doctor_mappings)", rng.random_range(0..20));
    let assigned = "INSERT INTO patient_doctor_mappings (patient_id, doctor_id, created_at, updated_at, deleted_at)";
    match rng.random_range(0..22) {
        0..3 => format!(
            "INSERT INTO patients (owner_id, user_id, name, age, gender, search_text, created_at, updated_at, deleted_at) \
             VALUES ({other}, {account}, 'Name', 40, 'other', 'name {patient}', {at}, {at}, {trash})"
        ),
        3 => format!("UPDATE patients SET owner_id = {user} WHERE id = {patient}"),
        4 => format!("UPDATE patients SET user_id = {account} WHERE id = {patient}"),
        5 => format!("UPDATE patients SET search_text = 'other {user}', updated_at = {at} WHERE id = {patient}"),
        6 => format!("UPDATE patients SET created_at = {at}, owner_id = {other} WHERE id = {patient}"),
        7 => format!("UPDATE patients SET deleted_at = {trash} WHERE id = {patient}"),
        8 => format!("UPDATE patients SET owner_id = {user}, search_text = 'many' WHERE owner_id = {other}"),
        9 => format!("DELETE FROM patients WHERE id = {patient}"),
        10 => format!(
            "INSERT INTO doctors (name, specialization, user_id, created_at, updated_at) VALUES ('Dr', 'Urology', {account}, {at}, {at})"
        ),
        11 => format!("UPDATE doctors SET user_id = {account} WHERE id = {doctor}"),
        12 => format!("UPDATE doctors SET deleted_at = {trash} WHERE id = {doctor}"),
        13 => format!("UPDATE doctors SET user_id = {account}, deleted_at = {trash} WHERE id = {doctor}"),
        14 => format!("DELETE FROM doctors WHERE id = {doctor}"),
        15..17 => format!("{assigned} VALUES ({patient}, {doctor}, {at}, {at}, NULL)"),
        17 => format!("{assigned} SELECT id, {doctor}, created_at, created_at, deleted_at FROM patients WHERE owner_id = {user}"),
        18 => format!("UPDATE patient_doctor_mappings SET doctor_id = {colleague}, patient_id = {patient} WHERE {mapping}"),
        19 => format!("UPDATE patient_doctor_mappings SET deleted_at = {trash} WHERE doctor_id = {doctor}"),
        20 => format!("DELETE FROM patient_doctor_mappings WHERE {mapping} OR patient_id = {patient}"),
        _ => format!("DELETE FROM users WHERE id = {user} AND id > 5"),
    }
}
