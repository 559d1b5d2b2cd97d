//! What can be booked: the hours of the doctor, buffers, rooms, places, and the lane for overbooking.

use praxis::resource::Value;
use serde_json::json;

use super::{at, book, booked, doctor, kind, kind_with, monday, wish};
use crate::stories;
use crate::support::Clinic;
use crate::support::people::Rights;

stories![
    a_receptionist_books_within_the_hours_of_a_doctor,
    the_larger_of_two_buffers_is_left_free,
    a_type_that_needs_a_room_is_given_a_free_one,
    a_group_has_as_many_places_as_its_type,
    overbooking_takes_a_permission_and_a_reason,
    a_patient_is_not_at_two_places_at_once,
    a_day_off_and_a_holiday_cannot_be_booked,
    an_appointment_goes_from_state_to_state,
    a_doctor_sees_the_patients_who_come,
    an_administrator_reads_why_a_time_is_not_free,
];

async fn a_receptionist_books_within_the_hours_of_a_doctor(clinic: Clinic) {
    clinic.administrator().await;
    let (owner, day) = (clinic.user_id("ada").await, monday(&clinic));
    let (hopper, follow_up) = (doctor(&clinic, "Grace Hopper").await, kind(&clinic, "Follow-up", 20, (0, 0)).await);
    let zola = clinic.patient("Émile Zola", owner).await;
    let desk = clinic.program_of("ada").await;
    let made = book(&desk, zola, hopper, follow_up, &at(day, "09:00")).await;
    let appointment = booked(&made);
    let stored = made.json();
    assert_eq!(stored["ends_at"], at(day, "09:20").replace("Z", ".000000Z"), "{stored}");
    assert_eq!((stored["minutes"].as_i64(), stored["state"].as_str()), (Some(20), Some("booked")));
    // The last one ends when the doctor goes.
    booked(&book(&desk, clinic.patient("B", owner).await, hopper, follow_up, &at(day, "11:40")).await);
    for (clock, words) in
        [("08:30", "does not work then"), ("11:30", "Grace Hopper is booked 11:40–12:00"), ("11:41", "does not work then")]
    {
        let refused = book(&desk, clinic.patient("C", owner).await, hopper, follow_up, &at(day, clock)).await;
        assert_eq!(refused.status, 409, "{clock}: {}", refused.body);
        assert!(refused.body.contains(words), "{clock}: {}", refused.body);
    }
    let refused = book(&desk, clinic.patient("D", owner).await, hopper, follow_up, &at(day, "09:10")).await;
    assert!(refused.body.contains("Grace Hopper is booked 09:00–09:20. Next free: 09:20, 09:40, 10:00"), "{}", refused.body);
    // Moved by ten minutes, it does not collide with itself; every move is a revision for calendars.
    let moved = desk.patch(&format!("/api/appointments/{appointment}/"), json!({ "starts_at": at(day, "09:10") })).await;
    assert_eq!(moved.status, 200, "{}", moved.body);
    let sequence = clinic.ask(move |c| sequence_of(c, appointment)).await;
    assert_eq!(sequence, 1);
    assert_eq!(overlaps(&clinic).await, 0);
}

fn sequence_of(c: &mut praxis::db::Connection, id: i64) -> diesel::QueryResult<i32> {
    use diesel::prelude::*;
    use praxis::db::schema::appointments;
    appointments::table.find(id).select(appointments::sequence).first(c)
}

/// Pairs of claims that overlap although they may not.
pub async fn overlaps(clinic: &Clinic) -> i64 {
    clinic.ask(praxis::scheduling::appointment::claims::overlaps).await
}

async fn the_larger_of_two_buffers_is_left_free(clinic: Clinic) {
    clinic.administrator().await;
    let (owner, day) = (clinic.user_id("ada").await, monday(&clinic));
    let hopper = doctor(&clinic, "Grace Hopper").await;
    let (short, long) = (kind(&clinic, "Check", 20, (10, 15)).await, kind(&clinic, "Check-up", 40, (10, 15)).await);
    let (desk, zola) = (clinic.program_of("ada").await, clinic.patient("Émile Zola", owner).await);
    for (name, clock) in [("A", "09:30"), ("B", "11:00")] {
        booked(&book(&desk, clinic.patient(name, owner).await, hopper, short, &at(day, clock)).await);
    }
    // From 09:50 and until 11:00, 15 minutes have to be left free on either side.
    for (clock, is_free) in [("10:00", false), ("10:04", false), ("10:05", true), ("10:10", false), ("10:15", false)] {
        let answer = book(&desk, zola, hopper, long, &at(day, clock)).await;
        assert_eq!(answer.status == 201, is_free, "{clock}: {}", answer.body);
        if is_free {
            desk.delete(&format!("/api/appointments/{}/", booked(&answer))).await;
        }
    }
}

async fn a_type_that_needs_a_room_is_given_a_free_one(clinic: Clinic) {
    clinic.administrator().await;
    let (owner, day) = (clinic.user_id("ada").await, monday(&clinic));
    let desk = clinic.program_of("ada").await;
    let text = |text: &str| Value::Text(text.into());
    let mut rooms = Vec::new();
    for name in ["Room 1", "Room 2"] {
        rooms.push(clinic.record("room", vec![("name", text(name)), ("kind", text("treatment"))]).await);
    }
    clinic.record("room", vec![("name", text("Office")), ("kind", text(""))]).await;
    let surgery = kind_with(&clinic, "Minor surgery", 60, (0, 15), vec![("room_kind", text("treatment"))]).await;
    let mut given = Vec::new();
    for name in ["A", "B", "C"] {
        let doctor = doctor(&clinic, name).await;
        let answer = book(&desk, clinic.patient(name, owner).await, doctor, surgery, &at(day, "09:00")).await;
        if name == "C" {
            assert_eq!(answer.status, 409);
            // The buffer keeps the room until 10:15.
            assert!(answer.body.contains("No room of the kind “treatment” is free then. Next free: 10:15"), "{}", answer.body);
        } else {
            given.push(answer.json()["room"].as_i64().expect("a room"));
        }
    }
    assert_eq!(given, rooms);
    // At another time another room is taken, without asking for it; the one that it had stays if it is free.
    let doctor = doctor(&clinic, "D").await;
    let late = booked(&book(&desk, clinic.patient("D", owner).await, doctor, surgery, &at(day, "10:45")).await);
    let path = format!("/api/appointments/{late}/");
    assert_eq!(desk.read(&path).await["room"].as_i64(), Some(rooms[0]));
    let other = super::doctor(&clinic, "E").await;
    booked(&book(&desk, clinic.patient("E", owner).await, other, surgery, &at(day.next_day().expect("a day"), "09:00")).await);
    let moved = desk.patch(&path, json!({ "starts_at": at(day.next_day().expect("a day"), "09:00") })).await;
    assert_eq!((moved.status, moved.json()["room"].as_i64()), (200, Some(rooms[1])), "{}", moved.body);
    let moved = desk.patch(&path, json!({ "starts_at": at(day.next_day().expect("a day"), "10:30") })).await;
    assert_eq!((moved.status, moved.json()["room"].as_i64()), (200, Some(rooms[1])), "{}", moved.body);
    // A group is in one room.
    let class = kind_with(&clinic, "Class", 60, (0, 0), vec![("room_kind", text("treatment")), ("places", Value::Integer(3))]).await;
    let two_days = day + time::Duration::days(2);
    let mut together = Vec::new();
    for name in ["F", "G"] {
        let made = book(&desk, clinic.patient(name, owner).await, doctor, class, &at(two_days, "09:00")).await;
        booked(&made);
        together.push(made.json()["room"].as_i64());
    }
    assert_eq!(together, [Some(rooms[0]), Some(rooms[0])]);
    clinic.refuses("UPDATE appointments SET room_id = (SELECT min(id) FROM rooms)").await;
}

async fn a_group_has_as_many_places_as_its_type(clinic: Clinic) {
    clinic.administrator().await;
    let (owner, day) = (clinic.user_id("ada").await, monday(&clinic));
    let (hopper, desk) = (doctor(&clinic, "Grace Hopper").await, clinic.program_of("ada").await);
    let flu = kind_with(&clinic, "Flu clinic", 60, (0, 0), vec![("places", Value::Integer(3))]).await;
    let other = kind(&clinic, "Follow-up", 20, (0, 0)).await;
    for name in ["A", "B", "C"] {
        booked(&book(&desk, clinic.patient(name, owner).await, hopper, flu, &at(day, "09:00")).await);
    }
    let late = clinic.patient("D", owner).await;
    let full = book(&desk, late, hopper, flu, &at(day, "09:00")).await;
    assert!(full.status == 409 && full.body.contains("Every place at this time is taken"), "{}", full.body);
    assert_eq!(book(&desk, late, hopper, flu, &at(day, "09:30")).await.status, 409, "another time overlaps");
    assert_eq!(book(&desk, late, hopper, other, &at(day, "09:20")).await.status, 409, "another type does not share the time");
    booked(&book(&desk, late, hopper, other, &at(day, "10:00")).await);
    assert_eq!(overlaps(&clinic).await, 0);
    // A group that has begun is not joined on what has become a day off.
    let next = day.next_day().expect("a day");
    booked(&book(&desk, late, hopper, flu, &at(next, "09:00")).await);
    let off = vec![
        ("doctor_id", Value::Integer(hopper)),
        ("kind", Value::Text("off".into())),
        ("first_day", Value::Date(next)),
        ("last_day", Value::Date(next)),
    ];
    clinic.record("schedule_exception", off).await;
    let refused = book(&desk, clinic.patient("E", owner).await, hopper, flu, &at(next, "09:00")).await;
    assert_eq!(refused.status, 409, "{}", refused.body);
}

async fn overbooking_takes_a_permission_and_a_reason(clinic: Clinic) {
    clinic.administrator().await;
    let (owner, day) = (clinic.user_id("ada").await, monday(&clinic));
    let (hopper, follow_up) = (doctor(&clinic, "Grace Hopper").await, kind(&clinic, "Follow-up", 20, (0, 0)).await);
    let desk = clinic.program_of("ada").await;
    booked(&book(&desk, clinic.patient("A", owner).await, hopper, follow_up, &at(day, "09:00")).await);
    let mut over = wish(clinic.patient("B", owner).await, hopper, follow_up, &at(day, "09:00"));
    over["is_overbooked"] = json!(true);
    let refused = desk.post("/api/appointments/", over.clone()).await;
    assert!(refused.status == 400 && refused.body.contains("Enter the reason for overbooking"), "{}", refused.body);
    over["overbooking_reason"] = json!("Acute pain");
    booked(&desk.post("/api/appointments/", over.clone()).await);
    // The lane is full as well, and nobody else may use it without the permission.
    over["patient"] = json!(clinic.patient("C", owner).await);
    assert_eq!(desk.post("/api/appointments/", over.clone()).await.status, 409);
    let grants =
        ["appointment.add", "appointment.view", "patient.view", "clinic.view_all_patients", "doctor.view", "appointment_type.view"];
    clinic.account("nora", Rights { permissions: &grants, ..Rights::default() }).await;
    let nora = clinic.program_of("nora").await;
    over["starts_at"] = json!(at(day, "10:00"));
    let refused = nora.post("/api/appointments/", over).await;
    assert!(refused.status == 400 && refused.body.contains("permission"), "{}", refused.body);
    clinic.refuses("UPDATE appointments SET is_overbooked = NOT is_overbooked, overbooking_reason = ''").await;
}

async fn a_patient_is_not_at_two_places_at_once(clinic: Clinic) {
    clinic.administrator().await;
    let (owner, day) = (clinic.user_id("ada").await, monday(&clinic));
    let (one, two) = (doctor(&clinic, "A").await, doctor(&clinic, "B").await);
    let (follow_up, desk) = (kind(&clinic, "Follow-up", 20, (0, 30)).await, clinic.program_of("ada").await);
    let zola = clinic.patient("Émile Zola", owner).await;
    booked(&book(&desk, zola, one, follow_up, &at(day, "09:00")).await);
    let refused = book(&desk, zola, two, follow_up, &at(day, "09:10")).await;
    assert!(refused.body.contains("The patient has another appointment at this time"), "{}", refused.body);
    // The doctor needs time afterwards, the patient does not.
    booked(&book(&desk, zola, two, follow_up, &at(day, "09:20")).await);
}

async fn a_day_off_and_a_holiday_cannot_be_booked(clinic: Clinic) {
    clinic.administrator().await;
    let (owner, day) = (clinic.user_id("ada").await, monday(&clinic));
    let (hopper, follow_up) = (doctor(&clinic, "Grace Hopper").await, kind(&clinic, "Follow-up", 20, (0, 0)).await);
    let (desk, zola) = (clinic.program_of("ada").await, clinic.patient("Émile Zola", owner).await);
    let next = |days: i64| day + time::Duration::days(days);
    let off = |kind: &str, first, last, times: Option<(i64, i64)>| {
        let time = |minutes: Option<i64>| minutes.map_or(Value::Null, |hour| Value::Integer(hour * 60));
        vec![
            ("doctor_id", Value::Integer(hopper)),
            ("kind", Value::Text(kind.into())),
            ("first_day", Value::Date(first)),
            ("last_day", Value::Date(last)),
            ("from_time", time(times.map(|(from, _)| from))),
            ("to_time", time(times.map(|(_, to)| to))),
        ]
    };
    clinic.record("schedule_exception", off("off", day, day, Some((9, 10)))).await;
    clinic.record("schedule_exception", off("off", next(1), next(2), None)).await;
    clinic.record("schedule_exception", off("extra", next(5), next(5), Some((14, 16)))).await;
    clinic.record("holiday", vec![("name", Value::Text("Feast".into())), ("day", Value::Date(next(3)))]).await;
    let wanted = [
        (0, "09:40", false),
        (0, "10:00", true),
        (1, "10:00", false),
        (2, "11:00", false),
        (3, "10:00", false),
        (4, "10:00", true),
        (5, "10:00", false),
        (5, "14:00", true),
        (6, "10:00", false),
    ];
    for (days, clock, is_free) in wanted {
        let answer = book(&desk, zola, hopper, follow_up, &at(next(days), clock)).await;
        assert_eq!(answer.status == 201, is_free, "{days} {clock}: {}", answer.body);
    }
}

async fn an_appointment_goes_from_state_to_state(clinic: Clinic) {
    clinic.administrator().await;
    let (owner, day) = (clinic.user_id("ada").await, monday(&clinic));
    let (hopper, follow_up) = (doctor(&clinic, "Grace Hopper").await, kind(&clinic, "Follow-up", 20, (0, 0)).await);
    let (desk, zola) = (clinic.program_of("ada").await, clinic.patient("Émile Zola", owner).await);
    let id = booked(&book(&desk, zola, hopper, follow_up, &at(day, "09:00")).await);
    let path = format!("/api/appointments/{id}/");
    let refused = desk.patch(&path, json!({ "state": "done" })).await;
    assert!(refused.body.contains("An appointment that is “booked” cannot become “done”"), "{}", refused.body);
    let mut last = serde_json::Value::Null;
    for (state, member) in [("arrived", "arrived_at"), ("in_room", "in_room_at"), ("done", "done_at")] {
        let answer = desk.patch(&path, json!({ "state": state })).await;
        assert!(answer.status == 200 && answer.json()[member].is_string(), "{}", answer.body);
        last = answer.json();
    }
    // A step back forgets what it undoes, and nothing else.
    let back = desk.patch(&path, json!({ "state": "in_room" })).await.json();
    assert!(back["done_at"].is_null(), "{back}");
    assert_eq!([&back["arrived_at"], &back["in_room_at"]], [&last["arrived_at"], &last["in_room_at"]]);
    // Another type brings its length.
    let long = kind(&clinic, "Check-up", 40, (0, 0)).await;
    let changed = desk.patch(&path, json!({ "type": long })).await.json();
    assert_eq!(
        (changed["minutes"].as_i64(), changed["ends_at"].as_str()),
        (Some(40), Some(at(day, "09:40").replace('Z', ".000000Z").as_str()))
    );
    // One that was cancelled elsewhere is recorded as such.
    let mut elsewhere = wish(zola, hopper, follow_up, "2026-03-02T03:00:00Z");
    elsewhere["state"] = json!("cancelled");
    assert_eq!(desk.post("/api/appointments/", elsewhere).await.json()["cancelled_by"], "clinic");
    let id = booked(&book(&desk, zola, hopper, follow_up, &at(day, "10:00")).await);
    let path = format!("/api/appointments/{id}/");
    let gone = desk.patch(&path, json!({ "state": "cancelled", "cancel_reason": "Ill" })).await.json();
    assert_eq!((gone["cancelled_by"].as_str(), gone["cancel_reason"].as_str()), (Some("clinic"), Some("Ill")));
    // Its time is free again, so that it cannot simply be taken back.
    booked(&book(&desk, clinic.patient("B", owner).await, hopper, follow_up, &at(day, "10:00")).await);
    let refused = desk.patch(&path, json!({ "state": "booked" })).await;
    assert!(refused.status == 409 && refused.body.contains("is booked 10:00–10:20"), "{}", refused.body);
}

async fn a_doctor_sees_the_patients_who_come(clinic: Clinic) {
    clinic.administrator().await;
    let (owner, day) = (clinic.user_id("ada").await, monday(&clinic));
    let (hopper, follow_up) = (doctor(&clinic, "Grace Hopper").await, kind(&clinic, "Follow-up", 20, (0, 0)).await);
    let account = clinic.account("grace", Rights { groups: &["Staff"], ..Rights::default() }).await;
    clinic
        .arrange(move |c| {
            use diesel::prelude::*;
            use praxis::db::schema::doctors;
            diesel::update(doctors::table.find(hopper)).set(doctors::user_id.eq(account)).execute(c)
        })
        .await
        .expect("an account");
    let (desk, zola) = (clinic.program_of("ada").await, clinic.patient("Émile Zola", owner).await);
    let grace = clinic.program_of("grace").await;
    assert_eq!(grace.get(&format!("/api/patients/{zola}/")).await.status, 404);
    let id = booked(&book(&desk, zola, hopper, follow_up, &at(day, "09:00")).await);
    assert_eq!(grace.read(&format!("/api/patients/{zola}/")).await["name"], "Émile Zola");
    assert_eq!(grace.read("/api/appointments/").await.as_array().map(Vec::len), Some(1));
    // What was never meant to be gives no access.
    desk.patch(&format!("/api/appointments/{id}/"), json!({ "state": "entered_in_error" })).await;
    assert_eq!(grace.get(&format!("/api/patients/{zola}/")).await.status, 404);
}

async fn an_administrator_reads_why_a_time_is_not_free(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let (owner, day) = (clinic.user_id("ada").await, monday(&clinic));
    let (hopper, follow_up) = (doctor(&clinic, "Grace Hopper").await, kind(&clinic, "Follow-up", 20, (0, 0)).await);
    let ids =
        [hopper, clinic.patient("Émile Zola", owner).await, clinic.patient("Victor Hugo", owner).await, follow_up].map(|id| id.to_string());
    let typed = |patient: usize, date: &str, clock: &str| {
        let pairs = [("doctor_id", ids[0].as_str()), ("patient_id", ids[patient].as_str()), ("type_id", ids[3].as_str())];
        let mut typed: Vec<(String, String)> = pairs.iter().map(|(name, value)| ((*name).to_string(), (*value).to_string())).collect();
        typed.extend([("starts_at-date".into(), date.into()), ("starts_at-time".into(), clock.into()), ("note".into(), "By phone".into())]);
        typed
    };
    let borrowed = |typed: &[(String, String)]| -> Vec<(&'static str, String)> {
        typed.iter().map(|(name, value)| (Box::leak(name.clone().into_boxed_str()) as &'static str, value.clone())).collect()
    };
    let fill = async |patient: usize, clock: &str| {
        let typed = borrowed(&typed(patient, &day.to_string(), clock));
        let pairs: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (*name, value.as_str())).collect();
        ada.fill("/admin/appointments/new", &pairs).await
    };
    assert_eq!(fill(1, "09:00").await.status, 303);
    let page = fill(2, "09:10").await;
    page.is(422).see("Grace Hopper is booked 09:00–09:20").see("Next free: 09:20").see("By phone");
    assert_eq!(fill(2, "09:20").await.status, 303);
    ada.open("/admin/appointments").await.see("Émile Zola").see("Victor Hugo").see("Booked");
}
