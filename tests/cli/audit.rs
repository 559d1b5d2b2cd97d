//! Verifying the log: changed, removed and inserted entries are found.

use praxis::app::{App, Clock};
use praxis::product::registry;
use praxis::resource::Actor;
use praxis::resource::log::append::Entry;
use praxis::resource::log::entry::LogAction;
use praxis::resource::write::writer::WriteError;
use praxis::settings::Settings;

use crate::stories;
use crate::support::Clinic;
use crate::support::binary::{praxis, told};
use crate::support::database::KEY;

stories![
    an_intact_log_is_reported_with_its_head,
    a_changed_entry_is_named,
    a_missing_entry_is_named,
    a_truncated_log_is_detected,
    an_inserted_entry_is_named,
    a_log_without_its_triggers_is_detected,
    a_recorded_head_detects_a_rewritten_log,
    entries_older_than_the_chain_are_counted_separately,
    simultaneous_appends_keep_the_chain_intact,
];

/// Five entries about doctors, after those of the set-up.
async fn furnish(clinic: &Clinic) {
    for number in 1..=5 {
        clinic.doctor(&format!("Dr {number}")).await;
    }
}

fn verify(clinic: &Clinic, more: &[&str]) -> (bool, String) {
    let output = praxis(&clinic.database, &[&["audit", "verify"], more].concat(), &[], "");
    (output.status.success(), told(&output))
}

#[track_caller]
fn finds(clinic: &Clinic, words: &str) {
    let (whole, told) = verify(clinic, &[]);
    assert!(!whole && told.contains(words), "{told}");
}

async fn an_intact_log_is_reported_with_its_head(clinic: Clinic) {
    let (whole, told) = verify(&clinic, &[]);
    assert!(whole && told.contains("Log verified: 0 entries, no changes"), "{told}");
    furnish(&clinic).await;
    let (whole, told) = verify(&clinic, &[]);
    assert!(
        whole && told.contains("Log verified: 5 entries, no changes") && told.contains("Head: 5 ") && !told.contains("Not verified"),
        "{told}"
    );
    let output = praxis(&clinic.database, &["audit", "verify"], &[("SECRET_KEY", &KEY.replace("tests", "other"))], "");
    assert!(!output.status.success() && crate::support::binary::told(&output).contains("entry 1 was changed, or SECRET_KEY is different"));
    let output = praxis(&clinic.database, &["check", "--deploy"], &[], "");
    assert!(crate::support::binary::told(&output).contains("praxis audit verify"));
}

async fn a_changed_entry_is_named(clinic: Clinic) {
    furnish(&clinic).await;
    clinic.tamper("UPDATE log_entries SET actor = 'nobody' WHERE id = 3").await;
    finds(&clinic, "entry 3 was changed");
}

async fn a_missing_entry_is_named(clinic: Clinic) {
    furnish(&clinic).await;
    clinic.tamper("DELETE FROM log_entries WHERE id = 3").await;
    finds(&clinic, "entry 3 is missing");
}

async fn a_truncated_log_is_detected(clinic: Clinic) {
    furnish(&clinic).await;
    clinic.tamper("DELETE FROM log_entries WHERE id > 3").await;
    finds(&clinic, "missing at the end: the log should end at 5, but ends at 3");
    clinic.tamper("UPDATE log_heads SET entry_id = 3").await;
    finds(&clinic, "the head of the log does not match entry 3");
    clinic.tamper("DELETE FROM log_heads").await;
    finds(&clinic, "the head of the log is missing");
}

async fn an_inserted_entry_is_named(clinic: Clinic) {
    furnish(&clinic).await;
    let copy = "INSERT INTO log_entries (id, at, actor, action, resource, object_id, object_label, changes, hash) \
                SELECT 6, at, actor, action, resource, object_id, object_label, changes, hash FROM log_entries WHERE id = 5";
    clinic.tamper(copy).await;
    finds(&clinic, "entry 6 was added after the head");
    clinic.tamper("UPDATE log_heads SET entry_id = 6").await;
    finds(&clinic, "entry 6 was changed");
    clinic.tamper("UPDATE log_entries SET hash = '' WHERE id = 6").await;
    finds(&clinic, "entry 6 has no hash: it was lost, or the entry was inserted by hand");
}

async fn a_log_without_its_triggers_is_detected(clinic: Clinic) {
    furnish(&clinic).await;
    clinic.refuses("DELETE FROM log_heads").await;
    clinic.refuses("UPDATE log_heads SET entry_id = 2").await;
    if clinic.backend == crate::support::database::Backend::Sqlite {
        clinic.refuses("INSERT OR REPLACE INTO log_entries SELECT * FROM log_entries WHERE id = 2").await;
        clinic.refuses("INSERT OR REPLACE INTO log_heads SELECT * FROM log_heads").await;
    }
    clinic.tamper("UPDATE log_heads SET updated_at = updated_at").await;
    finds(&clinic, "no longer protects the log");
    let output = praxis(&clinic.database, &["check"], &[], "");
    assert!(!output.status.success() && told(&output).contains("no longer protects the log"), "{}", told(&output));
}

async fn a_recorded_head_detects_a_rewritten_log(clinic: Clinic) {
    furnish(&clinic).await;
    let (_, printed) = verify(&clinic, &[]);
    let head: Vec<String> =
        printed.lines().find_map(|line| line.strip_prefix("Head: ")).expect("a head").split(' ').map(String::from).collect();
    furnish(&clinic).await;
    let (whole, told) = verify(&clinic, &["--since", &head[0], "--hash", &head[1]]);
    assert!(whole && told.contains("Log verified: 5 entries after number 5, no changes"), "{told}");
    let (whole, told) = verify(&clinic, &["--since", "4", "--hash", &head[1]]);
    assert!(!whole && told.contains("entry 4 does not match the noted head"), "{told}");
    assert!(!verify(&clinic, &["--since", "4"]).0);
    // Removing the last entries and resetting the head leaves a chain that is consistent in itself.
    clinic
        .tamper(
            "DELETE FROM log_entries WHERE id > 3; UPDATE log_heads SET entry_id = 3, hash = (SELECT hash FROM log_entries WHERE id = 3)",
        )
        .await;
    let (whole, told) = verify(&clinic, &["--since", &head[0], "--hash", &head[1]]);
    assert!(!whole && told.contains("the noted head is 5, the log ends at 3"), "{told}");
}

async fn entries_older_than_the_chain_are_counted_separately(clinic: Clinic) {
    let old = "INSERT INTO log_entries (id, at, actor, action, resource, object_id, object_label, changes) \
               VALUES (1, '2026-01-01 10:00:00', 'ada', 'add', 'doctor', 1, 'Dr Old', '[]'), (3, '2026-01-02 10:00:00', 'ada', 'add', 'doctor', 2, 'Dr Older', '[]'); \
               UPDATE log_heads SET entry_id = 3";
    clinic.arrange(move |c| diesel::connection::SimpleConnection::batch_execute(c, old)).await.expect("an old log");
    furnish(&clinic).await;
    let (whole, told) = verify(&clinic, &[]);
    assert!(
        whole
            && told.contains("Log verified: 5 entries, no changes")
            && told.contains("Not verified: 2 entries from before entries were chained"),
        "{told}"
    );
    clinic.tamper("DELETE FROM log_entries WHERE id = 4").await;
    finds(&clinic, "entry 4 is missing");
}

async fn simultaneous_appends_keep_the_chain_intact(clinic: Clinic) {
    let settings = Settings::read(|name| match name {
        "DATABASE_URL" => Some(clinic.database.url.clone()),
        "SECRET_KEY" => Some(KEY.into()),
        _ => None,
    });
    let other = actix_web::web::Data::new(App::build(settings.expect("settings"), Clock::system(), registry()).expect("an application"));
    // Each performs one change after the other; requests refused by a busy machine are not in the log.
    let busy = |app: actix_web::web::Data<App>| async move {
        let mut done = 0;
        for number in 0..25 {
            let data = app.clone();
            let act = app.db.write(move |c| {
                data.act(c, &Actor::system(), |_, writer| {
                    writer.log_entry(Entry::noted(LogAction::Act, "doctor", format!("act {number}")));
                    writer.log_entry(Entry::noted(LogAction::Act, "doctor", format!("and {number}")));
                    Ok::<_, WriteError>(())
                })
            });
            done += usize::from(act.await.is_ok());
        }
        done
    };
    let done: Vec<usize> = futures_util::future::join_all([busy(clinic.app.clone()), busy(other)]).await;
    let (whole, told) = verify(&clinic, &[]);
    assert!(whole && told.contains(&format!("Log verified: {} entries, no changes", 2 * done.iter().sum::<usize>())), "{done:?} {told}");
    assert!(done.iter().all(|done| *done > 0), "{done:?}");
}
