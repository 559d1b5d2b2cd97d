//! What patients hear of their appointments, and who hears nothing.

use diesel::prelude::*;
use praxis::db::schema::{appointments, patients, users};
use praxis::mail::queued::QueuedMail;
use praxis::resource::Value;
use serde_json::{Value as Json, json};

use crate::scheduling::{at, book, booked, doctor, kind, monday, wish};
use crate::stories;
use crate::support::Clinic;
use crate::support::people::Rights;
use crate::support::program::Program;

stories![
    a_patient_hears_of_what_is_booked_changed_and_cancelled,
    nobody_hears_of_what_is_over_or_without_consent,
    a_patient_with_an_account_reads_times_where_they_are,
    a_request_is_answered,
    a_change_counts_once_for_calendars,
    an_appointment_that_another_patient_gets_is_two_messages,
    a_refused_change_sends_nothing,
];

/// A patient who agrees to be contacted.
pub async fn reachable(clinic: &Clinic, name: &str, email: &str) -> i64 {
    let owner = clinic.user_id("ada").await;
    let id = clinic.patient(name, owner).await;
    let email = email.to_string();
    let known = move |c: &mut praxis::db::Connection| {
        let contact = (patients::email.eq(email), patients::may_contact.eq(true), patients::phone.eq("+33 1 42 68 53 00"));
        diesel::update(patients::table.find(id)).set(contact).execute(c)
    };
    clinic.arrange(known).await.expect("a contact");
    id
}

/// An appointment, as a program sees it.
pub struct Appointment {
    pub id: i64,
}

impl Appointment {
    pub async fn book(desk: &Program, patient: i64, doctor: i64, kind: i64, starts_at: &str) -> Self {
        Self { id: booked(&book(desk, patient, doctor, kind, starts_at).await) }
    }

    pub async fn change(&self, desk: &Program, change: Json) {
        let answer = desk.patch(&format!("/api/appointments/{}/", self.id), change).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    }

    pub async fn sequence(&self, clinic: &Clinic) -> i32 {
        let id = self.id;
        clinic.ask(move |c| appointments::table.find(id).select(appointments::sequence).first(c)).await
    }
}

/// The text of an email that was read.
pub fn moved(mail: &Json) -> &str {
    mail["text"].as_str().unwrap_or_default()
}

/// The emails about appointments: kind, recipient and text.
async fn heard(clinic: &Clinic) -> Vec<QueuedMail> {
    clinic.outbox().await.into_iter().filter(|mail| mail.kind.starts_with("appointment")).collect()
}

fn kinds(mails: &[QueuedMail]) -> Vec<&str> {
    mails.iter().map(|mail| mail.kind.as_str()).collect()
}

async fn a_patient_hears_of_what_is_booked_changed_and_cancelled(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let (day, desk) = (monday(&clinic), clinic.program_of("ada").await);
    let (hopper, follow_up) = (doctor(&clinic, "Grace Hopper").await, kind(&clinic, "Wart removal", 20, (0, 0)).await);
    let zola = reachable(&clinic, "Émile Zola", "emile@example.org").await;
    let visit = Appointment::book(&desk, zola, hopper, follow_up, &at(day, "09:00")).await;
    visit.change(&desk, json!({ "note": "By phone" })).await;
    visit.change(&desk, json!({ "starts_at": at(day, "10:00") })).await;
    desk.delete(&format!("/api/appointments/{}/", visit.id)).await;
    ada.post(&format!("/admin/appointments/trash/{}/restore", visit.id), &[]).await.is(303);
    let mails = heard(&clinic).await;
    let expected = ["appointment confirmation", "appointment change", "appointment cancellation", "appointment confirmation"];
    assert_eq!(kinds(&mails), expected);
    assert!(mails.iter().all(|mail| mail.recipient == "emile@example.org" && !mail.subject.contains("Zola")), "{mails:?}");
    let first = &mails[0].text_body;
    let date = format!("Date: Monday {} {} {}", day.day(), day.month(), day.year());
    for words in ["Your appointment is confirmed.", &date, "Time: 09:00 to 09:20\n", "Doctor: Grace Hopper"] {
        assert!(first.contains(words), "{words}: {first}");
    }
    assert!(mails.iter().all(|mail| !mail.text_body.contains("Wart") && !mail.html_body.contains("Wart")), "the email says what it is for");
    assert!(
        mails[1].text_body.contains(", 09:00 has a new time.") && mails[1].text_body.contains("Time: 10:00 to 10:20"),
        "{}",
        mails[1].text_body
    );
    assert!(mails[2].text_body.contains(", 10:00 with Grace Hopper is cancelled."), "{}", mails[2].text_body);
    let sequences: Vec<String> =
        mails.iter().map(|mail| mail.calendar.lines().find(|line| line.starts_with("SEQUENCE:")).unwrap_or_default().to_string()).collect();
    assert_eq!(sequences, ["SEQUENCE:0", "SEQUENCE:1", "SEQUENCE:2", "SEQUENCE:3"]);
}

async fn nobody_hears_of_what_is_over_or_without_consent(clinic: Clinic) {
    clinic.administrator().await;
    let (day, desk) = (monday(&clinic), clinic.program_of("ada").await);
    let (hopper, follow_up) = (doctor(&clinic, "Grace Hopper").await, kind(&clinic, "Follow-up", 20, (0, 0)).await);
    let zola = reachable(&clinic, "Émile Zola", "emile@example.org").await;
    // What was is recorded, and cancelled afterwards.
    let past = Appointment::book(&desk, zola, hopper, follow_up, "2026-03-02T09:00:00Z").await;
    past.change(&desk, json!({ "starts_at": "2026-03-02T10:00:00Z" })).await;
    past.change(&desk, json!({ "state": "cancelled" })).await;
    let silent = reachable(&clinic, "Victor Hugo", "victor@example.org").await;
    let none = reachable(&clinic, "George Sand", "").await;
    let dead = reachable(&clinic, "Jules Verne", "jules@example.org").await;
    let change = move |c: &mut praxis::db::Connection| {
        diesel::update(patients::table.find(silent)).set(patients::may_contact.eq(false)).execute(c)?;
        diesel::update(patients::table.find(dead)).set(patients::deceased_on.eq(Some(time::macros::date!(2026 - 01 - 01)))).execute(c)
    };
    clinic.arrange(change).await.expect("changed");
    for (patient, clock) in [(silent, "09:00"), (none, "09:20"), (dead, "09:40")] {
        let visit = Appointment::book(&desk, patient, hopper, follow_up, &at(day, clock)).await;
        visit.change(&desk, json!({ "starts_at": at(day.next_day().expect("a day"), clock) })).await;
    }
    assert_eq!(kinds(&heard(&clinic).await), Vec::<&str>::new());
}

async fn a_patient_with_an_account_reads_times_where_they_are(clinic: Clinic) {
    let clinic = Clinic::open_with(clinic.backend, &[("TIME_ZONE", "Europe/Berlin"), ("CLINIC_NAME", "Riverside")]).await;
    clinic.administrator().await;
    let (day, desk) = (time::macros::date!(2027 - 01 - 11), clinic.program_of("ada").await);
    let (hopper, follow_up) = (doctor(&clinic, "Grace Hopper").await, kind(&clinic, "Follow-up", 20, (0, 0)).await);
    let zola = reachable(&clinic, "Émile Zola", "record@example.org").await;
    let account = clinic.account("emile", Rights::default()).await;
    let link = move |c: &mut praxis::db::Connection| {
        diesel::update(users::table.find(account)).set((users::time_zone.eq("Asia/Kathmandu"), users::locale.eq("en-US"))).execute(c)?;
        diesel::update(patients::table.find(zola)).set(patients::user_id.eq(Some(account))).execute(c)
    };
    clinic.arrange(link).await.expect("linked");
    let text = |text: &str| Value::Text(text.into());
    let site = clinic.record("site", vec![("name", text("Ufer")), ("address", text("Uferweg 1\n10115 Berlin"))]).await;
    let mut wish = wish(zola, hopper, follow_up, "2027-01-11T09:00:00Z");
    wish["site"] = json!(site);
    booked(&desk.post("/api/appointments/", wish).await);
    let mails = heard(&clinic).await;
    let [mail] = mails.as_slice() else { panic!("{mails:?}") };
    assert_eq!((mail.recipient.as_str(), mail.subject.as_str()), ("emile@example.org", "New appointment at Riverside"));
    let text = &mail.text_body;
    assert_eq!(day.weekday(), time::Weekday::Monday);
    for words in [
        "Date: Monday January 11, 2027",
        "Time: 10:00 AM to 10:20 AM (Europe/Berlin)",
        "Your time (Asia/Kathmandu): Jan 11, 2027, 2:45 PM",
        "Place: Ufer, Uferweg 1, 10115 Berlin",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(mail.calendar.contains("DTSTART:20270111T090000Z"), "{}", mail.calendar);
    assert!(mail.calendar.contains("SUMMARY:Appointment at Riverside"), "{}", mail.calendar);
    // An address that is not confirmed may be somebody else's.
    let open = move |c: &mut praxis::db::Connection| {
        diesel::update(users::table.find(account)).set(users::email_confirmed_at.eq(None::<praxis::db::UtcDateTime>)).execute(c)
    };
    clinic.arrange(open).await.expect("unconfirmed");
    Appointment::book(&desk, zola, hopper, follow_up, "2027-01-11T09:20:00Z").await;
    let last = heard(&clinic).await.pop().expect("a mail");
    assert_eq!(last.recipient, "record@example.org");
    assert!(last.text_body.contains("Time: 10:20 to 10:40\n"), "{}", last.text_body);
}

async fn a_request_is_answered(clinic: Clinic) {
    clinic.administrator().await;
    let (day, desk) = (monday(&clinic), clinic.program_of("ada").await);
    let (hopper, follow_up) = (doctor(&clinic, "Grace Hopper").await, kind(&clinic, "Follow-up", 20, (0, 0)).await);
    let zola = reachable(&clinic, "Émile Zola", "emile@example.org").await;
    let ask = async |clock: &str| {
        let mut request = wish(zola, hopper, follow_up, &at(day, clock));
        request["state"] = json!("requested");
        Appointment { id: booked(&desk.post("/api/appointments/", request).await) }
    };
    let (one, two) = (ask("09:00").await, ask("10:00").await);
    let received = heard(&clinic).await;
    assert_eq!(kinds(&received), ["appointment request", "appointment request"], "a request is not an appointment");
    assert!(received.iter().all(|mail| mail.text_body.contains("We have received your request") && mail.calendar_method.is_empty()));
    one.change(&desk, json!({ "state": "booked" })).await;
    two.change(&desk, json!({ "state": "cancelled" })).await;
    let mails = heard(&clinic).await.split_off(2);
    assert_eq!(kinds(&mails), ["appointment confirmation", "appointment request"]);
    assert!(mails[1].text_body.contains("We cannot offer you the time"), "{}", mails[1].text_body);
    assert_eq!((mails[0].calendar_method.as_str(), mails[1].calendar_method.as_str()), ("REQUEST", ""));
}

async fn a_change_counts_once_for_calendars(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let (day, desk) = (monday(&clinic), clinic.program_of("ada").await);
    let (hopper, curie) = (doctor(&clinic, "Grace Hopper").await, doctor(&clinic, "Marie Curie").await);
    let (follow_up, long) = (kind(&clinic, "Follow-up", 20, (0, 0)).await, kind(&clinic, "Check-up", 40, (0, 0)).await);
    let zola = reachable(&clinic, "Émile Zola", "emile@example.org").await;
    let room = clinic.record("room", vec![("name", Value::Text("Room 1".into())), ("kind", Value::Text(String::new()))]).await;
    let visit = Appointment::book(&desk, zola, hopper, follow_up, &at(day, "09:00")).await;
    let changes = [
        (json!({ "note": "Fasting" }), 0),
        (json!({ "starts_at": at(day, "09:20") }), 1),
        (json!({ "starts_at": at(day, "09:00"), "doctor": curie, "type": long }), 2),
        (json!({ "minutes": 30 }), 3),
        (json!({ "room": room }), 4),
        (json!({ "state": "arrived" }), 4),
        (json!({ "state": "in_room" }), 4),
        (json!({ "state": "done" }), 4),
    ];
    for (change, sequence) in changes {
        visit.change(&desk, change.clone()).await;
        assert_eq!(visit.sequence(&clinic).await, sequence, "{change}");
    }
    desk.delete(&format!("/api/appointments/{}/", visit.id)).await;
    assert_eq!(visit.sequence(&clinic).await, 5);
    ada.post(&format!("/admin/appointments/trash/{}/restore", visit.id), &[]).await.is(303);
    assert_eq!(visit.sequence(&clinic).await, 6);
}

async fn an_appointment_that_another_patient_gets_is_two_messages(clinic: Clinic) {
    clinic.administrator().await;
    let (day, desk) = (monday(&clinic), clinic.program_of("ada").await);
    let (hopper, follow_up) = (doctor(&clinic, "Grace Hopper").await, kind(&clinic, "Follow-up", 20, (0, 0)).await);
    let zola = reachable(&clinic, "Émile Zola", "emile@example.org").await;
    let hugo = reachable(&clinic, "Victor Hugo", "victor@example.org").await;
    let visit = Appointment::book(&desk, zola, hopper, follow_up, &at(day, "09:00")).await;
    visit.change(&desk, json!({ "patient": hugo })).await;
    let mails = heard(&clinic).await;
    let seen: Vec<_> = mails.iter().map(|mail| (mail.calendar_method.as_str(), mail.recipient.as_str())).collect();
    assert_eq!(seen, [("REQUEST", "emile@example.org"), ("CANCEL", "emile@example.org"), ("REQUEST", "victor@example.org")]);
    // The same person was registered twice.
    let twin = reachable(&clinic, "V. Hugo", "victor@example.org").await;
    visit.change(&desk, json!({ "patient": twin })).await;
    assert_eq!(heard(&clinic).await.len(), 3);
}

async fn a_refused_change_sends_nothing(clinic: Clinic) {
    clinic.administrator().await;
    let (day, desk) = (monday(&clinic), clinic.program_of("ada").await);
    let (hopper, follow_up) = (doctor(&clinic, "Grace Hopper").await, kind(&clinic, "Follow-up", 20, (0, 0)).await);
    let (zola, hugo) =
        (reachable(&clinic, "Émile Zola", "emile@example.org").await, reachable(&clinic, "Victor Hugo", "victor@example.org").await);
    Appointment::book(&desk, zola, hopper, follow_up, &at(day, "09:00")).await;
    assert_eq!(book(&desk, hugo, hopper, follow_up, &at(day, "09:10")).await.status, 409);
    let recipients: Vec<String> = heard(&clinic).await.into_iter().map(|mail| mail.recipient).collect();
    assert_eq!(recipients, ["emile@example.org"]);
}
