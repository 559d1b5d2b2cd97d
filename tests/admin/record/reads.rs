//! Views are logged: once for each activity, and without delaying pages.

use diesel::prelude::*;

use crate::stories;
use crate::support::Clinic;
use crate::support::people::Rights;
use praxis::db::schema::log_entries;
use praxis::read_log::queue::ReadLog;
use praxis::read_log::writer::CAPACITY;
use praxis::resource::Actor;
use praxis::resource::log::entry::{LogAction, LogEntry};

stories![
    opening_a_patient_logs_one_read,
    a_search_is_logged_with_its_terms,
    the_log_shows_who_read_a_record,
    a_busy_database_writer_does_not_delay_reads,
    a_read_that_cannot_be_logged_is_refused,
    two_processes_log_one_read_once,
    a_log_entry_links_to_its_record,
];

async fn rows(clinic: &Clinic, action: LogAction) -> Vec<(String, String, String)> {
    clinic.settle().await;
    clinic
        .ask(move |c| {
            log_entries::table
                .filter(log_entries::action.eq(action))
                .order(log_entries::id)
                .select((log_entries::actor, log_entries::object_label, log_entries::note))
                .load(c)
        })
        .await
}

async fn opening_a_patient_logs_one_read(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let id = clinic.patient("Émile Zola", clinic.user_id("ada").await).await;
    let doctor = clinic.doctor("Dr Grace Hopper").await;
    for path in [format!("/patients/{id}"), format!("/patients/{id}/edit"), format!("/patients/{id}/delete")] {
        ada.open(&path).await;
    }
    for path in ["", "/history", "/delete"] {
        ada.open(&format!("/admin/patients/{id}{path}")).await;
    }
    ada.open(&format!("/doctors/{doctor}")).await;
    let look = |who: &str| (who.to_string(), "Émile Zola".to_string(), String::new());
    assert_eq!(rows(&clinic, LogAction::View).await, [look("ada")]);
    clinic.wait(time::Duration::minutes(6));
    ada.open(&format!("/admin/patients/{id}")).await;
    let rosa = clinic.receptionist().await;
    rosa.get(&format!("/patients/{id}")).await.is(404);
    clinic.clerk("clara", &["patient.view", "clinic.view_all_patients"]).await.open(&format!("/admin/patients/{id}/history")).await;
    assert_eq!(rows(&clinic, LogAction::View).await, [look("ada"), look("ada"), look("clara")]);
    // A view is no change: the record's page and 'my recent actions' do not list it.
    ada.open(&format!("/patients/{id}")).await.miss("Viewed");
    ada.open("/admin").await.miss("Viewed");
}

async fn a_search_is_logged_with_its_terms(clinic: Clinic) {
    let ada = clinic.administrator().await;
    clinic.patient("Émile Zola", clinic.user_id("ada").await).await;
    for path in
        ["/patients?q=zola", "/patients?q=zola&sort=-age", "/search?q=silva", "/admin/patients?q=paris", "/doctors?q=grace", "/patients"]
    {
        ada.open(path).await;
    }
    ada.open("/admin/mappings?q=hopper").await;
    ada.fill("/admin/mappings/new", &[("patient_id__find", "emile"), ("_find", "patient_id")]).await.is(200);
    for typed in ["z", "zo", "zol", "zola", "zol"] {
        ada.open(&format!("/options/patients?q={typed}")).await;
    }
    ada.open("/options/patients?q=hugo").await;
    ada.open("/options/doctors?q=grace").await;
    let words: Vec<String> = rows(&clinic, LogAction::Search).await.into_iter().map(|(_, _, words)| words).collect();
    assert_eq!(words, ["zola", "silva", "paris", "hopper", "emile", "zola", "hugo"]);
}

async fn the_log_shows_who_read_a_record(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let id = clinic.patient("Émile Zola", clinic.user_id("ada").await).await;
    let clerk = clinic.clerk("clara", &["patient.view", "clinic.view_all_patients"]).await;
    clerk.open(&format!("/patients/{id}")).await;
    let history = format!("/admin/patients/{id}/history");
    clerk.open(&history).await.miss("Views").miss("127.0.0.1");
    clerk.open(&format!("{history}?part=looks")).await.see("Added").miss("127.0.0.1");
    ada.open(&history).await.see("Views").miss("clara");
    ada.open(&format!("{history}?part=looks")).await.see("clara").see("127.0.0.1");
    ada.open("/admin/log?action=view").await.see("clara").see("Viewed").see("127.0.0.1");
}

async fn a_busy_database_writer_does_not_delay_reads(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let id = clinic.patient("Émile Zola", clinic.user_id("ada").await).await;
    ada.open("/").await;
    let busy = clinic.busy().await;
    ada.open(&format!("/patients/{id}")).await.see("Émile Zola");
    assert_eq!(clinic.ask(move |c| LogEntry::list_views(c, "patient", id, 9, 0)).await.len(), 0);
    busy.end().await;
    assert_eq!(rows(&clinic, LogAction::View).await.len(), 1);
}

async fn a_read_that_cannot_be_logged_is_refused(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let id = clinic.patient("Émile Zola", clinic.user_id("ada").await).await;
    ada.open("/").await;
    let busy = clinic.busy().await;
    let own = clinic.app.registry.get("patient").expect("patients").declaration();
    let open = |number: i64| {
        let (app, own) = (clinic.app.clone(), own.clone());
        async move { app.read_log.opened(&Actor::system(), app.now(), &own, 1_000 + number, "somebody").await.is_ok() }
    };
    // A few at a time, so that none is refused because the database has no connection left.
    let (mut number, mut kept) = (0, 0);
    while kept < CAPACITY && number < 3 * CAPACITY as i64 {
        let told = futures_util::future::join_all((number..number + 50).map(open)).await;
        (number, kept) = (number + 50, kept + told.into_iter().filter(|told| *told).count());
    }
    assert_eq!(kept, CAPACITY, "so many wait after {number}");
    assert!(!open(number).await, "the queue has no end");
    ada.get(&format!("/patients/{id}")).await.is(503).miss("Zola");
    busy.end().await;
    assert_eq!(rows(&clinic, LogAction::View).await.len(), kept);
    ada.open(&format!("/patients/{id}")).await.see("Zola");
}

async fn two_processes_log_one_read_once(clinic: Clinic) {
    let owner = clinic.account("rosa", Rights::default()).await;
    let id = clinic.patient("Émile Zola", owner).await;
    let own = clinic.app.registry.get("patient").expect("patients").declaration();
    let rosa = clinic.ask(move |c| praxis::resource::access::permissions::actor(c, owner)).await.expect("rosa");
    let other = ReadLog::new(clinic.app.db.clone(), clinic.app.keys.clone());
    for read_log in [&clinic.app.read_log, &other] {
        read_log.opened(&rosa, clinic.app.now(), own, id, "Émile Zola").await.expect("logged");
        read_log.settle().await;
    }
    assert_eq!(rows(&clinic, LogAction::View).await.len(), 1);
}

async fn a_log_entry_links_to_its_record(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let id = clinic.patient("Émile Zola", clinic.user_id("ada").await).await;
    ada.complete(&format!("/patients/{id}/edit"), &[("name", "Emile Zola")]).await;
    let page = ada.open("/admin/log?action=change&resource=patient").await;
    assert!(page.has(&format!("td a[href='/patients/{id}']")));
    let entry = page.attributes("td.main-cell a", "href").remove(0);
    let page = ada.open(&entry).await;
    page.see("Émile Zola").see("Emile Zola").see("127.0.0.1").see("Patient");
    assert!(page.has(&format!("a[href='/patients/{id}']")));
    let reader = clinic.clerk("lena", &["log_entry.view"]).await;
    assert!(!reader.open("/admin/log").await.has(&format!("td a[href='/patients/{id}']")));
    assert!(!reader.open(&entry).await.has(&format!("a[href='/patients/{id}']")));
}
