//! What forms say and keep: parts of a form, times on the clinic's wall, ways to reach somebody.

use praxis::db::UtcDateTime;

use crate::stories;
use crate::support::Clinic;
use crate::support::cast::Rights;

stories![
    who_may_only_look_can_write_and_call,
    a_time_that_nobody_touched_stays_as_it_was,
    a_time_is_read_by_the_clinics_wall,
    parts_have_a_sentence_rows_and_folds,
    a_folded_part_opens_when_there_is_something_to_mend,
];

async fn who_may_only_look_can_write_and_call(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let id = clinic.user_id("ada").await;
    ada.complete(&format!("/admin/users/{id}"), &[("phone", "+33 (0)1 44 55-66")]).await;
    let clerk = clinic.clerk("clerk", &["user.view"]).await;
    let page = clerk.open(&format!("/admin/users/{id}")).await;
    assert_eq!(page.attributes(".readonly a", "href"), ["mailto:ada@example.org", "tel:+331445566"]);
    page.see("+33 (0)1 44 55-66");
}

async fn a_time_that_nobody_touched_stays_as_it_was(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let id = clinic.user_id("ada").await;
    let joined = clinic.user_joined(id).await;
    ada.complete(&format!("/admin/users/{id}"), &[("first_name", "Ada")]).await;
    assert_eq!(clinic.user_joined(id).await, joined, "to the microsecond");
    let history = ada.open(&format!("/admin/users/{id}/history")).await;
    let told = history.all(".history-entry:first-child .changes th[scope=row]");
    assert_eq!(told, ["First name"]);
}

async fn a_time_is_read_by_the_clinics_wall(clinic: Clinic) {
    let paris = Clinic::open_with(clinic.backend, &[("TIME_ZONE", "Europe/Paris")]).await;
    let ada = paris.administrator().await;
    let id = paris.user_id("ada").await;
    let path = format!("/admin/users/{id}");
    ada.open(&path).await.see("Time in Europe/Paris");
    ada.complete(&path, &[("date_joined-date", "2026-07-01"), ("date_joined-time", "08:30")]).await;
    assert_eq!(Some(paris.user_joined(id).await), UtcDateTime::parse("2026-07-01T06:30:00Z"));
    let page = ada.fill(&path, &[("date_joined-date", "2026-03-29"), ("date_joined-time", "02:30")]).await;
    let said = page.is(422).error("date_joined");
    assert_eq!(said, "There is no 02:30 on 29 Mar 2026, because the clocks go forward. Enter another time");
    assert_eq!((page.value("date_joined-date").as_str(), page.value("date_joined-time").as_str()), ("2026-03-29", "02:30"));
    let page = ada.fill(&path, &[("date_joined-date", ""), ("date_joined-time", "")]).await;
    assert_eq!(page.is(422).error("date_joined"), "Enter the date the user joined");
    paris.server.stop(false).await;
}

async fn parts_have_a_sentence_rows_and_folds(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let page = ada.open("/admin/users/add").await;
    page.see("Permissions are added to those from groups.");
    assert!(page.has(".field-row #first_name") && page.has(".field-row #last_name") && !page.has(".field-row #username"));
    assert!(page.has("details.form-section:not([open]) [name='date_joined-date']"));
    // The staff's form shares what the declaration says of the same part.
    let page = ada.open("/patients/new").await;
    page.see("Enter a date of birth. If it is not known, enter an age.");
    assert!(page.has(".field-row [name=date_of_birth-day]") && page.has(".field-row #age"));
}

async fn a_folded_part_opens_when_there_is_something_to_mend(clinic: Clinic) {
    clinic.account("rosa", Rights::default()).await;
    let ada = clinic.administrator().await;
    let id = clinic.user_id("rosa").await;
    let page = ada.fill(&format!("/admin/users/{id}"), &[("date_joined-date", "soon")]).await;
    assert!(page.is(422).has("details.form-section[open] #date_joined-error"));
}
