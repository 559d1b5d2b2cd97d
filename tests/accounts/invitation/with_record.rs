//! The directory, and accounts that are created together with a doctor or a patient.

use diesel::prelude::*;
use praxis::db::schema::{doctors, groups, invitations, patients, user_groups, users};

use crate::stories;
use crate::support::Clinic;
use crate::support::people::{PASSWORD, Rights};

stories![
    permitted_users_look_up_people,
    a_doctor_and_their_account_are_created_in_one_form,
    errors_in_either_half_of_the_form_save_neither,
    a_user_without_the_right_to_add_users_creates_no_account,
    a_patient_with_an_account_reads_their_own_record_only,
    a_users_data_copy_holds_only_their_own_data,
    a_form_sent_twice_adds_one_doctor_and_one_account,
];

async fn permitted_users_look_up_people(clinic: Clinic) {
    let ada = clinic.administrator().await;
    clinic.account("rosa", Rights { groups: &["Staff", "Doctor"], ..Rights::default() }).await;
    let page = ada.open("/users").await;
    page.see("People").see("2 users").see("Doctor, Staff").see("rosa@example.org");
    assert_eq!(page.all("td.main-cell .avatar"), ["A", "R"]);
    ada.open("/users?q=ros").await.see("1 result").miss("ada@example.org");
    ada.open("/users?is_active=no").await.see("No results");
    let id = clinic.user_id("rosa").await;
    ada.open(&format!("/users/{id}")).await.see("Doctor, Staff").see("rosa@example.org").see("Open in administration");
    ada.get("/users/999999").await.is(404);
    let rosa = clinic.sign_in("rosa").await;
    rosa.get("/users").await.is(403);
    rosa.get(&format!("/users/{id}")).await.is(403);
    assert!(!rosa.open("/").await.attributes("nav a", "href").contains(&"/users".to_string()));
}

const DOCTOR: [(&str, &str); 4] =
    [("name", "Dr Grace Hopper"), ("specialization", "Cardiology"), ("username", "grace"), ("email", "grace@example.org")];

async fn a_doctor_and_their_account_are_created_in_one_form(clinic: Clinic) {
    let ada = clinic.administrator().await;
    assert!(ada.open("/doctors").await.attributes("main a", "href").contains(&"/doctors/new/account".to_string()));
    ada.complete("/doctors/new/account", &DOCTOR).await.see("Dr Grace Hopper saved").see("Invitation sent to grace@example.org");
    let grace = clinic.user_id("grace").await;
    let (user, first, last) = clinic
        .ask(move |c| {
            let user = doctors::table.select(doctors::user_id).first::<Option<i64>>(c)?;
            let (first, last) = users::table.find(grace).select((users::first_name, users::last_name)).first::<(String, String)>(c)?;
            Ok((user, first, last))
        })
        .await;
    assert_eq!((user, first.as_str(), last.as_str()), (Some(grace), "Grace", "Hopper"));
    let joined = clinic
        .ask(move |c| {
            let held = user_groups::table.inner_join(groups::table.on(groups::id.eq(user_groups::group_id)));
            held.filter(user_groups::user_id.eq(grace)).select(groups::name).load::<String>(c)
        })
        .await;
    assert_eq!(joined, ["Doctor"]);
    let mail = clinic.outbox().await.pop().expect("an invitation");
    assert_eq!((mail.kind.as_str(), mail.recipient.as_str()), ("invitation", "grace@example.org"));
    let link = mail.text_body.lines().find(|line| line.contains("/invitation/")).expect("a link").to_string();
    let path = link.strip_prefix(clinic.app.settings.public_url.as_str().trim_end_matches('/')).expect("ours").to_string();
    let browser = clinic.visitor();
    browser.complete(&path, &[("password", PASSWORD), ("password_again", PASSWORD)]).await;
    // The doctor may view the patients who are assigned to them, and no others.
    let owner = clinic.user_id("ada").await;
    let (hers, _other) = (clinic.patient("Émile Zola", owner).await, clinic.patient("Victor Hugo", owner).await);
    let doctor = clinic.ask(|c| doctors::table.select(doctors::id).first::<i64>(c)).await;
    clinic.assignment(hers, doctor).await;
    clinic.sign_in("grace").await.open("/patients").await.see("Zola, Émile").miss("Hugo, Victor");
}

async fn errors_in_either_half_of_the_form_save_neither(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let typed = [("name", ""), ("specialization", "Cardiology"), ("username", "ada"), ("email", "nothing")];
    let page = ada.fill("/doctors/new/account", &typed).await;
    assert_eq!(page.is(422).error("name"), "Enter the doctor's name");
    assert_eq!(page.error("username"), "This username is taken");
    assert!(page.error("email").contains("in the correct format"));
    assert_eq!(page.value("specialization"), "Cardiology");
    ada.fill("/doctors/new/account", &[DOCTOR[0], ("specialization", ""), DOCTOR[2], DOCTOR[3]]).await.is(422).error("specialization");
    let left = clinic
        .ask(|c| {
            Ok((
                doctors::table.count().get_result::<i64>(c)?,
                users::table.count().get_result::<i64>(c)?,
                invitations::table.count().get_result::<i64>(c)?,
            ))
        })
        .await;
    assert_eq!(left, (0, 1, 0), "half of it was kept");
    assert!(clinic.outbox().await.is_empty());
    clinic.arrange(|c| diesel::delete(groups::table.filter(groups::name.eq("Doctor"))).execute(c)).await.expect("no group");
    ada.fill("/doctors/new/account", &DOCTOR).await.is(422).see("There is no group Doctor");
}

async fn a_user_without_the_right_to_add_users_creates_no_account(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    rosa.open("/doctors").await.miss("Add with account");
    rosa.get("/doctors/new/account").await.is(403);
    rosa.post("/doctors/new/account", &DOCTOR).await.is(403);
    // A user who may add users, but lacks permissions of the group, cannot grant it.
    let clara = clinic.clerk("clara", &["doctor.add", "user.add", "user.view", "group.view", "clinic.view_all_patients"]).await;
    clara.fill("/doctors/new/account", &DOCTOR).await.is(422).see("You cannot give or remove permissions that you do not have");
    // Neither can one who may not view every patient, because the account gives access to a doctor's patients.
    let doctors = clinic.granted("Doctor").await;
    let mut held: Vec<&str> = doctors.iter().map(String::as_str).filter(|codename| *codename != "clinic.view_all_patients").collect();
    held.extend(["doctor.add", "user.add", "user.view", "group.view"]);
    let colin = clinic.clerk("colin", &held).await;
    colin.fill("/doctors/new/account", &DOCTOR).await.is(422).see("You need access to every patient to give a doctor an account");
    assert_eq!(clinic.ask(|c| doctors::table.count().get_result::<i64>(c)).await, 0);
}

async fn a_patient_with_an_account_reads_their_own_record_only(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let typed = [("name", "Émile Zola"), ("age", "40"), ("gender", "male"), ("username", "emile"), ("email", "emile@example.org")];
    ada.complete("/patients/new/account", &typed).await.see("Émile Zola saved");
    let owner = clinic.user_id("ada").await;
    let other = clinic.patient("Victor Hugo", owner).await;
    let own = clinic.ask(|c| patients::table.filter(patients::name.eq("Émile Zola")).select(patients::id).first::<i64>(c)).await;
    let doctor = clinic.doctor("Dr Grace Hopper").await;
    clinic.assignment(own, doctor).await;
    // With the password of all test users.
    let id = clinic.user_id("emile").await;
    clinic
        .arrange(move |c| {
            let hash = users::table.filter(users::username.eq("ada")).select(users::password_hash).first::<String>(c)?;
            diesel::update(users::table.find(id)).set(users::password_hash.eq(hash)).execute(c)
        })
        .await
        .expect("a password");
    let emile = clinic.sign_in("emile").await;
    emile.open("/").await.see("Émile Zola").see("Dr Grace Hopper").miss("Hugo").miss("New patient").miss("Edit").miss("Delete");
    for path in ["/patients".to_string(), format!("/patients/{own}"), format!("/patients/{other}")] {
        emile.get(&path).await.is(404);
    }
    for path in ["edit", "delete", "doctors/new"] {
        emile.get(&format!("/patients/{own}/{path}")).await.is(403);
        emile.post(&format!("/patients/{own}/{path}"), &[("name", "x")]).await.is(403);
    }
    emile.open("/search?q=hugo").await.miss("Victor Hugo");
    emile.get("/users").await.is(403);
    emile.get("/admin").await.is(403);
}

async fn a_users_data_copy_holds_only_their_own_data(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let id = clinic.user_id("rosa").await;
    let own = clinic.patient("Rosa Luxemburg", id).await;
    clinic.patient("Victor Hugo", id).await;
    clinic.arrange(move |c| diesel::update(patients::table.find(own)).set(patients::user_id.eq(id)).execute(c)).await.expect("an account");
    let doctor = clinic.doctor("Dr Grace Hopper").await;
    clinic.assignment(own, doctor).await;
    rosa.open(&format!("/patients/{own}")).await;
    clinic.settle().await;
    rosa.open("/profile/data").await.see("a JSON file");
    let page = rosa.post("/profile/data", &[]).await;
    assert!(page.is(200).header("content-disposition").contains("attachment; filename=\"my-data-"));
    let data: serde_json::Value = serde_json::from_str(&page.body).unwrap_or_else(|error| panic!("{error}: {}", page.body));
    assert_eq!(data["account"]["username"], "rosa");
    assert_eq!(data["groups"][0], "Staff");
    assert_eq!(data["patients"].as_array().map(Vec::len), Some(1), "{data}");
    assert_eq!(data["patients"][0]["name"], "Rosa Luxemburg");
    assert_eq!(data["mappings"][0]["doctor_name"], "Dr Grace Hopper");
    assert_eq!(data["sessions"].as_array().map(Vec::len), Some(1));
    assert!(data["sign_ins"].as_array().is_some_and(|all| !all.is_empty()));
    assert!(data["what_was_done_to_your_patient"].as_array().is_some_and(|all| all.iter().any(|one| one["what"] == "Viewed")));
    for secret in ["argon2", "Victor Hugo", "key_hash", "password_hash", "credential", "csrf"] {
        assert!(!page.body.contains(secret), "{secret} is in the copy");
    }
    clinic.administrator().await.open("/admin/log?q=rosa").await.see("Exported").see("Own data");
    for _ in 0..9 {
        rosa.post("/profile/data", &[]).await.is(200);
    }
    rosa.post("/profile/data", &[]).await.is(429);
}

async fn a_form_sent_twice_adds_one_doctor_and_one_account(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let (action, mut data) = ada.open("/doctors/new/account").await.form();
    data.retain(|(name, _)| !DOCTOR.iter().any(|(typed, _)| typed == name));
    data.extend(DOCTOR.map(|(name, value)| (name.to_string(), value.to_string())));
    let (one, two) = tokio::join!(ada.post_pairs(&action, &data), ada.post_pairs(&action, &data));
    assert_eq!(one.location(), two.location());
    assert_eq!(ada.post_pairs(&action, &data).await.location(), one.location());
    let made = clinic.ask(|c| Ok((doctors::table.count().get_result(c)?, users::table.count().get_result(c)?))).await;
    let invited = clinic.outbox().await.iter().filter(|mail| mail.kind == "invitation").count();
    assert_eq!((made, invited), ((1_i64, 2_i64), 1));
    // What is wrong is told as often as it is sent.
    let page = ada.fill("/doctors/new/account", &DOCTOR).await;
    page.is(422);
    let (action, data) = page.form();
    ada.post_pairs(&action, &data).await.is(422);
    ada.post_pairs(&action, &data).await.is(422);
}
