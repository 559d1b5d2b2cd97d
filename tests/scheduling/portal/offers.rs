//! Offers: who may answer them, and what becomes of them.

use diesel::prelude::*;
use praxis::db::schema::appointment_offers;

use super::{booked_now, choose, latest_link, open_kind, patient_with_account, times};
use crate::scheduling::{doctor, monday};
use crate::stories;
use crate::support::Clinic;

stories![
    a_patient_declines_and_the_request_ends,
    an_offer_ends_with_its_time_and_with_another_answer,
    an_offer_is_for_its_patient_only,
    revoking_the_links_of_an_appointment_ends_those_of_its_offers
];

const PIA: &str = "pia@example.org";

/// A request with a proposal: the appointment, and the state of its offers.
async fn proposed(clinic: &Clinic, pia: &crate::support::Browser, ada: &crate::support::Browser) -> i64 {
    let page = pia.open(&format!("/my/appointments/new?from={}", monday(clinic))).await;
    let asked = choose(pia, &page, &times(&page)[0].clone()).await;
    let id: i64 = asked.location().rsplit('/').next().and_then(|id| id.parse().ok()).expect("an id");
    ada.post(&format!("/appointments/{id}/propose"), &[]).await.is(303);
    id
}

async fn states(clinic: &Clinic) -> Vec<String> {
    clinic.ask(|c| appointment_offers::table.order(appointment_offers::id).select(appointment_offers::state).load(c)).await
}

async fn a_patient_declines_and_the_request_ends(clinic: Clinic) {
    let ada = clinic.administrator().await;
    doctor(&clinic, "Grace Hopper").await;
    open_kind(&clinic, "First visit", "request", 0).await;
    let (pia_id, pia) = patient_with_account(&clinic, "Pia Own", "pia").await;
    proposed(&clinic, &pia, &ada).await;
    let (visitor, path) = (clinic.visitor(), latest_link(&clinic, PIA).await);
    // Opening it is no answer.
    visitor.open(&path).await;
    assert_eq!(states(&clinic).await, ["open"]);
    visitor.post(&path, &[]).await.is(422).see("Choose a time");
    visitor.post(&path, &[("at", "nonsense")]).await.is(422);
    visitor.fill(&path, &[("decline", "1")]).await.is(303);
    visitor.open(&path).await.see("You chose none of these times");
    assert_eq!(states(&clinic).await, ["declined"]);
    assert_eq!(booked_now(&clinic).await, [(pia_id, "cancelled".to_string(), false)]);
}

async fn an_offer_ends_with_its_time_and_with_another_answer(clinic: Clinic) {
    let ada = clinic.administrator().await;
    clinic.stop_the_clock();
    doctor(&clinic, "Grace Hopper").await;
    open_kind(&clinic, "First visit", "request", 0).await;
    let (_, pia) = patient_with_account(&clinic, "Pia Own", "pia").await;
    let id = proposed(&clinic, &pia, &ada).await;
    let (visitor, path) = (clinic.visitor(), latest_link(&clinic, PIA).await);
    let page = visitor.open(&path).await;
    // The desk approves the first time after all: the offer is no longer one.
    ada.post(&format!("/appointments/{id}/book"), &[]).await.is(303);
    assert_eq!(states(&clinic).await, ["withdrawn"]);
    choose(&visitor, &page, &times(&page)[0].clone()).await.is(422).see("This offer has ended");
    // Another one is not answered until its times are over.
    let id = proposed(&clinic, &pia, &ada).await;
    let path = latest_link(&clinic, PIA).await;
    let page = visitor.open(&path).await;
    clinic.wait(time::Duration::days(15));
    praxis::scheduling::portal::lapse::lapse(&clinic.app).await.expect("looked");
    assert_eq!(states(&clinic).await, ["withdrawn", "expired"]);
    choose(&visitor, &page, &times(&page)[0].clone()).await.is(422).see("This offer has ended");
    assert_eq!(booked_now(&clinic).await.len(), 2, "{id}");
}

async fn an_offer_is_for_its_patient_only(clinic: Clinic) {
    let ada = clinic.administrator().await;
    doctor(&clinic, "Grace Hopper").await;
    open_kind(&clinic, "First visit", "request", 0).await;
    let (_, pia) = patient_with_account(&clinic, "Pia Own", "pia").await;
    let (_, max) = patient_with_account(&clinic, "Max Other", "max").await;
    proposed(&clinic, &pia, &ada).await;
    let id: i64 = clinic.ask(|c| appointment_offers::table.select(appointment_offers::id).first(c)).await;
    pia.open("/").await.see("Times that we offer you");
    let page = pia.open(&format!("/my/offers/{id}")).await;
    max.get(&format!("/my/offers/{id}")).await.is(404);
    max.post(&format!("/my/offers/{id}"), &[("at", &times(&page)[0])]).await.is(404);
    assert_eq!(states(&clinic).await, ["open"]);
    let chosen = choose(&pia, &page, &times(&page)[2].clone()).await;
    pia.open(chosen.location()).await.see("This appointment is booked for you");
    // The administration lists offers and changes none.
    ada.open("/admin/appointment-offers").await.see("Pia Own").see("Accepted");
    ada.get("/admin/appointment-offers/new").await.is(403);
}

async fn revoking_the_links_of_an_appointment_ends_those_of_its_offers(clinic: Clinic) {
    let ada = clinic.administrator().await;
    doctor(&clinic, "Grace Hopper").await;
    open_kind(&clinic, "First visit", "request", 0).await;
    let (pia_id, pia) = patient_with_account(&clinic, "Pia Own", "pia").await;
    let id = proposed(&clinic, &pia, &ada).await;
    let (visitor, path) = (clinic.visitor(), latest_link(&clinic, PIA).await);
    visitor.open(&path).await;
    ada.open(&format!("/appointments/{id}")).await.see("Revoke links in emails");
    ada.post(&format!("/appointments/{id}/withdraw-links"), &[]).await.is(303);
    ada.open(&format!("/appointments/{id}")).await.miss("Revoke links in emails");
    visitor.get(&path).await.is(404).see("This link does not work any more");
    visitor.post(&path, &[("decline", "1")]).await.is(404);
    // She can still answer signed in.
    assert_eq!(booked_now(&clinic).await, [(pia_id, "requested".to_string(), false)]);
}
