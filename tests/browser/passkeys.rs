//! Passkeys, with a virtual authenticator: adding one, adding it twice, and signing in.

use diesel::prelude::*;
use praxis::db::schema::passkeys;

use crate::stories;
use crate::support::Clinic;
use crate::support::chromium::Window;
use crate::support::people::{PASSWORD, Rights};

stories![Axe: rosa_adds_a_passkey_and_signs_in_with_it];

async fn rosa_adds_a_passkey_and_signs_in_with_it(clinic: Clinic) {
    clinic.account("rosa", Rights { groups: &["Staff"], ..Rights::default() }).await;
    let window = Window::open(1280, 900).await;
    window.carries_a_key().await;
    open(&window, &clinic, "/login").await;
    sign_in(&window).await;
    open(&window, &clinic, "/security").await;
    window.press("[data-passkey-new]").await;
    window.see("Enter a name").await;
    window.type_in("#name", "Blue key").await;
    window.press("[data-passkey-new]").await;
    window.see("Save your recovery codes").await;
    window.is_open_to_all("recovery codes").await;
    let names = clinic.ask(|c| passkeys::table.select(passkeys::name).load::<String>(c)).await;
    assert_eq!(names, ["Blue key"]);

    // The authenticator refuses a key that is registered already.
    window.press("main > .actions a.primary").await;
    window.type_in("#name", "Once more").await;
    window.click("[data-passkey-new]").await;
    window.see("This device already has a passkey for your account").await;
    window.is_open_to_all("/security with a passkey").await;

    sign_out(&window).await;
    window.press("[data-passkey='/login/passkey']").await;
    window.see("rosa").await;
    assert_eq!(window.run("return location.pathname").await, "/", "the key alone lets her in");

    sign_out(&window).await;
    sign_in(&window).await;
    window.see("Two-step verification").await;
    window.is_open_to_all("a second step by passkey").await;
    window.press("[data-passkey]").await;
    assert_eq!(window.run("return location.pathname").await, "/", "the key is her second step");

    clinic.wait(time::Duration::minutes(11));
    open(&window, &clinic, "/profile/email").await;
    window.see("Confirm your identity").await;
    window.is_open_to_all("/confirm").await;
    window.press("[data-passkey]").await;
    window.see("Change your email address").await;
    window.close().await;
}

/// Passkeys need a domain, not an IP address.
async fn open(window: &Window, clinic: &Clinic, path: &str) {
    window.client.goto(&format!("http://localhost:{}{path}", clinic.address.port())).await.expect("the page opens");
}

async fn sign_in(window: &Window) {
    window.type_in("#username", "rosa").await;
    window.type_in("#password", PASSWORD).await;
    window.press("form .button.primary").await;
}

async fn sign_out(window: &Window) {
    window.press(".sidebar-foot form[action='/logout'] button").await;
    window.see("Sign in").await;
}
