//! Two users change one record.

use diesel::prelude::*;
use praxis::db::schema::patients;

use crate::stories;
use crate::support::page::Page;
use crate::support::{Browser, Clinic};

stories![
    changes_to_different_fields_are_merged,
    changes_to_the_same_field_need_a_decision,
    a_third_change_during_a_merge_is_reported_too,
    a_redisplayed_form_still_detects_the_conflict,
    saving_the_same_twice_is_no_conflict,
    input_for_a_deleted_record_can_be_saved_as_new,
    an_invalid_version_overwrites_nothing,
];

/// The values of a form, with some replaced.
fn typed(page: &Page, fields: &[(&str, &str)]) -> (String, Vec<(String, String)>) {
    let (action, mut data) = page.form();
    data.retain(|(name, _)| !fields.iter().any(|(known, _)| known == name));
    data.extend(fields.iter().map(|(name, value)| ((*name).to_string(), (*value).to_string())));
    (action, data)
}

async fn send(who: &Browser, page: &Page, fields: &[(&str, &str)]) -> Page {
    let (action, data) = typed(page, fields);
    who.post_pairs(&action, &data).await
}

async fn stored(clinic: &Clinic) -> (String, i32, String) {
    clinic.ask(|c| patients::table.select((patients::name, patients::age, patients::address)).first(c)).await
}

async fn two_editors(clinic: &Clinic) -> (Browser, Browser, i64) {
    let (rosa, ada) = (clinic.receptionist().await, clinic.administrator().await);
    let id = clinic.patient("Emile Zola", clinic.user_id("rosa").await).await;
    (rosa, ada, id)
}

async fn changes_to_different_fields_are_merged(clinic: Clinic) {
    let (rosa, ada, id) = two_editors(&clinic).await;
    for (path, age) in [(format!("/patients/{id}/edit"), "62"), (format!("/admin/patients/{id}"), "63")] {
        let opened = rosa_or(&rosa, &ada, &path).open(&path).await;
        let name = format!("Émile Zola {age}");
        ada.fill(&format!("/patients/{id}/edit"), &[("name", &name), ("address", "12 Rue de Rennes")]).await.is(303);
        let page = send(rosa_or(&rosa, &ada, &path), &opened, &[("age", age)]).await;
        page.is(409)
            .see("ada changed this record on")
            .see("Nothing was overwritten")
            .see(&format!("changed only by you: {age}"))
            .see("changed only by ada");
        assert_eq!(page.all("details.conflict-settled").len(), page.all("fieldset.conflict-field").len(), "nothing is left to decide");
        assert_ne!(stored(&clinic).await.1.to_string(), age, "nothing is overwritten silently");
        send(rosa_or(&rosa, &ada, &path), &page, &[]).await.is(303);
        assert_eq!(stored(&clinic).await, (name, age.parse().expect("a number"), "12 Rue de Rennes".into()));
    }
}

/// The browser of the user who may open this page.
fn rosa_or<'a>(rosa: &'a Browser, ada: &'a Browser, path: &str) -> &'a Browser {
    if path.starts_with("/admin") { ada } else { rosa }
}

async fn changes_to_the_same_field_need_a_decision(clinic: Clinic) {
    let (rosa, ada, id) = two_editors(&clinic).await;
    let path = format!("/patients/{id}/edit");
    let opened = rosa.open(&path).await;
    ada.fill(&path, &[("name", "Émile Zola")]).await.is(303);
    let page = send(&rosa, &opened, &[("name", "E. Zola"), ("age", "x")]).await;
    page.is(409).see("Before Emile Zola").see("Theirs: Émile Zola").see("Yours: E. Zola");
    assert_eq!(page.value("name"), "E. Zola");
    let again = send(&rosa, &page, &[]).await;
    again.is(409).see("Choose which name to keep");
    assert_eq!((again.value("name").as_str(), again.value("age").as_str()), ("E. Zola", "x"));
    assert!(again.has("#pick-name.wrong") && again.attributes(".error-summary a", "href") == ["#pick-name"]);
    // The choice is kept while another field has an error.
    let page = send(&rosa, &again, &[("_pick-name", "theirs")]).await;
    assert_eq!(page.is(422).error("age"), "Age must be a whole number, like 42");
    assert_eq!(page.value("name"), "Émile Zola");
    send(&rosa, &page, &[("age", "41")]).await.is(303);
    assert_eq!(stored(&clinic).await, ("Émile Zola".into(), 41, String::new()));
    // Your value can be edited on the page itself.
    let opened = rosa.open(&path).await;
    ada.fill(&path, &[("name", "Theirs")]).await.is(303);
    let page = send(&rosa, &opened, &[("name", "Yours")]).await;
    send(&rosa, page.is(409), &[("_pick-name", "yours"), ("name", "A third")]).await.is(303);
    assert_eq!(stored(&clinic).await.0, "A third");
}

async fn a_third_change_during_a_merge_is_reported_too(clinic: Clinic) {
    let (rosa, ada, id) = two_editors(&clinic).await;
    let path = format!("/patients/{id}/edit");
    let opened = rosa.open(&path).await;
    ada.fill(&path, &[("name", "Theirs"), ("address", "First")]).await.is(303);
    let page = send(&rosa, &opened, &[("name", "Mine")]).await;
    ada.fill(&path, &[("name", "Theirs again"), ("address", "Second")]).await.is(303);
    let page = send(&rosa, page.is(409), &[("_pick-name", "yours")]).await;
    page.is(409).see("Theirs: Theirs again").see("Yours: Mine");
    assert_eq!(stored(&clinic).await.0, "Theirs again");
    send(&rosa, &page, &[("_pick-name", "theirs")]).await.is(303);
    assert_eq!(stored(&clinic).await, ("Theirs again".into(), 40, "Second".into()));
}

async fn a_redisplayed_form_still_detects_the_conflict(clinic: Clinic) {
    let (rosa, ada, id) = two_editors(&clinic).await;
    let path = format!("/patients/{id}/edit");
    let opened = rosa.open(&path).await;
    ada.fill(&path, &[("name", "Theirs")]).await.is(303);
    let found = send(&rosa, &opened, &[("age", "41"), ("_find", "primary_doctor_id")]).await;
    send(&rosa, found.is(200), &[]).await.is(409).see("Theirs");
    let opened = rosa.open(&path).await;
    ada.fill(&path, &[("name", "Theirs again")]).await.is(303);
    send(&rosa, &opened, &[("age", "x")]).await.is(409).see("Theirs again").see("Age must be a whole number");
}

async fn saving_the_same_twice_is_no_conflict(clinic: Clinic) {
    let (rosa, _, id) = two_editors(&clinic).await;
    let opened = rosa.open(&format!("/patients/{id}/edit")).await;
    send(&rosa, &opened, &[("age", "41")]).await.is(303);
    send(&rosa, &opened, &[("age", "41")]).await.is(303);
    send(&rosa, &opened, &[("age", "42")]).await.is(409);
}

async fn input_for_a_deleted_record_can_be_saved_as_new(clinic: Clinic) {
    let (rosa, ada, id) = two_editors(&clinic).await;
    let path = format!("/patients/{id}/edit");
    let opened = rosa.open(&path).await;
    let colin = clinic.colleague().await;
    let foreign = colin.post(&path, &[("name", "Not mine"), ("_version", "1"), ("age", "40"), ("gender", "male")]).await;
    foreign.is(404).see("has been deleted").miss("Zola").miss("rosa");
    ada.complete(&format!("/patients/{id}/delete"), &[]).await;
    let page = send(&rosa, &opened, &[("name", "Zola & Sons")]).await;
    page.is(404).see("ada deleted it on").see("Zola & Sons").see("Your changes");
    assert_eq!(page.form().0, "/patients/new");
    send(&rosa, &page, &[]).await.is(303);
    assert_eq!(clinic.patient_names().await, ["Zola & Sons"]);
    let page = ada.post(&format!("/admin/patients/{id}/edit"), &[("name", "Kept"), ("_version", "1"), ("owner_id", "x")]).await;
    page.is(404).see("Kept");
    assert_eq!(page.form().0, "/admin/patients/new");
    ada.post("/admin/patients/9223372036854775807/edit", &[("_version", "9223372036854775808")]).await.is(404);
}

async fn an_invalid_version_overwrites_nothing(clinic: Clinic) {
    let (rosa, _, id) = two_editors(&clinic).await;
    for version in ["", " ", "nonsense", "99", "-1", "9223372036854775808"] {
        let page = rosa.fill(&format!("/patients/{id}/edit"), &[("_version", version), ("name", "Other")]).await;
        page.is(409).see("Theirs: Emile Zola");
    }
    let token = rosa.token().await;
    let without = [("csrf_token".to_string(), token), ("name".to_string(), "Other".to_string())];
    rosa.post_pairs(&format!("/patients/{id}/edit"), &without).await.is(409);
    let forged =
        [("_version", "1"), ("_base", "x"), ("_merge", "id"), ("_merge", "owner_id"), ("_pick-owner_id", "theirs"), ("_pick-id", "yours")];
    rosa.fill(&format!("/patients/{id}/edit"), &forged).await.is(303);
    assert_eq!(stored(&clinic).await.0, "Emile Zola");
}
