//! The account pages have no accessibility violations, in light and dark. Pages are the same on both databases, so they share the
//! work: desk width on one, phone width on the other.

use crate::stories;
use crate::support::Clinic;
use crate::support::chromium::Window;
use crate::support::database::Backend;
use crate::support::factors::set_up;
use crate::support::people::{PASSWORD, Rights};

stories![
    Axe: sign_in_pages_have_no_accessibility_violations,
    account_pages_have_no_accessibility_violations,
    user_administration_pages_have_no_accessibility_violations,
];

async fn open(clinic: &Clinic) -> Window {
    match clinic.backend {
        Backend::Sqlite => Window::open(1280, 900).await,
        Backend::Postgres => Window::open(360, 800).await,
    }
}

const ROSA: Rights<'static> = Rights { groups: &["Staff"], is_staff: false, is_superuser: false, permissions: &[] };
const PRIMARY: &str = "form .button.primary";

async fn visit(window: &Window, clinic: &Clinic, paths: &[&str]) {
    for path in paths {
        window.goto(clinic, path).await;
        window.is_open_to_all(path).await;
    }
}

/// Sends the unchanged form of this page, which then shows errors.
async fn send(window: &Window, clinic: &Clinic, path: &str, button: &str) {
    window.goto(clinic, path).await;
    window.press(button).await;
    window.see("There is a problem").await;
    window.is_open_to_all(&format!("{path} with errors")).await;
}

async fn sign_in(window: &Window, clinic: &Clinic, username: &str) {
    window.goto(clinic, "/login").await;
    window.type_in("#username", username).await;
    window.type_in("#password", PASSWORD).await;
    window.press(PRIMARY).await;
}

/// Before there are accounts, and before signing in.
async fn sign_in_pages_have_no_accessibility_violations(clinic: Clinic) {
    let window = open(&clinic).await;
    let private = Clinic::open_with(clinic.backend, &[("REGISTRATION_PRIVATE", "true"), ("ACTIVATION", "required")]).await;
    visit(&window, &private, &["/register", "/register/sent", "/register/used-already"]).await;
    window.goto(&private, "/register").await;
    window.type_in("#email", "zoe@example.org").await;
    window.press(PRIMARY).await;
    window.see("Check your email").await;
    let letter = private.outbox().await.pop().expect("a mail");
    let link = letter.text_body.lines().find(|line| line.contains("/register/")).expect("a link").to_string();
    window.client.goto(&link).await.expect("the link opens");
    window.is_open_to_all("a link to register").await;
    window.type_in("#username", "zoe").await;
    window.type_in("#password", PASSWORD).await;
    window.type_in("#password_again", PASSWORD).await;
    window.see("Passwords match").await;
    window.is_open_to_all("rules of a password, kept").await;

    send(&window, &clinic, "/login", PRIMARY).await;
    visit(&window, &clinic, &["/cookies"]).await;
    send(&window, &clinic, "/forgot-password", PRIMARY).await;
    window.type_in("#username", "rosa").await;
    window.type_in("#email", "rosa@example.org").await;
    window.press(PRIMARY).await;
    window.is_open_to_all("/reset-password").await;
    window.press(PRIMARY).await;
    window.is_open_to_all("/reset-password with errors").await;
    window.goto(&clinic, "/register").await;
    for (field, text) in [("#username", "ines"), ("#email", "ines@example.org"), ("#password", PASSWORD), ("#password_again", PASSWORD)] {
        window.type_in(field, text).await;
    }
    window.press(PRIMARY).await;
    window.see("not confirmed yet").await;
    window.is_open_to_all("a reminder to activate").await;
    send(&window, &clinic, "/activation", PRIMARY).await;
    window.close().await;
}

async fn account_pages_have_no_accessibility_violations(clinic: Clinic) {
    let window = open(&clinic).await;
    clinic.account("rosa", ROSA).await;
    let (phone, _) = set_up(&clinic, &clinic.sign_in("rosa").await).await;
    clinic.wait(time::Duration::seconds(30));
    sign_in(&window, &clinic, "rosa").await;
    window.see("Two-step verification").await;
    window.press(PRIMARY).await;
    window.is_open_to_all("a second step with errors").await;
    visit(&window, &clinic, &["/login/second-factor?recovery=1", "/login/second-factor"]).await;
    window.type_in("#code", &phone.code(&clinic)).await;
    window.press(PRIMARY).await;
    let pages = [
        "/profile",
        "/profile/edit",
        "/profile/activity",
        "/profile/data",
        "/identities",
        "/tokens",
        "/tokens/new",
        "/sessions",
        "/cookies",
        "/help",
        "/security",
    ];
    visit(&window, &clinic, &pages).await;
    for path in ["/profile/email", "/password", "/profile/deactivate"] {
        send(&window, &clinic, path, ".form-actions button").await;
    }
    window.goto(&clinic, "/profile/email").await;
    window.type_in("#email", "new@example.org").await;
    window.type_in("#current_password", PASSWORD).await;
    window.press(".form-actions button").await;
    window.is_open_to_all("/profile/email/code").await;
    window.goto(&clinic, "/tokens/new").await;
    window.click("input[name=scope][value=chosen]").await;
    window.is_open_to_all("the rights of a token").await;
    window.type_in("#name", "Nightly report").await;
    window.click("input[name=scope]:not([value=chosen])").await;
    window.press(".form-actions button").await;
    window.is_open_to_all("a new token").await;
    window.goto(&clinic, "/tokens").await;
    window.press(".table a.button.small").await;
    window.is_open_to_all("the end of a token").await;
    window.goto(&clinic, "/security").await;
    window.press("form[action='/security/recovery'] button").await;
    window.is_open_to_all("recovery codes").await;
    window.goto(&clinic, "/security").await;
    window.press("form[action='/security/app'] button").await;
    window.is_open_to_all("/security/app").await;
    clinic.wait(time::Duration::minutes(11));
    window.goto(&clinic, "/profile/email").await;
    window.see("Confirm your identity").await;
    window.is_open_to_all("/confirm").await;
    window.close().await;
}

async fn user_administration_pages_have_no_accessibility_violations(clinic: Clinic) {
    let window = open(&clinic).await;
    clinic.account("ada", Rights { is_staff: true, is_superuser: true, ..Rights::default() }).await;
    let rosa = clinic.account("rosa", ROSA).await;
    let linked = clinic.identity(rosa, "https://id.example.org", "rosa").await;
    sign_in(&window, &clinic, "ada").await;
    let of_rosa = [
        format!("/admin/identities/{linked}"),
        format!("/admin/identities/{linked}/unlink"),
        format!("/users/{rosa}"),
        format!("/users/{rosa}/sessions"),
        format!("/users/{rosa}/second-step"),
        format!("/admin/users/{rosa}"),
    ];
    let pages = ["/users", "/admin/invitations", "/admin/identities", "/admin/api-tokens", "/admin/sign-ins", "/admin/sign-ins/1"];
    visit(&window, &clinic, &pages).await;
    visit(&window, &clinic, &of_rosa.each_ref().map(String::as_str)).await;
    for path in ["/doctors/new/account", "/patients/new/account"] {
        send(&window, &clinic, path, ".form-actions button.primary").await;
    }
    send(&window, &clinic, "/admin/invitations", "main .button.primary").await;
    window.type_in("#email", "emile@example.org").await;
    window.press("main .button.primary").await;
    window.see("Withdraw").await;
    window.is_open_to_all("links that wait").await;
    window.close().await;
}
