//! Trying requests on the page about the API.

use crate::browser::script::sign_in;
use crate::stories;
use crate::support::Clinic;
use crate::support::chromium::Window;
use crate::support::people::PASSWORD;

stories![Browser: a_member_tries_a_request_on_the_documentation_page];

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
