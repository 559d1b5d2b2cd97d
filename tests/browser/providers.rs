//! Signing in with an account at a provider, in a real browser: it follows our redirects, and our security headers do not prevent
//! its return.

use crate::stories;
use crate::support::Clinic;
use crate::support::chromium::Window;
use crate::support::people::{PASSWORD, Rights};

stories![OidcBrowser: zoe_signs_in_with_a_provider_account, rosa_connects_a_provider_account_on_her_phone];

async fn zoe_signs_in_with_a_provider_account(clinic: Clinic) {
    let clinic = clinic.with_provider(&[]).await;
    let window = Window::open(1280, 900).await;
    window.goto(&clinic, "/login?next=/patients").await;
    window.has_no_barriers("/login").await;
    window.click("button[formaction^='/login/oidc']").await;
    window.see("Who are you?").await;
    window.click("a[href$='account=zoe']").await;
    window.see("Your email address at Clinic ID is zoe@example.org").await;
    window.has_no_barriers("a new account").await;
    window.press("main button.primary").await;
    window.see("Patients").await;
    window.see("Account created").await;
    assert_eq!(window.run("return location.pathname").await, "/patients");
    window.close().await;
}

async fn rosa_connects_a_provider_account_on_her_phone(clinic: Clinic) {
    let clinic = clinic.with_provider(&[]).await;
    clinic.account("rosa", Rights { groups: &["Staff"], ..Rights::default() }).await;
    let window = Window::open(360, 800).await;
    window.goto(&clinic, "/login").await;
    window.click("button[formaction^='/login/oidc']").await;
    window.see("Who are you?").await;
    window.click("a[href$='account=rosa']").await;
    window.see("account is not linked").await;
    window.has_no_barriers("not linked yet").await;
    window.press("a.button.primary").await;
    window.type_in("#username", "rosa").await;
    window.type_in("#password", PASSWORD).await;
    window.press("button.primary").await;
    window.see("Not linked").await;
    window.is_sound("/identities").await;
    window.has_no_barriers("/identities").await;
    // She is still signed in at the provider, which asks for nothing.
    window.click("form[action='/identities/link/clinic_id'] button").await;
    window.see("Clinic ID linked").await;
    window.is_sound("/identities, linked").await;
    window.has_no_barriers("/identities, linked").await;
    window.press("form[action$='/unlink'] button").await;
    window.see("You can no longer sign in with it").await;
    window.close().await;
}
