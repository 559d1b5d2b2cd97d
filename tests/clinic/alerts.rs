//! What must be known of a patient stands in the band of every page about them.

use actix_web::http::Method;
use praxis::routes::routes;

use crate::stories;
use crate::support::Clinic;
use crate::support::page::Page;

stories![
    an_alert_stands_on_every_page_of_the_patient,
    an_alert_stands_on_a_form_that_was_sent_back,
    an_alert_stands_on_the_pages_of_a_conflict,
    an_alert_stands_where_a_patient_is_deleted_for_good,
    a_patient_who_has_moved_away_is_marked_so,
];

const ZOLA: &[(&str, &str)] = &[
    ("name", "Émile Zola"),
    ("date_of_birth-day", "2"),
    ("date_of_birth-month", "4"),
    ("date_of_birth-year", "1964"),
    ("gender", "male"),
    ("alert", "Allergic to penicillin"),
];

/// A patient with two versions.
async fn zola(clinic: &Clinic) -> String {
    let rosa = clinic.receptionist().await;
    let record = rosa.complete("/patients/new", ZOLA).await.path;
    rosa.complete(&format!("{record}/edit"), &[("address", "12 Rue de Rennes")]).await;
    record
}

#[track_caller]
fn warns(page: &Page) {
    assert_eq!(page.all(".banner-alert"), ["Alert: Allergic to penicillin"], "{}: {}", page.path, page.text());
}

/// Warns, and says who it is about; the record itself has that in its heading.
#[track_caller]
fn warns_of_zola(page: &Page) {
    warns(page);
    assert_eq!(page.all(".banner"), ["Émile Zola Born 2 Apr 1964 (62) · male · P-000001"], "{}", page.path);
}

/// The address of every page of the first patient, whatever is added to them.
fn pages() -> Vec<String> {
    let of_record = |path: &str| path.starts_with("/patients/{id}") || path.starts_with("/admin/{resource}/{id}");
    let is_page = |path: &str| of_record(path) && !path.contains("/files/");
    let shown = routes().into_iter().filter(|route| route.method == Method::GET && is_page(&route.path));
    shown.map(|route| route.path.replace("{resource}", "patients").replace("{id}", "1").replace("{version}", "1")).collect()
}

async fn an_alert_stands_on_every_page_of_the_patient(clinic: Clinic) {
    let record = zola(&clinic).await;
    assert_eq!(record, "/patients/1");
    let ada = clinic.administrator().await;
    let pages = pages();
    for path in ["/patients/1/edit", "/patients/1/doctors/new", "/admin/patients/1/history", "/admin/patients/1/versions/1"] {
        assert!(pages.iter().any(|page| page == path), "{path} is not among {pages:?}");
    }
    let more = ["/admin/patients/1/history?part=looks", "/appointments/new?patient_id=1"].map(String::from);
    for path in pages.iter().chain(&more) {
        let page = ada.open(path).await;
        match ["/patients/1", "/admin/patients/1", "/admin/patients/1/edit"].contains(&path.as_str()) {
            true => warns(&page),
            false => warns_of_zola(&page),
        }
    }
    // An action for this one patient asks first.
    let page = ada.post("/admin/patients/actions", &[("_action", "delete"), ("_id", "1")]).await;
    warns_of_zola(page.is(200));
    clinic.patient("Marie Curie", clinic.user_id("ada").await).await;
    let both = ada.post("/admin/patients/actions", &[("_action", "delete"), ("_id", "1"), ("_id", "2")]).await;
    assert!(!both.is(200).has(".banner-alert"), "two patients have no band");
}

async fn an_alert_stands_on_a_form_that_was_sent_back(clinic: Clinic) {
    let record = zola(&clinic).await;
    let ada = clinic.administrator().await;
    for path in [format!("{record}/edit"), format!("/admin{record}")] {
        let page = ada.fill(&path, &[("name", "")]).await;
        page.is(422).error("name");
        warns(&page);
    }
    let page = ada.fill(&format!("{record}/doctors/new"), &[]).await;
    warns_of_zola(page.is(422));
}

async fn an_alert_stands_on_the_pages_of_a_conflict(clinic: Clinic) {
    let record = zola(&clinic).await;
    let (rosa, ada) = (clinic.sign_in("rosa").await, clinic.administrator().await);
    for (number, who, path) in [(1, &rosa, format!("{record}/edit")), (2, &ada, format!("/admin{record}"))] {
        let (action, mut data) = who.open(&path).await.form();
        let other = if number == 1 { &ada } else { &rosa };
        other.complete(&format!("{record}/edit"), &[("address", &format!("{number} Rue Mouffetard"))]).await;
        data.retain(|(name, _)| name != "address");
        data.push(("address".into(), "Elsewhere".into()));
        let page = who.post_pairs(&action, &data).await;
        warns_of_zola(page.is(409).see("Nothing was overwritten"));
        // Undecided, it comes once more.
        let (action, data) = page.form();
        warns_of_zola(who.post_pairs(&action, &data).await.is(409));
    }
}

async fn an_alert_stands_where_a_patient_is_deleted_for_good(clinic: Clinic) {
    let record = zola(&clinic).await;
    let ada = clinic.administrator().await;
    ada.complete(&format!("{record}/delete"), &[]).await;
    warns_of_zola(&ada.open("/admin/patients/trash/1/purge").await);
}

async fn a_patient_who_has_moved_away_is_marked_so(clinic: Clinic) {
    let record = zola(&clinic).await;
    let rosa = clinic.sign_in("rosa").await;
    let page = rosa.complete(&format!("{record}/edit"), &[("alert", ""), ("has_moved_away", "1")]).await;
    assert_eq!(page.all(".banner-alert"), ["Alert: Moved away"]);
}
