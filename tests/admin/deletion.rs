//! What a deletion takes along, and what stands against it.

use diesel::prelude::*;
use praxis::db::schema::{doctors, log_entries, patients, sessions, users};

use crate::stories;
use crate::support::Clinic;
use crate::support::cast::Rights;

stories![
    a_deletion_tells_and_takes_nothing_that_one_may_not_see,
    deleting_a_user_takes_their_patients_along_and_says_so,
    a_protected_record_deep_down_stops_it_all,
    references_that_may_be_blank_are_forgotten,
    many_are_counted_and_the_first_hundred_named,
    too_many_are_not_deleted_at_once,
    what_is_in_the_trash_goes_with_its_owner_and_is_told,
];

/// Adds so many patients of this owner at once.
async fn crowd(clinic: &Clinic, owner: i64, count: i64) {
    clinic
        .arrange(move |c| {
            let made = "INSERT INTO patients (owner_id, name, age, gender, address, created_at, updated_at) \
                        SELECT u.id, 'Patient ' || n.i, 40, 'female', '', u.created_at, u.updated_at FROM users u, \
                        (WITH RECURSIVE t(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM t WHERE i < ";
            diesel::sql_query(format!("{made}{count}) SELECT i FROM t) n WHERE u.id = {owner}")).execute(c)
        })
        .await
        .expect("a crowd");
}

async fn many_are_counted_and_the_first_hundred_named(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let owner = clinic.account("rosa", Rights::default()).await;
    crowd(&clinic, owner, 450).await;
    let path = format!("/admin/users/{owner}/delete");
    let page = ada.open(&path).await;
    page.see("450 patients").see("and 350 more");
    assert_eq!(page.attributes(".tree a[href^='/patients/']", "href").len(), 100);
    ada.complete(&path, &[]).await.see("The user “rosa” was deleted");
    assert_eq!(clinic.ask(|c| patients::table.count().get_result::<i64>(c)).await, 0);
    let gone = log_entries::table.filter(log_entries::action.eq(praxis::resource::history::LogAction::Delete)).count();
    assert_eq!(clinic.ask(move |c| gone.get_result::<i64>(c)).await, 451);
}

async fn too_many_are_not_deleted_at_once(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let owner = clinic.account("rosa", Rights::default()).await;
    crowd(&clinic, owner, 10_001).await;
    let path = format!("/admin/users/{owner}/delete");
    ada.open(&path).await.see("10001 patients").see("which are too many to delete at once");
    ada.post(&path, &[]).await.is(409);
    assert_eq!(clinic.ask(|c| patients::table.count().get_result::<i64>(c)).await, 10_001);
}

async fn what_is_in_the_trash_goes_with_its_owner_and_is_told(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let owner = clinic.account("rosa", Rights::default()).await;
    let id = clinic.patient("Émile Zola", owner).await;
    ada.complete(&format!("/patients/{id}/delete"), &[]).await;
    let path = format!("/admin/users/{owner}/delete");
    ada.open(&path).await.see("1 patient in the trash will be removed for good").miss("Zola");
    ada.complete(&path, &[]).await;
    assert_eq!(clinic.ask(|c| patients::table.count().get_result::<i64>(c)).await, 0);
    ada.open(&format!("/admin/patients/{id}/history")).await.see("Removed for good");
}

async fn deleting_a_user_takes_their_patients_along_and_says_so(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let rosa = clinic.receptionist().await;
    let id = clinic.user_id("rosa").await;
    clinic.patient("Émile Zola", id).await;
    clinic.patient("Maria Silva", id).await;
    let path = format!("/admin/users/{id}/delete");
    ada.open(&path).await.see("2 patients").see("will be deleted as well").see("Émile Zola").see("1 session");
    ada.complete(&path, &[]).await.see("The user “rosa” was deleted");
    assert_eq!(clinic.patient_names().await, Vec::<String>::new());
    assert_eq!(clinic.ask(move |c| sessions::table.filter(sessions::user_id.eq(id)).count().get_result::<i64>(c)).await, 0);
    assert!(rosa.get("/").await.location().starts_with("/login"));
    let gone = clinic
        .ask(|c| {
            log_entries::table
                .filter(log_entries::action.eq(praxis::resource::history::LogAction::Delete))
                .select(log_entries::object_label)
                .order(log_entries::object_label)
                .load::<String>(c)
        })
        .await;
    assert!(gone.contains(&"Émile Zola".to_string()) && gone.contains(&"rosa".to_string()), "{gone:?}");
    let names = clinic.ask(|c| log_entries::table.select(log_entries::actor).load::<String>(c)).await;
    assert!(names.contains(&"ada".to_string()));
}

async fn a_protected_record_deep_down_stops_it_all(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let owner = clinic.account("rosa", Rights::default()).await;
    let patient = clinic.patient("Émile Zola", owner).await;
    clinic.patient("Maria Silva", owner).await;
    clinic.assignment(patient, clinic.doctor("Dr Grace Hopper").await).await;
    let path = format!("/admin/users/{owner}/delete");
    ada.open(&path).await.see("rosa cannot be deleted").see("1 assignment").miss("Delete user");
    let before = clinic.ask(|c| log_entries::table.count().get_result::<i64>(c)).await;
    ada.post(&path, &[]).await.is(409).see("Nothing was changed");
    assert_eq!(clinic.patient_names().await, ["Maria Silva", "Émile Zola"]);
    assert_eq!(clinic.ask(|c| log_entries::table.count().get_result::<i64>(c)).await, before);
    assert_eq!(clinic.ask(|c| users::table.count().get_result::<i64>(c)).await, 2);
}

async fn references_that_may_be_blank_are_forgotten(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let doctor = clinic.doctor("Dr Grace Hopper").await;
    let id = clinic.patient("Émile Zola", clinic.user_id("ada").await).await;
    ada.complete(&format!("/patients/{id}/edit"), &[("primary_doctor_id", &doctor.to_string())]).await.see("Dr Grace Hopper");
    ada.open(&format!("/admin/doctors/{doctor}/delete")).await.see("1 patient").see("will no longer name it (Primary doctor)");
    ada.complete(&format!("/admin/doctors/{doctor}/delete"), &[]).await;
    assert_eq!(clinic.ask(|c| patients::table.select(patients::primary_doctor_id).first::<Option<i64>>(c)).await, None);
    assert_eq!(clinic.ask(|c| doctors::table.filter(doctors::deleted_at.is_null()).count().get_result::<i64>(c)).await, 0);
    ada.open(&format!("/admin/patients/{id}/history")).await.see("Primary doctor").see("Dr Grace Hopper");
}

async fn a_deletion_tells_and_takes_nothing_that_one_may_not_see(clinic: Clinic) {
    let owner = clinic.account("rosa", Rights::default()).await;
    let patient = clinic.patient("Émile Zola", owner).await;
    let clerk = clinic.clerk("clara", &["user.view", "user.delete", "doctor.view", "doctor.delete"]).await;
    clerk.open(&format!("/admin/users/{owner}/delete")).await.see("1 patient").see("which you may not delete").miss("Zola");
    clerk.post(&format!("/admin/users/{owner}/delete"), &[]).await.is(409).miss("Zola");
    assert_eq!(clinic.patient_names().await, ["Émile Zola"]);
    let doctor = clinic.doctor("Dr Grace Hopper").await;
    clinic.assignment(patient, doctor).await;
    for path in [format!("/doctors/{doctor}/delete"), format!("/admin/doctors/{doctor}/delete")] {
        clerk.open(&path).await.see("1 assignment").miss("Zola");
    }
}
