//! Constraints that the database enforces itself.

use diesel::RunQueryDsl;
use diesel::sql_types::Integer;
use praxis::db::sql::Sql;

use crate::stories;
use crate::support::Clinic;
use crate::support::database::Backend;
use crate::support::people::Rights;

stories![the_database_enforces_the_rules_itself, simultaneous_writers_lose_no_change, sqlite_keeps_the_plan_of_a_statement];

async fn the_database_enforces_the_rules_itself(clinic: Clinic) {
    let owner = clinic.account("rosa", Rights::default()).await;
    assert_eq!(owner, 1);
    let patient = clinic.patient("Émile Zola", owner).await;
    let doctor = clinic.doctor("Dr Grace Hopper").await;
    clinic.assignment(patient, doctor).await;
    clinic.patient("Maria Silva", clinic.account("colin", Rights::default()).await).await;
    for sql in [
        "UPDATE patients SET age = 151",
        "UPDATE patients SET age = -1",
        "UPDATE patients SET gender = 'unknown'",
        "UPDATE patients SET name = ''",
        "UPDATE patients SET owner_id = 77",
        "UPDATE patients SET owner_id = NULL",
        "UPDATE patients SET primary_doctor_id = 77",
        "UPDATE doctors SET specialization = ''",
        "UPDATE users SET username = ''",
        "UPDATE patient_doctor_mappings SET doctor_id = 77",
        "INSERT INTO patient_doctor_mappings (patient_id, doctor_id, created_at, updated_at) SELECT patient_id, doctor_id, created_at, updated_at FROM patient_doctor_mappings",
        "INSERT INTO users (username, email, date_joined, created_at, updated_at) SELECT 'ROSA', 'other@example.org', date_joined, created_at, updated_at FROM users",
        "INSERT INTO users (username, email, date_joined, created_at, updated_at) SELECT 'other', 'ROSA@example.ORG', date_joined, created_at, updated_at FROM users",
        "INSERT INTO groups (name, created_at, updated_at) SELECT 'STAFF', created_at, updated_at FROM groups WHERE name = 'Staff'",
        "DELETE FROM users",
        "DELETE FROM users WHERE username = 'colin'",
    ] {
        clinic.refuses(sql).await;
    }
    let long: &'static str = Box::leak(format!("UPDATE patients SET name = '{}'", "x".repeat(121)).into_boxed_str());
    clinic.refuses(long).await;
}

/// Tries again as long as the answer is that all connections are in use: a slow machine says so, and nothing was written.
async fn until_not_busy(attempt: impl AsyncFn() -> u16) -> u16 {
    for _ in 0..50 {
        let status = attempt().await;
        if status != 503 {
            return status;
        }
    }
    503
}

async fn simultaneous_writers_lose_no_change(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let colin = clinic.colleague().await;
    let tokens = [rosa.token().await, colin.token().await];
    let writes = (0..30).map(|number| {
        let (who, token) = if number % 2 == 0 { (&rosa, &tokens[0]) } else { (&colin, &tokens[1]) };
        let fields = [("name", format!("Dr {number}")), ("specialization", "Urology".into()), ("csrf_token", token.clone())];
        let fields = fields.map(|(name, value)| (name.to_string(), value));
        async move { until_not_busy(async || who.post_pairs("/doctors/new", &fields).await.status).await }
    });
    let done = futures_util::future::join_all(writes).await;
    assert!(done.iter().all(|status| *status == 303), "{done:?}");
    // Changes of one record are serialised: each finds the state that the previous one left. Whoever gets a conflict retries.
    let id = clinic.doctor("Dr Chain").await;
    let path = format!("/doctors/{id}/edit");
    let changes = (0..12).map(|number| {
        let (rosa, path) = (rosa.clone(), path.clone());
        async move {
            let (name, mut tries) = (format!("Dr Chain {number}"), 0);
            let change = async || rosa.post_over(&path, &[("name", &name), ("specialization", "Cardiology")]).await.status;
            while until_not_busy(change).await != 303 {
                tries += 1;
                assert!(tries < 100, "{name} never comes to its turn");
            }
        }
    });
    futures_util::future::join_all(changes).await;
    use praxis::resource::log::entry::LogEntry;
    let log = clinic.ask(move |c| LogEntry::list_for_object(c, "doctor", id, 50, 0)).await;
    for pair in log.windows(2) {
        let (later, earlier) = (pair[0].changes(), pair[1].changes());
        assert_eq!(later[0].before_text, earlier[0].after_text);
    }
    use diesel::prelude::*;
    assert_eq!(clinic.ask(|c| praxis::db::schema::doctors::table.count().get_result::<i64>(c)).await, 31);
    assert_eq!(
        clinic
            .ask(|c| praxis::db::schema::log_entries::table
                .filter(praxis::db::schema::log_entries::resource.eq("doctor"))
                .count()
                .get_result::<i64>(c))
            .await,
        43
    );
}

/// Set by `.cargo/config.toml`. Without it each newly bound value plans its statement anew.
async fn sqlite_keeps_the_plan_of_a_statement(clinic: Clinic) {
    if clinic.backend == Backend::Sqlite {
        let asked = Sql::new("SELECT sqlite_compileoption_used('ENABLE_QPSG')").returning::<Integer>();
        assert_eq!(clinic.ask(|c| asked.get_result::<i32>(c)).await, 1);
    }
}
