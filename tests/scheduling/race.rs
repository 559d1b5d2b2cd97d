//! Many people at one time: exactly one of them has it.

use futures_util::future::{join, join_all};
use serde_json::json;

use super::booking::overlaps;
use super::{at, book, booked, doctor, kind, monday, wish};
use crate::stories;
use crate::support::Clinic;
use crate::support::binary::{praxis, told};

stories![
    twenty_at_once_book_overlapping_times,
    somebody_moves_to_a_time_that_is_being_booked,
    clients_of_two_servers_race_for_the_same_times,
    any_doctor_is_each_who_is_free_once,
];

async fn twenty_at_once_book_overlapping_times(clinic: Clinic) {
    clinic.administrator().await;
    let (owner, day) = (clinic.user_id("ada").await, monday(&clinic));
    let (hopper, half_hour) = (doctor(&clinic, "Grace Hopper").await, kind(&clinic, "Half an hour", 30, (0, 0)).await);
    let desk = clinic.program_of("ada").await;
    let mut wishes = Vec::new();
    for number in 0..20 {
        let patient = clinic.patient(&format!("Person {number:02}"), owner).await;
        wishes.push(wish(patient, hopper, half_hour, &at(day, if number % 2 == 0 { "09:00" } else { "09:15" })));
    }
    let answers = join_all(wishes.into_iter().map(|wish| desk.post("/api/appointments/", wish))).await;
    let count = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!((count(201), count(409)), (1, 19), "{statuses:?}");
    assert_eq!(overlaps(&clinic).await, 0);
}

async fn somebody_moves_to_a_time_that_is_being_booked(clinic: Clinic) {
    clinic.administrator().await;
    let (owner, day) = (clinic.user_id("ada").await, monday(&clinic));
    let (hopper, follow_up) = (doctor(&clinic, "Grace Hopper").await, kind(&clinic, "Follow-up", 20, (0, 0)).await);
    let desk = clinic.program_of("ada").await;
    for (round, clock) in ["09:20", "09:40", "10:00", "10:20", "10:40"].into_iter().enumerate() {
        let moving = clinic.patient(&format!("Moving {round}"), owner).await;
        let early = day.next_day().expect("a day");
        let id = booked(&book(&desk, moving, hopper, follow_up, &at(early, clock)).await);
        let newcomer = clinic.patient(&format!("New {round}"), owner).await;
        let (path, body) = (format!("/api/appointments/{id}/"), json!({ "starts_at": at(day, clock) }));
        let starts_at = at(day, clock);
        let (moved, made) = join(desk.patch(&path, body), book(&desk, newcomer, hopper, follow_up, &starts_at)).await;
        let won = [moved.status == 200, made.status == 201];
        assert!(won[0] != won[1], "{clock}: {} {}", moved.body, made.body);
        assert!(moved.status < 500 && made.status < 500);
        // Whoever lost has what they had.
        if won[1] {
            assert!(desk.read(&path).await["starts_at"].as_str().is_some_and(|at| at.starts_with(&early.to_string())));
        }
    }
    assert_eq!(overlaps(&clinic).await, 0);
}

/// What a line of the table says.
fn told_of<'a>(printed: &'a str, line: &str) -> &'a str {
    printed.lines().find_map(|text| text.strip_prefix(line)).unwrap_or_else(|| panic!("no {line} in {printed}")).trim()
}

/// `praxis race` proves it with processes; the default is 1,000 times and 64 clients.
async fn clients_of_two_servers_race_for_the_same_times(clinic: Clinic) {
    let url = clinic.database.url.clone();
    let output = praxis(&clinic.database, &["race", "--slots", "20", "--clients", "8", "--database", &url], &[], "");
    let printed = told(&output);
    assert!(output.status.success(), "{printed}");
    let anybody = "1 of 1 round with one winner for each doctor";
    for (line, value) in [("One winner", "20 of 20"), ("Any doctor", anybody), ("Errors", "0"), ("Overlaps", "0")] {
        assert_eq!(told_of(&printed, line), value, "{printed}");
    }
    // Everybody has an answer: 20 times 8, and 8 in the round for any doctor.
    let number = |line: &str| told_of(&printed, line).parse::<i64>().expect("a number");
    assert_eq!(number("Refused") + number("Appointments stored"), 168, "{printed}");
    assert!(number("Appointments stored") > 21, "{printed}");
    assert_eq!(overlaps(&clinic).await, 0);
    let again = praxis(&clinic.database, &["race", "--database", &url], &[], "");
    assert!(!again.status.success() && told(&again).contains("needs an empty database"), "{}", told(&again));
}

async fn any_doctor_is_each_who_is_free_once(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let (owner, day) = (clinic.user_id("ada").await, monday(&clinic));
    for name in ["Grace Hopper", "Ada Byron", "Samuel Okafor"] {
        doctor(&clinic, name).await;
    }
    let half_hour = kind(&clinic, "Half an hour", 30, (0, 0)).await;
    let desk = clinic.program_of("ada").await;
    let mut wishes = Vec::new();
    for number in 0..12 {
        let patient = clinic.patient(&format!("Person {number:02}"), owner).await;
        wishes.push(json!({ "patient": patient, "type": half_hour, "starts_at": at(day, "09:00"), "state": "booked" }));
    }
    let last = wishes[11].clone();
    let answers = join_all(wishes.into_iter().map(|wish| desk.post("/api/appointments/", wish))).await;
    let mut doctors: Vec<i64> = Vec::new();
    for answer in &answers {
        match answer.status {
            201 => doctors.push(answer.json()["doctor"].as_i64().expect("a doctor")),
            409 => assert!(answer.body.contains("No doctor is free at this time") && answer.body.contains("next_free"), "{}", answer.body),
            status => panic!("{status}: {}", answer.body),
        }
    }
    doctors.sort_unstable();
    doctors.dedup();
    assert_eq!((doctors.len(), overlaps(&clinic).await), (3, 0));
    // The administration offers the same; a known appointment always has a doctor.
    let patient = last["patient"].to_string();
    let fields =
        [("patient_id", patient.as_str()), ("type_id", &half_hour.to_string()), ("starts_at", &format!("{day}T10:00")), ("doctor_id", "")];
    ada.fill("/admin/appointments/new", &fields).await.is(303);
    let made: i64 = clinic.ask(|c| praxis::db::sql::Sql::new("SELECT max(id) FROM appointments").load_ids(c)).await[0];
    let refused = desk.patch(&format!("/api/appointments/{made}/"), json!({ "doctor": null })).await;
    assert_eq!(refused.status, 400, "{}", refused.body);
}
