//! Bulk actions: the confirmation, what is changed, and what is left out.

use diesel::prelude::*;
use praxis::db::schema::{doctors, log_entries, patients, user_groups, users};
use praxis::resource::Value;
use praxis::resource::log::entry::LogAction;

use crate::stories;
use crate::support::page::Page;
use crate::support::people::Rights;
use crate::support::{Browser, Clinic};

stories![
    an_administrator_assigns_chosen_patients_to_a_doctor,
    patients_assigned_in_bulk_have_the_doctor_in_their_care_team,
    a_missing_selection_or_action_is_reported_on_the_list,
    a_bulk_deletion_can_leave_out_protected_records,
    an_administrator_changes_all_matching_records_at_once,
    a_bulk_action_over_the_limit_is_refused,
    a_bulk_action_on_a_changed_list_asks_again,
    a_bulk_action_submitted_twice_runs_once,
    each_bulk_action_requires_its_own_permission,
    a_user_cannot_select_patients_of_others,
    a_bulk_edit_sets_a_field_on_all_records_or_none,
    a_failing_record_stops_a_bulk_action_and_can_be_left_out,
    nobody_deactivates_a_more_privileged_user,
    only_a_holder_of_its_rights_adds_users_to_a_group,
    a_record_page_offers_the_same_actions,
];

/// Selects these records and an action, and continues.
async fn choose(browser: &Browser, slug: &str, word: &str, ids: &[i64]) -> Page {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let mut fields = vec![("_action", word)];
    fields.extend(ids.iter().map(|id| ("_id", id.as_str())));
    browser.post(&format!("/admin/{slug}/actions"), &fields).await
}

/// Sends the confirmation with these values.
async fn confirm(browser: &Browser, page: &Page, fields: &[(&str, &str)]) -> Page {
    let (action, mut data) = page.form();
    data.retain(|(name, _)| !fields.iter().any(|(known, _)| known == name));
    data.extend(fields.iter().map(|(name, value)| ((*name).to_string(), (*value).to_string())));
    browser.post_pairs(&action, &data).await
}

/// Many patients at once, the first of them male.
async fn many_patients(clinic: &Clinic, count: usize, owner: i64) {
    let made = clinic.arrange(move |c| {
        let sql = format!(
            "INSERT INTO patients (owner_id, name, age, gender, address, search_text, created_at, updated_at) \
             WITH RECURSIVE numbers(n) AS (SELECT 10000 UNION ALL SELECT n + 1 FROM numbers WHERE n < {}) \
             SELECT {owner}, 'Patient ' || n, 40, CASE WHEN n = 10000 THEN 'male' ELSE 'female' END, '', 'patient ' || n, \
             '2026-01-01 00:00:00', '2026-01-01 00:00:00' FROM numbers",
            9_999 + count
        );
        diesel::sql_query(sql).execute(c)
    });
    assert_eq!(made.await.expect("patients"), count);
}

async fn acts(clinic: &Clinic) -> Vec<String> {
    clinic.ask(|c| log_entries::table.filter(log_entries::action.eq(LogAction::Act)).select(log_entries::note).load(c)).await
}

async fn an_administrator_assigns_chosen_patients_to_a_doctor(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let owner = clinic.user_id("ada").await;
    let doctor = clinic.doctor("Dr Grace Hopper").await;
    let ids = [clinic.patient("Émile Zola", owner).await, clinic.patient("Maria Silva", owner).await];
    clinic.patient("Anna Weiss", owner).await;
    let list = ada.open("/admin/patients?gender=female&sort=-age").await;
    assert!(list.attributes("td.row-select input[form=bulk]", "aria-label").contains(&"Select Émile Zola".to_string()));
    assert_eq!(list.value("_list"), "gender=female&sort=-age");
    let fields = [("_action", "assign"), ("_list", "gender=female&sort=-age")];
    let ticks = ids.map(|id| id.to_string());
    let page = ada.post("/admin/patients/actions", &[&fields[..], &[("_id", &ticks[0]), ("_id", &ticks[1])]].concat()).await;
    page.is(200)
        .see("Assign 2 patients to a doctor")
        .see("Émile Zola")
        .see("Maria Silva")
        .miss("Anna Weiss")
        .see("joins the care team of these patients");
    let wrong = confirm(&ada, &page, &[]).await;
    assert_eq!(wrong.is(422).error("doctor_id"), "Choose the doctor");
    let unknown = confirm(&ada, &wrong, &[("doctor_id", "99")]).await;
    assert_eq!(unknown.is(422).error("doctor_id"), "Choose the doctor from the list");
    let done = confirm(&ada, &unknown, &[("doctor_id", &doctor.to_string()), ("is_primary", "true")]).await;
    assert_eq!(done.location(), "/admin/patients?gender=female&sort=-age");
    ada.open(done.location()).await.see("2 patients were assigned to the doctor.");
    let assigned = clinic.ask(|c| patients::table.filter(patients::primary_doctor_id.is_not_null()).count().get_result::<i64>(c)).await;
    assert_eq!(assigned, 2);
    ada.open(&format!("/admin/patients/{}/history", ids[0])).await.see("Primary doctor").see("Dr Grace Hopper");
    assert_eq!(acts(&clinic).await, ["Assign 2 patients to a doctor (Doctor: Dr Grace Hopper, Primary doctor: Yes)"]);
}

/// Without becoming the primary doctor; whoever has the doctor already keeps one assignment.
async fn patients_assigned_in_bulk_have_the_doctor_in_their_care_team(clinic: Clinic) {
    use praxis::db::schema::patient_doctor_mappings as mappings;
    let ada = clinic.administrator().await;
    let owner = clinic.user_id("ada").await;
    let (grace, alan) = (clinic.doctor("Dr Grace Hopper").await, clinic.doctor("Dr Alan Turing").await);
    let ids = [clinic.patient("Émile Zola", owner).await, clinic.patient("Maria Silva", owner).await];
    clinic.patient("Anna Weiss", owner).await;
    clinic.assignment(ids[0], grace).await;
    clinic.assignment(ids[1], alan).await;
    let page = choose(&ada, "patients", "assign", &ids).await;
    let done = confirm(&ada, &page, &[("doctor_id", &grace.to_string())]).await;
    ada.open(done.location()).await.see("2 patients were assigned to the doctor.");
    let live = mappings::table.filter(mappings::deleted_at.is_null()).order((mappings::patient_id, mappings::doctor_id));
    let team = live.select((mappings::patient_id, mappings::doctor_id, mappings::is_primary));
    let wanted = [(ids[0], grace, false), (ids[1], grace, false), (ids[1], alan, false)];
    assert_eq!(clinic.ask(move |c| team.load::<(i64, i64, bool)>(c)).await, wanted);
    let primary = patients::table.filter(patients::primary_doctor_id.is_not_null()).count();
    assert_eq!(clinic.ask(move |c| primary.get_result::<i64>(c)).await, 0);
    ada.open(&format!("/patients/{}", ids[1])).await.see("Dr Grace Hopper").see("Dr Alan Turing");
}

async fn a_missing_selection_or_action_is_reported_on_the_list(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let id = clinic.patient("Émile Zola", clinic.user_id("ada").await).await.to_string();
    let list = "q=zola&sort=-age";
    let page = ada.post("/admin/patients/actions", &[("_action", "delete"), ("_list", list)]).await;
    assert_eq!(page.location(), format!("/admin/patients?{list}"));
    ada.open(page.location()).await.see("Select at least one patient. Nothing was changed").see("Zola, Émile");
    let page = ada.post("/admin/patients/actions", &[("_action", ""), ("_id", &id), ("_list", list)]).await;
    ada.open(page.location()).await.see("Choose an action");
    // The return address is always a list of Praxis, whatever is sent.
    let page = ada.post("/admin/patients/actions", &[("_list", "https://evil.example"), ("_action", "")]).await;
    assert_eq!(page.location(), "/admin/patients");
    choose(&ada, "patients", "explode", &[1]).await.is(403);
    ada.post("/admin/nothing/actions", &[("_action", "delete")]).await.is(404);
}

async fn a_bulk_deletion_can_leave_out_protected_records(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let owner = clinic.user_id("ada").await;
    let patient = clinic.patient("Émile Zola", owner).await;
    let (free, held) = (clinic.doctor("Dr Alan Turing").await, clinic.doctor("Dr Grace Hopper").await);
    clinic.assignment(patient, held).await;
    let page = choose(&ada, "doctors", "delete", &[free, held, 999]).await;
    page.is(200).see("Delete 1 doctor?").see("Left out").see("Used by assignments (Doctor).").see("Dr Grace Hopper");
    page.see("1 They no longer exist, or you do not have access to them.");
    let done = confirm(&ada, &page, &[]).await;
    ada.open(done.location()).await.see("1 doctor was moved to the trash. 2 left out.");
    let page = choose(&ada, "doctors", "delete", &[held]).await;
    assert!(!page.see("Nothing to do").has("form[data-guard]"));
    // What is deleted as well is counted: a user with a session. One with patients cannot be deleted.
    let rosa = clinic.account("rosa", Rights::default()).await;
    clinic.sign_in("rosa").await;
    let colin = clinic.account("colin", Rights::default()).await;
    clinic.patient("Anna Weiss", colin).await;
    let page = choose(&ada, "users", "delete", &[rosa, colin, owner]).await;
    page.see("Delete 1 user?").see("1 session will be deleted as well").see("You cannot delete your own account.");
    page.see("Used by patients (Registered by).");
    confirm(&ada, &page, &[]).await.is(303);
    assert_eq!(clinic.patient_names().await, ["Anna Weiss", "Émile Zola"]);
    assert_eq!(clinic.ask(|c| users::table.count().get_result::<i64>(c)).await, 2);
}

async fn an_administrator_changes_all_matching_records_at_once(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let rosa = clinic.account("rosa", Rights::default()).await;
    many_patients(&clinic, 240, clinic.user_id("ada").await).await;
    ada.open("/admin/patients?gender=female").await.see("Select all results (239)");
    let fields = [("_action", "set.owner_id"), ("_all", "1"), ("_list", "gender=female&page=3")];
    let page = ada.post("/admin/patients/actions", &fields).await;
    page.is(200).see("Set “Registered by” of 239 patients").see("Patient 10001").see("and 219 more");
    let done = confirm(&ada, &page, &[("owner_id", &rosa.to_string())]).await;
    assert_eq!(done.location(), "/admin/patients?gender=female&page=3");
    ada.open(done.location()).await.see("239 patients were changed.");
    let moved = clinic.ask(move |c| patients::table.filter(patients::owner_id.eq(rosa)).count().get_result::<i64>(c)).await;
    assert_eq!(moved, 239);
    let changed = log_entries::table.filter(log_entries::action.eq(LogAction::Change)).filter(log_entries::resource.eq("patient"));
    assert_eq!(clinic.ask(move |c| changed.count().get_result::<i64>(c)).await, 239);
    assert_eq!(acts(&clinic).await, ["Set “Registered by” of 239 patients (Registered by: rosa)"]);
}

async fn a_bulk_action_over_the_limit_is_refused(clinic: Clinic) {
    let ada = clinic.administrator().await;
    many_patients(&clinic, 2_001, clinic.user_id("ada").await).await;
    let all = [("_action", "delete"), ("_all", "1")];
    let page = ada.post("/admin/patients/actions", &all).await;
    page.see("Nothing to do").see("You can select up to 2,000 at once.");
    ada.post("/admin/patients/actions", &[&all[..], &[("_confirmed", "1")]].concat()).await.is(409);
    assert_eq!(clinic.patient_names().await.len(), 2_001);
    let page = ada.post("/admin/patients/actions", &[&all[..], &[("_list", "gender=female")]].concat()).await;
    page.see("Delete 2,000 patients?");
}

async fn a_bulk_action_on_a_changed_list_asks_again(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let owner = clinic.user_id("ada").await;
    clinic.patient("Émile Zola", owner).await;
    let page = ada.post("/admin/patients/actions", &[("_action", "delete"), ("_all", "1"), ("_list", "")]).await;
    page.see("Delete 1 patient?");
    clinic.patient("Maria Silva", owner).await;
    let again = confirm(&ada, &page, &[]).await;
    again.is(409).see("Some of these records have changed").see("Delete 2 patients?").see("Maria Silva");
    assert_eq!(clinic.patient_names().await.len(), 2);
    confirm(&ada, &again, &[]).await.is(303);
    assert!(clinic.patient_names().await.is_empty());
}

async fn a_bulk_action_submitted_twice_runs_once(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let id = clinic.patient("Émile Zola", clinic.user_id("ada").await).await;
    let doctor = clinic.doctor("Dr Grace Hopper").await.to_string();
    let page = choose(&ada, "patients", "assign", &[id]).await;
    confirm(&ada, &page, &[("doctor_id", &doctor), ("is_primary", "true")]).await.is(303);
    confirm(&ada, &page, &[("doctor_id", &doctor), ("is_primary", "true")]).await.is(409);
    let page = choose(&ada, "patients", "delete", &[id]).await;
    confirm(&ada, &page, &[]).await.is(303);
    confirm(&ada, &page, &[]).await.is(409).see("Nothing to do");
    assert_eq!(acts(&clinic).await.len(), 2);
}

async fn each_bulk_action_requires_its_own_permission(clinic: Clinic) {
    let id = clinic.patient("Émile Zola", clinic.account("owner", Rights::default()).await).await;
    let all = "clinic.view_all_patients";
    let viewer = clinic.clerk("vera", &[all, "patient.view"]).await;
    assert!(!viewer.open("/admin/patients").await.see("Zola, Émile").has("#bulk, td.row-select"), "there is nothing to tick for");
    let changer = clinic.clerk("carl", &[all, "patient.change", "doctor.view"]).await;
    let page = changer.open("/admin/patients").await;
    assert_eq!(page.attributes("#bulk-action option", "value"), ["", "set.primary_doctor_id"]);
    let deleter = clinic.clerk("dora", &[all, "patient.view", "patient.delete"]).await;
    assert_eq!(deleter.open("/admin/patients").await.attributes("#bulk-action option", "value"), ["", "delete"]);
    for word in ["delete", "assign", "set.primary_doctor_id"] {
        choose(&viewer, "patients", word, &[id]).await.is(403).miss("Zola");
    }
    // Gender, address and name are nobody's to set for many.
    for word in ["delete", "assign", "set.owner_id", "set.gender", "set.address", "set.name", "set.search_text"] {
        choose(&changer, "patients", word, &[id]).await.is(403);
    }
    choose(&deleter, "patients", "set.primary_doctor_id", &[id]).await.is(403);
    clinic.clerk("nora", &["doctor.view"]).await.post("/admin/patients/actions", &[("_action", "delete")]).await.is(403);
    // The log has no actions.
    let ada = clinic.administrator().await;
    assert!(!ada.open("/admin/log").await.has("#bulk"));
    choose(&ada, "log", "delete", &[1]).await.is(403);
}

async fn a_user_cannot_select_patients_of_others(clinic: Clinic) {
    let foreign = clinic.patient("Émile Zola", clinic.account("owner", Rights::default()).await).await;
    let clara = clinic.clerk("clara", &["patient.view", "patient.change", "patient.delete", "doctor.view"]).await;
    let own = clinic.patient("Maria Silva", clinic.user_id("clara").await).await;
    let page = choose(&clara, "patients", "delete", &[own, foreign]).await;
    page.see("Delete 1 patient?").see("1 They no longer exist, or you do not have access to them.").miss("Zola");
    let done = confirm(&clara, &page, &[]).await;
    clara.open(done.location()).await.see("1 patient was moved to the trash").see("1 left out");
    assert_eq!(clinic.patient_names().await, ["Émile Zola"]);
    for word in ["delete", "set.primary_doctor_id"] {
        let page = choose(&clara, "patients", word, &[foreign]).await;
        page.see("Nothing to do").miss("Zola");
    }
    // A confirmation without a plan changes nothing.
    let asked = ("_action", "set.primary_doctor_id");
    let fields = [asked, ("_ids", "1,x,,-5,99999999999999999999"), ("_confirmed", "1"), ("primary_doctor_id", "")];
    clara.post("/admin/patients/actions", &fields).await.is(409).miss("Zola");
    let page = clara.post("/admin/patients/actions", &[("_action", "delete"), ("_all", "1"), ("_list", "q=zola")]).await;
    page.see("Nothing to do").miss("Émile");
}

async fn a_bulk_edit_sets_a_field_on_all_records_or_none(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let owner = clinic.user_id("ada").await;
    let ids = [clinic.doctor("Dr Grace Hopper").await, clinic.doctor("Dr Karl Weiss").await];
    let page = choose(&ada, "doctors", "set.specialization", &ids).await;
    page.see("Set “Specialty” of 2 doctors");
    confirm(&ada, &page, &[("specialization", "")]).await.is(422).error("specialization");
    let long = choose(&ada, "doctors", "set.specialization", &ids).await;
    let wrong = confirm(&ada, &long, &[("specialization", &"x".repeat(121))]).await;
    assert_eq!(wrong.is(422).error("specialization"), "Specialty must be 120 characters or fewer");
    assert_eq!(wrong.value("specialization").len(), 121, "what was typed is still there");
    confirm(&ada, &wrong, &[("specialization", "Nephrology")]).await.is(303);
    let stored = clinic.ask(|c| doctors::table.select(doctors::specialization).load::<String>(c)).await;
    assert_eq!(stored, vec!["Nephrology".to_string(); 2]);
    ada.open("/admin/doctors?q=nephrology").await.see("2 results");
    // Yes or no must be chosen, because an unticked checkbox would mean no.
    let page = choose(&ada, "users", "set.is_active", &[owner]).await;
    assert_eq!(page.attributes("input[name=is_active]", "value"), ["yes", "no"]);
}

async fn a_failing_record_stops_a_bulk_action_and_can_be_left_out(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let (rosa, own) = (clinic.account("rosa", Rights::default()).await, clinic.user_id("ada").await);
    let page = choose(&ada, "users", "set.is_active", &[rosa, own]).await;
    let told = confirm(&ada, &page, &[("is_active", "no")]).await;
    told.is(422).see("Nothing was changed").see("This is the last active superuser").see("ada");
    let active = || clinic.ask(|c| users::table.filter(users::is_active.eq(true)).count().get_result::<i64>(c));
    assert_eq!(active().await, 2, "not even rosa");
    let without = told.attributes(".protected form input", "value");
    assert!(without.contains(&own.to_string()));
    let names = told.attributes(".protected form input", "name");
    let fields: Vec<(String, String)> = names.into_iter().zip(without).collect();
    let page = ada.post_pairs("/admin/users/actions", &fields).await;
    page.is(200).see("Set “Active” of 1 user").see("Left out by you.");
    confirm(&ada, &page, &[("is_active", "no")]).await.is(303);
    assert_eq!(active().await, 1);
}

async fn nobody_deactivates_a_more_privileged_user(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let (boss, rosa) = (clinic.user_id("ada").await, clinic.account("rosa", Rights::default()).await);
    let clara = clinic.clerk("clara", &["user.view", "user.change", "user.delete"]).await;
    let own = clinic.user_id("clara").await;
    let session = clinic.sign_in("rosa").await;
    let page = choose(&clara, "users", "deactivate", &[boss, rosa, own]).await;
    page.see("Deactivate 1 user?").see("Only a superuser can change a superuser.").see("You cannot deactivate your own account.");
    let done = confirm(&clara, &page, &[]).await;
    clara.open(done.location()).await.see("1 user was deactivated and signed out. 2 left out.");
    assert!(session.get("/").await.location().starts_with("/login"));
    choose(&clara, "users", "deactivate", &[rosa]).await.see("Already inactive.");
    choose(&clara, "users", "delete", &[boss]).await.see("Only a superuser can delete a superuser.");
    let page = choose(&clara, "users", "set.is_active", &[boss]).await;
    confirm(&clara, &page, &[("is_active", "no")]).await.is(422).see("Only a superuser can change a superuser");
    let page = choose(&clara, "users", "activate", &[rosa, boss]).await;
    page.see("Activate 1 user").see("Already active.");
    confirm(&clara, &page, &[]).await.is(303);
    clinic.sign_in("rosa").await;
    ada.open("/").await;
}

async fn only_a_holder_of_its_rights_adds_users_to_a_group(clinic: Clinic) {
    let ada = clinic.administrator().await;
    clinic.record("group", vec![("name", Value::Text("Guests".into()))]).await;
    let rosa = clinic.account("rosa", Rights { groups: &["Guests"], ..Rights::default() }).await;
    let clara = clinic.clerk("clara", &["user.change", "group.view"]).await;
    let groups = move || user_groups::table.filter(user_groups::user_id.eq(rosa)).count();
    let page = choose(&clara, "users", "join", &[rosa]).await;
    let told = confirm(&clara, &page, &[("group", "3")]).await;
    told.is(422).see("Nothing was changed").see("You cannot give or remove permissions that you do not have");
    assert_eq!(clinic.ask(move |c| groups().get_result::<i64>(c)).await, 1);
    let page = choose(&ada, "users", "join", &[rosa]).await;
    confirm(&ada, &page, &[("group", "1")]).await.is(303);
    assert_eq!(clinic.ask(move |c| groups().get_result::<i64>(c)).await, 2);
    ada.open(&format!("/admin/users/{rosa}/history")).await.see("Staff");
}

async fn a_record_page_offers_the_same_actions(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let rosa = clinic.account("rosa", Rights::default()).await;
    let path = format!("/admin/users/{rosa}");
    let page = ada.open(&path).await;
    assert_eq!(page.all("form.actions button"), ["Deactivate"]);
    let page =
        ada.post("/admin/users/actions", &[("_action", "deactivate"), ("_id", &rosa.to_string()), ("_from", &rosa.to_string())]).await;
    let done = confirm(&ada, &page, &[]).await;
    assert_eq!(done.location(), path);
    assert_eq!(ada.open(&path).await.all("form.actions button"), ["Activate"]);
}
