//! The notes that are not signed yet: a list of each doctor, and a card on the start page.

use super::{begin, doctor, practice, send};
use crate::stories;
use crate::support::Clinic;

stories![a_doctor_sees_what_is_to_sign];

async fn a_doctor_sees_what_is_to_sign(clinic: Clinic) {
    let here = practice(&clinic).await;
    here.grace.open("/today").await.miss("note to sign");
    here.grace.open("/notes/unsigned").await.see("Every note is signed.");
    let draft = begin(&here.grace, here.zola).await;
    send(&here.grace, &draft, "", &[("reason", "Cough since Monday")]).await.is(303);
    here.grace.open("/today").await.see("1 note to sign").see("Émile Zola").see("Cough since Monday");
    let list = here.grace.open("/notes/unsigned").await;
    list.see("Émile Zola").see("Cough since Monday").see("Draft");
    assert!(list.attributes("main a", "href").contains(&draft));
    let (_, alan) = doctor(&clinic, "Alan Turing", "alan").await;
    alan.open("/today").await.miss("note to sign");
    send(&here.grace, &draft, "/sign", &[]).await.is(303);
    here.grace.open("/today").await.miss("note to sign");
    here.grace.open(&format!("/patients/{}", here.zola)).await.see("Cough since Monday").miss("Your draft");
}
