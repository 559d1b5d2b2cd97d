//! What a deletion deletes as well, and what prevents it.

use diesel::prelude::*;
use praxis::db::schema::{doctors, groups, log_entries, patients, sessions, users};
use praxis::resource::Value;
use praxis::resource::log::entry::LogAction;

use crate::stories;
use crate::support::Clinic;
use crate::support::people::Rights;

stories![
    a_deletion_neither_shows_nor_removes_hidden_records,
    a_deletion_pressed_twice_is_answered_as_once,
    a_user_who_owns_patients_cannot_be_deleted,
    a_user_who_owns_trashed_patients_cannot_be_deleted,
    a_bulk_deletion_leaves_out_users_with_patients,
    a_user_without_patients_is_deleted_with_their_own_data,
    a_protected_deletion_links_to_the_list_of_assignments,
    a_deletion_clears_optional_references,
    a_deletion_counts_all_related_records_and_names_a_hundred,
    a_deletion_over_the_limit_is_refused,
    a_group_deletion_names_its_members,
    the_registration_group_cannot_be_deleted,
];

/// Adds this many sessions of this user at once.
async fn many_patients(clinic: &Clinic, user: i64, count: i64) {
    clinic
        .arrange(move |c| {
            let made = "INSERT INTO sessions (user_id, key_hash, state, last_seen_at, expires_at, created_at, updated_at) \
                        SELECT u.id, '000000000000000000000000000000000000000000000000000000000' || (1000000 + n.i), '{}', \
                        u.created_at, u.created_at, u.created_at, u.updated_at FROM users u, \
                        (WITH RECURSIVE t(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM t WHERE i < ";
            diesel::sql_query(format!("{made}{count}) SELECT i FROM t) n WHERE u.id = {user}")).execute(c)
        })
        .await
        .expect("a crowd");
}

async fn a_deletion_counts_all_related_records_and_names_a_hundred(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let user = clinic.account("rosa", Rights::default()).await;
    many_patients(&clinic, user, 450).await;
    let path = format!("/admin/users/{user}/delete");
    let page = ada.open(&path).await;
    page.see("450 sessions").see("and 350 more");
    assert_eq!(page.attributes(".tree a[href^='/admin/sessions/']", "href").len(), 100);
    ada.complete(&path, &[]).await.see("The user “rosa” was deleted");
    let left = clinic.ask(move |c| sessions::table.filter(sessions::user_id.eq(user)).count().get_result::<i64>(c));
    assert_eq!(left.await, 0);
    let gone = log_entries::table.filter(log_entries::action.eq(LogAction::Delete)).count();
    assert_eq!(clinic.ask(move |c| gone.get_result::<i64>(c)).await, 451);
}

async fn a_deletion_over_the_limit_is_refused(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let user = clinic.account("rosa", Rights::default()).await;
    many_patients(&clinic, user, 10_001).await;
    let path = format!("/admin/users/{user}/delete");
    ada.open(&path).await.see("10001 sessions").see("too many to delete at once");
    ada.post(&path, &[]).await.is(409);
    let left = clinic.ask(move |c| sessions::table.filter(sessions::user_id.eq(user)).count().get_result::<i64>(c));
    assert_eq!(left.await, 10_001);
}

async fn a_user_who_owns_patients_cannot_be_deleted(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let id = clinic.account("rosa", Rights::default()).await;
    for name in ["Émile Zola", "Maria Silva"] {
        clinic.patient(name, id).await;
    }
    let (path, list) = (format!("/admin/users/{id}/delete"), format!("/admin/patients?owner_id={id}"));
    let page = ada.open(&path).await;
    page.see("rosa cannot be deleted").see("2 patients").see("Émile Zola").miss("Delete user");
    page.see("You can deactivate the account instead").see("choose “Set registered by”.");
    assert!(page.has(&format!("a[href='{list}']")), "{}", page.body);
    let before = clinic.ask(|c| log_entries::table.count().get_result::<i64>(c)).await;
    ada.post(&path, &[]).await.is(409).see("Nothing was changed");
    assert_eq!(clinic.patient_names().await, ["Maria Silva", "Émile Zola"]);
    assert_eq!(clinic.ask(|c| log_entries::table.count().get_result::<i64>(c)).await, before);
    // The page suggests an alternative, which works.
    let (set, all) = ("set.owner_id", format!("owner_id={id}"));
    ada.open(&list).await.see("Zola, Émile").see("Set registered by");
    let page = ada.post("/admin/patients/actions", &[("_action", set), ("_list", &all), ("_all", "1")]).await;
    let (action, mut data) = page.form();
    data.retain(|(name, _)| name != "owner_id");
    data.push(("owner_id".into(), clinic.user_id("ada").await.to_string()));
    ada.post_pairs(&action, &data).await.is(303);
    ada.complete(&path, &[]).await.see("The user “rosa” was deleted");
    assert_eq!(clinic.patient_names().await, ["Maria Silva", "Émile Zola"]);
}

async fn a_user_who_owns_trashed_patients_cannot_be_deleted(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let owner = clinic.account("rosa", Rights::default()).await;
    let id = clinic.patient("Émile Zola", owner).await;
    ada.complete(&format!("/patients/{id}/delete"), &[]).await;
    let path = format!("/admin/users/{owner}/delete");
    let page = ada.open(&path).await;
    page.see("rosa cannot be deleted").see("1 patient (Registered by) in the trash").miss("Zola");
    assert!(page.has("a[href='/admin/patients/trash']"), "{}", page.body);
    ada.post(&path, &[]).await.is(409);
    assert_eq!(clinic.ask(|c| patients::table.count().get_result::<i64>(c)).await, 1);
    ada.complete(&format!("/admin/patients/trash/{id}/purge"), &[]).await.see("was permanently deleted");
    ada.complete(&path, &[]).await.see("The user “rosa” was deleted");
}

async fn a_bulk_deletion_leaves_out_users_with_patients(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let [rosa, colin, cleo] = [
        clinic.account("rosa", Rights::default()).await,
        clinic.account("colin", Rights::default()).await,
        clinic.account("cleo", Rights::default()).await,
    ];
    clinic.patient("Émile Zola", rosa).await;
    let gone = clinic.patient("Maria Silva", colin).await;
    ada.complete(&format!("/patients/{gone}/delete"), &[]).await;
    let ids = [rosa, colin, cleo].map(|id| id.to_string());
    let mut sent = vec![("_action", "delete")];
    sent.extend(ids.iter().map(|id| ("_id", id.as_str())));
    let page = ada.post("/admin/users/actions", &sent).await;
    page.see("Delete 1 user?").see("Used by patients (Registered by).").see("Used by patients in the trash (Registered by).");
    let (action, data) = page.form();
    ada.post_pairs(&action, &data).await.is(303);
    let left = clinic.ask(|c| users::table.order(users::username).select(users::username).load::<String>(c)).await;
    assert_eq!(left, ["ada", "colin", "rosa"]);
}

async fn a_user_without_patients_is_deleted_with_their_own_data(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let rosa = clinic.receptionist().await;
    let id = clinic.user_id("rosa").await;
    let path = format!("/admin/users/{id}/delete");
    ada.open(&path).await.see("1 session").see("will be deleted as well");
    ada.complete(&path, &[]).await.see("The user “rosa” was deleted");
    assert_eq!(clinic.ask(move |c| sessions::table.filter(sessions::user_id.eq(id)).count().get_result::<i64>(c)).await, 0);
    assert!(rosa.get("/").await.location().starts_with("/login"));
    let deleted = log_entries::table.filter(log_entries::action.eq(LogAction::Delete)).filter(log_entries::resource.eq("user"));
    let told = clinic.ask(move |c| deleted.select((log_entries::actor, log_entries::object_label)).load::<(String, String)>(c)).await;
    assert_eq!(told, [("ada".to_string(), "rosa".to_string())]);
}

async fn a_protected_deletion_links_to_the_list_of_assignments(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let patient = clinic.patient("Émile Zola", clinic.user_id("ada").await).await;
    let doctor = clinic.doctor("Dr Grace Hopper").await;
    clinic.assignment(patient, doctor).await;
    let page = ada.open(&format!("/admin/doctors/{doctor}/delete")).await;
    page.see("Dr Grace Hopper cannot be deleted").see("1 assignment").see("choose “Set doctor” or “Delete”.");
    let list = format!("/admin/mappings?doctor_id={doctor}");
    assert!(page.has(&format!("a[href='{list}']")), "{}", page.body);
    ada.open(&list).await.see("Émile Zola");
    ada.open(&format!("/patients/{patient}/delete")).await.see("1 assignment will be deleted as well").see("Dr Grace Hopper");
}

async fn a_group_deletion_names_its_members(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let group = clinic.record("group", vec![("name", Value::Text("Night desk".into()))]).await;
    let path = format!("/admin/groups/{group}/delete");
    ada.open(&path).await.miss("no longer have it");
    for name in ["rosa", "colin", "cleo"] {
        clinic.account(name, Rights { groups: &["Night desk"], ..Rights::default() }).await;
    }
    ada.open(&path).await.see("3 users will no longer have it").see("colin");
    let sent = [("_action", "delete"), ("_id", &group.to_string())];
    ada.post("/admin/groups/actions", &sent).await.see("3 users will no longer have it");
    let clerk = clinic.clerk("clara", &["group.view", "group.delete"]).await;
    clerk.open(&path).await.see("3 users will no longer have it").miss("colin");
    ada.complete(&path, &[]).await.see("The group “Night desk” was deleted");
    assert_eq!(clinic.ask(|c| users::table.count().get_result::<i64>(c)).await, 5);
}

async fn the_registration_group_cannot_be_deleted(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let staff = clinic.ask(|c| groups::table.filter(groups::name.eq("Staff")).select(groups::id).first::<i64>(c)).await;
    let path = format!("/admin/groups/{staff}");
    ada.open(&format!("{path}/delete")).await.see("Staff cannot be deleted").see("New users join this group (setting DEFAULT_GROUP).");
    ada.post(&format!("{path}/delete"), &[]).await.is(409).see("Nothing was changed");
    let sent = [("_action", "delete"), ("_id", &staff.to_string())];
    ada.post("/admin/groups/actions", &sent).await.see("New users join this group (setting DEFAULT_GROUP).");
    let page = ada.fill(&path, &[("name", "Desk")]).await;
    assert!(page.is(422).error("name").contains("New users join this group (setting DEFAULT_GROUP)"));
    ada.complete(&path, &[("requires_second_factor", "on")]).await.see("The group “Staff” was changed");
    let other = clinic.ask(|c| groups::table.filter(groups::name.eq("Doctor")).select(groups::id).first::<i64>(c)).await;
    ada.complete(&format!("/admin/groups/{other}/delete"), &[]).await.see("The group “Doctor” was deleted");
    assert_eq!(clinic.ask(move |c| groups::table.find(staff).select(groups::name).first::<String>(c)).await, "Staff");
}

async fn a_deletion_clears_optional_references(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let (doctor, account) = (clinic.doctor("Dr Grace Hopper").await, clinic.account("grace", Rights::default()).await);
    ada.complete(&format!("/admin/doctors/{doctor}"), &[("user_id", &account.to_string())]).await;
    let path = format!("/admin/users/{account}/delete");
    ada.open(&path).await.see("1 doctor").see("will no longer refer to it (User account)");
    ada.complete(&path, &[]).await;
    assert_eq!(clinic.ask(|c| doctors::table.select(doctors::user_id).first::<Option<i64>>(c)).await, None);
    ada.open(&format!("/admin/doctors/{doctor}/history")).await.see("User account").see("grace");
}

async fn a_deletion_neither_shows_nor_removes_hidden_records(clinic: Clinic) {
    let owner = clinic.account("rosa", Rights::default()).await;
    let patient = clinic.patient("Émile Zola", owner).await;
    let clerk = clinic.clerk("clara", &["user.view", "user.delete", "doctor.view", "doctor.delete"]).await;
    clerk.open(&format!("/admin/users/{owner}/delete")).await.see("1 patient").miss("Zola").miss("in the list");
    clerk.post(&format!("/admin/users/{owner}/delete"), &[]).await.is(409).miss("Zola");
    assert_eq!(clinic.patient_names().await, ["Émile Zola"]);
    let doctor = clinic.doctor("Dr Grace Hopper").await;
    clinic.assignment(patient, doctor).await;
    for path in [format!("/doctors/{doctor}/delete"), format!("/admin/doctors/{doctor}/delete")] {
        clerk.open(&path).await.see("1 assignment").miss("Zola");
    }
}

/// The browser shows only the second answer.
async fn a_deletion_pressed_twice_is_answered_as_once(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let rosa = clinic.receptionist().await;
    let colin = clinic.colleague().await;
    let zola = clinic.patient("Émile Zola", clinic.user_id("rosa").await).await;
    let path = format!("/patients/{zola}/delete");
    let (action, data) = rosa.open(&path).await.form();
    let (one, two) = tokio::join!(rosa.post_pairs(&action, &data), rosa.post_pairs(&action, &data));
    assert_eq!((one.location(), two.location()), ("/patients", "/patients"));
    assert_eq!(rosa.post_pairs(&action, &data).await.location(), "/patients");
    let page = rosa.open("/patients").await;
    page.see("The patient “Émile Zola” was deleted. You can restore it from the trash.");
    assert_eq!(page.attributes(".flash form", "action"), [format!("/patients/trash/{zola}/restore")]);
    let deletions = log_entries::table.filter(log_entries::resource.eq("patient")).filter(log_entries::action.eq(LogAction::Trash)).count();
    assert_eq!(clinic.ask(move |c| deletions.get_result::<i64>(c)).await, 1);
    // Whoever did not delete it learns nothing.
    colin.post(&path, &[]).await.is(404).miss("Zola");
    ada.post(&path, &[]).await.is(404);
    // Without a trash, too.
    let gone = clinic.account("gone", Rights::default()).await;
    let path = format!("/admin/users/{gone}/delete");
    let (action, data) = ada.open(&path).await.form();
    let (one, two) = tokio::join!(ada.post_pairs(&action, &data), ada.post_pairs(&action, &data));
    assert_eq!((one.location(), two.location()), ("/admin/users", "/admin/users"));
    ada.open("/admin/users").await.see("The user “gone” was deleted.");
}
