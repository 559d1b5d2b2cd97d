//! Notes in a real browser: what is typed is stored without a press, in two windows nothing is overwritten, no barriers.

use std::time::Duration;

use diesel::prelude::*;
use praxis::db::schema::{note_drafts, sessions};

use super::{begin, practice, send, sign};
use crate::stories;
use crate::support::Clinic;
use crate::support::chromium::Window;
use crate::support::people::PASSWORD;

stories![
    Browser: typing_is_stored_without_a_press,
    a_second_window_is_stopped_and_gets_both_texts,
    a_session_that_ends_while_typing_loses_nothing,
    a_note_is_written_without_script,
];
stories![
    Axe: notes_have_no_barriers_on_a_phone,
    notes_have_no_barriers_on_a_desktop,
];

async fn signed_in(clinic: &Clinic, window: &Window) {
    window.goto(clinic, "/login").await;
    window.type_in("#username", "grace").await;
    window.type_in("#password", PASSWORD).await;
    window.press("main button.primary").await;
}

async fn history(clinic: &Clinic) -> String {
    clinic.ask(|c| note_drafts::table.order(note_drafts::id.desc()).select(note_drafts::history).first(c)).await
}

/// Waits until this is stored.
async fn is_stored(clinic: &Clinic, text: &str) {
    for _ in 0..120 {
        if history(clinic).await == text {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("‘{text}’ is not stored, but ‘{}’", history(clinic).await);
}

async fn typing_is_stored_without_a_press(clinic: Clinic) {
    let here = practice(&clinic).await;
    here.grace.fill("/phrases/new", &[("word", "bp"), ("text", "Blood pressure:")]).await.is(303);
    let window = Window::open(1280, 900).await;
    signed_in(&clinic, &window).await;
    window.goto(&clinic, &format!("/patients/{}", here.zola)).await;
    window.press(&format!("form[action='/patients/{}/notes'] button", here.zola)).await;
    let draft = window.run("return location.pathname").await.as_str().expect("a path").to_string();
    window.keys("#history", "No dizziness.").await;
    is_stored(&clinic, "No dizziness.").await;
    window.see("Saved ").await;
    // Words after a full stop become texts while one types.
    window.keys("#history", " .bp 130/80").await;
    is_stored(&clinic, "No dizziness. Blood pressure: 130/80").await;
    // Whoever leaves at once loses nothing, and comes back to the same field.
    window.keys("#history", " Left.").await;
    window.goto(&clinic, "/today").await;
    is_stored(&clinic, "No dizziness. Blood pressure: 130/80 Left.").await;
    window.goto(&clinic, &draft).await;
    assert_eq!(window.run("return document.activeElement.id").await, "history");
    assert_eq!(window.run("return document.getElementById('history').value").await, "No dizziness. Blood pressure: 130/80 Left.");
    // A page that is closed is gone at once.
    window.keys("#history", " Closed.").await;
    let old = window.client.window().await.expect("a tab");
    window.open_tab().await;
    let new = window.client.window().await.expect("a tab");
    window.client.switch_to_window(old).await.expect("there");
    window.client.close_window().await.expect("closed");
    window.client.switch_to_window(new).await.expect("there");
    is_stored(&clinic, "No dizziness. Blood pressure: 130/80 Left. Closed.").await;
    window.goto(&clinic, &draft).await;
    window.press("button[formaction]").await;
    window.see("Signed by grace").await;
    window.close().await;
}

async fn a_second_window_is_stopped_and_gets_both_texts(clinic: Clinic) {
    let here = practice(&clinic).await;
    let draft = begin(&here.grace, here.zola).await;
    let window = Window::open(1280, 900).await;
    signed_in(&clinic, &window).await;
    window.goto(&clinic, &draft).await;
    let first = window.client.window().await.expect("a tab");
    window.open_tab().await;
    window.goto(&clinic, &draft).await;
    window.keys("#history", "Second window.").await;
    is_stored(&clinic, "Second window.").await;
    window.client.switch_to_window(first).await.expect("there");
    window.keys("#history", "First window.").await;
    window.see("You changed this note in another window").await;
    assert_eq!(history(&clinic).await, "Second window.");
    window.press(".note-foot button:not([formaction])").await;
    window.see("Second window.").await;
    window.see("First window.").await;
    window.has_no_barriers("two versions of a note").await;
    window.press("main button.primary").await;
    assert_eq!(window.run("return document.getElementById('history').value").await, "Second window.\n\nFirst window.");
    window.close().await;
}

async fn a_session_that_ends_while_typing_loses_nothing(clinic: Clinic) {
    let here = practice(&clinic).await;
    let draft = begin(&here.grace, here.zola).await;
    let window = Window::open(1280, 900).await;
    signed_in(&clinic, &window).await;
    window.goto(&clinic, &draft).await;
    window.keys("#history", "Before the end.").await;
    is_stored(&clinic, "Before the end.").await;
    clinic.arrange(|c| diesel::delete(sessions::table).execute(c)).await.expect("no sessions");
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    window.keys("#history", " After it.").await;
    window.see("You are signed out").await;
    window.press(".note-foot button:not([formaction])").await;
    window.type_in("#username", "grace").await;
    window.type_in("#password", PASSWORD).await;
    window.press("main button.primary").await;
    window.press("main button.primary").await;
    is_stored(&clinic, "Before the end. After it.").await;
    assert_eq!(window.run("return document.getElementById('history').value").await, "Before the end. After it.");
    window.close().await;
}

async fn a_note_is_written_without_script(clinic: Clinic) {
    let here = practice(&clinic).await;
    let window = Window::open(360, 800).await;
    window.switch_script_off().await;
    signed_in(&clinic, &window).await;
    window.goto(&clinic, &format!("/patients/{}", here.zola)).await;
    window.press(&format!("form[action='/patients/{}/notes'] button", here.zola)).await;
    window.keys("#history", "Typed without script.").await;
    window.press(".note-foot button:not([formaction])").await;
    window.see("Draft saved").await;
    is_stored(&clinic, "Typed without script.").await;
    window.press("button[formaction]").await;
    window.see("Signed by grace").await;
    window.keys("#text", "Called: better.").await;
    window.press("form[action$='/addenda'] button").await;
    window.see("Added by grace").await;
    window.close().await;
}

async fn notes_have_no_barriers_on_a_phone(clinic: Clinic) {
    barriers(clinic, Window::open(360, 800).await).await;
}

async fn notes_have_no_barriers_on_a_desktop(clinic: Clinic) {
    barriers(clinic, Window::open(1280, 900).await).await;
}

async fn barriers(clinic: Clinic, window: Window) {
    let here = practice(&clinic).await;
    here.grace.fill("/note-templates/new", &[("name", "Follow-up"), ("plan", "Come back")]).await.is(303);
    here.grace.fill("/phrases/new", &[("word", "bp"), ("text", "Blood pressure:")]).await.is(303);
    let note = sign(&here.grace, here.zola, &[("plan", "Rest"), ("history", "A cough"), ("colleagues", "Worried")]).await;
    here.grace.post(&format!("{note}/addenda"), &[("text", "Called: better.")]).await.is(303);
    let draft = begin(&here.grace, here.zola).await;
    send(&here.grace, &draft, "", &[("reason", "Cough")]).await.is(303);
    signed_in(&clinic, &window).await;
    let record = format!("/patients/{}", here.zola);
    for path in [draft.as_str(), &note, "/notes/unsigned", "/notes", "/today", &record, "/note-templates", "/phrases/new"] {
        window.goto(&clinic, path).await;
        window.is_open_to_all(path).await;
    }
    // On paper there is the note and nothing for colleagues.
    window.goto(&clinic, &note).await;
    window.on_paper().await;
    let text = window.run("return document.body.innerText").await.to_string();
    assert!(
        text.contains("Rest") && text.contains("Called: better.") && !text.contains("Worried") && !text.contains("Share with"),
        "{text}"
    );
    window.close().await;
}
