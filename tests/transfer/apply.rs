//! The transaction of an import: all or nothing, once, and only if nothing has changed since the check.

use diesel::prelude::*;
use praxis::db::schema::{import_pieces, log_entries, patients};

use super::{checked, confirmed, counts};
use crate::stories;
use crate::support::Clinic;

stories![
    an_import_confirmed_twice_at_once_runs_once,
    a_record_changed_since_the_check_stops_the_import,
    an_import_can_leave_out_rows_with_errors,
    a_row_refused_by_the_database_rolls_back_the_import,
    an_import_keeps_the_log_chain_intact,
];

const HEAD: &str = "Number,Name,Date of birth,Gender,Age\r\n";

async fn an_import_confirmed_twice_at_once_runs_once(clinic: Clinic) {
    let ines = clinic.importer().await;
    let rows: String = (0..60).map(|number| format!(",Person {number:03},1940-04-02,male,\r\n")).collect();
    let page = checked(&ines, "patients", format!("{HEAD}{rows}").as_bytes()).await;
    let confirm = format!("{}/confirm", page.path);
    let presses = (0..4).map(|_| ines.post(&confirm, &[]));
    for page in futures_util::future::join_all(presses).await {
        page.is(303);
    }
    super::settled(&ines, &page.path).await.see("60 added");
    assert_eq!(clinic.patient_names().await.len(), 60);
    // It cannot be confirmed again.
    ines.post(&confirm, &[]).await.is(303);
    super::settled(&ines, &page.path).await.see("60 added");
    assert_eq!(clinic.patient_names().await.len(), 60);
    assert_eq!(clinic.ask(|c| import_pieces::table.count().get_result::<i64>(c)).await, 0, "the file is forgotten");
}

/// Checked with the first column as the number, although the names differ.
async fn numbered(browser: &crate::support::Browser, content: &[u8]) -> crate::support::page::Page {
    let here = super::uploaded(browser, "patients", content).await;
    browser.fill(&here, &[("column-0", "id")]).await.is(303);
    super::settled(browser, &here).await
}

async fn a_record_changed_since_the_check_stops_the_import(clinic: Clinic) {
    let ines = clinic.importer().await;
    let owner = clinic.user_id("ines").await;
    let (ann, bob) = (clinic.patient("Ann", owner).await, clinic.patient("Bob", owner).await);
    let file = format!("{HEAD}{ann},Anna,,female,40\r\n{bob},Robert,,female,40\r\n,Carl,1950-01-01,male,\r\n");
    let page = numbered(&ines, file.as_bytes()).await;
    assert_eq!(counts(&page), ["1", "2", "0", "0"]);
    ines.complete(&format!("/admin/patients/{bob}"), &[("name", "Bobby")]).await;
    let stopped = confirmed(&ines, &page.path, &[("renames", "1")]).await;
    stopped.see("Nothing was imported: some records have changed since the check").see("Nothing is saved yet");
    assert_eq!(counts(&stopped), ["1", "1", "0", "1"]);
    ines.open(&format!("{}?outcome=error", page.path)).await.see("The patient has changed since; check the file again");
    assert_eq!(clinic.patient_names().await, ["Ann", "Bobby"]);
    // Checked again, it can be imported.
    ines.post(&format!("{}/back", page.path), &[]).await.is(303);
    ines.fill(&page.path, &[]).await.is(303);
    let again = super::settled(&ines, &page.path).await;
    assert_eq!(counts(&again), ["1", "2", "0", "0"]);
    confirmed(&ines, &page.path, &[("renames", "1")]).await.see("1 added, 2 changed");
    assert_eq!(clinic.patient_names().await, ["Anna", "Carl", "Robert"]);
}

async fn an_import_can_leave_out_rows_with_errors(clinic: Clinic) {
    let ines = clinic.importer().await;
    let owner = clinic.user_id("ines").await;
    let ann = clinic.patient("Ann", owner).await;
    let file = format!("{HEAD}{ann},Anna,,female,40\r\n,Carl,1950-01-01,male,\r\n,Dora,,alien,3\r\n");
    let page = numbered(&ines, file.as_bytes()).await;
    assert_eq!(counts(&page), ["1", "1", "0", "1"]);
    // Another user adds the same Carl in the meantime.
    let born = [("date_of_birth-day", "1"), ("date_of_birth-month", "1"), ("date_of_birth-year", "1950")];
    ines.complete("/admin/patients/new", &[&[("name", "Carl"), ("gender", "male")][..], &born].concat()).await;
    let page = confirmed(&ines, &page.path, &[("skip_errors", "1"), ("renames", "1")]).await;
    page.see("0 added, 1 changed, 2 left out").see("Another patient like this now exists");
    assert_eq!(clinic.patient_names().await, ["Anna", "Carl"]);
}

/// An account belongs to one patient: only the database checks this, not the form.
async fn a_row_refused_by_the_database_rolls_back_the_import(clinic: Clinic) {
    let ines = clinic.importer().await;
    let file = "Name,Age,Gender,User account\r\nA,1,male,ines\r\nB,2,male,ines\r\nC,3,male,\r\n";
    let page = checked(&ines, "patients", file.as_bytes()).await;
    assert_eq!(counts(&page), ["2", "0", "0", "1"]);
    page.see("This account belongs to another patient");
    confirmed(&ines, &page.path, &[("skip_errors", "1")]).await.see("2 added");
    assert_eq!(clinic.patient_names().await, ["A", "C"]);
    let added = clinic
        .ask(|c| {
            log_entries::table
                .filter(log_entries::resource.eq("patient"))
                .filter(log_entries::action.eq("add"))
                .count()
                .get_result::<i64>(c)
        })
        .await;
    assert_eq!(added, 2);
}

async fn an_import_keeps_the_log_chain_intact(clinic: Clinic) {
    let ines = clinic.importer().await;
    let rows: String = (0..700).map(|number| format!(",Person {number:03},1940-04-02,male,\r\n")).collect();
    let page = checked(&ines, "patients", format!("{HEAD}{rows}").as_bytes()).await;
    confirmed(&ines, &page.path, &[]).await.see("700 added");
    use praxis::resource::log::append::Written;
    let keys = praxis::crypto::keys::Keys::new(clinic.app.settings.secret_key.clone());
    let entries = clinic.ask(|c| log_entries::table.order(log_entries::id).load::<Written>(c)).await;
    let mut before = String::new();
    for entry in &entries {
        assert_eq!(entry.hash, entry.chained(&keys, &before), "{}", entry.id);
        before.clone_from(&entry.hash);
    }
    let owners = clinic.ask(|c| patients::table.select(patients::owner_id).distinct().load::<i64>(c)).await;
    assert_eq!(owners, [clinic.user_id("ines").await], "who imports has registered them");
}
