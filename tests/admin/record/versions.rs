//! Reverting a record to an earlier version.

use diesel::prelude::*;
use praxis::db::schema::patient_doctor_mappings;

use crate::stories;
use crate::support::Clinic;

stories![
    a_record_goes_back_to_an_earlier_version,
    an_earlier_version_that_is_no_longer_valid_opens_as_a_form,
    a_revert_after_a_newer_change_is_reported_first,
    a_revert_leaves_forbidden_fields_alone,
    a_groups_permissions_are_reverted,
];

async fn a_record_goes_back_to_an_earlier_version(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let id = clinic.patient("Émile Zola", clinic.user_id("ada").await).await;
    let path = format!("/admin/patients/{id}");
    let born = [("date_of_birth-day", "2"), ("date_of_birth-month", "4"), ("date_of_birth-year", "1964")];
    ada.complete(&path, &[&born[..], &[("gender", "male")]].concat()).await;
    ada.complete(&path, &[("name", "Emile Zolla"), ("address", "Rue de Rennes\nParis")]).await;
    let links = ada.open(&format!("{path}/history")).await.attributes("a[href*=versions]", "href");
    assert_eq!(links, [format!("{path}/versions/2"), format!("{path}/versions/1")]);
    let page = ada.open(&links[1]).await;
    assert_eq!(page.all(".changes tbody th"), ["Name", "Given name", "Family name", "Date of birth", "Age", "Gender", "Address"]);
    assert_eq!(page.all(".changes td.before"), ["Emile Zolla", "Emile", "Zolla", "2 Apr 1964", "62", "Male", "Rue de Rennes Paris"]);
    assert_eq!(page.all(".changes td.after"), ["Émile Zola", "Émile", "Zola", "", "40", "Female", ""]);
    let page = ada.complete(&links[1], &[]).await;
    page.see("Émile Zola restored to the version of").see("Reverted to version 1 of").see("version 4");
    let back = ada.open(&path).await;
    assert_eq!((back.value("name"), back.value("age"), back.value("gender")), ("Émile Zola".into(), "40".into(), "female".into()));
    ada.open(&links[1]).await.see("No differences");
    let undo = page.attributes(".flash form", "action").pop().expect("a way to undo it");
    ada.post(&undo, &[]).await.is(303);
    assert_eq!(ada.open(&path).await.value("name"), "Emile Zolla");
    for wrong in ["0", "9", "-1", "x"] {
        ada.get(&format!("{path}/versions/{wrong}")).await.is(404);
    }
}

async fn an_earlier_version_that_is_no_longer_valid_opens_as_a_form(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let doctor = clinic.doctor("Dr Grace Hopper").await;
    clinic.doctor("Dr Alan Turing").await;
    let id = clinic.patient("Émile Zola", clinic.user_id("ada").await).await;
    let path = format!("/admin/patients/{id}");
    ada.complete(&path, &[("primary_doctor_id", &doctor.to_string())]).await;
    ada.complete(&path, &[("primary_doctor_id", ""), ("name", "Emile")]).await;
    let mapping = clinic.ask(|c| patient_doctor_mappings::table.select(patient_doctor_mappings::id).first::<i64>(c)).await;
    ada.complete(&format!("/admin/mappings/{mapping}/delete"), &[]).await;
    ada.complete(&format!("/admin/doctors/{doctor}/delete"), &[]).await;
    ada.open(&format!("{path}/versions/2")).await.see("can no longer be chosen");
    let page = ada.fill(&format!("{path}/versions/2"), &[]).await;
    assert_eq!(page.is(422).error("primary_doctor_id"), "Choose the primary doctor from the list");
    assert_eq!(page.value("name"), "Émile Zola");
    // The form is the ordinary one: corrected, it is saved.
    let (action, mut data) = page.form();
    data.retain(|(name, _)| name != "primary_doctor_id");
    data.push(("primary_doctor_id".into(), String::new()));
    ada.post_pairs(&action, &data).await.is(303);
    assert_eq!(clinic.patient_names().await, ["Émile Zola"]);
}

async fn a_revert_after_a_newer_change_is_reported_first(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let id = clinic.patient("Émile Zola", clinic.user_id("ada").await).await;
    let path = format!("/admin/patients/{id}");
    ada.complete(&path, &[("name", "Second")]).await;
    let (action, data) = ada.open(&format!("{path}/versions/1")).await.form();
    ada.complete(&path, &[("name", "Third")]).await;
    ada.post_pairs(&action, &data).await.is(409).see("Theirs: Third");
    assert_eq!(clinic.patient_names().await, ["Third"]);
    let clerk = clinic.clerk("clara", &["patient.view", "clinic.view_all_patients"]).await;
    clerk.open(&format!("{path}/versions/1")).await.see("Émile Zola").miss("Restore this version");
    clerk.post(&action, &[]).await.is(403);
    let other = clinic.clerk("olaf", &["patient.change"]).await;
    other.post(&action, &[]).await.is(404);
}

async fn a_revert_leaves_forbidden_fields_alone(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let doctor = clinic.doctor("Dr Grace Hopper").await;
    let id = clinic.patient("Émile Zola", clinic.user_id("ada").await).await;
    let path = format!("/admin/patients/{id}");
    ada.complete(&path, &[("primary_doctor_id", &doctor.to_string()), ("name", "Second")]).await;
    let clerk = clinic.clerk("clara", &["patient.change", "clinic.view_all_patients"]).await;
    clerk.open(&format!("{path}/versions/1")).await.see("will not change, because you do not have permission").miss("Hopper");
    clerk.complete(&format!("{path}/versions/1"), &[]).await.see("Reverted to version 1");
    let page = ada.open(&path).await;
    assert_eq!((page.value("name"), page.value("primary_doctor_id")), ("Émile Zola".into(), doctor.to_string()));
}

async fn a_groups_permissions_are_reverted(clinic: Clinic) {
    let ada = clinic.administrator().await;
    ada.complete("/admin/groups/new", &[("name", "Night shift"), ("permissions", "1")]).await;
    let page = ada.open("/admin/groups?q=night").await;
    let link = page.attributes("td.main-cell a", "href").remove(0);
    let path = link.split('?').next().expect("a path").to_string();
    ada.complete(&path, &[("permissions", "2")]).await;
    ada.complete(&format!("{path}/versions/1"), &[]).await.see("Reverted to version 1");
    assert_eq!(ada.open(&path).await.attributes("input[name=permissions][checked]", "value"), ["1"]);
}
