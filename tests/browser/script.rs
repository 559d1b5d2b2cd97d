//! What scripts add to pages that work without them.

use crate::stories;
use crate::support::Clinic;
use crate::support::chromium::Window;
use crate::support::people::{PASSWORD, Rights};

stories![
    Browser: a_receptionist_finds_a_doctor_while_typing, a_user_reveals_the_typed_password,
    a_member_tries_a_request_on_the_documentation_page,
];

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

async fn a_member_tries_a_request_on_the_documentation_page(clinic: Clinic) {
    let window = Window::open(360, 800).await;
    sign_in(&clinic, &window).await;
    clinic.doctor("Dr Grace Hopper").await;
    window.goto(&clinic, "/api/docs/doctors/#doctors_list").await;
    window.click("#doctors_list form .primary").await;
    window.see("401").await;
    window.type_in("#api-email", "ada").await;
    window.type_in("#api-password", PASSWORD).await;
    window.click("[data-api-sign-in] button").await;
    window.see("Using your new token").await;
    assert_eq!(window.run("return document.querySelector('#api-password').value").await, "");
    window.type_in("#doctors_list-search", "hopper").await;
    window.click("#doctors_list form .primary").await;
    window.see("200").await;
    window.see("Dr Grace Hopper").await;
    window.is_sound("the page about the API").await;
    let kept = window.run("return JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)])").await;
    assert!(!kept.as_str().expect("a text").contains("ey"), "the token is kept: {kept}");
    window.close().await;
}
