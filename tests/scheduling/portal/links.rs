//! Links in emails: opening them changes nothing, the button does, and each shows one appointment to its patient.

use actix_web::http::Method;
use diesel::prelude::*;
use praxis::db::schema::{appointment_links, log_entries};
use serde_json::json;

use super::{booked_now, choose, latest_link, mails_to, open_kind, times};
use crate::scheduling::messages::telling::reachable;
use crate::scheduling::{at, book, booked, doctor, kind, monday};
use crate::stories;
use crate::support::Clinic;

stories![
    a_patient_confirms_moves_and_cancels_by_a_link,
    programs_that_open_links_change_nothing,
    a_link_ends_and_can_be_revoked,
    a_link_of_one_is_no_link_to_others,
    it_can_be_too_late,
    a_link_books_something_else_only_once_its_own_is_cancelled,
];

const ZOLA: &str = "emile@example.org";

async fn a_patient_confirms_moves_and_cancels_by_a_link(clinic: Clinic) {
    clinic.administrator().await;
    let (day, desk) = (monday(&clinic), clinic.program_of("ada").await);
    let (hopper, checkup) = (doctor(&clinic, "Grace Hopper").await, open_kind(&clinic, "Check-up", "patient", 0).await);
    let zola = reachable(&clinic, "Émile Zola", ZOLA).await;
    let id = booked(&book(&desk, zola, hopper, checkup, &at(day, "09:00")).await);
    let (visitor, path) = (clinic.visitor(), latest_link(&clinic, ZOLA).await);
    let page = visitor.open(&path).await;
    page.see("This appointment is booked for you").see("Grace Hopper").see("09:00").miss("Zola").miss("Check-up");
    visitor.post(&format!("{path}/confirm"), &[]).await.is(303);
    visitor.open(&path).await.see("Thank you").see("You said that you will come");
    assert_eq!(booked_now(&clinic).await, [(zola, "booked".to_string(), true)]);
    // Another time is another promise.
    let page = visitor.open(&format!("{path}/move")).await;
    let time = times(&page)[1].clone();
    choose(&visitor, &page, &time).await.is(303);
    assert_eq!(booked_now(&clinic).await, [(zola, "booked".to_string(), false)]);
    assert_eq!(mails_to(&clinic, ZOLA).await.last().map(|mail| mail.kind.as_str()), Some("appointment change"));
    visitor.fill(&path, &[("reason", "On holiday")]).await.is(303);
    let cancelled = desk.read(&format!("/api/appointments/{id}/")).await;
    assert_eq!(
        (&cancelled["state"], &cancelled["cancelled_by"], &cancelled["cancel_reason"]),
        (&json!("cancelled"), &json!("patient"), &json!("On holiday"))
    );
    // The log says that it was the patient, by a link.
    let actors: Vec<String> = clinic
        .ask(|c| {
            log_entries::table
                .filter(log_entries::resource.eq("appointment"))
                .order(log_entries::id.desc())
                .select(log_entries::actor)
                .load(c)
        })
        .await;
    assert!(actors[0].contains("Émile Zola (by a link in an email)"), "{actors:?}");
    // A second press is no second cancellation.
    visitor.post(&format!("{path}/cancel"), &[]).await.is(303);
    assert_eq!(mails_to(&clinic, ZOLA).await.iter().filter(|mail| mail.kind == "appointment cancellation").count(), 1);
    // From there they find another time.
    let page = visitor.open(&format!("{path}/new")).await;
    let booked = choose(&visitor, &page, &times(&page)[0].clone()).await;
    visitor.open(booked.location()).await.see("Your appointment is booked");
    assert_eq!(booked_now(&clinic).await.len(), 2);
}

async fn programs_that_open_links_change_nothing(clinic: Clinic) {
    clinic.administrator().await;
    let (day, desk) = (monday(&clinic), clinic.program_of("ada").await);
    let (hopper, checkup) = (doctor(&clinic, "Grace Hopper").await, open_kind(&clinic, "Check-up", "patient", 0).await);
    let zola = reachable(&clinic, "Émile Zola", ZOLA).await;
    booked(&book(&desk, zola, hopper, checkup, &at(day, "09:00")).await);
    let path = latest_link(&clinic, ZOLA).await;
    let scanner = clinic.visitor();
    for page in ["", "/move", "/new"] {
        for method in [Method::GET, Method::HEAD, Method::GET, Method::HEAD] {
            scanner.send(method, &format!("{path}{page}"), &[], Vec::new()).await.is(200);
        }
    }
    for action in ["/confirm", "/cancel"] {
        scanner.get(&format!("{path}{action}")).await.is(405);
    }
    assert_eq!(booked_now(&clinic).await, [(zola, "booked".to_string(), false)]);
    // Then the person comes.
    clinic.visitor().post(&format!("{path}/confirm"), &[]).await.is(303);
    assert_eq!(booked_now(&clinic).await, [(zola, "booked".to_string(), true)]);
}

async fn a_link_ends_and_can_be_revoked(clinic: Clinic) {
    let ada = clinic.administrator().await;
    clinic.stop_the_clock();
    let (day, desk) = (monday(&clinic), clinic.program_of("ada").await);
    let (hopper, checkup) = (doctor(&clinic, "Grace Hopper").await, open_kind(&clinic, "Check-up", "patient", 0).await);
    let zola = reachable(&clinic, "Émile Zola", ZOLA).await;
    let id = booked(&book(&desk, zola, hopper, checkup, &at(day, "09:00")).await);
    let (visitor, path) = (clinic.visitor(), latest_link(&clinic, ZOLA).await);
    // The secret itself is not in the database.
    let hashes: Vec<String> = clinic.ask(|c| appointment_links::table.select(appointment_links::token_hash).load(c)).await;
    assert!(hashes.iter().all(|hash| hash.len() == 64 && !path.contains(hash)), "{hashes:?}");
    ada.post(&format!("/appointments/{id}/withdraw-links"), &[]).await.is(303);
    visitor.get(&path).await.is(404).see("This link does not work any more");
    visitor.post(&format!("{path}/cancel"), &[]).await.is(404);
    // The next email has a new one, which works until the day after.
    desk.patch(&format!("/api/appointments/{id}/"), json!({ "starts_at": at(day, "10:00") })).await.is(200);
    let path = latest_link(&clinic, ZOLA).await;
    visitor.open(&path).await;
    clinic.wait(time::Duration::days(20));
    visitor.get(&path).await.is(404);
}

async fn a_link_of_one_is_no_link_to_others(clinic: Clinic) {
    clinic.administrator().await;
    let (day, desk) = (monday(&clinic), clinic.program_of("ada").await);
    let (hopper, checkup) = (doctor(&clinic, "Grace Hopper").await, open_kind(&clinic, "Check-up", "patient", 0).await);
    let zola = reachable(&clinic, "Émile Zola", ZOLA).await;
    let sand = reachable(&clinic, "George Sand", "george@example.org").await;
    let id = booked(&book(&desk, zola, hopper, checkup, &at(day, "09:00")).await);
    let path = latest_link(&clinic, ZOLA).await;
    let visitor = clinic.visitor();
    let token = path.trim_start_matches("/visits/").to_string();
    for wrong in [format!("/offers/{token}"), format!("/visits/{}", token.to_lowercase()), "/visits/7".into(), format!("/visits/{token}x")]
    {
        visitor.get(&wrong).await.is(404);
    }
    // Whoever is signed in as a patient reaches their own appointments only.
    let (_, pia) = super::patient_with_account(&clinic, "Pia Own", "pia").await;
    pia.get(&format!("/my/appointments/{id}")).await.is(404);
    pia.post(&format!("/my/appointments/{id}/cancel"), &[]).await.is(404);
    // An appointment that another patient gets leaves the link of the first.
    desk.patch(&format!("/api/appointments/{id}/"), json!({ "patient": sand })).await.is(200);
    visitor.get(&path).await.is(404);
    assert_eq!(booked_now(&clinic).await, [(sand, "booked".to_string(), false)]);
}

async fn it_can_be_too_late(clinic: Clinic) {
    clinic.administrator().await;
    clinic.stop_the_clock();
    let (day, desk) = (monday(&clinic), clinic.program_of("ada").await);
    // A week's notice, and a type that patients do not book.
    let week = open_kind(&clinic, "Check-up", "patient", 30 * 1_440).await;
    let (hopper, staff_only) = (doctor(&clinic, "Grace Hopper").await, kind(&clinic, "Surgery", 20, (0, 0)).await);
    let zola = reachable(&clinic, "Émile Zola", ZOLA).await;
    booked(&book(&desk, zola, hopper, week, &at(day, "09:00")).await);
    let (visitor, path) = (clinic.visitor(), latest_link(&clinic, ZOLA).await);
    visitor.open(&path).await.see("It is too late to move or cancel it here");
    visitor.post(&format!("{path}/cancel"), &[]).await.is(422).see("It is too late to do this here");
    // Coming can still be promised.
    visitor.post(&format!("{path}/confirm"), &[]).await.is(303);
    booked(&book(&desk, zola, hopper, staff_only, &at(day, "10:00")).await);
    let path = latest_link(&clinic, ZOLA).await;
    let page = visitor.open(&path).await;
    assert!(!page.has(&format!("a[href='{path}/move']")), "{}", page.text());
    visitor.get(&format!("{path}/move")).await.is(409);
    visitor.fill(&path, &[("reason", "")]).await.is(303);
    let states: Vec<String> = booked_now(&clinic).await.into_iter().map(|(_, state, _)| state).collect();
    assert_eq!(states, ["booked", "cancelled"]);
}

async fn a_link_books_something_else_only_once_its_own_is_cancelled(clinic: Clinic) {
    clinic.administrator().await;
    let (day, desk) = (monday(&clinic), clinic.program_of("ada").await);
    let (hopper, checkup) = (doctor(&clinic, "Grace Hopper").await, open_kind(&clinic, "Check-up", "patient", 0).await);
    let zola = reachable(&clinic, "Émile Zola", ZOLA).await;
    booked(&book(&desk, zola, hopper, checkup, &at(day, "09:00")).await);
    let (visitor, path) = (clinic.visitor(), latest_link(&clinic, ZOLA).await);
    let kind = checkup.to_string();
    for place in ["new", "wait"] {
        let refused = visitor.post(&format!("{path}/{place}"), &[("type_id", &kind)]).await;
        refused.is(409).see("Cancel this appointment before you look for another time");
    }
    visitor.fill(&path, &[("reason", "")]).await.is(303);
    let page = visitor.open(&format!("{path}/new?from={day}")).await;
    choose(&visitor, &page, &times(&page)[0].clone()).await.is(303);
    let now: Vec<String> = booked_now(&clinic).await.into_iter().map(|(_, state, _)| state).collect();
    assert_eq!(now, ["cancelled", "booked"]);
}
