//! What scripts add to pages that work without them.

use crate::stories;
use crate::support::Clinic;
use crate::support::chromium::Window;
use crate::support::people::{PASSWORD, Rights};

stories![Browser: a_receptionist_finds_a_doctor_while_typing, a_user_reveals_the_typed_password];

pub async fn sign_in(clinic: &Clinic, window: &Window) {
    clinic.account("ada", Rights { is_staff: true, is_superuser: true, ..Rights::default() }).await;
    window.goto(clinic, "/login").await;
    window.type_in("#username", "ada").await;
    window.type_in("#password", PASSWORD).await;
    window.press("button.primary").await;
}

async fn a_receptionist_finds_a_doctor_while_typing(clinic: Clinic) {
    let window = Window::open(1280, 900).await;
    for number in 0..101 {
        clinic.doctor(&format!("Dr Number {number:03}")).await;
    }
    sign_in(&clinic, &window).await;
    let id = clinic.patient("Émile Zola", clinic.user_id("ada").await).await;
    window.goto(&clinic, &format!("/patients/{id}/doctors/new")).await;
    window.type_in(".reference-search", "number 077").await;
    window.see("Dr Number 077").await;
    window.keys(".reference-search", "\u{e015}").await;
    window.keys(".reference-search", "\u{e007}").await;
    window.press(".form-actions button.primary").await;
    window.see("Dr Number 077 is assigned to Émile Zola").await;
    window.close().await;
}

async fn a_user_reveals_the_typed_password(clinic: Clinic) {
    let window = Window::open(360, 800).await;
    window.goto(&clinic, "/login").await;
    window.type_in("#password", "secret").await;
    window.click("[data-reveal=password]").await;
    assert_eq!(window.run("return document.querySelector('#password').type").await, "text");
    window.close().await;
}
