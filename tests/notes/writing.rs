//! Writing: nothing that was typed is lost, and nothing is overwritten.

use diesel::prelude::*;
use praxis::db::UtcDateTime;
use praxis::db::schema::{log_entries, note_drafts, notes, sessions, visits};
use time::Duration;

use super::{begin, filled, practice, send, sign};
use crate::scheduling::{at, book, booked, kind, monday};
use crate::stories;
use crate::support::Clinic;
use crate::support::people::PASSWORD;

stories![
    a_doctor_writes_a_note_of_an_appointment_once,
    a_draft_is_stored_by_itself,
    a_second_window_gets_both_texts,
    a_note_survives_the_end_of_the_session,
    a_note_without_text_is_not_signed,
    a_note_that_is_too_long_is_given_back,
    a_page_about_another_patient_is_refused,
    a_draft_is_deleted_by_its_author,
];

async fn a_doctor_writes_a_note_of_an_appointment_once(clinic: Clinic) {
    let here = practice(&clinic).await;
    let (day, desk) = (monday(&clinic), clinic.program_of("ada").await);
    for weekday in ["monday", "tuesday"] {
        crate::scheduling::hours(&clinic, here.hopper, weekday, (9, 12)).await;
    }
    let followup = kind(&clinic, "Follow-up", 20, (0, 0)).await;
    let id = booked(&book(&desk, here.zola, here.hopper, followup, &at(day, "09:00")).await);
    here.grace.open(&format!("/appointments/{id}")).await.see("Write note");
    let draft = here.grace.post(&format!("/appointments/{id}/notes"), &[]).await.location().to_string();
    let again = here.grace.post(&format!("/appointments/{id}/notes"), &[]).await;
    assert_eq!(again.location(), draft);
    here.grace.open(&draft).await.see("Follow-up").see("draft, only you can see it").see("Émile Zola");
    // Without an appointment there is one open note for each patient too.
    let alone = begin(&here.grace, here.zola).await;
    assert_ne!(alone, draft);
    assert_eq!(begin(&here.grace, here.zola).await, alone);
    let note = send(&here.grace, &draft, "/sign", &[("plan", "Come back in 4 weeks.")]).await.location().to_string();
    // What was signed is opened; the address of the draft leads there too.
    assert_eq!(here.grace.post(&format!("/appointments/{id}/notes"), &[]).await.location(), note);
    assert_eq!(here.grace.get(&draft).await.location(), note);
    let (visit, reason): (Option<i64>, String) =
        clinic.ask(move |c| visits::table.filter(visits::appointment_id.eq(id)).select((visits::doctor_id, visits::reason)).first(c)).await;
    assert_eq!((visit, reason.as_str()), (Some(here.hopper), "Follow-up"));
    // Whoever does not write notes begins none.
    clinic.receptionist().await.post(&format!("/appointments/{id}/notes"), &[]).await.is(403);
}

async fn a_draft_is_stored_by_itself(clinic: Clinic) {
    let here = practice(&clinic).await;
    let draft = begin(&here.grace, here.zola).await;
    let page = here.grace.open(&draft).await;
    clinic.stop_the_clock();
    let logged = log(&clinic).await;
    let seen: UtcDateTime = last_seen(&clinic).await;
    clinic.wait(Duration::minutes(5));
    let script = here.grace.copy().saying("sec-fetch-dest", "empty").saying("sec-fetch-site", "same-origin");
    let typed = filled(&page, &draft, &[("history", "Measures at home.\r\nNo dizziness."), ("last_field", "history")]);
    let answer = script.post_pairs(&format!("{draft}/autosave"), &typed).await;
    answer.is(200);
    assert!(
        answer.json()["version"] == 2 && answer.json()["saved"].as_str().is_some_and(|text| text.starts_with("Saved ")),
        "{}",
        answer.body
    );
    // The same page goes on, though the answer never arrived.
    let more = filled(&page, &draft, &[("history", "Measures at home. No dizziness. Walks."), ("last_field", "history")]);
    assert_eq!(script.post_pairs(&format!("{draft}/autosave"), &more).await.json()["version"], 3);
    assert_eq!(log(&clinic).await, logged, "an autosave is in the log");
    assert_eq!(last_seen(&clinic).await, seen, "an autosave extends the session");
    // One comes back to the same text and the same field.
    let again = here.grace.open(&draft).await;
    assert_eq!(again.value("history"), "Measures at home. No dizziness. Walks.");
    assert!(again.has("textarea#history[autofocus]") && !again.has("textarea#reason[autofocus]"));
    // What cannot be stored is not.
    let long = filled(&page, &draft, &[("history", &"x".repeat(8_001))]);
    script.post_pairs(&format!("{draft}/autosave"), &long).await.is(422);
    let odd = filled(&again, &draft, &[("history", "Well.\u{0}\u{7}"), ("kind", "moon"), ("version", "x"), ("cosigner_id", "")]);
    script.post_pairs(&format!("{draft}/autosave"), &odd).await.is(409);
    assert_eq!(here.grace.open(&draft).await.value("history"), "Measures at home. No dizziness. Walks.");
}

async fn log(clinic: &Clinic) -> i64 {
    clinic.settle().await;
    clinic.ask(|c| log_entries::table.filter(log_entries::action.ne("view")).count().get_result(c)).await
}

async fn last_seen(clinic: &Clinic) -> UtcDateTime {
    clinic.ask(|c| sessions::table.order(sessions::id.desc()).select(sessions::last_seen_at).first(c)).await
}

async fn a_second_window_gets_both_texts(clinic: Clinic) {
    let here = practice(&clinic).await;
    let draft = begin(&here.grace, here.zola).await;
    let (one, two) = (here.grace.open(&draft).await, here.grace.open(&draft).await);
    here.grace.post_pairs(&draft, &filled(&one, &draft, &[("plan", "Ramipril 5 mg."), ("reason", "Blood pressure")])).await.is(303);
    let other = filled(&two, &draft, &[("plan", "Potassium in 2 weeks."), ("reason", "Blood pressure")]);
    let auto = here.grace.post_pairs(&format!("{draft}/autosave"), &other).await;
    auto.is(409);
    let conflict = here.grace.post_pairs(&format!("{draft}/sign"), &other).await;
    conflict.is(409).see("Ramipril 5 mg.").see("Potassium in 2 weeks.").see("Nothing was overwritten").miss("Blood pressure");
    assert_eq!(here.grace.open(&draft).await.value("plan"), "Ramipril 5 mg.");
    let (action, mut data) = conflict.form();
    data.retain(|(name, _)| name != "plan__pick");
    data.push(("plan__pick".into(), "both".into()));
    assert_eq!(here.grace.post_pairs(&action, &data).await.location(), draft);
    let both = here.grace.open(&draft).await;
    assert_eq!(both.value("plan"), "Ramipril 5 mg.\n\nPotassium in 2 weeks.");
    assert_eq!(both.value("reason"), "Blood pressure");
    // The first window is the second one now.
    let late = filled(&one, &draft, &[("plan", "Nothing."), ("reason", "Blood pressure")]);
    let conflict = here.grace.post_pairs(&draft, &late).await;
    let (action, mut data) = conflict.is(409).form();
    data.retain(|(name, _)| name != "plan__pick");
    data.push(("plan__pick".into(), "stored".into()));
    here.grace.post_pairs(&action, &data).await.is(303);
    assert_eq!(here.grace.open(&draft).await.value("plan"), "Ramipril 5 mg.\n\nPotassium in 2 weeks.");
}

async fn a_note_survives_the_end_of_the_session(clinic: Clinic) {
    let here = practice(&clinic).await;
    let draft = begin(&here.grace, here.zola).await;
    let page = here.grace.open(&draft).await;
    here.grace.post("/logout", &[]).await.is(303);
    let typed = filled(&page, &draft, &[("history", "Typed after the end.")]);
    let script = here.grace.copy().saying("sec-fetch-dest", "empty").saying("sec-fetch-site", "same-origin");
    script.post_pairs(&format!("{draft}/autosave"), &typed).await.is(401);
    // The button carries the text through the sign-in.
    let ours = here.grace.copy().saying("sec-fetch-site", "same-origin");
    let sign_in = ours.post_pairs(&draft, &typed).await;
    let (action, mut data) = sign_in.is(401).see("Sign in to save what you typed").form();
    data.retain(|(name, _)| !["username", "password"].contains(&name.as_str()));
    data.extend([("username".to_string(), "grace".to_string()), ("password".to_string(), PASSWORD.to_string())]);
    let (action, data) = ours.post_pairs(&action, &data).await.is(200).see("is not saved yet").form();
    assert_eq!(ours.post_pairs(&action, &data).await.location(), draft);
    assert_eq!(ours.open(&draft).await.value("history"), "Typed after the end.");
}

async fn a_note_without_text_is_not_signed(clinic: Clinic) {
    let here = practice(&clinic).await;
    let draft = begin(&here.grace, here.zola).await;
    let page = send(&here.grace, &draft, "/sign", &[("reason", " \n ")]).await;
    assert_eq!(page.is(422).error("reason"), "Write something before you sign the note");
    assert_eq!(clinic.ask(|c| notes::table.count().get_result::<i64>(c)).await, 0);
    // Two presses sign one note.
    let typed = filled(&here.grace.open(&draft).await, &draft, &[("reason", "Cough")]);
    let path = format!("{draft}/sign");
    let (one, two) = tokio::join!(here.grace.post_pairs(&path, &typed), here.grace.post_pairs(&path, &typed));
    assert_eq!((one.location(), clinic.ask(|c| notes::table.count().get_result::<i64>(c)).await), (two.location(), 1));
}

async fn a_note_that_is_too_long_is_given_back(clinic: Clinic) {
    let here = practice(&clinic).await;
    let draft = begin(&here.grace, here.zola).await;
    let long = "x".repeat(8_001);
    for rest in ["", "/sign"] {
        let page = send(&here.grace, &draft, rest, &[("plan", &long), ("reason", "Cough")]).await;
        assert_eq!(page.is(422).error("plan"), "Plan must have 8000 characters or fewer");
        assert_eq!((page.value("plan"), page.value("reason")), (long.clone(), "Cough".into()));
    }
}

async fn a_page_about_another_patient_is_refused(clinic: Clinic) {
    let here = practice(&clinic).await;
    let sand = clinic.patient("George Sand", clinic.user_id("ada").await).await;
    clinic.assignment(sand, here.hopper).await;
    let draft = begin(&here.grace, here.zola).await;
    let wrong = [("patient_id", sand.to_string()), ("plan", "Penicillin".into())];
    let wrong: Vec<(&str, &str)> = wrong.iter().map(|(name, value)| (*name, value.as_str())).collect();
    for rest in ["", "/sign"] {
        send(&here.grace, &draft, rest, &wrong).await.is(409).see("another patient");
    }
    send(&here.grace, &draft, "/autosave", &wrong).await.is(422);
    assert_eq!(here.grace.open(&draft).await.value("plan"), "");
}

async fn a_draft_is_deleted_by_its_author(clinic: Clinic) {
    let here = practice(&clinic).await;
    let draft = begin(&here.grace, here.zola).await;
    send(&here.grace, &draft, "", &[("plan", "Wrong patient")]).await.is(303);
    let (action, data) = here.grace.open(&format!("{draft}/delete")).await.see("You cannot undo this").form();
    assert_eq!(here.grace.post_pairs(&action, &data).await.location(), format!("/patients/{}", here.zola));
    here.grace.get(&draft).await.is(404);
    let left: (i64, i64) = clinic.ask(|c| Ok((note_drafts::table.count().get_result(c)?, visits::table.count().get_result(c)?))).await;
    assert_eq!(left, (0, 0));
    sign(&here.grace, here.zola, &[("plan", "Right patient")]).await;
}
