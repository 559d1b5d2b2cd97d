//! Assignments of doctors to patients.

use diesel::prelude::*;
use praxis::db::schema::{log_entries, patient_doctor_mappings};

use crate::stories;
use crate::support::Clinic;

stories![
    a_receptionist_assigns_a_doctor_and_ends_it,
    an_assignment_is_made_once,
    an_assigned_doctor_is_protected,
    a_receptionist_searches_for_a_doctor_without_script,
];

async fn a_receptionist_assigns_a_doctor_and_ends_it(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let doctor = clinic.doctor("Dr Grace Hopper").await;
    let patient = clinic.patient("Émile Zola", clinic.user_id("rosa").await).await;
    let path = format!("/patients/{patient}");
    rosa.open(&path).await.see("No doctors assigned");
    let page = rosa.fill(&format!("{path}/doctors/new"), &[]).await;
    assert_eq!(page.is(422).error("doctor_id"), "Choose the doctor");
    let page = rosa.complete(&format!("{path}/doctors/new"), &[("doctor_id", &doctor.to_string())]).await;
    page.see("Dr Grace Hopper is assigned to Émile Zola.").see("since");
    let action = page.attributes("form[action*='/delete']", "action").pop().expect("a way to end it");
    rosa.post(&action, &[]).await.is(303);
    rosa.open(&path).await.see("Dr Grace Hopper removed from Émile Zola");
    rosa.open(&path).await.see("No doctors assigned");
    let acts = clinic
        .ask(|c| {
            log_entries::table
                .filter(log_entries::resource.eq("mapping"))
                .order(log_entries::id)
                .select(log_entries::object_label)
                .load::<String>(c)
        })
        .await;
    assert_eq!(acts, ["Émile Zola – Dr Grace Hopper", "Émile Zola – Dr Grace Hopper"]);
}

async fn an_assignment_is_made_once(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let doctor = clinic.doctor("Dr Grace Hopper").await.to_string();
    let patient = clinic.patient("Émile Zola", clinic.user_id("rosa").await).await;
    let path = format!("/patients/{patient}/doctors/new");
    let choice = [("doctor_id", doctor.as_str())];
    let clicks = futures_util::future::join_all((0..6).map(|_| rosa.post(&path, &choice))).await;
    assert_eq!(clicks.iter().filter(|page| page.status == 303).count(), 1);
    for page in clicks.iter().filter(|page| page.status != 303) {
        page.is(422).see("This doctor is already assigned to this patient");
    }
    assert_eq!(clinic.ask(|c| patient_doctor_mappings::table.count().get_result::<i64>(c)).await, 1);
}

async fn an_assigned_doctor_is_protected(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let doctor = clinic.doctor("Dr Grace Hopper").await;
    let patient = clinic.patient("Émile Zola", clinic.user_id("rosa").await).await;
    clinic.assignment(patient, doctor).await;
    rosa.open(&format!("/doctors/{doctor}/delete")).await.see("cannot be deleted");
    rosa.post(&format!("/doctors/{doctor}/delete"), &[]).await.is(409);
    clinic.refuses("DELETE FROM doctors").await;
}

async fn a_receptionist_searches_for_a_doctor_without_script(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    for number in 0..101 {
        clinic.doctor(&format!("Dr Number {number:03}")).await;
    }
    let page = rosa
        .fill("/patients/new", &[("name", "Zola"), ("age", "x"), ("primary_doctor_id__find", "number 077"), ("_find", "primary_doctor_id")])
        .await;
    page.is(200).see("1 result").miss("There is a problem");
    assert_eq!((page.value("name").as_str(), page.value("age").as_str()), ("Zola", "x"));
    let choices = page.all("select[name=primary_doctor_id] option");
    assert_eq!(choices, ["None", "Dr Number 077 · Cardiology"]);
    let found = rosa.open("/options/doctors?q=077").await;
    assert!(found.body.contains("Dr Number 077") && found.header("content-type") == "application/json");
}
