//! Doctors.

use diesel::prelude::*;
use praxis::db::schema::doctors;

use crate::stories;
use crate::support::Clinic;
use crate::support::people::Rights;

stories![a_receptionist_adds_changes_and_deletes_doctors, a_doctor_with_patients_is_protected, one_account_belongs_to_one_doctor];

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
