//! Undoing an edit from the message that follows it.

use diesel::prelude::*;
use praxis::db::schema::{log_entries, patients};

use crate::stories;
use crate::support::Clinic;
use crate::support::people::Rights;

stories![
    an_edit_is_undone_from_its_message,
    an_edit_that_somebody_followed_is_not_undone,
    nothing_is_offered_where_nothing_changed,
    an_undo_in_the_administration_says_what_stays,
];

async fn address(clinic: &Clinic, id: i64) -> String {
    clinic.ask(move |c| patients::table.find(id).select(patients::address).first(c)).await
}

async fn an_edit_is_undone_from_its_message(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let id = clinic.patient("Émile Zola", clinic.user_id("rosa").await).await;
    let was = address(&clinic, id).await;
    let page = rosa.complete(&format!("/patients/{id}/edit"), &[("address", "Médan"), ("gender", "female")]).await;
    let undo = page.see("Émile Zola saved.").attributes(".flash form", "action").remove(0);
    let page = rosa.post(&undo, &[]).await;
    assert_eq!(page.is(303).location(), format!("/patients/{id}"));
    rosa.open(&format!("/patients/{id}")).await.see("Émile Zola is as it was before.");
    assert_eq!(address(&clinic, id).await, was);
    let notes = log_entries::table.filter(log_entries::resource.eq("patient")).order(log_entries::id.desc()).select(log_entries::note);
    assert_eq!(clinic.ask(move |c| notes.first::<String>(c)).await, "Undid version 2");
    // The same button once more: the record has another version by now.
    rosa.post(&undo, &[]).await.is(303);
    rosa.open(&format!("/patients/{id}")).await.see("Émile Zola has been changed since. Nothing was undone.");
}

async fn an_edit_that_somebody_followed_is_not_undone(clinic: Clinic) {
    let (rosa, ada) = (clinic.receptionist().await, clinic.administrator().await);
    let id = clinic.patient("Émile Zola", clinic.user_id("rosa").await).await;
    let page = rosa.complete(&format!("/patients/{id}/edit"), &[("address", "Médan")]).await;
    let undo = page.attributes(".flash form", "action").remove(0);
    ada.complete(&format!("/patients/{id}/edit"), &[("address", "Paris")]).await;
    rosa.post(&undo, &[]).await.is(303);
    rosa.open("/").await.see("has been changed since. Nothing was undone.");
    assert_eq!(address(&clinic, id).await, "Paris");
    // Who may not change the record may not undo either.
    let viewer = clinic.clerk("vera", &["patient.view"]).await;
    viewer.post(&format!("/patients/{id}/undo/3"), &[]).await.is(403);
    clinic.account("otto", Rights { groups: &["Staff"], ..Rights::default() }).await;
    clinic.sign_in("otto").await.post(&format!("/patients/{id}/undo/3"), &[]).await.is(404);
}

async fn nothing_is_offered_where_nothing_changed(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let page = rosa.complete("/doctors/new", &[("name", "Dr Grace Hopper"), ("specialization", "Cardiology")]).await;
    assert!(!page.see("Dr Grace Hopper saved").has(".flash form"), "an addition is deleted, not undone");
    let page = rosa.complete(&format!("{}/edit", page.path), &[]).await;
    assert!(!page.has(".flash form"));
    let path = page.path.clone();
    rosa.post(&format!("{path}/undo/1"), &[]).await.is(404);
}

async fn an_undo_in_the_administration_says_what_stays(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let (doctor, patient) = (clinic.doctor("Dr Grace Hopper").await, clinic.patient("Émile Zola", clinic.user_id("ada").await).await);
    let sent = [("name", "Dr Grace Murray"), ("mapping-0-patient_id", &patient.to_string()), ("_continue", "1")];
    let page = ada.complete(&format!("/admin/doctors/{doctor}"), &sent).await;
    let undo = page.see("The doctor “Dr Grace Murray” was changed").attributes(".flash form", "action").remove(0);
    ada.post(&undo, &[]).await.is(303);
    let page = ada.open(&format!("/admin/doctors/{doctor}")).await;
    page.see("Dr Grace Hopper is as it was before. Rows that were saved with it have not changed.").see("Émile Zola");
}
