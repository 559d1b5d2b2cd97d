//! Lists of the administration.

use crate::stories;
use crate::support::Clinic;
use crate::support::people::Rights;

stories![
    an_administrator_searches_filters_and_orders_a_list,
    a_reference_column_is_ordered_by_its_label,
    blank_values_sort_alike_on_both_databases,
    a_clerk_sees_only_patients_of_theirs
];

async fn an_administrator_searches_filters_and_orders_a_list(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let owner = clinic.account("owner", Rights::default()).await;
    for name in ["Émile Zola", "Maria Silva"] {
        clinic.patient(name, owner).await;
    }
    let page = ada.open("/admin/patients?gender=female&q=zola&sort=-age").await;
    page.see("1 result").see("Gender: Female").see("Search: zola");
    assert_eq!(page.all("td.main-cell a"), ["Zola, Émile"]);
    let without = page.attributes(".chip a", "href");
    assert_eq!(without, ["/admin/patients?gender=female&sort=-age", "/admin/patients?q=zola&sort=-age"]);
    assert_eq!(page.attributes("th[aria-sort=descending] a", "href"), ["/admin/patients?q=zola&gender=female&sort=age"]);
    assert!(page.has("input[type=hidden][name=sort][value='-age']"), "a new search would forget the order");
    // A filter with a text field, and one without a control, are kept by a new search.
    let page = ada.open("/admin/patients?age=40").await;
    assert_eq!(page.see("2 results").value("age__from"), "40");
    ada.open(&format!("/admin/patients?owner_id={owner}")).await.see("2 results").see("Registered by: owner");
    ada.open("/admin/users?is_staff=yes").await.see("ada").miss("owner@example.org");
    ada.open("/admin/patients/new?name=Preset&age=3").await.see("New patient");
    assert_eq!(ada.open("/admin/patients/new?name=Preset&age=3").await.value("name"), "Preset");
}

async fn a_reference_column_is_ordered_by_its_label(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let owner = clinic.user_id("ada").await;
    let (zelda, anna) = (clinic.doctor("Zelda").await, clinic.doctor("Anna").await);
    let patient = clinic.patient("Émile", owner).await;
    clinic.assignment(patient, zelda).await;
    clinic.assignment(patient, anna).await;
    let doctors = |page: crate::support::page::Page| page.all("td[data-label=Doctor]");
    assert_eq!(doctors(ada.open("/admin/mappings?sort=doctor_id").await), ["Anna", "Zelda"]);
    assert_eq!(doctors(ada.open("/admin/mappings?sort=-doctor_id").await), ["Zelda", "Anna"]);
}

async fn blank_values_sort_alike_on_both_databases(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let form = |name: &'static str| [("name", name), ("gender", "male"), ("age", "5")];
    ada.complete("/patients/new", &form("Without")).await;
    let born = [("date_of_birth-day", "1"), ("date_of_birth-month", "1"), ("date_of_birth-year", "2020")];
    ada.complete("/patients/new", &[&form("With")[..], &born].concat()).await;
    assert_eq!(ada.open("/admin/patients?sort=date_of_birth").await.all("td.main-cell"), ["Without", "With"]);
    assert_eq!(ada.open("/admin/patients?sort=-date_of_birth").await.all("td.main-cell"), ["With", "Without"]);
}

async fn a_clerk_sees_only_patients_of_theirs(clinic: Clinic) {
    let owner = clinic.account("owner", Rights::default()).await;
    let id = clinic.patient("Émile Zola", owner).await;
    let clerk =
        clinic.clerk("clara", &["patient.view", "patient.change", "patient.delete", "mapping.view", "mapping.add", "doctor.view"]).await;
    clerk.open("/admin/patients").await.miss("Zola").see("No patients");
    for way in ["", "/delete", "/history"] {
        clerk.get(&format!("/admin/patients/{id}{way}")).await.is(404);
    }
    clerk.post(&format!("/admin/patients/{id}/edit"), &[("name", "Stolen")]).await.is(404);
    clerk.post(&format!("/admin/patients/{id}/delete"), &[]).await.is(404);
    let doctor = clinic.doctor("Dr Grace").await;
    let page = clerk.post("/admin/mappings/new", &[("patient_id", &id.to_string()), ("doctor_id", &doctor.to_string())]).await;
    assert_eq!(page.is(422).error("patient_id"), "Choose the patient from the list");
}
