//! Who reads what: drafts only their author, signed notes doctors and nurses, shared notes their patient.

use diesel::prelude::*;
use praxis::db::schema::{log_entries, note_releases};
use serde_json::json;

use super::{begin, doctor, practice, send, sign};
use crate::scheduling::portal::patient_with_account;
use crate::stories;
use crate::support::Clinic;
use crate::support::people::Rights;

stories![
    a_draft_is_seen_by_its_author_only,
    doctors_and_nurses_read_signed_notes,
    opening_a_note_is_logged,
    a_patient_reads_what_is_shared,
];

async fn a_draft_is_seen_by_its_author_only(clinic: Clinic) {
    let here = practice(&clinic).await;
    let draft = begin(&here.grace, here.zola).await;
    send(&here.grace, &draft, "", &[("plan", "Secret draft")]).await.is(303);
    let (turing, alan) = doctor(&clinic, "Alan Turing", "alan").await;
    clinic.assignment(here.zola, turing).await;
    for other in [&alan, &here.ada] {
        other.get(&draft).await.is(404);
        other.get(&format!("{draft}/delete")).await.is(404);
        for rest in ["", "/sign", "/autosave", "/delete"] {
            let sent = [("plan", "Mine now"), ("version", "2"), ("patient_id", &*here.zola.to_string())];
            other.post(&format!("{draft}{rest}"), &sent).await.is(404);
        }
        other.open(&format!("/patients/{}", here.zola)).await.miss("Draft").miss("Secret");
        other.open("/notes/unsigned").await.miss("Émile Zola");
    }
    // Programs see no drafts at all.
    for username in ["grace", "ada"] {
        assert_eq!(clinic.program_of(username).await.read("/api/notes/").await, json!([]));
    }
    here.grace.open(&format!("/patients/{}", here.zola)).await.see("Your draft");
    assert_eq!(here.grace.open(&draft).await.value("plan"), "Secret draft");
    // Somebody who no longer sees the patient does not see the draft either.
    let zola = here.zola;
    clinic
        .arrange(move |c| {
            use praxis::db::schema::patient_doctor_mappings as own;
            diesel::delete(own::table.filter(own::patient_id.eq(zola)).filter(own::doctor_id.eq(here.hopper))).execute(c)
        })
        .await
        .expect("no assignment");
    here.grace.get(&draft).await.is(404);
}

async fn doctors_and_nurses_read_signed_notes(clinic: Clinic) {
    let here = practice(&clinic).await;
    let note = sign(&here.grace, here.zola, &[("plan", "Rest"), ("colleagues", "Family is worried")]).await;
    let record = format!("/patients/{}", here.zola);
    clinic.account("nora", Rights { groups: &["Nurse"], ..Rights::default() }).await;
    let nora = clinic.sign_in("nora").await;
    nora.open(&note).await.see("Rest").see("Family is worried").miss("Add to this note").miss("Share with patient");
    nora.open(&record).await.see("Notes").see("Rest").miss("Write note");
    nora.open("/notes").await.see("Émile Zola");
    nora.post(&format!("/patients/{}/notes", here.zola), &[]).await.is(403);
    nora.post(&format!("{note}/addenda"), &[("text", "x")]).await.is(403);
    nora.post(&format!("{note}/release"), &[]).await.is(403);
    let api = clinic.program_of("nora").await.read("/api/notes/1/").await;
    assert_eq!((api["plan"].as_str(), api["patient"].as_i64(), api["signed_by"].as_str()), (Some("Rest"), Some(here.zola), Some("grace")));
    for (username, group) in [("rita", "Receptionist"), ("bill", "Billing")] {
        clinic.account(username, Rights { groups: &[group], ..Rights::default() }).await;
        let browser = clinic.sign_in(username).await;
        browser.get(&note).await.is(403);
        browser.get("/notes").await.is(403);
        browser.get("/notes/unsigned").await.is(403);
        browser.open(&record).await.miss("Rest").miss("No notes yet").miss("Write note");
        let program = clinic.program_of(username).await;
        for slug in ["notes", "visits", "addenda"] {
            program.get(&format!("/api/{slug}/")).await.is(403);
        }
    }
    // A doctor who does not see the patient does not see the note.
    let (_, alan) = doctor(&clinic, "Alan Turing", "alan").await;
    alan.get(&note).await.is(404);
    assert_eq!(clinic.program_of("alan").await.read("/api/notes/").await, json!([]));
}

async fn opening_a_note_is_logged(clinic: Clinic) {
    let here = practice(&clinic).await;
    let note = sign(&here.grace, here.zola, &[("plan", "Rest")]).await;
    clinic.account("nora", Rights { groups: &["Nurse"], ..Rights::default() }).await;
    clinic.sign_in("nora").await.open(&note).await;
    clinic.settle().await;
    let nora = clinic.user_id("nora").await;
    let mut seen: Vec<(String, i64)> = clinic
        .ask(move |c| {
            let own = log_entries::table.filter(log_entries::actor_id.eq(nora)).filter(log_entries::action.eq("view"));
            own.select((log_entries::resource, log_entries::object_id)).load(c)
        })
        .await;
    seen.sort();
    assert_eq!(seen, [("note".to_string(), 1), ("patient".to_string(), here.zola)]);
}

async fn a_patient_reads_what_is_shared(clinic: Clinic) {
    let here = practice(&clinic).await;
    let (pia_id, pia) = patient_with_account(&clinic, "Pia Own", "pia").await;
    clinic.assignment(pia_id, here.hopper).await;
    let note = sign(&here.grace, pia_id, &[("plan", "Rest at home"), ("colleagues", "Anxious")]).await;
    let other = sign(&here.grace, here.zola, &[("plan", "Another person")]).await;
    let own = note.replace("/notes/", "/my/notes/");
    pia.open("/").await.see("No notes are shared with you.").miss("Rest at home");
    pia.get(&own).await.is(404);
    pia.get(&note).await.is(403);
    here.grace.open(&note).await.see("not shared with the patient").see("Share with patient");
    here.grace.post(&format!("{note}/release"), &[]).await.is(303);
    here.grace.post(&format!("{note}/release"), &[]).await.is(303);
    here.grace.post(&format!("{other}/release"), &[]).await.is(303);
    here.grace.post(&format!("{note}/addenda"), &[("text", "Call us if it gets worse.")]).await.is(303);
    pia.open("/").await.see("Rest at home").miss("Another person");
    pia.open(&own).await.see("Rest at home").see("Call us if it gets worse.").see("Signed by grace").miss("Anxious").miss("For colleagues");
    pia.get(&other.replace("/notes/", "/my/notes/")).await.is(404);
    pia.get(&note).await.is(403);
    here.grace.open(&note).await.see("shared with the patient since").see("Anxious");
    here.grace.post(&format!("{note}/release/delete"), &[]).await.is(303);
    pia.get(&own).await.is(404);
    pia.open("/").await.miss("Rest at home");
    let words: Vec<String> = clinic
        .ask(|c| {
            let own = log_entries::table.filter(log_entries::resource.eq("note")).filter(log_entries::note.like("%hared with the patient"));
            own.filter(log_entries::object_id.eq(1)).order(log_entries::id).select(log_entries::note).load(c)
        })
        .await;
    assert_eq!(words, ["Shared with the patient", "No longer shared with the patient"]);
    assert_eq!(clinic.ask(|c| note_releases::table.count().get_result::<i64>(c)).await, 1);
}
