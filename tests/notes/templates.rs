//! Templates of the clinic, and phrases that become texts.

use super::{begin, doctor, practice, send};
use crate::stories;
use crate::support::Clinic;

stories![a_template_fills_what_is_blank, phrases_become_texts, nobody_changes_the_phrases_of_others];

async fn a_template_fills_what_is_blank(clinic: Clinic) {
    let here = practice(&clinic).await;
    let typed =
        [("name", "Follow-up"), ("reason", "Follow-up"), ("examination", "Heart sounds normal.\nLungs clear."), ("plan", "Come back")];
    here.grace.fill("/note-templates/new", &typed).await.is(303);
    let draft = begin(&here.grace, here.zola).await;
    here.grace.open(&draft).await.see("Use template");
    send(&here.grace, &draft, "", &[("plan", "See me in May."), ("template", "1"), ("use_template", "1")]).await.is(303);
    let page = here.grace.open(&draft).await;
    assert_eq!(page.value("examination"), "Heart sounds normal.\nLungs clear.");
    assert_eq!((page.value("reason"), page.value("plan")), ("Follow-up".into(), "See me in May.".into()));
    let note = send(&here.grace, &draft, "/sign", &[]).await.location().to_string();
    here.grace.open(&note).await.see("Lungs clear.").see("See me in May.");
    let api = clinic.program_of("grace").await.read("/api/notes/1/").await;
    assert_eq!(api["template"], "Follow-up");
}

async fn phrases_become_texts(clinic: Clinic) {
    let here = practice(&clinic).await;
    here.grace.fill("/phrases/new", &[("word", "bp"), ("text", "Blood pressure, sitting:")]).await.is(303);
    let spaced = here.grace.fill("/phrases/new", &[("word", "b p"), ("text", "x")]).await;
    assert_eq!(spaced.is(422).error("word"), "Enter one word, without spaces");
    let (_, alan) = doctor(&clinic, "Alan Turing", "alan").await;
    alan.fill("/phrases/new", &[("word", "own"), ("text", "Only mine")]).await.is(303);
    alan.fill("/phrases/new", &[("word", "all"), ("text", "For everybody"), ("is_shared", "on")]).await.is(303);
    let draft = begin(&here.grace, here.zola).await;
    here.grace.open(&draft).await.see(".bp").see(".all").miss("Only mine");
    send(&here.grace, &draft, "", &[("examination", ".BP 136 / 84 .all .own .x")]).await.is(303);
    let page = here.grace.open(&draft).await;
    assert_eq!(page.value("examination"), "Blood pressure, sitting: 136 / 84 For everybody .own .x");
    // What is stored by itself stays as it was typed.
    send(&here.grace, &draft, "/autosave", &[("plan", ".bp")]).await.is(200);
    assert_eq!(here.grace.open(&draft).await.value("plan"), ".bp");
}

async fn nobody_changes_the_phrases_of_others(clinic: Clinic) {
    let here = practice(&clinic).await;
    here.grace.fill("/phrases/new", &[("word", "bp"), ("text", "Blood pressure:"), ("is_shared", "on")]).await.is(303);
    let (_, alan) = doctor(&clinic, "Alan Turing", "alan").await;
    let page = alan.fill("/phrases/1/edit", &[("text", "Nonsense")]).await;
    assert_eq!(page.is(422).error("word"), "You can only change your own phrases");
    let refused = alan.post("/phrases/1/delete", &[]).await;
    assert_ne!(refused.status, 500);
    here.grace.fill("/phrases/1/edit", &[("text", "Blood pressure, left arm:")]).await.is(303);
    here.grace.open("/phrases/1").await.see("Blood pressure, left arm:");
}
