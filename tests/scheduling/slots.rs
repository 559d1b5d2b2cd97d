//! Programs ask for free times, book them, and move appointments from state to state.

use serde_json::json;

use super::{at, book, booked, doctor, kind, monday, wish};
use crate::stories;
use crate::support::Clinic;
use crate::support::people::Rights;

stories![
    a_program_books_what_was_offered,
    a_program_that_comes_second_reads_what_is_free,
    whoever_does_not_mind_gets_the_doctor_with_the_least_to_do,
    a_program_moves_an_appointment_through_its_states,
    questions_that_make_no_sense_are_answered_at_their_fields,
    a_program_asks_about_its_own_patients_only,
];

async fn a_program_books_what_was_offered(clinic: Clinic) {
    clinic.administrator().await;
    let (owner, day) = (clinic.user_id("ada").await, monday(&clinic));
    let (hopper, long) = (doctor(&clinic, "Grace Hopper").await, kind(&clinic, "Check-up", 40, (0, 20)).await);
    let desk = clinic.program_of("ada").await;
    let question = format!("/api/slots/?type={long}&doctor={hopper}&from={day}&to={day}");
    let free = desk.read(&question).await;
    let starts: Vec<&str> = free.as_array().expect("a list").iter().filter_map(|slot| slot["starts_at"].as_str()).collect();
    let clock = |clock: &str| at(day, clock).replace('Z', ".000000Z");
    assert_eq!(starts, [clock("09:00"), clock("10:00"), clock("11:00")], "{free}");
    assert_eq!(free[0]["ends_at"], clock("09:40"));
    assert_eq!((&free[0]["doctor"], &free[0]["site"], &free[0]["time_zone"]), (&json!(hopper), &json!(null), &json!("UTC")));
    // The first and the last can be booked, and then nothing else is free.
    for (number, start) in starts.iter().enumerate() {
        booked(&book(&desk, clinic.patient(&format!("Person {number}"), owner).await, hopper, long, start).await);
    }
    assert_eq!(desk.read(&question).await, json!([]));
}

async fn a_program_that_comes_second_reads_what_is_free(clinic: Clinic) {
    clinic.administrator().await;
    let (owner, day) = (clinic.user_id("ada").await, monday(&clinic));
    let (hopper, follow_up) = (doctor(&clinic, "Grace Hopper").await, kind(&clinic, "Follow-up", 20, (0, 0)).await);
    let desk = clinic.program_of("ada").await;
    booked(&book(&desk, clinic.patient("A", owner).await, hopper, follow_up, &at(day, "09:00")).await);
    let refused = book(&desk, clinic.patient("B", owner).await, hopper, follow_up, &at(day, "09:10")).await;
    refused.refuses(409, "collision");
    let body = refused.json();
    assert!(body["errors"]["starts_at"][0].as_str().is_some_and(|text| text.contains("Grace Hopper is booked 09:00–09:20")), "{body}");
    let next: Vec<&str> = body["next_free"].as_array().expect("a list").iter().filter_map(|offer| offer["starts_at"].as_str()).collect();
    assert_eq!(next, ["09:20", "09:40", "10:00"].map(|clock| at(day, clock).replace('Z', ".000000Z")), "{body}");
    // What is offered can be sent as it is.
    let mut wish = wish(clinic.patient("C", owner).await, hopper, follow_up, "");
    for (name, value) in body["next_free"][0].as_object().expect("an offer") {
        wish[name] = value.clone();
    }
    booked(&desk.post("/api/appointments/", wish).await);
}

async fn whoever_does_not_mind_gets_the_doctor_with_the_least_to_do(clinic: Clinic) {
    clinic.administrator().await;
    let (owner, day) = (clinic.user_id("ada").await, monday(&clinic));
    let (busy, idle) = (doctor(&clinic, "Anna Busy").await, doctor(&clinic, "Zoë Idle").await);
    let follow_up = kind(&clinic, "Follow-up", 20, (0, 0)).await;
    let desk = clinic.program_of("ada").await;
    booked(&book(&desk, clinic.patient("A", owner).await, busy, follow_up, &at(day, "11:00")).await);
    let free = desk.read(&format!("/api/slots/?type={follow_up}&from={day}&to={day}")).await;
    let at_nine: Vec<i64> = free.as_array().expect("a list").iter().take(2).filter_map(|slot| slot["doctor"].as_i64()).collect();
    assert_eq!(at_nine, [idle, busy], "{free}");
}

async fn a_program_moves_an_appointment_through_its_states(clinic: Clinic) {
    clinic.administrator().await;
    let (owner, day) = (clinic.user_id("ada").await, monday(&clinic));
    let (hopper, follow_up) = (doctor(&clinic, "Grace Hopper").await, kind(&clinic, "Follow-up", 20, (0, 0)).await);
    let (desk, zola) = (clinic.program_of("ada").await, clinic.patient("Émile Zola", owner).await);
    let id = booked(&book(&desk, zola, hopper, follow_up, &at(day, "09:00")).await);
    let go = |verb: &str| format!("/api/appointments/{id}/{verb}/");
    for (verb, state) in [("arrive", "arrived"), ("call-in", "in_room"), ("finish", "done")] {
        let moved = desk.post(&go(verb), json!({})).await;
        assert_eq!((moved.status, moved.member("state").as_str()), (200, state), "{}", moved.body);
    }
    desk.post(&go("cancel"), json!({})).await.refuses(409, "refused");
    // Another one is cancelled, its time is given away, and it cannot come back.
    let second = booked(&book(&desk, zola, hopper, follow_up, &at(day, "10:00")).await);
    let sent = json!({ "cancelled_by": "patient", "cancel_reason": "Feels better" });
    let cancelled = desk.post(&format!("/api/appointments/{second}/cancel/"), sent).await.json();
    assert_eq!((&cancelled["cancelled_by"], &cancelled["cancel_reason"]), (&json!("patient"), &json!("Feels better")));
    booked(&book(&desk, clinic.patient("B", owner).await, hopper, follow_up, &at(day, "10:00")).await);
    let back = desk.post(&format!("/api/appointments/{second}/book/"), json!({})).await;
    back.refuses(409, "collision");
    assert_eq!(back.json()["next_free"].as_array().map(Vec::len), Some(3), "{}", back.body);
    // Values that cannot be stored are told at their fields.
    for (name, wrong) in [("cancelled_by", json!("nobody")), ("cancel_reason", json!([7])), ("cancel_reason", json!("x".repeat(201)))] {
        let refused = desk.post(&go("cancel"), json!({ name: wrong })).await;
        assert_eq!(refused.status, 400, "{}", refused.body);
        assert!(refused.json()[name].is_array(), "{}", refused.body);
    }
    assert_eq!(desk.post("/api/appointments/999999/cancel/", json!({})).await.status, 404);
}

async fn questions_that_make_no_sense_are_answered_at_their_fields(clinic: Clinic) {
    clinic.administrator().await;
    let (hopper, follow_up) = (doctor(&clinic, "Grace Hopper").await, kind(&clinic, "Follow-up", 20, (0, 0)).await);
    let desk = clinic.program_of("ada").await;
    for (question, field) in [
        (String::new(), "type"),
        ("type=x".into(), "type"),
        ("type=999999".into(), "type"),
        (format!("type={follow_up}&doctor=999999"), "doctor"),
        (format!("type={follow_up}&patient=999999"), "patient"),
        (format!("type={follow_up}&from=soon"), "from"),
        (format!("type={follow_up}&from=2030-01-01&to=2031-01-01"), "to"),
    ] {
        let refused = desk.get(&format!("/api/slots/?{question}")).await;
        assert_eq!(refused.status, 400, "{question}: {}", refused.body);
        assert!(refused.json()[field].is_array(), "{question}: {}", refused.body);
    }
    // A range that is over, or the wrong way round, has no free times.
    for question in ["from=2020-01-01&to=2020-01-02", "from=2031-01-05&to=2031-01-01"] {
        assert_eq!(desk.read(&format!("/api/slots/?type={follow_up}&doctor={hopper}&{question}")).await, json!([]), "{question}");
    }
}

async fn a_program_asks_about_its_own_patients_only(clinic: Clinic) {
    clinic.administrator().await;
    let owner = clinic.user_id("ada").await;
    let follow_up = kind(&clinic, "Follow-up", 20, (0, 0)).await;
    let zola = clinic.patient("Émile Zola", owner).await;
    clinic.account("rosa", Rights { groups: &["Staff"], ..Rights::default() }).await;
    let rosa = clinic.program_of("rosa").await;
    let question = |id: i64| format!("/api/slots/?type={follow_up}&patient={id}");
    // Somebody else's patient and one that does not exist are the same.
    let (hidden, missing) = (rosa.get(&question(zola)).await, rosa.get(&question(999_999)).await);
    assert_eq!((hidden.status, &hidden.body), (400, &missing.body));
    // Patients do not read when doctors are free.
    clinic.account("pia", Rights { groups: &["Patient"], ..Rights::default() }).await;
    let pia = clinic.program_of("pia").await;
    pia.get(&format!("/api/slots/?type={follow_up}")).await.refuses(403, "permission_denied");
}
