//! The history of a record, with old and new values.

use diesel::prelude::*;
use praxis::db::schema::users;

use crate::stories;
use crate::support::Clinic;

stories![
    the_history_shows_old_and_new_values,
    people_are_named_in_the_log_the_trash_and_the_history,
    the_log_cannot_be_altered,
    recent_actions_are_the_users_own
];

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

async fn people_are_named_in_the_log_the_trash_and_the_history(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let (rosa, colin) = (clinic.receptionist().await, clinic.colleague().await);
    let patient = clinic.patient("Émile Zola", clinic.user_id("rosa").await).await;
    rosa.complete(&format!("/patients/{patient}/edit"), &[("address", "12 Rue de Rennes")]).await;
    rosa.complete(&format!("/patients/{patient}/delete"), &[]).await;
    let page = colin.complete("/doctors/new", &[("name", "Grace Hopper"), ("specialization", "Cardiology")]).await;
    let doctor = format!("/admin{}", page.path);
    clinic.settle().await;
    // All of that was written without a name.
    let named = diesel::update(users::table.filter(users::username.eq("rosa")));
    let named = named.set((users::first_name.eq("محمد"), users::last_name.eq("علي")));
    clinic.arrange(move |c| named.execute(c)).await.expect("a name");
    let name = "محمد علي (rosa)";
    let history = ada.open(&format!("/admin/patients/{patient}/history")).await;
    assert_eq!(history.all(".history-head strong bdi"), [name, name, "Praxis (system)"]);
    let views = ada.open(&format!("/admin/patients/{patient}/history?part=looks")).await.all("td.main-cell bdi");
    assert!(views.contains(&name.to_string()) && !views.contains(&"rosa".to_string()), "{views:?}");
    assert_eq!(ada.open("/admin/patients/trash").await.all("td[data-label='Deleted by'] bdi"), [name]);
    assert_eq!(rosa.open("/patients/trash").await.all("td[data-label='Deleted by'] bdi"), [name]);
    let log = ada.open("/admin/log?q=zola").await.all("td[data-label='Who'] bdi");
    assert!(log.contains(&name.to_string()) && !log.contains(&"rosa".to_string()), "{log:?}");
    // Who is gone is known by the username.
    let gone = clinic.user_id("colin").await;
    ada.complete(&format!("/admin/users/{gone}/delete"), &[]).await.see("was deleted");
    assert_eq!(ada.open(&format!("{doctor}/history")).await.all(".history-head strong bdi"), ["colin"]);
    assert!(ada.open("/admin/log?q=hopper").await.all("td[data-label='Who'] bdi").contains(&"colin".to_string()));
}
