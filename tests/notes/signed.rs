//! A signed note is immutable for ever, with its visit and what was added to it: whoever asks, and whichever way.

use diesel::prelude::*;
use praxis::db::schema::{addenda, log_entries, notes, patients, visits};
use praxis::notes::addendum::Addendum;
use praxis::notes::note::Note;
use praxis::notes::visit::Visit;
use serde_json::json;

use super::{Practice, doctor, practice, send, sign};
use crate::stories;
use crate::support::Clinic;
use crate::support::database::Backend;

stories![
    a_signed_note_shows_who_signed_it_and_when,
    no_page_changes_a_signed_note,
    no_program_changes_a_signed_note,
    no_statement_changes_a_signed_note,
    what_a_note_hangs_on_is_not_deleted,
    what_is_added_stands_beside_the_note,
    a_second_doctor_signs_when_asked,
];

/// Everything that must stay, as it is stored.
async fn stored(clinic: &Clinic) -> String {
    clinic
        .ask(|c| {
            let seen: Vec<Visit> = visits::table.order(visits::id).load(c)?;
            let signed: Vec<Note> = notes::table.order(notes::id).load(c)?;
            let added: Vec<Addendum> = addenda::table.order(addenda::id).load(c)?;
            Ok(format!("{seen:?} {signed:?} {added:?}"))
        })
        .await
}

/// A signed note with an addendum.
async fn with_note(clinic: &Clinic) -> (Practice, String) {
    let here = practice(clinic).await;
    let note = sign(&here.grace, here.zola, &[("reason", "Cough"), ("plan", "Rest — “three days”.\r\n\r\nTea.")]).await;
    here.grace.post(&format!("{note}/addenda"), &[("text", "Called: better.")]).await.is(303);
    (here, note)
}

async fn a_signed_note_shows_who_signed_it_and_when(clinic: Clinic) {
    let (here, note) = with_note(&clinic).await;
    let page = here.grace.open(&note).await;
    page.see("Signed by grace").see("Rest — “three days”.").see("Added by grace").see("Called: better.");
    assert!(!page.has("textarea[name=plan]"));
    // One entry has the whole note, and one what was added.
    let entries: Vec<(String, String, String)> = clinic
        .ask(|c| {
            let own = log_entries::table.filter(log_entries::resource.eq_any(["note", "addendum"])).filter(log_entries::action.eq("add"));
            own.order(log_entries::id).select((log_entries::resource, log_entries::actor, log_entries::changes)).load(c)
        })
        .await;
    assert_eq!(entries.len(), 2, "{entries:?}");
    assert!(entries[0].2.contains("Tea.") && entries[0].2.contains("Cough") && entries[1].2.contains("Called: better."), "{entries:?}");
}

async fn no_page_changes_a_signed_note(clinic: Clinic) {
    let (here, note) = with_note(&clinic).await;
    let before = stored(&clinic).await;
    let change = [("plan", "Something else"), ("text", "Something else"), ("reason", "Else"), ("version", "1"), ("_version", "1")];
    for browser in [&here.grace, &here.ada] {
        for path in
            [note.clone(), format!("{note}/edit"), format!("{note}/delete"), "/notes/drafts/1".into(), "/notes/drafts/1/sign".into()]
        {
            let page = browser.post(&path, &change).await;
            assert!([303, 308, 404, 405].contains(&page.status), "{path}: {}", page.status);
        }
    }
    for slug in ["notes", "visits", "addenda"] {
        here.ada.open(&format!("/admin/{slug}/1")).await.miss("Save");
        let ways = ["1/edit", "1/delete", "new", "1", "1/undo/1", "1/versions/1", "trash/1/restore", "trash/1/purge", "import"];
        for way in ways {
            let page = here.ada.post(&format!("/admin/{slug}/{way}"), &change).await;
            assert!([303, 308, 403, 404, 405].contains(&page.status), "{slug}/{way}: {}", page.status);
        }
        let bulk = [("action", "delete"), ("selected", "1"), ("id", "1"), ("confirmed", "1")];
        here.ada.post(&format!("/admin/{slug}/actions"), &bulk).await;
        here.ada.get(&format!("/admin/{slug}/new")).await.is(403);
        here.ada.get(&format!("/admin/{slug}/import")).await.is(403);
        here.ada.get(&format!("/admin/{slug}/1/delete")).await.is(403);
    }
    assert_eq!(stored(&clinic).await, before);
}

async fn no_program_changes_a_signed_note(clinic: Clinic) {
    let (here, _) = with_note(&clinic).await;
    let before = stored(&clinic).await;
    for username in ["grace", "ada"] {
        let program = clinic.program_of(username).await;
        for slug in ["notes", "visits", "addenda"] {
            let body = json!({ "plan": "Something else", "text": "Something else", "reason": "Else", "patient": here.zola, "note": 1, "visit": 1 });
            let path = format!("/api/{slug}/1/");
            program.read(&path).await;
            for page in [
                program.patch(&path, body.clone()).await,
                program.put(&path, body.clone()).await,
                program.delete(&path).await,
                program.post(&format!("/api/{slug}/"), body.clone()).await,
            ] {
                assert!([403, 404, 405].contains(&page.status), "{} {}", page.path, page.status);
            }
        }
    }
    assert_eq!(stored(&clinic).await, before);
}

async fn no_statement_changes_a_signed_note(clinic: Clinic) {
    let (here, _) = with_note(&clinic).await;
    let before = stored(&clinic).await;
    for sql in [
        "UPDATE notes SET plan = 'Something else'",
        "UPDATE notes SET signed_at = created_at",
        "UPDATE notes SET author_id = 1",
        "DELETE FROM notes",
        "UPDATE addenda SET text = 'Something else'",
        "DELETE FROM addenda",
        "UPDATE visits SET reason = 'Else'",
        "UPDATE visits SET kind = 'phone'",
        "UPDATE visits SET patient_id = 2",
        "DELETE FROM visits",
        "DELETE FROM patients WHERE id IN (SELECT patient_id FROM notes)",
        "DELETE FROM users WHERE username = 'grace'",
    ] {
        clinic.refuses(sql).await;
    }
    match clinic.backend {
        Backend::Sqlite => {
            for sql in [
                "INSERT OR REPLACE INTO notes SELECT id, visit_id, patient_id, author_id, signed_by, cosigner_id, template, '', '', '', '', 'Else', '', signed_at, draft_id, created_at FROM notes",
                "INSERT OR REPLACE INTO addenda SELECT id, note_id, patient_id, author_id, signed_by, kind, 'Else', created_at FROM addenda",
                "INSERT OR REPLACE INTO visits SELECT id, patient_id, appointment_id, doctor_id, kind, 'Else', started_at, created_at, updated_at FROM visits",
                "UPDATE OR REPLACE visits SET id = id",
            ] {
                clinic.refuses(sql).await;
            }
        }
        Backend::Postgres => {
            for sql in ["TRUNCATE notes CASCADE", "TRUNCATE addenda", "TRUNCATE visits CASCADE"] {
                clinic.refuses(sql).await;
            }
        }
    }
    // A note is about the patient of its visit.
    clinic.patient("George Sand", clinic.user_id("ada").await).await;
    clinic
        .refuses(
            "INSERT INTO notes (visit_id, patient_id, author_id, signed_by, signed_at, created_at) \
             SELECT visit_id, (SELECT MAX(id) FROM patients), author_id, signed_by, signed_at, created_at FROM notes",
        )
        .await;
    assert_eq!(stored(&clinic).await, before);
    drop(here);
}

async fn what_a_note_hangs_on_is_not_deleted(clinic: Clinic) {
    let (here, note) = with_note(&clinic).await;
    let path = format!("/patients/{}/delete", here.zola);
    here.ada.open(&path).await.see("1 note");
    let (token, before) = (here.ada.token().await, stored(&clinic).await);
    let refused = here.ada.post_pairs(&path, &[("csrf_token".into(), token)]).await;
    assert_ne!(refused.status, 500, "{}", refused.text());
    here.ada.post("/admin/patients/actions", &[("action", "delete"), ("selected", &here.zola.to_string())]).await;
    let zola = here.zola;
    let gone: Option<praxis::db::UtcDateTime> = clinic.ask(move |c| patients::table.find(zola).select(patients::deleted_at).first(c)).await;
    assert!(gone.is_none(), "the patient of a signed note is in the trash");
    let program = clinic.program_of("ada").await;
    assert_eq!(program.delete(&format!("/api/patients/{}/", here.zola)).await.status, 409);
    here.grace.open(&note).await.see("Rest");
    assert_eq!(stored(&clinic).await, before);
}

async fn what_is_added_stands_beside_the_note(clinic: Clinic) {
    let (here, note) = with_note(&clinic).await;
    let blank = here.grace.post(&format!("{note}/addenda"), &[("text", " ")]).await;
    assert_eq!(blank.is(422).error("text"), "Enter what you want to add");
    let long = "x".repeat(8_001);
    here.grace.post(&format!("{note}/addenda"), &[("text", &long)]).await.is(422);
    // Another doctor of the patient adds too.
    let (turing, alan) = doctor(&clinic, "Alan Turing", "alan").await;
    alan.post(&format!("{note}/addenda"), &[("text", "Not my patient")]).await.is(404);
    clinic.assignment(here.zola, turing).await;
    alan.post(&format!("{note}/addenda"), &[("text", "Seen on the ward.")]).await.is(303);
    let page = here.grace.open(&note).await;
    page.see("Added by alan").see("Seen on the ward.").see("Added by grace");
    assert_eq!(clinic.ask(|c| addenda::table.count().get_result::<i64>(c)).await, 2);
}

async fn a_second_doctor_signs_when_asked(clinic: Clinic) {
    let here = practice(&clinic).await;
    let (turing, alan) = doctor(&clinic, "Alan Turing", "alan").await;
    clinic.assignment(here.zola, turing).await;
    let draft = super::begin(&here.grace, here.zola).await;
    let wrong = send(&here.grace, &draft, "/sign", &[("plan", "Rest"), ("cosigner_id", "7777")]).await;
    assert_eq!(wrong.is(422).error("cosigner_id"), "Choose a doctor who can sign in");
    let typed = [("plan", "Rest"), ("cosigner_id", &*turing.to_string())];
    let note = send(&here.grace, &draft, "/sign", &typed).await.location().to_string();
    here.grace.open(&note).await.see("Waiting for the signature of").see("Alan Turing").miss("Sign as well");
    here.grace.post(&format!("{note}/co-signature"), &[]).await.is(409);
    here.ada.post(&format!("{note}/co-signature"), &[]).await.is(409);
    alan.open("/today").await.see("1 note to sign");
    alan.open("/notes/unsigned").await.see("Waiting for your signature").see("Émile Zola");
    alan.open(&note).await.see("Sign as well");
    alan.post(&format!("{note}/co-signature"), &[]).await.is(303);
    alan.post(&format!("{note}/co-signature"), &[]).await.is(409);
    here.grace.open(&note).await.see("Also signed by alan").miss("Waiting for the signature");
    alan.open("/today").await.miss("note to sign");
    assert_eq!(clinic.ask(|c| addenda::table.count().get_result::<i64>(c)).await, 1);
}
