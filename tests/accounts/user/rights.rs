//! Nobody can grant permissions that they do not have.

use diesel::prelude::*;
use praxis::db::schema::{group_permissions, groups, log_entries, permissions, user_groups, user_permissions, users};
use praxis::resource::Value;

use crate::stories;
use crate::support::Clinic;
use crate::support::people::Rights;

stories![
    a_clerk_cannot_create_superusers_or_staff,
    a_clerk_grants_only_rights_they_hold,
    only_superusers_change_a_superuser,
    the_last_superuser_cannot_be_removed,
    users_cannot_delete_themselves,
    a_clerk_gains_no_rights_by_changing_accounts,
    two_superusers_demoting_each_other_leave_one,
    two_superusers_deleting_each_other_leave_one,
    a_new_group_grants_only_rights_its_creator_holds,
    a_username_cannot_be_another_users_address,
    a_group_with_more_rights_cannot_be_renamed,
    only_users_who_see_every_patient_give_a_doctor_an_account,
    processes_starting_together_take_turns,
    new_permissions_are_granted_to_default_groups_once,
];

const CLERK: [&str; 7] = ["user.view", "user.add", "user.change", "user.delete", "group.view", "group.change", "permission.view"];

async fn permission(clinic: &Clinic, codename: &'static str) -> String {
    clinic
        .ask(move |c| permissions::table.filter(permissions::codename.eq(codename)).select(permissions::id).first::<i64>(c))
        .await
        .to_string()
}

async fn a_clerk_cannot_create_superusers_or_staff(clinic: Clinic) {
    let clerk = clinic.clerk("clara", &CLERK).await;
    let page = clerk
        .fill("/admin/users/new", &[("username", "mallory"), ("email", "m@example.org"), ("is_superuser", "on"), ("is_staff", "on")])
        .await;
    // A field that she may not set is shown as text, and ignored if it is sent anyway.
    page.is(303);
    let made = clinic
        .ask(|c| users::table.filter(users::username.eq("mallory")).select((users::is_staff, users::is_superuser)).first::<(bool, bool)>(c))
        .await;
    assert_eq!(made, (false, false));
    let own = clinic.user_id("clara").await;
    let page = clerk.open(&format!("/admin/users/{own}")).await;
    page.see("Only a superuser can make another user a superuser");
    assert!(!page.has("input[name=is_superuser]") && !page.has("input[name=is_staff]"));
    clerk.fill(&format!("/admin/users/{own}"), &[("is_superuser", "on"), ("phone", "1")]).await.is(303);
    assert_eq!(clinic.ask(|c| users::table.filter(users::is_superuser.eq(true)).count().get_result::<i64>(c)).await, 0);
    let notes = clinic.ask(|c| log_entries::table.order(log_entries::id.desc()).limit(1).select(log_entries::note).load::<String>(c)).await;
    assert_eq!(notes, ["Read-only fields ignored: Superuser."]);
    clerk.complete("/admin/users/new", &[("username", "rosa"), ("email", "rosa@example.org")]).await.see("was added");
}

async fn a_clerk_grants_only_rights_they_hold(clinic: Clinic) {
    let clerk = clinic.clerk("clara", &CLERK).await;
    let id = clinic.account("rosa", Rights::default()).await;
    let path = format!("/admin/users/{id}");
    let (own, foreign) = (permission(&clinic, "user.view").await, permission(&clinic, "patient.delete").await);
    let page = clerk.fill(&path, &[("permissions", &foreign)]).await;
    assert!(page.is(422).error("permissions").contains("patient.delete"));
    let staff = clinic.ask(|c| groups::table.filter(groups::name.eq("Staff")).select(groups::id).first::<i64>(c)).await;
    let page = clerk.fill(&path, &[("groups", &staff.to_string())]).await;
    assert!(page.is(422).error("groups").contains("You cannot give or remove permissions that you do not have"));
    clerk.fill(&path, &[("permissions", &own)]).await.is(303);
    assert_eq!(clinic.ask(move |c| user_permissions::table.filter(user_permissions::user_id.eq(id)).count().get_result::<i64>(c)).await, 1);
    assert_eq!(clinic.ask(move |c| user_groups::table.filter(user_groups::user_id.eq(id)).count().get_result::<i64>(c)).await, 0);
    let page = clerk
        .post_over(
            &format!("/admin/groups/{staff}/edit"),
            &[("name", "Staff"), ("permissions", &foreign), ("permissions", &permission(&clinic, "session.view").await)],
        )
        .await;
    assert!(page.is(422).error("permissions").contains("You cannot give or remove permissions that you do not have"));
}

async fn only_superusers_change_a_superuser(clinic: Clinic) {
    clinic.administrator().await;
    let clerk = clinic.clerk("clara", &CLERK).await;
    let ada = clinic.user_id("ada").await;
    clerk
        .fill(&format!("/admin/users/{ada}"), &[("email", "evil@example.org")])
        .await
        .is(422)
        .see("Only a superuser can change a superuser");
    clerk.open(&format!("/admin/users/{ada}/delete")).await.see("Only a superuser can delete a superuser");
    clerk.post(&format!("/admin/users/{ada}/delete"), &[]).await.is(409);
    assert_eq!(clinic.ask(move |c| users::table.find(ada).select(users::email).first::<String>(c)).await, "ada@example.org");
}

async fn the_last_superuser_cannot_be_removed(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let id = clinic.user_id("ada").await;
    let sent = [("username", "ada"), ("email", "ada@example.org"), ("is_active", "on"), ("is_staff", "on")];
    let page = ada.post_over(&format!("/admin/users/{id}/edit"), &sent).await;
    assert!(page.is(422).error("is_superuser").contains("last active superuser"));
    let kept_out = [("username", "ada"), ("email", "ada@example.org"), ("is_staff", "on"), ("is_superuser", "on")];
    let page = ada.post_over(&format!("/admin/users/{id}/edit"), &kept_out).await;
    assert!(page.is(422).error("is_superuser").contains("last active superuser"));
    // A deactivated one does not count.
    let eve = clinic.account("eve", Rights { is_superuser: true, ..Rights::default() }).await;
    clinic.arrange(move |c| diesel::update(users::table.find(eve)).set(users::is_active.eq(false)).execute(c)).await.expect("out");
    ada.post_over(&format!("/admin/users/{id}/edit"), &sent).await.is(422);
    clinic.account("grace", Rights { is_staff: true, is_superuser: true, ..Rights::default() }).await;
    ada.post_over(&format!("/admin/users/{id}/edit"), &sent).await.is(303);
    ada.get("/admin/users").await.is(403);
}

async fn users_cannot_delete_themselves(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let id = clinic.user_id("ada").await;
    ada.open(&format!("/admin/users/{id}/delete")).await.see("You cannot delete your own account").miss("Delete user");
    ada.post(&format!("/admin/users/{id}/delete"), &[]).await.is(409).see("Nothing was changed");
    ada.open("/").await;
}

async fn new_permissions_are_granted_to_default_groups_once(clinic: Clinic) {
    let held = || clinic.ask(|c| group_permissions::table.count().get_result::<i64>(c));
    let before = held().await;
    assert!(before > 20, "{before}");
    clinic.app.migrate().expect("again");
    assert_eq!(held().await, before);
    clinic.arrange(|c| diesel::delete(group_permissions::table).execute(c)).await.expect("an administrator took all away");
    clinic.app.migrate().expect("again");
    assert_eq!(held().await, 0, "what was taken away came back");
}

async fn a_clerk_gains_no_rights_by_changing_accounts(clinic: Clinic) {
    let clerk = clinic.clerk("clara", &CLERK).await;
    let boss = clinic.account("boss", Rights { groups: &["Administrator"], ..Rights::default() }).await;
    let password = [("password", "seven-green-kettles"), ("password_again", "seven-green-kettles")];
    clerk.post(&format!("/users/{boss}/password"), &password).await.is(403);
    clerk.fill(&format!("/admin/users/{boss}"), &[("email", "clara@example.org")]).await.is(422).see("permissions that you do not have");
    clerk.post(&format!("/admin/users/{boss}/delete"), &[]).await.is(409).see("permissions that you do not have");
    let group = clinic.ask(|c| groups::table.filter(groups::name.eq("Administrator")).select(groups::id).first::<i64>(c)).await;
    let before = clinic.ask(|c| group_permissions::table.count().get_result::<i64>(c)).await;
    let page = clerk.post_over(&format!("/admin/groups/{group}/edit"), &[("name", "Administrator")]).await;
    assert!(page.is(422).error("permissions").contains("You cannot give or remove"));
    assert_eq!(clinic.ask(|c| group_permissions::table.count().get_result::<i64>(c)).await, before);
    clinic.sign_in("boss").await;
}

async fn two_superusers_demoting_each_other_leave_one(clinic: Clinic) {
    let rights = Rights { is_staff: true, is_superuser: true, ..Rights::default() };
    let (ada, eve) = (clinic.account("ada", rights).await, clinic.account("eve", rights).await);
    let (by_ada, by_eve) = (clinic.sign_in("ada").await, clinic.sign_in("eve").await);
    let (path_eve, path_ada) = (format!("/admin/users/{eve}/edit"), format!("/admin/users/{ada}/edit"));
    let sent_eve = [("username", "eve"), ("email", "eve@example.org"), ("is_active", "on")];
    let sent_ada = [("username", "ada"), ("email", "ada@example.org"), ("is_active", "on")];
    let (one, two) = futures_util::future::join(by_ada.post_over(&path_eve, &sent_eve), by_eve.post_over(&path_ada, &sent_ada)).await;
    let left = clinic.ask(|c| users::table.filter(users::is_superuser.eq(true)).count().get_result::<i64>(c)).await;
    assert_eq!(left, 1, "{} {}", one.status, two.status);
}

async fn two_superusers_deleting_each_other_leave_one(clinic: Clinic) {
    let rights = Rights { is_staff: true, is_superuser: true, ..Rights::default() };
    let (ada, eve) = (clinic.account("ada", rights).await, clinic.account("eve", rights).await);
    let (by_ada, by_eve) = (clinic.sign_in("ada").await, clinic.sign_in("eve").await);
    let (path_eve, path_ada) = (format!("/admin/users/{eve}/delete"), format!("/admin/users/{ada}/delete"));
    let (one, two) = futures_util::future::join(by_ada.post(&path_eve, &[]), by_eve.post(&path_ada, &[])).await;
    let left = clinic.ask(|c| users::table.filter(users::is_superuser.eq(true)).count().get_result::<i64>(c)).await;
    assert_eq!(left, 1, "{} {}", one.status, two.status);
}

async fn a_new_group_grants_only_rights_its_creator_holds(clinic: Clinic) {
    let clerk = clinic.clerk("clara", &["group.view", "group.add", "permission.view"]).await;
    let (own, foreign) = (permission(&clinic, "group.view").await, permission(&clinic, "patient.delete").await);
    let page = clerk.fill("/admin/groups/new", &[("name", "Night desk"), ("permissions", &foreign)]).await;
    assert!(page.is(422).error("permissions").contains("patient.delete"));
    clerk.fill("/admin/groups/new", &[("name", "Night desk"), ("permissions", &own)]).await.is(303);
    let made = groups::table.filter(groups::name.eq("Night desk"));
    assert_eq!(clinic.ask(move |c| made.count().get_result::<i64>(c)).await, 1);
}

async fn a_username_cannot_be_another_users_address(clinic: Clinic) {
    let squatter = clinic.visitor();
    let sent = |username: &'static str, email: &'static str| {
        [("username", username), ("email", email), ("password", "seven-green-kettles"), ("password_again", "seven-green-kettles")]
    };
    let page = squatter.fill("/register", &sent("boss@clinic.org", "evil@example.org")).await;
    assert!(page.is(422).error("username").contains("must be the email address of the account"));
    clinic.visitor().complete("/register", &sent("Boss@clinic.org", "boss@clinic.org")).await;
}

async fn a_group_with_more_rights_cannot_be_renamed(clinic: Clinic) {
    let clerk = clinic.clerk("clara", &["group.view", "group.change", "permission.view"]).await;
    for name in ["Staff", "Administrator"] {
        let id = clinic.ask(move |c| groups::table.filter(groups::name.eq(name)).select(groups::id).first::<i64>(c)).await;
        clerk.fill(&format!("/admin/groups/{id}"), &[("name", "Harmless")]).await.is(422).see("permissions that you do not have");
    }
    let idle = clinic.record("group", vec![("name", Value::Text("Guests".into()))]).await;
    clerk.fill(&format!("/admin/groups/{idle}"), &[("name", "Visitors")]).await.is(303);
}

async fn only_users_who_see_every_patient_give_a_doctor_an_account(clinic: Clinic) {
    let doctor = clinic.doctor("Dr Grace Hopper").await;
    let clerk = clinic.clerk("clara", &["doctor.view", "doctor.change", "user.view"]).await;
    let own = clinic.user_id("clara").await.to_string();
    let page = clerk.fill(&format!("/doctors/{doctor}/edit"), &[("user_id", &own)]).await;
    assert_eq!(page.is(422).error("user_id"), "You need access to every patient to give a doctor an account");
    clerk.fill(&format!("/doctors/{doctor}/edit"), &[("name", "Dr G. Hopper")]).await.is(303);
}

async fn processes_starting_together_take_turns(clinic: Clinic) {
    clinic.arrange(|c| diesel::delete(permissions::table).execute(c)).await.expect("as in an empty database");
    clinic.arrange(|c| diesel::delete(groups::table).execute(c)).await.expect("as in an empty database");
    let starts = (0..4).map(|_| {
        let app = clinic.app.clone();
        actix_web::rt::task::spawn_blocking(move || app.migrate())
    });
    for done in futures_util::future::join_all(starts).await {
        done.expect("no panic").expect("no process fails");
    }
    assert_eq!(clinic.ask(|c| groups::table.count().get_result::<i64>(c)).await, 7);
}
