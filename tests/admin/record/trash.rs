//! Restoring deleted records, and deleting them permanently after the retention time.

use diesel::prelude::*;
use praxis::db::schema::{log_entries, patient_doctor_mappings, patients};
use praxis::resource::Value;
use praxis::resource::log::entry::LogAction;
use praxis::web::record::purge;

use crate::stories;
use crate::support::page::Page;
use crate::support::people::Rights;
use crate::support::{Browser, Clinic};

stories![
    a_deletion_is_undone_from_the_message,
    the_trash_shows_who_deleted_a_record_and_restores_it,
    nobody_reaches_a_patient_in_the_trash,
    a_restore_that_would_break_uniqueness_names_the_conflict,
    an_assignment_is_restored_after_its_patient,
    a_restored_patient_has_no_doctor_who_is_in_the_trash,
    old_trash_is_removed_for_good,
    a_trash_without_a_time_limit_keeps_everything,
    only_permitted_users_empty_the_trash,
];

/// Clicks 'Undo' in the message of a page.
async fn undo(who: &Browser, page: &Page) -> Page {
    let action = page.attributes(".flash form", "action").pop().expect("a way to undo it");
    let done = who.post(&action, &[]).await;
    who.open(done.location()).await
}

async fn a_deletion_is_undone_from_the_message(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let id = clinic.patient("Émile Zola", clinic.user_id("rosa").await).await;
    let doctor = clinic.doctor("Dr Grace Hopper").await;
    rosa.open(&format!("/patients/{id}/delete")).await.see("You can restore this patient until");
    let page = rosa.complete(&format!("/patients/{id}/delete"), &[]).await;
    page.see("“Émile Zola” was deleted. You can restore it from the trash").see("Undo");
    assert_eq!(clinic.patient_names().await, Vec::<String>::new());
    undo(&rosa, &page).await.see("The patient “Émile Zola” was restored.").miss("Undo");
    assert_eq!(clinic.patient_names().await, ["Émile Zola"]);
    let mapping = clinic.assignment(id, doctor).await;
    let done = rosa.post(&format!("/patients/{id}/doctors/{mapping}/delete"), &[]).await;
    let page = rosa.open(done.location()).await;
    page.see("Dr Grace Hopper removed from Émile Zola").see("No doctors assigned");
    undo(&rosa, &page).await.see("Dr Grace Hopper is assigned to Émile Zola again").miss("No doctors assigned");
}

async fn the_trash_shows_who_deleted_a_record_and_restores_it(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let rosa = clinic.receptionist().await;
    let id = clinic.patient("Émile Zola", clinic.user_id("rosa").await).await;
    let hers = clinic.patient("Maria Silva", clinic.user_id("ada").await).await;
    rosa.complete(&format!("/patients/{id}/delete"), &[]).await;
    ada.complete(&format!("/admin/patients/{hers}/delete"), &[]).await;
    let trash = ada.open("/admin/patients/trash").await;
    // With what distinguishes people of the same name.
    let of = |id: i64| format!("40 years old · female · P-{id:06}");
    assert_eq!(trash.all("td.main-cell"), [format!("Maria Silva {}", of(hers)), format!("Émile Zola {}", of(id))]);
    assert_eq!(trash.all("td[data-label='Deleted by']"), ["ada", "rosa"]);
    ada.open("/admin/patients/trash?q=zola").await.see("Émile Zola").miss("Maria");
    ada.open("/admin/patients").await.see("Trash");
    // Other users see their own records only, and nothing without the permission to delete.
    assert_eq!(rosa.open("/patients/trash").await.all("td.main-cell"), [format!("Émile Zola {}", of(id))]);
    rosa.post(&format!("/patients/trash/{hers}/restore"), &[]).await.is(404);
    let clerk = clinic.clerk("clara", &["patient.view", "patient.change", "clinic.view_all_patients"]).await;
    clerk.get("/admin/patients/trash").await.is(403);
    clerk.post(&format!("/admin/patients/trash/{id}/restore"), &[]).await.is(403);
    clerk.open("/admin/patients").await.miss("Trash");
    ada.get("/admin/users/trash").await.is(404);
    let done = ada.post(&format!("/admin/patients/trash/{id}/restore"), &[]).await;
    ada.open(done.location()).await.see("The patient “Émile Zola” was restored.");
    ada.open(&format!("/admin/patients/{id}/history")).await.see("Restored").see("Moved to trash");
    ada.post(&format!("/admin/patients/trash/{id}/restore"), &[]).await.is(404);
}

async fn nobody_reaches_a_patient_in_the_trash(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let rosa = clinic.receptionist().await;
    let id = clinic.patient("Émile Zola", clinic.user_id("rosa").await).await;
    clinic.doctor("Dr Grace Hopper").await;
    rosa.complete(&format!("/patients/{id}/delete"), &[]).await;
    rosa.open("/").await;
    let clerk = clinic.clerk("clara", &["patient.view", "patient.change", "clinic.view_all_patients", "mapping.view", "mapping.add"]).await;
    for who in [&ada, &rosa, &clerk] {
        for list in ["/", "/patients", "/search?q=zola", "/options/patients?q=zola"] {
            let page = who.get(list).await;
            assert!(!page.text().replace("‘zola’", "").contains("Zola"), "{list}: {}", page.text());
        }
    }
    for list in ["/admin/patients", "/admin/patients?q=zola", "/admin/mappings/new"] {
        ada.open(list).await.miss("Émile Zola");
        clerk.open(list).await.miss("Émile Zola");
    }
    for path in ["", "/edit", "/delete", "/doctors/new"] {
        let path = format!("/patients/{id}{path}");
        ada.get(&path).await.is(404).see("This record is in the trash").miss("Zola");
        rosa.get(&path).await.is(404).see("Open the trash");
    }
    for path in ["", "/delete", "/versions/1"] {
        ada.get(&format!("/admin/patients/{id}{path}")).await.is(404).see("This record is in the trash");
    }
    clerk.get(&format!("/patients/{id}")).await.is(404).miss("trash");
    clerk.get(&format!("/admin/patients/{id}/history")).await.is(404).miss("trash").miss("Zola");
    ada.post(&format!("/admin/patients/{id}/edit"), &[("name", "Changed")]).await.is(404);
    ada.post(&format!("/patients/{id}/edit"), &[("name", "Changed")]).await.is(404);
    let posted = [("patient_id", id.to_string()), ("doctor_id", "1".into())];
    let posted: Vec<(&str, &str)> = posted.iter().map(|(name, value)| (*name, value.as_str())).collect();
    ada.post("/admin/mappings/new", &posted).await.is(422).miss("Zola");
    assert_eq!(clinic.ask(|c| patients::table.select(patients::name).load::<String>(c)).await, ["Émile Zola"]);
}

async fn a_restore_that_would_break_uniqueness_names_the_conflict(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let account = clinic.account("emile", Rights::default()).await.to_string();
    let owner = clinic.user_id("ada").await;
    let (old, new) = (clinic.patient("Émile Zola", owner).await, clinic.patient("Maria Silva", owner).await);
    ada.complete(&format!("/admin/patients/{old}"), &[("user_id", &account)]).await;
    ada.complete(&format!("/admin/patients/{old}/delete"), &[]).await;
    ada.complete(&format!("/admin/patients/{new}"), &[("user_id", &account)]).await;
    let done = ada.post(&format!("/admin/patients/trash/{old}/restore"), &[]).await;
    ada.open(done.location()).await.see("Émile Zola cannot be restored. This account belongs to another patient: Maria Silva.");
    assert_eq!(clinic.patient_names().await, ["Maria Silva"]);
    let doctor = clinic.doctor("Dr Grace Hopper").await;
    let mapping = clinic.assignment(new, doctor).await;
    ada.post(&format!("/patients/{new}/doctors/{mapping}/delete"), &[]).await.is(303);
    clinic.assignment(new, doctor).await;
    let done = ada.post(&format!("/admin/mappings/trash/{mapping}/restore"), &[]).await;
    ada.open(done.location()).await.see("This doctor is already assigned to this patient: Maria Silva – Dr Grace Hopper.");
}

async fn an_assignment_is_restored_after_its_patient(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let patient = clinic.patient("Émile Zola", clinic.user_id("ada").await).await;
    let doctor = clinic.doctor("Dr Grace Hopper").await;
    let mapping = clinic.assignment(patient, doctor).await;
    ada.post(&format!("/patients/{patient}/doctors/{mapping}/delete"), &[]).await.is(303);
    ada.complete(&format!("/patients/{patient}/delete"), &[]).await;
    let restore = format!("/admin/mappings/trash/{mapping}/restore");
    let done = ada.post(&restore, &[]).await;
    ada.open(done.location()).await.see("Its patient is in the trash: restore that first.");
    ada.post(&format!("/patients/trash/{patient}/restore"), &[]).await.is(303);
    ada.post(&restore, &[]).await.is(303);
    ada.open(&format!("/patients/{patient}")).await.see("Dr Grace Hopper");
    let there = patient_doctor_mappings::table.filter(patient_doctor_mappings::deleted_at.is_null()).count();
    assert_eq!(clinic.ask(move |c| there.get_result::<i64>(c)).await, 1);
}

async fn a_restored_patient_has_no_doctor_who_is_in_the_trash(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let (grace, alan) = (clinic.doctor("Dr Grace Hopper").await, clinic.doctor("Dr Alan Turing").await);
    let patient = clinic.patient("Émile Zola", clinic.user_id("ada").await).await;
    clinic.assignment(patient, alan).await;
    ada.complete(&format!("/patients/{patient}/edit"), &[("primary_doctor_id", &grace.to_string())]).await;
    let page = ada.complete(&format!("/patients/{patient}/delete"), &[]).await;
    ada.complete(&format!("/doctors/{grace}/delete"), &[]).await;
    undo(&ada, &page).await.see("was restored");
    let record = ada.open(&format!("/patients/{patient}")).await;
    assert_eq!(record.all(".stack a[href^='/doctors/']"), ["Dr Alan Turing"]);
    assert_eq!(clinic.ask(|c| patients::table.select(patients::primary_doctor_id).first::<Option<i64>>(c)).await, None);
}

async fn old_trash_is_removed_for_good(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let owner = clinic.user_id("ada").await;
    let (old, young) = (clinic.patient("Émile Zola", owner).await, clinic.patient("Maria Silva", owner).await);
    let doctor = clinic.doctor("Dr Grace Hopper").await;
    let mapping = clinic.assignment(old, doctor).await;
    ada.post(&format!("/patients/{old}/doctors/{mapping}/delete"), &[]).await.is(303);
    ada.complete(&format!("/patients/{old}/delete"), &[]).await;
    clinic.wait(time::Duration::days(10));
    let ada = clinic.sign_in("ada").await;
    ada.complete(&format!("/patients/{young}/delete"), &[]).await;
    assert_eq!(purge::expired(&clinic.app).await.expect("a round"), 0);
    clinic.wait(time::Duration::days(21));
    // The assignment is deleted together with the patient.
    assert_eq!(purge::expired(&clinic.app).await.expect("a round"), 1);
    assert_eq!(clinic.ask(|c| patients::table.select(patients::id).load::<i64>(c)).await, [young]);
    assert_eq!(clinic.ask(|c| patient_doctor_mappings::table.count().get_result::<i64>(c)).await, 0);
    let purged = log_entries::table.filter(log_entries::action.eq(LogAction::Purge)).order(log_entries::object_label);
    let told = clinic.ask(move |c| purged.select((log_entries::actor, log_entries::object_label)).load::<(String, String)>(c)).await;
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told.contains(&("Praxis (system)".into(), "Émile Zola".into())), "{told:?}");
}

async fn a_trash_without_a_time_limit_keeps_everything(clinic: Clinic) {
    let keeping = Clinic::open_with(clinic.backend, &[("TRASH_DAYS", "0")]).await;
    let ada = keeping.administrator().await;
    let id = keeping.patient("Émile Zola", keeping.user_id("ada").await).await;
    ada.open(&format!("/patients/{id}/delete")).await.see("from the trash").miss("until");
    ada.complete(&format!("/patients/{id}/delete"), &[]).await;
    ada.open("/patients/trash").await.see("until somebody deletes them permanently").see("Émile Zola");
    keeping.wait(time::Duration::days(4_000));
    assert_eq!(purge::expired(&keeping.app).await.expect("a round"), 0);
    keeping.server.stop(false).await;
}

async fn only_permitted_users_empty_the_trash(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let owner = clinic.user_id("ada").await;
    let id = clinic.patient("Émile Zola", owner).await;
    let doctor = clinic.record("doctor", vec![("name", Value::Text("Dr Grace".into())), ("specialization", Value::Text("x".into()))]).await;
    let mapping = clinic.assignment(id, doctor).await;
    ada.post(&format!("/patients/{id}/doctors/{mapping}/delete"), &[]).await.is(303);
    ada.complete(&format!("/patients/{id}/delete"), &[]).await;
    let path = format!("/admin/patients/trash/{id}/purge");
    let held = ["patient.view", "patient.delete", "clinic.view_all_patients"];
    let clerk = clinic.clerk("clara", &held).await;
    clerk.open("/admin/patients/trash").await.see("Restore").miss("Delete permanently");
    clerk.get(&path).await.is(403);
    clerk.post(&path, &[]).await.is(403);
    let keeper = clinic.clerk("kim", &[&held[..], &["patient.purge"]].concat()).await;
    keeper.open("/admin/patients/trash").await.see("Delete permanently");
    keeper.open(&path).await.see("You cannot undo this").see("1 assignment in the trash");
    keeper.complete(&path, &[]).await.see("“Émile Zola” was permanently deleted");
    assert_eq!(clinic.ask(|c| patients::table.count().get_result::<i64>(c)).await, 0);
    ada.open(&format!("/admin/patients/{id}/history")).await.see("Permanently deleted").see("kim");
}
