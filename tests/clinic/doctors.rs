//! Doctors.

use diesel::prelude::*;
use praxis::db::schema::doctors;
use serde_json::json;

use crate::stories;
use crate::support::Clinic;
use crate::support::people::Rights;

stories![
    a_receptionist_adds_changes_and_deletes_doctors,
    a_doctor_with_patients_is_protected,
    one_account_belongs_to_one_doctor,
    the_title_of_a_doctor_is_a_field_of_its_own,
    a_blank_account_is_offered_only_to_those_who_can_choose_one,
];

async fn a_receptionist_adds_changes_and_deletes_doctors(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    rosa.open("/doctors").await.see("No doctors yet");
    let page = rosa.fill("/doctors/new", &[("name", " "), ("specialization", "")]).await;
    assert_eq!(
        (page.is(422).error("name").as_str(), page.error("specialization").as_str()),
        ("Enter the doctor's name", "Enter the specialty")
    );
    let page = rosa.complete("/doctors/new", &[("name", "Dr Grace Hopper"), ("specialization", "Cardiology")]).await;
    page.see("Dr Grace Hopper saved").see("Cardiology").see("No patients assigned");
    let path = page.path.clone();
    rosa.complete(&format!("{path}/edit"), &[("specialization", "Neurology")]).await.see("Neurology");
    rosa.open("/doctors?q=neuro").await.see("Dr Grace Hopper");
    rosa.complete(&format!("{path}/delete"), &[]).await.see("was deleted");
    assert_eq!(clinic.ask(|c| doctors::table.filter(doctors::deleted_at.is_null()).count().get_result::<i64>(c)).await, 0);
}

async fn a_doctor_with_patients_is_protected(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let doctor = clinic.doctor("Dr Grace Hopper").await;
    let patient = clinic.patient("Émile Zola", clinic.user_id("rosa").await).await;
    clinic.assignment(patient, doctor).await;
    let path = format!("/doctors/{doctor}");
    rosa.open(&path).await.see("Émile Zola").see("Patients (1)");
    rosa.open(&format!("{path}/delete"))
        .await
        .see("cannot be deleted")
        .see("1 assignment")
        .see("Émile Zola – Dr Grace Hopper")
        .miss("Delete doctor");
    rosa.post(&format!("{path}/delete"), &[]).await.is(409).see("Nothing was changed");
    rosa.open(&path).await;
}

async fn one_account_belongs_to_one_doctor(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let account = clinic.account("grace", Rights::default()).await.to_string();
    ada.complete("/doctors/new", &[("name", "Dr Grace"), ("specialization", "Cardiology"), ("user_id", &account)]).await;
    let page = ada.fill("/doctors/new", &[("name", "Dr Other"), ("specialization", "Cardiology"), ("user_id", &account)]).await;
    assert_eq!(page.is(422).error("user_id"), "This account belongs to another doctor");
    assert_eq!(page.value("user_id"), account);
}

/// Everywhere it stands before the name, and is no part of it.
async fn the_title_of_a_doctor_is_a_field_of_its_own(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let patient = clinic.patient("Émile Zola", clinic.user_id("rosa").await).await;
    let typed = [("name", "Grace Hopper"), ("title", "Dr"), ("specialization", "Cardiology")];
    let record = rosa.complete("/doctors/new", &typed).await.path;
    rosa.complete("/doctors/new", &[("name", "Alan Turing"), ("specialization", "Neurology")]).await;
    let stored =
        clinic.ask(|c| doctors::table.order(doctors::id).select((doctors::title, doctors::name)).load::<(String, String)>(c)).await;
    assert_eq!(stored, [("Dr".into(), "Grace Hopper".into()), ("".into(), "Alan Turing".into())]);

    let program = clinic.program_of("rosa").await;
    for title in ["Dr", "Prof."] {
        let shown = format!("{title} Grace Hopper");
        let page = rosa.open(&record).await;
        assert_eq!(page.all("h1"), [shown.as_str()]);
        // By the name, not by the title.
        assert_eq!(rosa.open("/doctors").await.all("td.main-cell a"), ["Alan Turing", &shown]);
        let offered = rosa.get("/options/doctors?q=hopper").await.json();
        assert_eq!(offered["results"][0]["label"], shown, "{offered}");
        let doctor = program.read(&format!("/api{record}/")).await;
        assert_eq!((&doctor["title"], &doctor["name"]), (&json!(title), &json!("Grace Hopper")));
        if title == "Dr" {
            program.patch(&format!("/api{record}/"), json!({ "title": "Prof." })).await.is(200);
        }
    }
    let assign = format!("/patients/{patient}/doctors/new");
    rosa.complete(&assign, &[("doctor_id", "1")]).await.see("Prof. Grace Hopper is assigned to Émile Zola");
    let form = rosa.open(&format!("{record}/edit")).await;
    assert_eq!((form.value("title"), form.value("name")), ("Prof.".into(), "Grace Hopper".into()));
}

async fn a_blank_account_is_offered_only_to_those_who_can_choose_one(clinic: Clinic) {
    let (rosa, ada) = (clinic.receptionist().await, clinic.administrator().await);
    let record = format!("/doctors/{}", clinic.doctor("Grace Hopper").await);
    let page = rosa.open(&record).await;
    // The account is blank for her too, and another blank field leads to the form.
    assert!(page.all("dl.summary dt").contains(&"User account".to_string()));
    page.see("Add Title").miss("Add User account");
    assert!(!rosa.open(&format!("{record}/edit")).await.has("[name=user_id]"));
    ada.open(&record).await.see("Add Title").see("Add User account");
    let account = clinic.account("grace", Rights::default()).await.to_string();
    ada.complete(&format!("{record}/edit"), &[("user_id", &account)]).await.miss("Add User account");
    let stored = clinic.ask(|c| doctors::table.select(doctors::user_id).load::<Option<i64>>(c)).await;
    assert_eq!(stored, [Some(account.parse().expect("a number"))]);
}
