//! Patients, for the users who register and treat them.

use diesel::prelude::*;
use diesel::sql_query;
use praxis::db::Connection;
use praxis::db::schema::{doctors, log_entries, patients};
use praxis::resource::log::entry::LogEntry;

use crate::stories;
use crate::support::Clinic;
use crate::support::people::Rights;

stories![
    a_receptionist_registers_a_patient,
    a_rejected_form_shows_errors_and_keeps_its_input,
    a_patients_date_of_birth_determines_the_age,
    a_birthday_updates_the_stored_age,
    a_receptionist_edits_and_deletes_a_patient,
    a_receptionist_cannot_reach_patients_of_others,
    a_doctor_sees_their_assigned_patients,
    a_patient_sees_their_own_record,
    one_visibility_rule_covers_short_and_long_lists,
    one_permission_shows_every_patient,
    the_owner_is_never_taken_from_the_form,
    a_list_is_searched_filtered_and_ordered,
    a_list_sorts_names_without_regard_to_case_and_accents,
    ids_in_addresses_reveal_no_names,
    a_reference_outside_the_users_choices_is_kept,
    a_patient_form_survives_the_end_of_its_session,
    a_long_list_is_paginated,
];

async fn a_receptionist_registers_a_patient(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    rosa.open("/patients").await.see("No patients yet").see("No patients");
    let sent = [
        ("name", "  Émile   Zola "),
        ("date_of_birth-day", "2"),
        ("date_of_birth-month", "apr"),
        ("date_of_birth-year", "1964"),
        ("gender", "male"),
        ("address", "12 Rue de Rennes\r\n75006 Paris"),
    ];
    let page = rosa.complete("/patients/new", &sent).await;
    page.see("Émile Zola saved").see("Born 2 Apr 1964").see("male").see("Added").miss("Error");
    let (name, address, owner) = clinic
        .ask(|c| patients::table.select((patients::name, patients::address, patients::owner_id)).first::<(String, String, i64)>(c))
        .await;
    assert_eq!((name.as_str(), address.as_str()), ("Émile Zola", "12 Rue de Rennes\n75006 Paris"));
    assert_eq!(owner, clinic.user_id("rosa").await);
    clinic.settle().await;
    rosa.open("/").await.see("Recently opened patients").see("Émile");
    let logged = clinic
        .ask(|c| {
            log_entries::table.filter(log_entries::resource.eq("patient")).select((log_entries::actor, log_entries::changes)).first::<(
                String,
                String,
            )>(
                c
            )
        })
        .await;
    assert_eq!(logged.0, "rosa");
    assert!(logged.1.contains("2 Apr 1964"), "{}", logged.1);
}

async fn a_rejected_form_shows_errors_and_keeps_its_input(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let sent =
        [("name", ""), ("date_of_birth-day", "2"), ("date_of_birth-year", "1964"), ("age", "many"), ("address", "12 Rue <i>de</i> Rennes")];
    let page = rosa.fill("/patients/new", &sent).await;
    page.is(422);
    assert_eq!(page.error("name"), "Enter the patient's name");
    assert_eq!(page.error("date_of_birth"), "Date of birth must include a month");
    assert_eq!(page.error("age"), "Age must be a whole number, like 42");
    assert_eq!(page.error("gender"), "Choose the gender");
    assert!(page.attributes(".error-summary a", "href").contains(&"#date_of_birth-month".to_string()));
    assert_eq!(
        (page.value("date_of_birth-day").as_str(), page.value("age").as_str(), page.value("address").as_str()),
        ("2", "many", "12 Rue <i>de</i> Rennes")
    );
    // Without either, it is the date of birth that is asked for; the age stays folded away.
    let page = rosa.fill("/patients/new", &[("name", "Émile Zola"), ("gender", "male")]).await;
    assert_eq!(page.is(422).error("date_of_birth"), "Enter a date of birth");
    assert!(page.has("details.unfold:not([open]) #age"));
    for (field, value, said) in [
        ("age", "151", "Age must be between 0 and 150"),
        ("age", "-1", "Age must be between 0 and 150"),
        ("age", "99999999999999999999", "Age must be a whole number, like 42"),
        ("gender", "unknown", "Choose one of the options for gender"),
        ("name", "a\0b", "Name contains unreadable characters"),
    ] {
        let mut sent = vec![("name", "Zola"), ("age", "40"), ("gender", "male")];
        sent.retain(|(name, _)| *name != field);
        sent.push((field, value));
        let page = rosa.fill("/patients/new", &sent).await;
        assert_eq!(page.is(422).error(field), said, "{value}");
    }
    let long = "ä".repeat(121);
    let page = rosa.fill("/patients/new", &[("name", &long), ("age", "40"), ("gender", "male")]).await;
    assert_eq!(page.error("name"), "Name must be 120 characters or fewer");
    assert_eq!(page.value("name"), long);
    let page = rosa.fill("/patients/new", &[("name", "Zola"), ("age", "40"), ("gender", "male"), ("primary_doctor_id", "77")]).await;
    assert_eq!(page.error("primary_doctor_id"), "Choose the primary doctor from the list");
    assert_eq!(clinic.patient_names().await, Vec::<String>::new());
    rosa.fill("/patients/new", &[("name", &"ä".repeat(120)), ("age", "0"), ("gender", "other")]).await.is(303);
}

async fn a_patients_date_of_birth_determines_the_age(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let born = |year: &'static str| {
        [
            ("name", "Zola"),
            ("gender", "male"),
            ("age", ""),
            ("date_of_birth-day", "1"),
            ("date_of_birth-month", "1"),
            ("date_of_birth-year", year),
        ]
    };
    rosa.complete("/patients/new", &born("2000")).await;
    let age = clinic.ask(|c| patients::table.select(patients::age).first::<i32>(c)).await;
    assert_eq!(age, clinic.app.today().year() - 2000);
    let page = rosa.fill("/patients/new", &born("1801")).await;
    assert_eq!(page.is(422).error("date_of_birth"), "Date of birth must be within the last 150 years");
    let page = rosa.fill("/patients/new", &born("2999")).await;
    assert_eq!(page.is(422).error("date_of_birth"), "Date of birth must not be in the future");
}

async fn a_receptionist_edits_and_deletes_a_patient(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let id = clinic.patient("Emile Zola", clinic.user_id("rosa").await).await;
    let path = format!("/patients/{id}");
    let page = rosa.open(&format!("{path}/edit")).await;
    assert_eq!((page.value("name").as_str(), page.value("age").as_str(), page.value("gender").as_str()), ("Emile Zola", "40", "female"));
    rosa.complete(&format!("{path}/edit"), &[("name", "Émile Zola"), ("gender", "male")])
        .await
        .see("Émile Zola saved")
        .see("Changed name, given name, gender");
    rosa.complete(&format!("{path}/edit"), &[]).await.see("Nothing was changed.").miss("saved");
    let entries = clinic.ask(move |c| LogEntry::list_for_object(c, "patient", id, 9, 0)).await.len();
    assert_eq!(entries, 2, "saving without a change is no act");
    rosa.open(&format!("{path}/delete")).await.see("Delete Émile Zola?").see("Cancel");
    rosa.complete(&format!("{path}/delete"), &[]).await.see("The patient “Émile Zola” was deleted");
    rosa.get(&path).await.is(404);
    assert_eq!(clinic.patient_names().await, Vec::<String>::new());
}

async fn a_receptionist_cannot_reach_patients_of_others(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let colin = clinic.colleague().await;
    let id = clinic.patient("Émile Zola", clinic.user_id("rosa").await).await;
    let doctor = clinic.doctor("Dr Grace Hopper").await;
    let mapping = clinic.assignment(id, doctor).await;
    rosa.open(&format!("/patients/{id}")).await.see("Dr Grace Hopper");
    for path in ["", "/edit", "/delete", "/doctors/new"] {
        colin.get(&format!("/patients/{id}{path}")).await.is(404);
    }
    for path in ["/edit".to_string(), "/delete".into(), "/doctors/new".into(), format!("/doctors/{mapping}/delete")] {
        colin
            .post(
                &format!("/patients/{id}{path}"),
                &[("name", "Stolen"), ("age", "1"), ("gender", "male"), ("doctor_id", &doctor.to_string())],
            )
            .await
            .is(404);
    }
    colin.open("/patients").await.see("No patients").miss("Zola");
    colin.open("/search?q=zola").await.see("No patient you can see matches ‘zola’");
    colin.open(&format!("/doctors/{doctor}")).await.miss("Zola");
    assert!(!colin.open("/options/patients?q=zola").await.body.contains("Zola"));
    // Another user's assignment cannot be reached through one's own patient either.
    let own = clinic.patient("Maria", clinic.user_id("colin").await).await;
    colin.post(&format!("/patients/{own}/doctors/{mapping}/delete"), &[]).await.is(404);
    assert_eq!(clinic.patient_names().await, ["Maria", "Émile Zola"]);
}

async fn a_doctor_sees_their_assigned_patients(clinic: Clinic) {
    let rosa = clinic.account("rosa", Rights { groups: &["Staff"], ..Rights::default() }).await;
    let account = clinic.account("grace", Rights { groups: &["Doctor"], ..Rights::default() }).await;
    let doctor = clinic.doctor("Dr Grace Hopper").await;
    clinic
        .arrange(move |c| diesel::update(doctors::table.find(doctor)).set(doctors::user_id.eq(account)).execute(c))
        .await
        .expect("an account");
    let theirs = clinic.patient("Émile Zola", rosa).await;
    let other = clinic.patient("Maria Silva", rosa).await;
    clinic.assignment(theirs, doctor).await;
    let grace = clinic.sign_in("grace").await;
    grace.open("/patients").await.see("Zola, Émile").miss("Silva, Maria").miss("New patient");
    grace.open(&format!("/patients/{theirs}")).await.see("Edit").miss("Delete");
    grace.get(&format!("/patients/{other}")).await.is(404);
    grace.get("/patients/new").await.is(403);
    grace.post(&format!("/patients/{theirs}/delete"), &[]).await.is(403);
    grace.open("/").await.see("Émile Zola").see("Dr Grace Hopper");
}

/// Few patients are looked up by id, many are filtered while scanning; both must give the same result.
async fn one_visibility_rule_covers_short_and_long_lists(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let owner = clinic.user_id("rosa").await;
    let colleague = clinic.account("cleo", Rights { groups: &["Staff"], ..Rights::default() }).await;
    let account = clinic.account("grace", Rights { groups: &["Doctor"], ..Rights::default() }).await;
    let doctor = clinic.doctor("Dr Grace Hopper").await;
    let linked = move |c: &mut Connection| diesel::update(doctors::table.find(doctor)).set(doctors::user_id.eq(account)).execute(c);
    clinic.arrange(linked).await.expect("an account");
    let first = clinic.patient("Émile Zola", owner).await;
    clinic.assignment(first, doctor).await;
    clinic.patient("Maria Silva", colleague).await;
    let grace = clinic.sign_in("grace").await;
    rosa.open("/patients").await.see("Zola, Émile").see("1 patient");
    const MORE: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 510) \
        INSERT INTO patients (name, age, gender, address, owner_id, search_text, created_at, updated_at) \
        SELECT 'Patient ' || i, age, gender, address, owner_id, 'patient ' || i, created_at, updated_at FROM patients, n WHERE name = 'Émile Zola'";
    clinic.arrange(|c| sql_query(MORE).execute(c)).await.expect("more patients");
    rosa.open("/patients").await.see("511 patients").see("1–50 of 511");
    rosa.open("/patients?q=maria").await.see("No patient you can see matches");
    assert_eq!(rosa.open("/patients?q=patient+510").await.all("td.main-cell a"), ["Patient 510"]);
    grace.open("/patients").await.see("Zola, Émile").see("1 patient").miss("Patient 1");
    const ALL: &str = "INSERT INTO patient_doctor_mappings (patient_id, doctor_id, created_at, updated_at) \
        SELECT id, (SELECT id FROM doctors), created_at, updated_at FROM patients WHERE name LIKE 'Patient %'";
    clinic.arrange(|c| sql_query(ALL).execute(c)).await.expect("assignments");
    grace.open("/patients").await.see("511 patients").miss("Silva, Maria");
    // Patients of ended or deleted assignments are no longer visible.
    clinic.tamper("UPDATE patient_doctor_mappings SET deleted_at = updated_at WHERE patient_id > 20").await;
    clinic.tamper("UPDATE patients SET deleted_at = updated_at WHERE name = 'Patient 1'").await;
    let seen = clinic
        .ask(|c| patients::table.filter(patients::id.le(20)).filter(patients::deleted_at.is_null()).count().get_result::<i64>(c))
        .await;
    grace.open("/patients").await.see(&format!("{} patients", seen - 1));
}

async fn a_patient_sees_their_own_record(clinic: Clinic) {
    let rosa = clinic.account("rosa", Rights::default()).await;
    let id = clinic.patient("Émile Zola", rosa).await;
    clinic.patient("Maria Silva", rosa).await;
    let account = clinic.account("emile", Rights { permissions: &["patient.view"], ..Rights::default() }).await;
    clinic
        .arrange(move |c| diesel::update(patients::table.find(id)).set(patients::user_id.eq(account)).execute(c))
        .await
        .expect("an account");
    clinic.sign_in("emile").await.open("/").await.see("Émile Zola").miss("Maria");
}

async fn one_permission_shows_every_patient(clinic: Clinic) {
    let rosa = clinic.account("rosa", Rights::default()).await;
    let id = clinic.patient("Émile Zola", rosa).await;
    clinic.account("colin", Rights { permissions: &["patient.view", "clinic.view_all_patients"], ..Rights::default() }).await;
    let colin = clinic.sign_in("colin").await;
    colin.open("/patients").await.see("Zola, Émile").see("1 patient");
    colin.open(&format!("/patients/{id}")).await;
    colin.get(&format!("/patients/{id}/edit")).await.is(403);
}

async fn the_owner_is_never_taken_from_the_form(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let colin = clinic.account("colin", Rights::default()).await.to_string();
    let sent = [
        ("name", "Zola"),
        ("age", "40"),
        ("gender", "male"),
        ("owner_id", colin.as_str()),
        ("user_id", colin.as_str()),
        ("id", "99"),
        ("created_at", "2001-01-01"),
    ];
    rosa.complete("/patients/new", &sent).await;
    let made = clinic
        .ask(|c| patients::table.select((patients::id, patients::owner_id, patients::user_id)).first::<(i64, i64, Option<i64>)>(c))
        .await;
    assert_eq!(made, (1, clinic.user_id("rosa").await, None));
    rosa.complete("/patients/1/edit", &sent).await;
    let owner = clinic.ask(|c| patients::table.select(patients::owner_id).first::<i64>(c)).await;
    assert_eq!(owner, clinic.user_id("rosa").await);
}

async fn a_list_is_searched_filtered_and_ordered(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let owner = clinic.user_id("rosa").await;
    for name in ["Émile Zola", "Maria Silva", "Jonas Weiß", "100% Certain", "Under_score"] {
        clinic.patient(name, owner).await;
    }
    let names = |page: crate::support::page::Page| page.all("td.main-cell a");
    assert_eq!(names(rosa.open("/patients?q=emile").await), ["Zola, Émile"]);
    assert_eq!(names(rosa.open("/patients?q=WEISS").await), ["Weiß, Jonas"]);
    assert_eq!(names(rosa.open("/patients?q=%25").await), ["Certain, 100%"]);
    assert_eq!(names(rosa.open("/patients?q=r_s").await), ["Under_score"]);
    assert_eq!(names(rosa.open("/patients?q=zola+emile").await), ["Zola, Émile"]);
    assert_eq!(names(rosa.open("/patients?q=%22zola+emile%22").await), Vec::<String>::new());
    rosa.open("/patients?q=nobody").await.see("No patient you can see matches").see("Show all");
    let page = rosa.open("/patients?sort=-sort_name").await;
    assert_eq!(page.attributes("th[aria-sort]", "aria-sort"), ["descending"]);
    let mut expected = names(rosa.open("/patients").await);
    expected.reverse();
    assert_eq!(names(page), expected);
    rosa.open("/patients?gender=male").await.see("No patient you can see matches").see("Gender: Male");
    rosa.open("/patients?gender=female&q=zola").await.see("1 result").see("Clear all");
    for odd in [
        "gender=x",
        "sort=password_hash",
        "sort=name;drop",
        "page=0",
        "page=99999999999999999999",
        "primary_doctor_id=abc",
        "created_at=never",
    ] {
        let page = rosa.open(&format!("/patients?{odd}")).await;
        assert!(page.has(".flash.warn"), "{odd} passed without a word");
        assert_eq!(names(page).len(), 5, "{odd}");
    }
    rosa.open(&format!("/patients?q={}", "x".repeat(5_000))).await.see("No patient you can see matches");
}

async fn a_long_list_is_paginated(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let owner = clinic.user_id("rosa").await;
    for number in 0..101 {
        clinic.patient(&format!("Patient {number:03}"), owner).await;
    }
    let page = rosa.open("/patients").await;
    page.see("1–50 of 101").see("Next");
    assert_eq!(page.all("td.main-cell").len(), 50);
    let page = rosa.open("/patients?page=3&sort=name").await;
    page.see("101–101 of 101").see("Previous");
    assert_eq!(page.all("td.main-cell"), ["100, Patient"]);
    rosa.open("/patients?page=9").await.see("That page does not exist. Showing the last page").see("100, Patient");
}

async fn a_list_sorts_names_without_regard_to_case_and_accents(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let owner = clinic.user_id("rosa").await;
    for name in ["Zeta", "adam", "Émile", "Ädam", "emil"] {
        clinic.patient(name, owner).await;
    }
    assert_eq!(rosa.open("/patients").await.all("td.main-cell"), ["adam", "Ädam", "emil", "Émile", "Zeta"]);
}

async fn ids_in_addresses_reveal_no_names(clinic: Clinic) {
    let owner = clinic.account("secretive", Rights::default()).await;
    let patient = clinic.patient("Émile Zola", owner).await;
    let rosa = clinic.receptionist().await;
    let clerk = clinic.clerk("clara", &["mapping.view", "mapping.add", "patient.view", "patient.add", "doctor.view"]).await;
    rosa.open(&format!("/patients?owner_id={owner}")).await.miss("secretive");
    rosa.fill("/doctors/new", &[("user_id", &owner.to_string())]).await.is(422).miss("secretive");
    clerk.open(&format!("/admin/mappings?patient_id={patient}")).await.miss("Zola");
    clerk.open(&format!("/admin/mappings/new?patient_id={patient}")).await.miss("Zola");
    clerk.open(&format!("/admin/patients/new?owner_id={owner}&user_id={owner}")).await.miss("secretive");
    let adder = clinic.clerk("adam", &["mapping.add"]).await;
    adder.open(&format!("/admin/mappings/new?patient_id={patient}")).await.miss("Zola");
}

async fn a_reference_outside_the_users_choices_is_kept(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let account = clinic.account("grace", Rights::default()).await;
    let doctor = clinic.doctor("Dr Grace Hopper").await;
    clinic
        .arrange(move |c| diesel::update(doctors::table.find(doctor)).set(doctors::user_id.eq(account)).execute(c))
        .await
        .expect("an account");
    // The receptionist may not view accounts, so the account is shown as text.
    let page = rosa.open(&format!("/doctors/{doctor}/edit")).await;
    assert!(page.see(&format!("User {account}")).miss("grace").value("user_id").is_empty());
    rosa.post_over(&format!("/doctors/{doctor}/edit"), &[("name", "Dr G. Hopper"), ("specialization", "Cardiology"), ("user_id", "")])
        .await
        .is(303);
    let kept = clinic.ask(|c| doctors::table.select((doctors::name, doctors::user_id)).first::<(String, Option<i64>)>(c)).await;
    assert_eq!(kept, ("Dr G. Hopper".to_string(), Some(account)));
}

async fn a_patient_form_survives_the_end_of_its_session(clinic: Clinic) {
    use crate::support::people::PASSWORD;
    use actix_web::http::Method;
    let rosa = clinic.receptionist().await;
    let other_tab = rosa.clone();
    let (action, data) = rosa.open("/patients/new").await.form();
    other_tab.post("/logout", &[]).await.is(303);
    let mut typed: Vec<(String, String)> = data;
    typed.retain(|(name, _)| !["name", "age"].contains(&name.as_str()));
    typed.extend([("name", "Émile & Zola"), ("age", "62"), ("gender", "male")].map(|(name, value)| (name.to_string(), value.to_string())));
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(&typed).finish().into_bytes();
    let kind = ("content-type", "application/x-www-form-urlencoded");
    let page = rosa.send(Method::POST, &action, &[kind, ("sec-fetch-site", "same-origin")], body.clone()).await;
    page.is(401).see("Sign in to save what you typed");
    assert_eq!(clinic.patient_names().await, Vec::<String>::new());
    let sign_in = |page: &crate::support::page::Page, password: &str| {
        let (action, mut data) = page.form();
        data.retain(|(name, _)| !["username", "password"].contains(&name.as_str()));
        data.extend([("username", "rosa"), ("password", password)].map(|(name, value)| (name.to_string(), value.to_string())));
        (action, data)
    };
    let (action, data) = sign_in(&page, "wrong-password");
    let page = rosa.post_pairs(&action, &data).await;
    let (action, data) = sign_in(page.is(422), PASSWORD);
    let page = rosa.post_pairs(&action, &data).await;
    let (action, data) = page.is(200).see("is not saved yet").form();
    assert_eq!(action, "/patients/new");
    rosa.post_pairs(&action, &data).await.is(303);
    assert_eq!(clinic.patient_names().await, ["Émile & Zola"]);
    // A form from another site is not carried along.
    let stranger = clinic.visitor();
    let page = stranger.send(Method::POST, "/patients/new", &[kind, ("sec-fetch-site", "cross-site")], body).await;
    assert_eq!(page.location(), "/login");
}

async fn a_birthday_updates_the_stored_age(clinic: Clinic) {
    use praxis::clinic::patient_age::{outdated_ages, update_ages};
    let rosa = clinic.receptionist().await;
    let born =
        [("name", "Zola"), ("gender", "male"), ("date_of_birth-day", "1"), ("date_of_birth-month", "1"), ("date_of_birth-year", "2000")];
    rosa.complete("/patients/new", &born).await;
    let before = clinic.ask(|c| patients::table.select(patients::age).first::<i32>(c)).await;
    clinic.wait(time::Duration::days(366));
    let today = clinic.app.today();
    let due = clinic.ask(move |c| outdated_ages(c, today)).await;
    assert_eq!(clinic.arrange(move |c| update_ages(c, &due)).await.expect("set"), 1);
    assert_eq!(clinic.ask(|c| patients::table.select(patients::age).first::<i32>(c)).await, before + 1);
    assert!(clinic.ask(move |c| outdated_ages(c, today)).await.is_empty());
}
