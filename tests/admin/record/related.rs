//! Adding and editing a related record from a form, and returning with nothing lost.

use diesel::prelude::*;
use praxis::db::schema::{doctors, form_drafts, patients};

use crate::stories;
use crate::support::people::Rights;
use crate::support::{Browser, Clinic};

stories![
    a_doctor_is_added_in_the_middle_of_a_new_patient,
    a_related_record_is_edited_and_viewed_from_a_form,
    related_forms_can_be_nested,
    a_form_draft_belongs_to_its_user_for_a_day,
    related_record_buttons_follow_permissions,
];

async fn count(clinic: &Clinic) -> i64 {
    clinic.ask(|c| form_drafts::table.count().get_result(c)).await
}

/// Presses a button of a form that opens a related record; returns the address.
async fn press(who: &Browser, path: &str, fields: &[(&str, &str)], button: &str) -> String {
    let mut pressed = fields.to_vec();
    pressed.push(("_related", button));
    who.fill(path, &pressed).await.location().to_string()
}

async fn a_doctor_is_added_in_the_middle_of_a_new_patient(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let typed = [("name", "Émile & Zola"), ("age", "not yet"), ("gender", "male"), ("address", "12 Rue\nParis")];
    let away = press(&rosa, "/patients/new", &typed, "add:primary_doctor_id").await;
    assert!(away.starts_with("/doctors/new?draft="), "{away}");
    assert_eq!(clinic.patient_names().await, Vec::<String>::new());
    rosa.open(&away).await.see("Your form is saved as a draft");
    // An error in the related form keeps the draft.
    let wrong = rosa.fill(&away, &[("name", "")]).await;
    assert_eq!(wrong.is(422).error("name"), "Enter the doctor's name");
    let back = rosa.fill(&away, &[("name", "Dr Grace Hopper"), ("specialization", "Cardiology")]).await;
    let restored = rosa.open(rosa.get(back.location()).await.location()).await;
    let doctor = clinic.ask(|c| doctors::table.select(doctors::id).first::<i64>(c)).await;
    assert_eq!(restored.value("primary_doctor_id"), doctor.to_string());
    let held = ["name", "age", "gender", "address"].map(|name| restored.value(name));
    assert_eq!(held, ["Émile & Zola", "not yet", "male", "12 Rue\nParis"]);
    let (action, mut data) = restored.form();
    data.retain(|(name, _)| name != "age");
    data.push(("age".into(), "62".into()));
    rosa.post_pairs(&action, &data).await.is(303);
    let stored =
        clinic.ask(|c| patients::table.select((patients::name, patients::primary_doctor_id)).first::<(String, Option<i64>)>(c)).await;
    assert_eq!(stored, ("Émile & Zola".into(), Some(doctor)));
    assert_eq!(count(&clinic).await, 0, "what was parked is over");
}

async fn a_related_record_is_edited_and_viewed_from_a_form(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let doctor = clinic.doctor("Dr Grace Hopper").await;
    let patient = clinic.patient("Émile Zola", clinic.user_id("ada").await).await;
    let path = format!("/admin/patients/{patient}");
    let chosen = [("primary_doctor_id", &*doctor.to_string()), ("name", "Zola")];
    let away = press(&ada, &path, &chosen, "edit:primary_doctor_id").await;
    assert!(away.starts_with(&format!("/admin/doctors/{doctor}/edit?draft=")), "{away}");
    let back = ada.fill(&away, &[("name", "Dr G. Hopper")]).await;
    let restored = ada.open(ada.get(back.location()).await.location()).await;
    assert_eq!((restored.value("name").as_str(), restored.value("primary_doctor_id")), ("Zola", doctor.to_string()));
    restored.see("Dr G. Hopper");
    let away = press(&ada, &path, &chosen, "view:primary_doctor_id").await;
    let page = ada.open(&away).await;
    let way = page.attributes(".way-back a", "href").pop().expect("a way back");
    let restored = ada.open(ada.get(&way).await.location()).await;
    assert_eq!(restored.value("name"), "Zola");
    // The version is part of the draft, so a change by another user is detected.
    ada.fill(&path, &[("name", "Theirs")]).await.is(303);
    let (action, data) = restored.form();
    ada.post_pairs(&action, &data).await.is(409).see("Theirs");
    let page = ada.fill(&path, &[("primary_doctor_id", ""), ("_related", "edit:primary_doctor_id")]).await;
    page.see("Choose one first");
}

async fn related_forms_can_be_nested(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let patient = clinic.patient("Émile Zola", clinic.user_id("ada").await).await;
    let first = press(&ada, "/admin/mappings/new", &[("patient_id", &patient.to_string())], "add:doctor_id").await;
    let second = press(&ada, &first, &[("name", "Dr Grace Hopper"), ("specialization", "Cardiology")], "add:user_id").await;
    assert!(second.starts_with("/admin/users/new?draft="), "{second}");
    let back = ada.fill(&second, &[("username", "grace"), ("email", "grace@example.org")]).await;
    let doctor = ada.open(ada.get(back.location()).await.location()).await;
    assert_eq!(doctor.value("name"), "Dr Grace Hopper");
    assert_eq!(doctor.value("user_id"), clinic.user_id("grace").await.to_string());
    let (action, data) = doctor.form();
    let back = ada.post_pairs(&action, &data).await;
    let mapping = ada.open(ada.get(back.location()).await.location()).await;
    assert_eq!(mapping.value("patient_id"), patient.to_string());
    assert!(!mapping.value("doctor_id").is_empty());
    let (action, data) = mapping.form();
    assert_eq!(ada.post_pairs(&action, &data).await.location(), "/admin/mappings");
    assert_eq!(count(&clinic).await, 0);
    // Cancelling returns to the form, without a new record.
    let first = press(&ada, &format!("/patients/{patient}/doctors/new"), &[], "add:doctor_id").await;
    let cancel = ada.open(&first).await.attributes(".form-actions a", "href").pop().expect("a way out");
    let page = ada.open(ada.get(&cancel).await.location()).await;
    page.see("Assign a doctor to Émile Zola");
    assert_eq!(page.value("doctor_id"), "");
}

async fn a_form_draft_belongs_to_its_user_for_a_day(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let colin = clinic.colleague().await;
    let away = press(&rosa, "/patients/new", &[("name", "Émile Zola")], "add:primary_doctor_id").await;
    let token = away.rsplit('=').next().expect("a token").to_string();
    colin.get(&format!("/drafts/{token}")).await.is(404);
    colin.get(&format!("/patients/new?restore={token}")).await.is(404).miss("Zola");
    rosa.get(&format!("/doctors/new?restore={token}")).await.is(404);
    for wrong in ["x", "%00", "..", &"A".repeat(32), &"A".repeat(5000)] {
        rosa.get(&format!("/drafts/{wrong}")).await.is(404);
    }
    // Another user's draft in the address is ignored; the record is saved anyway.
    let page = colin.fill(&away, &[("name", "Dr Colin"), ("specialization", "Surgery")]).await;
    assert!(page.location().starts_with("/doctors/"), "{}", page.location());
    for odd in ["abc", "9223372036854775808", "-1", "999999"] {
        let page = rosa.get(&format!("/drafts/{token}?chosen={odd}")).await;
        rosa.open(page.location()).await.see("New patient");
    }
    clinic.wait(time::Duration::hours(25));
    let rosa = clinic.sign_in("rosa").await;
    rosa.get(&format!("/drafts/{token}")).await.is(404);
    let now = clinic.app.now();
    assert_eq!(clinic.arrange(move |c| praxis::web::record::drafts::clear_expired(c, now)).await.expect("cleared"), 1);
}

async fn related_record_buttons_follow_permissions(clinic: Clinic) {
    clinic.doctor("Dr Grace Hopper").await;
    let rights = ["patient.view", "patient.add", "doctor.view"];
    clinic.account("petra", Rights { permissions: &rights, ..Rights::default() }).await;
    let petra = clinic.sign_in("petra").await;
    let page = petra.open("/patients/new").await;
    assert!(!page.has("[name=_related]"));
    for button in ["add:primary_doctor_id", "edit:primary_doctor_id", "add:name", "add:owner_id", "add:", "", "x", "burn:primary_doctor_id"]
    {
        petra.post("/patients/new", &[("primary_doctor_id", "1"), ("_related", button)]).await.is(404);
    }
    assert_eq!(count(&clinic).await, 0);
    let rosa = clinic.receptionist().await;
    assert_eq!(rosa.open("/patients/new").await.attributes("[name=_related]", "value"), ["add:primary_doctor_id"]);
}
