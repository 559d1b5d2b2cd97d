//! Features of forms: sections, times in the clinic's time zone, contact links.

use praxis::db::UtcDateTime;

use crate::stories;
use crate::support::Clinic;
use crate::support::people::Rights;

stories![
    a_read_only_user_can_follow_mail_and_phone_links,
    an_untouched_time_keeps_its_value,
    a_typed_time_is_read_in_the_clinics_zone,
    form_sections_have_a_description_rows_and_folding,
    a_folded_section_opens_when_it_has_an_error,
];

async fn a_read_only_user_can_follow_mail_and_phone_links(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let id = clinic.user_id("ada").await;
    ada.complete(&format!("/admin/users/{id}"), &[("phone", "+33 (0)1 44 55-66")]).await;
    let clerk = clinic.clerk("clerk", &["user.view"]).await;
    let page = clerk.open(&format!("/admin/users/{id}")).await;
    assert_eq!(page.attributes(".readonly a", "href"), ["mailto:ada@example.org", "tel:+331445566"]);
    page.see("+33 (0)1 44 55-66");
}

async fn an_untouched_time_keeps_its_value(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let id = clinic.user_id("ada").await;
    let joined = clinic.user_joined(id).await;
    ada.complete(&format!("/admin/users/{id}"), &[("first_name", "Ada")]).await;
    assert_eq!(clinic.user_joined(id).await, joined, "to the microsecond");
    let history = ada.open(&format!("/admin/users/{id}/history")).await;
    let told = history.all(".history-entry:first-child .changes th[scope=row]");
    assert_eq!(told, ["First name"]);
}

async fn a_typed_time_is_read_in_the_clinics_zone(clinic: Clinic) {
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

async fn form_sections_have_a_description_rows_and_folding(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let page = ada.open("/admin/users/new").await;
    page.see("In addition to those of the groups. Most users need none.");
    assert!(page.has(".field-row #first_name") && page.has(".field-row #last_name") && !page.has(".field-row #username"));
    assert!(page.has("details.form-section:not([open]) [name='date_joined-date']"));
    // The staff form uses the declaration's texts of the same section.
    let page = ada.open("/patients/new").await;
    page.see("Not known? Enter an estimated age");
    assert!(page.has(".field-row #given_name") && page.has(".field-row #family_name"));
}

async fn a_folded_section_opens_when_it_has_an_error(clinic: Clinic) {
    clinic.account("rosa", Rights::default()).await;
    let ada = clinic.administrator().await;
    let id = clinic.user_id("rosa").await;
    let page = ada.fill(&format!("/admin/users/{id}"), &[("date_joined-date", "soon")]).await;
    assert!(page.is(422).has("details.form-section[open] #date_joined-error"));
}
