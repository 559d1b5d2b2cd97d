//! How many statements a page may run on connections that are warm, and that none of them is prepared anew.

use std::collections::BTreeSet;

use actix_web::http::Method;
use praxis::routes::routes;
use praxis::web::routing::access::Access;

use crate::stories;
use crate::support::harness::statements::{self, Statement};
use crate::support::people::Rights;
use crate::support::{Browser, Clinic};

stories![a_page_keeps_to_its_budget_of_statements, a_page_runs_no_more_statements_for_more_rows];

/// What each page may run; any other page may run [`OTHERS`]. In the administration a list also offers the records of two
/// references and the years of its dates, and a form has the rows of its inlines. The page about the system looks up the indexes
/// of every table.
const BUDGETS: [(&str, usize); 17] = [
    ("/login", 0),
    ("/register", 0),
    ("/forgot-password", 0),
    ("/cookies", 0),
    // Four of them are for superusers, until the clinic is set up.
    // The clinic of this story has so many patients that one of its cards has to count them.
    ("/", 19),
    ("/today", 18),
    ("/patients", 6),
    ("/doctors", 6),
    ("/patients/{id}", 8),
    ("/doctors/{id}", 5),
    ("/patients/{id}/edit", 5),
    ("/doctors/{id}/edit", 5),
    ("/admin", 20),
    ("/admin/patients", 8),
    ("/admin/doctors", 6),
    ("/admin/patients/{id}", 9),
    ("/admin/system", 15),
];
const OTHERS: usize = 20;

/// Opens a page until the connections are warm; returns the statements of the last time. Every connection of the pool may answer.
async fn run(clinic: &Clinic, browser: &Browser, path: &str) -> Vec<Statement> {
    for _ in 0..2 {
        browser.get(path).await;
    }
    clinic.settle().await;
    statements::take(clinic);
    let page = browser.get(path).await;
    let ran = statements::take(clinic);
    assert!(page.status < 500, "{path}: {}", page.status);
    ran
}

fn listed(ran: &[Statement]) -> String {
    ran.iter().map(|one| format!("{} {}\n", if one.is_prepared_anew { "NEW" } else { "   " }, one.sql)).collect()
}

async fn a_page_keeps_to_its_budget_of_statements(clinic: Clinic) {
    let ada = clinic.account("ada", Rights { is_staff: true, is_superuser: true, ..Rights::default() }).await;
    for resource in clinic.app.registry.iter() {
        clinic.sample_record(resource.declaration().name).await;
    }
    let patient = clinic.patient("Émile Zola", ada).await;
    let doctor = clinic.doctor("Dr Grace Hopper").await;
    clinic.assignment(patient, doctor).await;
    let browser = clinic.sign_in("ada").await;
    let visitor = clinic.visitor();
    clinic.stop_the_clock();
    statements::watch(&clinic);
    let paths: BTreeSet<(String, bool)> = routes()
        .iter()
        .filter(|route| route.method == Method::GET && !route.path.contains("{token}") && !route.path.contains("{provider}"))
        .filter(|route| !route.path.contains("export") && !route.path.ends_with("/data"))
        .map(|route| (route.path.to_string(), route.access == Access::Public))
        .collect();
    let mut wrong = Vec::new();
    for (route, is_public) in paths.iter().chain([&("/admin/patients".into(), false), &("/admin/doctors".into(), false)]) {
        let id = if route.starts_with("/doctors") { doctor } else { patient };
        let path = route.replace("{resource}", "patients").replace("{id}", &id.to_string()).replace("{version}", "1");
        if path.contains('{') {
            continue;
        }
        let route = route.replace("{resource}", "patients");
        let ran = run(&clinic, if *is_public { &visitor } else { &browser }, &path).await;
        let budget = BUDGETS.iter().find(|(known, _)| *known == route).map_or(OTHERS, |(_, budget)| *budget);
        if ran.len() > budget || ran.iter().any(|one| one.is_prepared_anew) {
            wrong.push(format!("{path} ran {} statements of {budget}:\n{}", ran.len(), listed(&ran)));
        }
    }
    assert!(wrong.is_empty(), "{} pages:\n{}", wrong.len(), wrong.join("\n"));
}

async fn a_page_runs_no_more_statements_for_more_rows(clinic: Clinic) {
    let rosa = clinic.account("rosa", Rights { groups: &["Staff"], ..Rights::default() }).await;
    let doctor = clinic.doctor("Dr Grace Hopper").await;
    let patient = clinic.patient("Patient 0", rosa).await;
    clinic.assignment(patient, doctor).await;
    let browser = clinic.sign_in("rosa").await;
    clinic.stop_the_clock();
    statements::watch(&clinic);
    let pages = ["/".to_string(), "/patients".into(), "/doctors".into(), format!("/patients/{patient}"), format!("/doctors/{doctor}")];
    let mut before = Vec::new();
    for page in &pages {
        before.push(run(&clinic, &browser, page).await.len());
    }
    for number in 1..40 {
        let other = clinic.doctor(&format!("Dr Number {number}")).await;
        let next = clinic.patient(&format!("Patient {number}"), rosa).await;
        clinic.assignment(next, doctor).await;
        clinic.assignment(patient, other).await;
    }
    for (page, before) in pages.iter().zip(before) {
        let ran = run(&clinic, &browser, page).await;
        assert!(ran.len() <= before, "{page} ran {before} statements for one row and for more:\n{}", listed(&ran));
    }
}
