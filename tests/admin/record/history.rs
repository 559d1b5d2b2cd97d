//! The history of a record, with old and new values.

use crate::stories;
use crate::support::Clinic;

stories![the_history_shows_old_and_new_values, the_log_cannot_be_altered, recent_actions_are_the_users_own];

async fn the_history_shows_old_and_new_values(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let doctor = clinic.doctor("Dr Grace Hopper").await;
    let id = clinic.patient("Emile Zola", clinic.user_id("ada").await).await;
    let path = format!("/admin/patients/{id}");
    ada.complete(&path, &[("name", "Émile Zola"), ("gender", "male"), ("primary_doctor_id", &doctor.to_string())])
        .await
        .see("The patient “Émile Zola” was changed");
    let page = ada.open(&format!("{path}/history")).await;
    let rows: Vec<Vec<String>> =
        ["th[scope=row]", "td.before", "td.after"].map(|cell| page.all(&format!(".history-entry:first-child tbody {cell}"))).to_vec();
    assert_eq!(rows[0], ["Name", "Given name", "Gender", "Primary doctor"]);
    assert_eq!(rows[1], ["Emile Zola", "Emile", "Female", ""]);
    assert_eq!(rows[2], ["Émile Zola", "Émile", "Male", "Dr Grace Hopper"]);
    page.see("ada").see("Praxis (system)").see("Added");
    let groups = ada.open("/admin/groups/1").await;
    let before = groups.attributes("input[name=permissions][checked]", "value").len();
    assert!(before > 5);
    ada.fill("/admin/groups/1", &[("permissions", "1")]).await.is(303);
    ada.open("/admin/groups/1/history").await.see("Permissions").see("Can add doctor");
}

async fn the_log_cannot_be_altered(clinic: Clinic) {
    clinic.doctor("Dr Grace Hopper").await;
    clinic.refuses("UPDATE log_entries SET actor = 'nobody'").await;
    clinic.refuses("DELETE FROM log_entries").await;
    let ada = clinic.administrator().await;
    let page = ada.open("/admin/log?q=grace").await;
    let entry = page.attributes("td.main-cell a", "href").remove(0);
    ada.open(&entry).await.see("Cardiology").see("Specialty").miss("before_text");
    ada.post("/admin/log/1/edit", &[("actor", "nobody")]).await.is(403);
}

async fn recent_actions_are_the_users_own(clinic: Clinic) {
    let ada = clinic.administrator().await;
    clinic.doctor("Dr Of The Program").await;
    ada.open("/admin").await.see("No actions yet");
    ada.complete("/doctors/new", &[("name", "Dr Mine"), ("specialization", "Urology")]).await;
    assert_eq!(ada.open("/admin").await.all("#mine a"), ["Dr Mine"]);
}
