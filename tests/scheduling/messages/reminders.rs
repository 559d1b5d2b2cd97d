//! Patients are reminded by rules, at most once for each appointment, rule, way and time.

use std::time::Duration as Pause;

use diesel::prelude::*;
use praxis::db::UtcDateTime;
use praxis::db::schema::{appointments, mails, reminder_rules, reminders};
use praxis::mail::queued::MailStatus;
use praxis::resource::Value;
use praxis::resource::write::message::Channel;
use praxis::scheduling::reminder::worker::remind;
use serde_json::json;
use time::Duration;

use super::telling::{Appointment, reachable};
use crate::scheduling::{at, doctor, hours, kind, monday};
use crate::stories;
use crate::support::Clinic;
use crate::support::binary::Running;
use crate::support::mail_server::{MailServer, until};

stories![
    a_patient_is_reminded_a_day_and_two_hours_before,
    a_moved_appointment_is_reminded_of_at_its_new_time,
    nobody_is_reminded_of_what_was_booked_too_late_or_cancelled,
    a_rule_may_be_for_one_type_and_the_nearest_counts,
    reminders_wait_until_the_quiet_hours_are_over,
    an_administrator_changes_the_rules,
    a_text_message_holds_date_time_and_place_only,
];
stories![Smtp: three_processes_remind_once_even_if_they_are_killed];

/// A clinic without quiet hours, with a doctor, a type and a patient.
pub async fn prepared(clinic: &Clinic, quiet: &str) -> (Clinic, [i64; 3]) {
    let clinic = Clinic::open_with(clinic.backend, &[("QUIET_HOURS", quiet)]).await;
    clinic.administrator().await;
    clinic.stop_the_clock();
    let ids = [
        reachable(&clinic, "Émile Zola", "emile@example.org").await,
        doctor(&clinic, "Grace Hopper").await,
        kind(&clinic, "Wart removal", 20, (0, 0)).await,
    ];
    (clinic, ids)
}

/// Moves the clock to so long before the appointment, and sends what is due; returns how many.
pub async fn remind_before(clinic: &Clinic, visit: &Appointment, before: Duration) -> usize {
    let id = visit.id;
    let starts: UtcDateTime = clinic.ask(move |c| appointments::table.find(id).select(appointments::starts_at).first(c)).await;
    clinic.wait(starts.plus(-before).since(clinic.app.now()) + Duration::seconds(1));
    remind(&clinic.app).await.expect("reminded")
}

async fn texts(clinic: &Clinic) -> Vec<String> {
    let reminders = mails::table.filter(mails::kind.eq("appointment reminder")).order(mails::id).select(mails::text_body);
    clinic.ask(move |c| reminders.load(c)).await
}

async fn a_patient_is_reminded_a_day_and_two_hours_before(clinic: Clinic) {
    let (clinic, [zola, hopper, follow_up]) = prepared(&clinic, "off").await;
    let desk = clinic.program_of("ada").await;
    let visit = Appointment::book(&desk, zola, hopper, follow_up, &at(monday(&clinic), "09:00")).await;
    assert_eq!(remind_before(&clinic, &visit, Duration::hours(25)).await, 0);
    // Several threads at once, as several processes would.
    clinic.wait(Duration::hours(1));
    let all = futures_util::future::join_all((0..3).map(|_| remind(&clinic.app))).await;
    assert_eq!(all.into_iter().map(|sent| sent.expect("reminded")).sum::<usize>(), 1);
    assert_eq!(remind(&clinic.app).await.expect("reminded"), 0);
    // A clock that is put back changes nothing.
    clinic.wait(-Duration::hours(3));
    clinic.wait(Duration::hours(3));
    assert_eq!(remind(&clinic.app).await.expect("reminded"), 0);
    assert_eq!(remind_before(&clinic, &visit, Duration::hours(2)).await, 1);
    assert_eq!(remind_before(&clinic, &visit, Duration::minutes(10)).await, 0);
    let texts = texts(&clinic).await;
    assert_eq!(texts.len(), 2);
    assert!(texts[0].contains("This is a reminder of your appointment.") && texts[0].contains("Time: 09:00 to 09:20"), "{}", texts[0]);
    assert!(!texts[0].contains("Wart"), "{}", texts[0]);
}

async fn a_moved_appointment_is_reminded_of_at_its_new_time(clinic: Clinic) {
    let (clinic, [zola, hopper, follow_up]) = prepared(&clinic, "off").await;
    let day = monday(&clinic);
    let visit = Appointment::book(&clinic.program_of("ada").await, zola, hopper, follow_up, &at(day, "09:00")).await;
    assert_eq!(remind_before(&clinic, &visit, Duration::hours(23)).await, 1);
    // The token of the program has expired by this time.
    let desk = clinic.program_of("ada").await;
    visit.change(&desk, json!({ "starts_at": at(day + Duration::days(2), "09:00") })).await;
    assert_eq!(remind(&clinic.app).await.expect("reminded"), 0);
    assert_eq!(remind_before(&clinic, &visit, Duration::hours(23)).await, 1);
    // Back at a time at which it had been, it was reminded of that already; the other rule is for later.
    assert_eq!(texts(&clinic).await.len(), 2);
}

async fn nobody_is_reminded_of_what_was_booked_too_late_or_cancelled(clinic: Clinic) {
    let (clinic, [zola, hopper, follow_up]) = prepared(&clinic, "off").await;
    let (day, desk) = (monday(&clinic), clinic.program_of("ada").await);
    let visit = Appointment::book(&desk, zola, hopper, follow_up, &at(day, "11:40")).await;
    assert_eq!(remind_before(&clinic, &visit, Duration::hours(20)).await, 1);
    let desk = clinic.program_of("ada").await;
    let late = Appointment::book(&desk, zola, hopper, follow_up, &at(day, "10:00")).await;
    let silent = reachable(&clinic, "Victor Hugo", "").await;
    Appointment::book(&desk, silent, hopper, follow_up, &at(day, "11:00")).await;
    assert_eq!(remind(&clinic.app).await.expect("reminded"), 0);
    visit.change(&desk, json!({ "state": "cancelled" })).await;
    // Of the one that was booked late, only the second reminder is sent.
    assert_eq!(remind_before(&clinic, &late, Duration::hours(1)).await, 1);
    assert_eq!(remind_before(&clinic, &late, Duration::minutes(1)).await, 0);
    assert_eq!(texts(&clinic).await.len(), 2);
}

async fn a_rule_may_be_for_one_type_and_the_nearest_counts(clinic: Clinic) {
    let (clinic, [zola, hopper, follow_up]) = prepared(&clinic, "off").await;
    let surgery = kind(&clinic, "Surgery", 20, (0, 0)).await;
    let rule = |hours: i64, kind: i64| {
        vec![
            ("hours_before", Value::Integer(hours)),
            ("channel", Value::Text("mail".into())),
            ("type_id", Value::Integer(kind)),
            ("is_active", Value::Bool(true)),
        ]
    };
    clinic.record("reminder_rule", rule(72, surgery)).await;
    clinic.record("reminder_rule", rule(24, surgery)).await;
    let (day, desk) = (monday(&clinic), clinic.program_of("ada").await);
    let operation = Appointment::book(&desk, zola, hopper, surgery, &at(day, "09:00")).await;
    Appointment::book(&desk, zola, hopper, follow_up, &at(day, "09:20")).await;
    assert_eq!(remind_before(&clinic, &operation, Duration::hours(72)).await, 1);
    // A rule for all and one for the type are the same reminder. The program was not running for a while: no two at once.
    assert_eq!(remind_before(&clinic, &operation, Duration::hours(1)).await, 2);
    assert_eq!(remind(&clinic.app).await.expect("reminded"), 0);
    let (sent, all): (i64, i64) = clinic
        .ask(|c| Ok((reminders::table.filter(reminders::is_sent.eq(true)).count().get_result(c)?, reminders::table.count().get_result(c)?)))
        .await;
    assert_eq!((sent, all), (3, 6));
}

async fn reminders_wait_until_the_quiet_hours_are_over(clinic: Clinic) {
    let (clinic, [zola, hopper, follow_up]) = prepared(&clinic, "21:00-09:30").await;
    let desk = clinic.program_of("ada").await;
    let visit = Appointment::book(&desk, zola, hopper, follow_up, &at(monday(&clinic), "09:00")).await;
    assert_eq!(remind_before(&clinic, &visit, Duration::hours(24)).await, 0);
    assert_eq!(remind_before(&clinic, &visit, Duration::minutes(24 * 60 - 31)).await, 1);
    // The second would wait until after the beginning.
    assert_eq!(remind_before(&clinic, &visit, Duration::hours(2)).await, 0);
    assert_eq!(remind_before(&clinic, &visit, -Duration::minutes(31)).await, 0);
}

async fn an_administrator_changes_the_rules(clinic: Clinic) {
    let (clinic, [zola, hopper, follow_up]) = prepared(&clinic, "off").await;
    let ada = clinic.sign_in("ada").await;
    ada.open("/admin/reminder-rules").await.see("24").see("Email");
    ada.fill("/admin/reminder-rules/new", &[("hours_before", "0"), ("channel", "mail")]).await.is(422);
    ada.complete("/admin/reminder-rules/new", &[("hours_before", "48"), ("channel", "mail"), ("is_active", "on")]).await;
    // Two of the same kind remind once.
    ada.complete("/admin/reminder-rules/new", &[("hours_before", "48"), ("channel", "mail"), ("is_active", "on")]).await;
    let visit = Appointment::book(&clinic.program_of("ada").await, zola, hopper, follow_up, &at(monday(&clinic), "09:00")).await;
    assert_eq!(remind_before(&clinic, &visit, Duration::hours(48)).await, 1);
    clinic.refuses("UPDATE reminder_rules SET hours_before = 0").await;
}

async fn a_text_message_holds_date_time_and_place_only(clinic: Clinic) {
    let settings = [("QUIET_HOURS", "off"), ("SMS_URL", "http://127.0.0.1:9/"), ("SMS_TOKEN", "secret"), ("SMS_SENDER", "Praxis")];
    let clinic = Clinic::open_with(clinic.backend, &settings).await;
    clinic.administrator().await;
    clinic.stop_the_clock();
    let text = |text: &str| Value::Text(text.into());
    clinic.record("reminder_rule", vec![("hours_before", Value::Integer(24)), ("channel", text("sms"))]).await;
    let room = clinic.record("room", vec![("name", text("Room 2")), ("kind", text(""))]).await;
    let zola = reachable(&clinic, "Émile Zola", "emile@example.org").await;
    let (hopper, removal) = (doctor(&clinic, "Grace Hopper").await, kind(&clinic, "Wart removal", 20, (0, 0)).await);
    let (day, desk) = (monday(&clinic), clinic.program_of("ada").await);
    let visit = Appointment::book(&desk, zola, hopper, removal, &at(day, "09:00")).await;
    visit.change(&desk, json!({ "room": room })).await;
    // One by email and one by text message.
    assert_eq!(remind_before(&clinic, &visit, Duration::hours(24)).await, 2);
    let sms = clinic.outbox().await.into_iter().find(|mail| mail.channel == Channel::Sms).expect("a text message");
    let date = format!("Monday {} {} {}", day.day(), day.month(), day.year());
    assert_eq!((sms.recipient.as_str(), sms.text_body), ("+33142685300", format!("Praxis: Reminder: {date}, 09:00, Room 2.")));
}

async fn three_processes_remind_once_even_if_they_are_killed(clinic: Clinic) {
    clinic.administrator().await;
    let zola = reachable(&clinic, "Émile Zola", "emile@example.org").await;
    let (hopper, follow_up) = (clinic.doctor("Grace Hopper").await, kind(&clinic, "Follow-up", 20, (0, 0)).await);
    for day in ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] {
        hours(&clinic, hopper, day, (0, 0)).await;
    }
    // On the hour, so that it does not go over midnight.
    let soon = UtcDateTime::from_unix_minutes(clinic.app.now().unix_minutes() / 60 * 60 + 23 * 60);
    let desk = clinic.program_of("ada").await;
    Appointment::book(&desk, zola, hopper, follow_up, &soon.rfc3339()).await;
    // As if it had been booked days ago, by rules of long ago.
    let past = clinic.app.now().plus(-Duration::days(9));
    let prepare = move |c: &mut praxis::db::Connection| {
        diesel::delete(reminders::table).execute(c)?;
        diesel::delete(mails::table).execute(c)?;
        diesel::update(appointments::table).set(appointments::created_at.eq(past)).execute(c)?;
        diesel::update(reminder_rules::table).set(reminder_rules::updated_at.eq(past)).execute(c)
    };
    clinic.arrange(prepare).await.expect("arranged");
    let hanging = MailServer::open("hang");
    let url = hanging.url();
    let settings = [("SMTP_URL", url.as_str()), ("QUIET_HOURS", "off")];
    let running: Vec<Running> = (0..3).map(|_| Running::start_with(&clinic.database, &settings)).collect();
    until("a reminder that is being sent", async || hanging.seen().contains(&"data".to_string())).await;
    for process in running {
        process.signal("KILL");
        process.end(Pause::from_secs(5));
    }
    let again = Running::start_with(&clinic.database, &[("QUIET_HOURS", "off"), ("SMTP_URL", url.as_str())]);
    remind(&clinic.app).await.expect("reminded");
    again.signal("KILL");
    again.end(Pause::from_secs(5));
    let server = MailServer::open("take");
    clinic.wait(Duration::seconds(61));
    let worker = clinic.worker(&server.url());
    clinic.all_are(MailStatus::Sent).await;
    worker.stop().await;
    assert_eq!((clinic.outbox().await.len(), server.received().len()), (1, 1));
    assert!(server.received()[0].contains("reminder"), "{}", server.received()[0]);
}
