//! The warning before a session ends; afterwards nothing of the page is visible.

use super::script::sign_in;
use crate::stories;
use crate::support::Clinic;
use crate::support::chromium::{PATIENCE, Window};

stories![Axe: a_user_extends_the_session_at_the_warning, typed_input_survives_the_end_of_the_session, the_last_session_warning_says_so];

/// A clinic whose sessions end after three minutes, and a page with this many seconds left.
async fn open(clinic: &Clinic, settings: &[(&str, &str)], window: &Window, path: &str) -> Clinic {
    let clinic = Clinic::open_with(clinic.backend, settings).await;
    clinic.stop_the_clock();
    sign_in(&clinic, window).await;
    window.goto(&clinic, path).await;
    clinic
}

const SHORT: [(&str, &str); 1] = [("SESSION_IDLE_MINUTES", "3")];

async fn is_open(window: &Window) -> bool {
    window.run("return document.querySelector('dialog.session-warning').open").await == true
}

async fn a_user_extends_the_session_at_the_warning(clinic: Clinic) {
    let window = Window::open(360, 800).await;
    let clinic = open(&clinic, &SHORT, &window, "/doctors/new").await;
    window.type_in("#name", "Dr Grace Hopper").await;
    // The same user in a second tab.
    let first = window.client.window().await.expect("a tab");
    let second = window.open_tab().await;
    clinic.wait(time::Duration::seconds(59));
    window.goto(&clinic, "/doctors").await;
    assert!(!is_open(&window).await);
    clinic.wait(time::Duration::seconds(2));
    window.see("Are you still there?").await;
    window.see("minute").await;
    for theme in ["light", "dark"] {
        window.run(&format!("document.documentElement.dataset.theme = '{theme}'")).await;
        window.has_no_barriers(&format!("the warning ({theme})")).await;
    }
    assert_eq!(window.run("return document.activeElement.textContent").await, "Stay signed in");
    window.client.switch_to_window(first.clone()).await.expect("back");
    window.see("Are you still there?").await;
    // Time passes; one tab extends the session, and the other is told.
    clinic.wait(time::Duration::seconds(30));
    window.click("dialog.session-warning [data-stay]").await;
    for tab in [&first, &second] {
        window.client.switch_to_window(tab.clone()).await.expect("a tab");
        let patience = std::time::Instant::now();
        while is_open(&window).await && patience.elapsed() < PATIENCE {
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        }
        assert!(!is_open(&window).await, "a tab still warns");
    }
    window.client.switch_to_window(first.clone()).await.expect("back");
    assert_eq!(window.run("return document.querySelector('#name').value").await, "Dr Grace Hopper");
    // Signing out in one tab hides the page in the other.
    window.client.switch_to_window(second).await.expect("there");
    window.click(".menu summary").await;
    window.press(".menu-panel form[action='/logout'] button").await;
    window.client.switch_to_window(first).await.expect("back");
    window.see("This page is hidden").await;
    window.close().await;
    clinic.server.stop(false).await;
}

async fn typed_input_survives_the_end_of_the_session(clinic: Clinic) {
    let window = Window::open(1280, 900).await;
    let clinic = open(&clinic, &SHORT, &window, "/doctors/new").await;
    window.type_in("#name", "Dr Grace Hopper").await;
    window.type_in("#specialization", "Cardiology").await;
    clinic.wait(time::Duration::minutes(4));
    // Another tab says that little time is left, so this one asks the server.
    window.run("new BroadcastChannel('session').postMessage({ seconds: 1, can_stay: true })").await;
    window.see("You are signed out").await;
    let seen = window.run("return document.body.innerText").await;
    assert!(seen.as_str().is_some_and(|seen| !seen.contains("Specialty")), "{seen}");
    assert_eq!(window.run("return document.title").await, "You are signed out");
    window.has_no_barriers("the end").await;
    window.press("dialog.session-warning [data-again]").await;
    window.see("Sign in to save what you typed").await;
    window.type_in("#username", "ada").await;
    window.type_in("#password", crate::support::people::PASSWORD).await;
    window.press("button.primary").await;
    window.press("button.primary").await;
    window.see("Dr Grace Hopper").await;
    window.see("Cardiology").await;
    window.close().await;
    clinic.server.stop(false).await;
}

async fn the_last_session_warning_says_so(clinic: Clinic) {
    let window = Window::open(1280, 900).await;
    let clinic = open(&clinic, &[("SESSION_HOURS", "1"), ("SESSION_IDLE_MINUTES", "90")], &window, "/doctors").await;
    clinic.wait(time::Duration::seconds(3600 - 119));
    window.goto(&clinic, "/doctors").await;
    window.see("Your session expires soon").await;
    window.has_no_barriers("the last warning").await;
    window.click("dialog.session-warning [data-close]").await;
    assert!(!is_open(&window).await);
    clinic.wait(time::Duration::minutes(3));
    window.run("new BroadcastChannel('session').postMessage({ seconds: 1, can_stay: false })").await;
    window.see("You are signed out").await;
    window.press("dialog.session-warning [data-again]").await;
    window.see("Username or email").await;
    window.close().await;
    clinic.server.stop(false).await;
}
