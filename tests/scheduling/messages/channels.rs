//! People choose how they are reminded and notified.

use diesel::prelude::*;
use praxis::db::schema::{log_entries, mails, patients};
use praxis::resource::Value;
use praxis::resource::write::message::Channel;
use serde_json::json;
use time::Duration;

use super::notifications::with_account;
use super::reminders::remind_before;
use super::telling::{Appointment, reachable};
use crate::scheduling::{at, doctor, kind, monday};
use crate::stories;
use crate::support::Clinic;
use crate::support::people::Rights;

stories![
    a_patient_is_reminded_by_the_ways_that_they_chose,
    a_receptionist_and_a_program_set_how_a_patient_is_reminded,
    a_patient_who_signs_in_chooses_for_themselves,
    a_doctor_has_notifications_sent_by_email,
    who_has_no_email_address_hears_by_text_message,
];

async fn a_patient_is_reminded_by_the_ways_that_they_chose(clinic: Clinic) {
    let settings = [("QUIET_HOURS", "off"), ("SMS_URL", "http://127.0.0.1:9/"), ("SMS_TOKEN", "secret"), ("SMS_SENDER", "Praxis")];
    let clinic = Clinic::open_with(clinic.backend, &settings).await;
    clinic.administrator().await;
    clinic.stop_the_clock();
    clinic.record("reminder_rule", vec![("hours_before", Value::Integer(24)), ("channel", Value::Text("sms".into()))]).await;
    let (hopper, follow_up) = (doctor(&clinic, "Grace Hopper").await, kind(&clinic, "Follow-up", 20, (0, 0)).await);
    let (day, desk) = (monday(&clinic), clinic.program_of("ada").await);
    let mut last = None;
    for (ways, clock) in [("both", "09:00"), ("mail", "09:20"), ("sms", "09:40"), ("none", "10:00")] {
        let patient = reachable(&clinic, &format!("Patient {ways}"), &format!("{ways}@example.org")).await;
        let set = desk.patch(&format!("/api/patients/{patient}/"), json!({ "reminders_by": ways })).await;
        assert_eq!((set.status, set.json()["reminders_by"].as_str()), (200, Some(ways)), "{}", set.body);
        last = Some(Appointment::book(&desk, patient, hopper, follow_up, &at(day, clock)).await);
    }
    assert_eq!(remind_before(&clinic, &last.expect("a visit"), Duration::hours(23)).await, 4);
    let sent: Vec<(Channel, String)> = clinic
        .outbox()
        .await
        .into_iter()
        .filter(|mail| mail.kind == "appointment reminder")
        .map(|mail| (mail.channel, mail.recipient))
        .collect();
    let by = |channel: Channel| sent.iter().filter(|(way, _)| *way == channel).map(|(_, to)| to.as_str()).collect::<Vec<_>>();
    let mut mails = by(Channel::Mail);
    mails.sort_unstable();
    assert_eq!(mails, ["both@example.org", "mail@example.org"]);
    assert_eq!(by(Channel::Sms).len(), 2);
    // Everybody who agrees to be contacted hears of what is booked.
    let confirmed: i64 = clinic.ask(|c| mails::table.filter(mails::kind.eq("appointment confirmation")).count().get_result(c)).await;
    assert_eq!(confirmed, 4);
    clinic.refuses("UPDATE patients SET reminders_by = 'pigeon'").await;
}

async fn ways(clinic: &Clinic, id: i64) -> (String, bool, String) {
    use patients as own;
    clinic.ask(move |c| own::table.find(id).select((own::reminders_by, own::may_contact, own::phone)).first(c)).await
}

async fn a_receptionist_and_a_program_set_how_a_patient_is_reminded(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let id = clinic.patient("Émile Zola", clinic.user_id("rosa").await).await;
    assert_eq!(ways(&clinic, id).await.0, "both");
    let edit = format!("/patients/{id}/edit");
    rosa.open(&edit).await.see("Reminders by").see("No reminders");
    rosa.complete(&edit, &[("reminders_by", "sms")]).await.see("Text message");
    assert_eq!(ways(&clinic, id).await.0, "sms");
    rosa.fill(&edit, &[("reminders_by", "pigeon")]).await.is(422);
    let program = clinic.program_of("rosa").await;
    let patient = format!("/api/patients/{id}/");
    assert!(matches!(program.patch(&patient, json!({ "reminders_by": "pigeon" })).await.status, 400 | 422));
    // A program that does not know of it changes nothing.
    let whole = json!({ "name": "Émile Zola", "age": 40, "gender": "female", "date_of_birth": null });
    assert_eq!(program.put(&patient, whole).await.status, 200);
    assert_eq!(ways(&clinic, id).await.0, "sms");
}

async fn a_patient_who_signs_in_chooses_for_themselves(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let account = clinic.account("emile", Rights { groups: &["Patient"], ..Rights::default() }).await;
    let emile = clinic.sign_in("emile").await;
    emile.get("/my-contact").await.is(404);
    let owner = clinic.user_id("rosa").await;
    let (own, other) = (clinic.patient("Émile Zola", owner).await, clinic.patient("Claude Monet", owner).await);
    clinic
        .arrange(move |c| diesel::update(patients::table.find(own)).set(patients::user_id.eq(account)).execute(c))
        .await
        .expect("an account");
    emile.open("/").await.see("Contact and reminders");
    let page = emile.open("/my-contact").await;
    page.see("Remind me by").see("The clinic may contact me").miss("Monet");
    // What the page does not ask for is not theirs to set.
    let typed = [("phone", "+33 1 42 68 53 00"), ("may_contact", "on"), ("reminders_by", "sms"), ("name", "Somebody else"), ("id", "2")];
    emile.complete("/my-contact", &typed).await.see("Your contact details are saved").see("Text message");
    assert_eq!(ways(&clinic, own).await, ("sms".into(), true, "+33 1 42 68 53 00".into()));
    assert_eq!(ways(&clinic, other).await, ("both".into(), false, String::new()));
    assert_eq!(clinic.patient_names().await, ["Claude Monet", "Émile Zola"]);
    let logged: i64 = clinic
        .ask(move |c| {
            use log_entries as log;
            let mine = log::table.filter(log::actor_id.eq(account)).filter(log::resource.eq("patient")).filter(log::object_id.eq(own));
            mine.filter(log::action.eq("change")).count().get_result(c)
        })
        .await;
    assert_eq!(logged, 1);
    emile.fill("/my-contact", &[("phone", "1".repeat(60).as_str())]).await.is(422).see("40 characters");
    // What the clinic changes at the same time is not overwritten.
    let open = emile.open("/my-contact").await;
    rosa.complete(&format!("/patients/{own}/edit"), &[("phone", "+33 2")]).await;
    let (action, mut fields) = open.form();
    fields.retain(|(name, _)| name != "reminders_by");
    fields.push(("reminders_by".into(), "none".into()));
    let again = emile.post_pairs(&action, &fields).await;
    again.is(409).see("The clinic has changed your details");
    assert_eq!(again.error("phone"), "The clinic has changed this to +33 2");
    assert!(again.value("reminders_by") == "none" && !again.has("#reminders_by-error"));
    assert_eq!(ways(&clinic, own).await.2, "+33 2");
    // Who has seen it may save over it.
    let (action, fields) = again.form();
    emile.post_pairs(&action, &fields).await.is(303);
    assert_eq!(ways(&clinic, own).await, ("none".into(), true, "+33 1 42 68 53 00".into()));
}

async fn a_doctor_has_notifications_sent_by_email(clinic: Clinic) {
    clinic.administrator().await;
    let (day, desk) = (monday(&clinic), clinic.program_of("ada").await);
    let (hopper, grace) = with_account(&clinic, "Grace Hopper", "grace").await;
    let follow_up = kind(&clinic, "Wart removal", 20, (0, 0)).await;
    let zola = reachable(&clinic, "Émile Zola", "emile@example.org").await;
    let to_grace = async || -> Vec<(String, String)> {
        let theirs = mails::table.filter(mails::recipient.eq("grace@example.org")).filter(mails::kind.eq("appointment notification"));
        clinic.ask(move |c| theirs.order(mails::id).select((mails::subject, mails::text_body)).load(c)).await
    };
    Appointment::book(&desk, zola, hopper, follow_up, &at(day, "09:00")).await;
    assert!(to_grace().await.is_empty(), "nobody is written to without asking for it");
    grace.complete("/profile/edit", &[("notifies_by_email", "on")]).await.see("Profile saved");
    let visit = Appointment::book(&desk, zola, hopper, follow_up, &at(day, "10:00")).await;
    visit.change(&desk, json!({ "state": "cancelled" })).await;
    // What they do themselves is no news.
    Appointment::book(&clinic.program_of("grace").await, zola, hopper, follow_up, &at(day, "11:00")).await;
    // The patient cancels by a link: the email does not say who that is.
    let path = crate::scheduling::portal::latest_link(&clinic, "emile@example.org").await;
    clinic.visitor().fill(&path, &[("reason", "")]).await.is(303);
    let sent = to_grace().await;
    assert_eq!(sent.len(), 3, "{sent:?}");
    assert!(sent[2].1.contains("By the patient."), "{sent:?}");
    assert!(
        sent[0].0.starts_with("Booked appointment")
            && sent[0].1.contains("10:00")
            && sent[0].1.contains(&format!("/appointments/{}", visit.id))
    );
    assert!(sent.iter().all(|(subject, text)| !format!("{subject}{text}").contains("Zola") && !text.contains("Wart")), "{sent:?}");
    // Patients are not notified of anything in Praxis, so they are not asked.
    clinic.account("emile", Rights { groups: &["Patient"], ..Rights::default() }).await;
    clinic.sign_in("emile").await.open("/profile/edit").await.miss("Notifications by email");
}

async fn who_has_no_email_address_hears_by_text_message(clinic: Clinic) {
    let settings = [
        ("SMS_URL", "http://127.0.0.1:9/"),
        ("SMS_TOKEN", "secret"),
        ("SMS_SENDER", "Praxis"),
        ("PUBLIC_URL", "https://clinic.example.org"),
    ];
    for has_texts in [true, false] {
        let clinic = Clinic::open_with(clinic.backend, &settings[if has_texts { 0 } else { 3 }..]).await;
        clinic.administrator().await;
        let (day, desk) = (monday(&clinic), clinic.program_of("ada").await);
        let (hopper, removal) = (doctor(&clinic, "Grace Hopper").await, kind(&clinic, "Wart removal", 20, (0, 0)).await);
        let zola = reachable(&clinic, "Émile Zola", "").await;
        let visit = Appointment::book(&desk, zola, hopper, removal, &at(day, "09:00")).await;
        visit.change(&desk, json!({ "starts_at": at(day, "10:00") })).await;
        visit.change(&desk, json!({ "state": "cancelled" })).await;
        let sent: Vec<_> = clinic.outbox().await.into_iter().filter(|mail| mail.kind.starts_with("appointment ")).collect();
        if !has_texts {
            assert!(sent.is_empty(), "{sent:?}");
            continue;
        }
        let kinds: Vec<&str> = sent.iter().map(|mail| mail.kind.as_str()).collect();
        assert_eq!(kinds, ["appointment confirmation", "appointment change", "appointment cancellation"]);
        for mail in &sent {
            assert_eq!((mail.channel, mail.recipient.as_str(), mail.calendar.as_str()), (Channel::Sms, "+33142685300", ""), "{mail:?}");
            // Date, time and a link, and nothing about the person or the reason.
            let text = &mail.text_body;
            assert!(!text.contains("Zola") && !text.contains("Wart") && text.contains("December 2026"), "{text}");
        }
        assert!(sent[1].text_body.contains("Your appointment has changed") && sent[1].text_body.contains("10:00"), "{:?}", sent[1]);
        // The link works as that of an email does.
        let path = sent[2].text_body.rsplit_once("clinic.example.org").expect("a link").1;
        clinic.visitor().open(path).await.see("cancelled");
        // Who waits is offered a time that becomes free in the same way.
        let sand = reachable(&clinic, "George Sand", "sand@example.org").await;
        let taken = Appointment::book(&desk, sand, hopper, removal, &at(day, "11:00")).await;
        clinic.record("waiting_entry", vec![("patient_id", Value::Integer(zola)), ("type_id", Value::Integer(removal))]).await;
        taken.change(&desk, json!({ "state": "cancelled" })).await;
        let offer = clinic.outbox().await.into_iter().find(|mail| mail.kind == "appointment offer").expect("an offer");
        assert_eq!((offer.channel, offer.recipient.as_str()), (Channel::Sms, "+33142685300"));
        assert!(offer.text_body.contains("A time has become free") && offer.text_body.contains("/offers/"), "{}", offer.text_body);
    }
}
