//! Inline rows on a form.

use diesel::prelude::*;
use praxis::db::schema::{doctors, log_entries, patient_doctor_mappings};

use crate::stories;
use crate::support::Clinic;
use crate::support::page::Page;

stories![
    assignments_are_added_changed_and_ended_under_the_doctor,
    an_error_in_an_inline_row_is_shown_there_and_saves_nothing,
    inline_rows_follow_their_permissions,
    an_inline_row_of_another_record_is_refused,
    many_inline_rows_are_paginated,
    too_many_inline_rows_are_refused,
    the_second_of_two_editors_of_an_inline_row_gets_a_conflict,
    a_users_sessions_are_listed_on_their_page,
];

/// Patient and doctor of every assignment outside the trash.
async fn assignments(clinic: &Clinic) -> Vec<(i64, i64)> {
    clinic
        .ask(|c| {
            patient_doctor_mappings::table
                .filter(patient_doctor_mappings::deleted_at.is_null())
                .select((patient_doctor_mappings::patient_id, patient_doctor_mappings::doctor_id))
                .order(patient_doctor_mappings::patient_id)
                .load(c)
        })
        .await
}

/// The name of the row with this record.
fn row_of(page: &Page, id: i64) -> String {
    let names = page.attributes("tbody tr", "id");
    names.into_iter().find(|name| page.value(&format!("{name}-id")) == id.to_string()).expect("its row")
}

async fn assignments_are_added_changed_and_ended_under_the_doctor(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let owner = clinic.user_id("ada").await;
    let doctor = clinic.doctor("Dr Grace Hopper").await;
    let (zola, silva, kahlo) =
        (clinic.patient("Émile Zola", owner).await, clinic.patient("Maria Silva", owner).await, clinic.patient("Frida Kahlo", owner).await);
    let (first, second) = (clinic.assignment(zola, doctor).await, clinic.assignment(silva, doctor).await);
    let path = format!("/admin/doctors/{doctor}");
    let page = ada.open(&path).await;
    page.see("2 assignments").see("Émile Zola – Dr Grace Hopper");
    assert_eq!(page.all(".rows-table tbody tr").len(), 5, "two, and three empty ones");
    let (gone, changed) = (row_of(&page, first), row_of(&page, second));
    let kahlo_id = kahlo.to_string();
    let zola_id = zola.to_string();
    let done = ada
        .fill(
            &path,
            &[
                ("name", "Dr G. Hopper"),
                (&format!("{gone}-delete"), "on"),
                (&format!("{changed}-patient_id"), &kahlo_id),
                ("mapping-7-patient_id", &zola_id),
            ],
        )
        .await;
    done.is(303);
    assert_eq!(assignments(&clinic).await, [(zola, doctor), (kahlo, doctor)]);
    let acts = clinic
        .ask(|c| {
            log_entries::table
                .filter(log_entries::resource.eq_any(["mapping", "doctor"]))
                .filter(log_entries::actor.eq("ada"))
                .order(log_entries::id)
                .select(log_entries::object_label)
                .load::<String>(c)
        })
        .await;
    assert_eq!(
        acts,
        ["Dr G. Hopper", "Émile Zola – Dr G. Hopper", "Frida Kahlo – Dr G. Hopper", "Émile Zola – Dr G. Hopper"],
        "each row has its own entry"
    );
    // A new doctor together with patients.
    let page = ada.open("/admin/doctors/new").await;
    assert!(page.has("#mapping-2-patient_id"));
    ada.fill("/admin/doctors/new", &[("name", "Dr Ada"), ("specialization", "Surgery"), ("mapping-1-patient_id", &zola_id)]).await.is(303);
    assert_eq!(assignments(&clinic).await.len(), 3);
}

async fn an_error_in_an_inline_row_is_shown_there_and_saves_nothing(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let doctor = clinic.doctor("Dr Grace Hopper").await;
    let zola = clinic.patient("Émile Zola", clinic.user_id("ada").await).await.to_string();
    let path = format!("/admin/doctors/{doctor}");
    let page = ada.fill(&path, &[("name", "Other"), ("mapping-0-patient_id", &zola), ("mapping-1-patient_id", &zola)]).await;
    page.is(422).see("This doctor is already assigned to this patient");
    assert_eq!(page.attributes(".error-summary a", "href"), ["#mapping-1"]);
    assert!(page.has("tr#mapping-1 .field-error"));
    assert_eq!((page.value("name").as_str(), page.value("mapping-1-patient_id")), ("Other", zola.clone()));
    assert!(assignments(&clinic).await.is_empty());
    assert_eq!(clinic.ask(|c| doctors::table.select(doctors::name).first::<String>(c)).await, "Dr Grace Hopper");
    // Errors of the record and of its rows are reported together.
    let page = ada.fill(&path, &[("name", ""), ("mapping-0-patient_id", "99999999")]).await;
    assert_eq!(page.is(422).error("name"), "Enter the doctor's name");
    let page = ada.fill(&path, &[("name", ""), ("mapping-0-patient_id", "x")]).await;
    page.is(422);
    assert_eq!(page.error("mapping-0-patient_id"), "Choose the patient from the list");
    let page = ada.fill(&path, &[("mapping-0-patient_id", "99999999")]).await;
    assert_eq!(page.is(422).error("mapping-0-patient_id"), "Choose the patient from the list");
}

async fn inline_rows_follow_their_permissions(clinic: Clinic) {
    let owner = clinic.account("owner", crate::support::people::Rights::default()).await;
    let doctor = clinic.doctor("Dr Grace Hopper").await;
    let (zola, silva) = (clinic.patient("Émile Zola", owner).await, clinic.patient("Maria Silva", owner).await);
    let kept = clinic.assignment(zola, doctor).await;
    let path = format!("/admin/doctors/{doctor}");
    let (row, other) = (kept.to_string(), silva.to_string());
    let forged = [("mapping-0-id", row.as_str()), ("mapping-0-delete", "on"), ("mapping-1-patient_id", other.as_str())];
    let all = "clinic.view_all_patients";
    let blind = clinic.clerk("blind", &["doctor.view", "doctor.change", "patient.view", all]).await;
    let page = blind.open(&path).await;
    page.miss("Assignments").miss("Zola");
    blind.fill(&path, &forged).await.is(303);
    let looks = clinic.clerk("looks", &["doctor.view", "doctor.change", "patient.view", "mapping.view", all]).await;
    let page = looks.open(&path).await;
    page.see("Émile Zola");
    assert!(!page.has(".rows-table input") && !page.has(".rows-table select"));
    assert!(page.has(&format!(".rows-table a[href='/admin/patients/{zola}']")));
    looks.fill(&path, &forged).await.is(303);
    assert_eq!(assignments(&clinic).await, [(zola, doctor)]);
    let adds = clinic.clerk("adds", &["doctor.view", "doctor.change", "patient.view", "mapping.view", "mapping.add", all]).await;
    let page = adds.open(&path).await;
    assert!(
        page.has("select[name=mapping-1-patient_id]")
            && !page.has("[name=mapping-0-delete]")
            && !page.has("select[name=mapping-0-patient_id]")
    );
    adds.fill(&path, &forged).await.is(303);
    assert_eq!(assignments(&clinic).await, [(zola, doctor), (silva, doctor)]);
    // A user who may only view the doctor sees the rows as text as well.
    let guest = clinic
        .clerk("guest", &["doctor.view", "patient.view", "mapping.view", "mapping.add", "mapping.change", "mapping.delete", all])
        .await;
    let page = guest.open(&path).await;
    page.see("You have read-only access to this doctor").see("Émile Zola").see("Close");
    assert!(!page.has("main input:not([type=hidden])") && !page.has("main select") && !page.has("main button:not([name])"));
    // Rows with patients whom the user may not view are not shown.
    let near = clinic.clerk("near", &["doctor.view", "doctor.change", "mapping.view", "mapping.change", "patient.view"]).await;
    near.open(&path).await.miss("Zola");
}

async fn an_inline_row_of_another_record_is_refused(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let owner = clinic.user_id("ada").await;
    let (grace, alan) = (clinic.doctor("Dr Grace Hopper").await, clinic.doctor("Dr Alan Turing").await);
    let zola = clinic.patient("Émile Zola", owner).await;
    let foreign = clinic.assignment(zola, alan).await.to_string();
    for id in [foreign.as_str(), "0", "-1", "abc", "9223372036854775808"] {
        let sent = [("mapping-0-id", id), ("mapping-0-delete", "on")];
        let page = ada.fill(&format!("/admin/doctors/{grace}"), &sent).await;
        page.is(422).see("no longer belongs to this record");
        assert_eq!(page.attributes(".error-summary a", "href"), ["#mapping"]);
        ada.post_pairs(&page.form().0, &page.form().1).await.is(303);
    }
    assert_eq!(assignments(&clinic).await, [(zola, alan)]);
    let odd =
        [("mapping-99999999999999999999-patient_id", "1"), ("mapping--1-id", "1"), ("mapping-x-delete", "on"), ("mapping-page", "-9")];
    ada.fill(&format!("/admin/doctors/{grace}"), &odd).await.is(303);
    ada.open(&format!("/admin/doctors/{grace}?mapping-page=99999999999999999999&restore=&draft=x")).await.is(200);
}

async fn many_inline_rows_are_paginated(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let owner = clinic.user_id("ada").await;
    let doctor = clinic.doctor("Dr Grace Hopper").await;
    for number in 0..53 {
        let patient = clinic.patient(&format!("Patient {number:02}"), owner).await;
        clinic.assignment(patient, doctor).await;
    }
    let path = format!("/admin/doctors/{doctor}");
    let page = ada.open(&path).await;
    page.see("53 assignments");
    assert_eq!(page.all(".rows-table tbody tr:has([name$='-id'])").len(), 50);
    assert!(page.body.len() < 200_000, "{} bytes", page.body.len());
    assert_eq!(page.attributes(".rows-section .pages a", "href"), ["?mapping-page=2#mapping"]);
    let second = ada.open(&format!("{path}?mapping-page=2")).await;
    assert_eq!(second.all(".rows-table tbody tr:has([name$='-id'])").len(), 3);
    // Each row is text and a link to its own page, so that no slip in a picker moves a patient.
    assert!(!page.has(".rows-table tbody tr:has([name$='-id']) select") && page.has(".rows-table th a[href^='/admin/mappings/']"));
    page.see("Patient 52");
    // The whole page can be sent, and saving it does not change other rows.
    ada.fill(&path, &[]).await.is(303);
    let done = ada.fill(&format!("{path}?mapping-page=2"), &[("mapping-0-delete", "on"), ("_continue", "1")]).await;
    assert_eq!(done.location(), format!("{path}?mapping-page=2"));
    assert_eq!(assignments(&clinic).await.len(), 52);
}

async fn too_many_inline_rows_are_refused(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let zola = clinic.patient("Émile Zola", clinic.user_id("ada").await).await;
    for number in 0..50 {
        let doctor = clinic.doctor(&format!("Dr Number {number:02}")).await;
        clinic.assignment(zola, doctor).await;
    }
    let more = clinic.doctor("Dr One Too Many").await.to_string();
    let path = format!("/admin/patients/{zola}");
    let page = ada.fill(&path, &[("mapping-60-doctor_id", &more)]).await;
    page.is(422).see("Enter no more than 50 assignments");
    assert_eq!(page.attributes(".error-summary a", "href"), ["#mapping"]);
    assert_eq!(assignments(&clinic).await.len(), 50);
    ada.fill(&path, &[("mapping-60-doctor_id", &more), ("mapping-0-delete", "on")]).await.is(303);
    assert_eq!(assignments(&clinic).await.len(), 50);
}

async fn the_second_of_two_editors_of_an_inline_row_gets_a_conflict(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let owner = clinic.user_id("ada").await;
    let doctor = clinic.doctor("Dr Grace Hopper").await;
    let (zola, silva, kahlo) =
        (clinic.patient("Émile Zola", owner).await, clinic.patient("Maria Silva", owner).await, clinic.patient("Frida Kahlo", owner).await);
    clinic.assignment(zola, doctor).await;
    let path = format!("/admin/doctors/{doctor}");
    let (action, mut data) = ada.open(&path).await.form();
    ada.fill(&path, &[("mapping-0-patient_id", &silva.to_string())]).await.is(303);
    data.retain(|(name, _)| name != "mapping-0-patient_id");
    data.push(("mapping-0-patient_id".into(), kahlo.to_string()));
    let page = ada.post_pairs(&action, &data).await;
    page.is(409).see("ada changed this record while you were editing it");
    assert_eq!(assignments(&clinic).await, [(silva, doctor)]);
    ada.post_pairs(&page.form().0, &page.form().1).await.is(303);
    assert_eq!(assignments(&clinic).await, [(kahlo, doctor)]);
}

async fn a_users_sessions_are_listed_on_their_page(clinic: Clinic) {
    let ada = clinic.administrator().await;
    clinic.receptionist().await;
    let id = clinic.user_id("rosa").await;
    let page = ada.open(&format!("/admin/users/{id}")).await;
    page.see("Sessions").see("1 session").see("127.0.0.1");
    assert!(!page.has(".rows-table input"));
    ada.fill(&format!("/admin/users/{id}"), &[("phone", "1")]).await.is(303);
}
