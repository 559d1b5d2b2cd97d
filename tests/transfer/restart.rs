//! A server that is killed during an import: the import is complete or not there, and continues.

use std::time::Duration;

use diesel::prelude::*;
use praxis::db::schema::{imports, log_entries, patients};

use crate::stories;
use crate::support::binary::Running;
use crate::support::people::{PASSWORD, Rights};
use crate::support::{Browser, Clinic};

stories![a_killed_import_writes_nothing_and_can_be_restarted, an_import_check_resumes_after_a_restart];

const ROWS: i64 = 1_500;

fn file() -> String {
    let rows: String = (0..ROWS).map(|number| format!("Person {number:05},1940-04-02,male,Street {number}\r\n")).collect();
    format!("Name,Date of birth,Gender,Address\r\n{rows}")
}

async fn signed_in(running: &Running) -> Browser {
    let browser = Browser::new(([127, 0, 0, 1], running.port).into());
    browser.fill("/login", &[("username", "ada"), ("password", PASSWORD)]).await.is(303);
    browser
}

async fn state(clinic: &Clinic) -> (String, i64) {
    clinic.ask(|c| imports::table.select((imports::state, imports::checked_rows)).first::<(String, i64)>(c)).await
}

async fn until(clinic: &Clinic, reached: impl Fn(&(String, i64)) -> bool) {
    for _ in 0..9_000 {
        if reached(&state(clinic).await) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it stays {:?}", state(clinic).await);
}

async fn some_time_passes(clinic: &Clinic) {
    let before = clinic.app.now().plus(-time::Duration::minutes(10));
    clinic.arrange(move |c| diesel::update(imports::table).set(imports::updated_at.eq(before)).execute(c)).await.expect("an older import");
}

async fn written(clinic: &Clinic) -> (i64, i64) {
    clinic
        .ask(|c| {
            let log = log_entries::table.filter(log_entries::resource.eq("patient")).filter(log_entries::action.eq_any(["add", "import"]));
            Ok((patients::table.count().get_result(c)?, log.count().get_result(c)?))
        })
        .await
}

async fn a_killed_import_writes_nothing_and_can_be_restarted(clinic: Clinic) {
    clinic.account("ada", Rights { is_staff: true, is_superuser: true, ..Rights::default() }).await;
    let mut running = Running::start(&clinic.database);
    running.line();
    let ada = signed_in(&running).await;
    let here = ada.upload("/admin/patients/import", "p.csv", file().as_bytes()).await.location().to_string();
    ada.fill(&here, &[]).await.is(303);
    until(&clinic, |(state, _)| state == "checked").await;
    ada.post(&format!("{here}/confirm"), &[]).await.is(303);
    // In the middle of it: some rows are written, but not visible.
    let page = ada.open(&here).await;
    assert!(page.has("[data-progress]") || page.text().contains("added"), "{}", page.text());
    running.signal("KILL");
    running.end(Duration::from_secs(5));
    let (there, logged) = written(&clinic).await;
    assert!((there, logged) == (0, 0) || (there, logged) == (ROWS, ROWS + 1), "{there} patients, {logged} entries");
    if there == 0 {
        some_time_passes(&clinic).await;
        let mut running = Running::start(&clinic.database);
        running.line();
        let ada = signed_in(&running).await;
        ada.open(&here).await.see("Nothing was imported. Start the import again");
        ada.post(&format!("{here}/confirm"), &[]).await.is(303);
        until(&clinic, |(state, _)| state == "done").await;
    }
    assert_eq!(written(&clinic).await, (ROWS, ROWS + 1));
}

async fn an_import_check_resumes_after_a_restart(clinic: Clinic) {
    clinic.account("ada", Rights { is_staff: true, is_superuser: true, ..Rights::default() }).await;
    let mut running = Running::start(&clinic.database);
    running.line();
    let ada = signed_in(&running).await;
    let here = ada.upload("/admin/patients/import", "p.csv", file().as_bytes()).await.location().to_string();
    ada.fill(&here, &[]).await.is(303);
    until(&clinic, |(_, checked)| *checked > 0).await;
    running.signal("KILL");
    running.end(Duration::from_secs(5));
    some_time_passes(&clinic).await;
    let mut running = Running::start(&clinic.database);
    running.line();
    let ada = signed_in(&running).await;
    until(&clinic, |(state, _)| state == "checked").await;
    let page = ada.open(&here).await;
    assert_eq!(super::counts(&page), ["1,500", "0", "0", "0"]);
    assert_eq!(written(&clinic).await, (0, 0));
}
