//! Adding inline rows, merging two versions, and pressing twice, in a real browser.

use std::time::Duration;

use crate::stories;
use crate::support::Clinic;
use crate::support::chromium::Window;
use crate::support::people::{PASSWORD, Rights};

stories![
    Browser: an_administrator_adds_inline_rows_on_a_desktop, an_administrator_adds_inline_rows_on_a_phone, an_administrator_merges_two_versions_on_a_desktop, an_administrator_merges_two_versions_on_a_phone,
    a_second_press_while_the_server_waits_sends_nothing
];

async fn an_administrator_adds_inline_rows_on_a_desktop(clinic: Clinic) {
    rows(clinic, Window::open(1280, 900).await).await;
}

async fn an_administrator_adds_inline_rows_on_a_phone(clinic: Clinic) {
    rows(clinic, Window::open(360, 800).await).await;
}

async fn an_administrator_merges_two_versions_on_a_desktop(clinic: Clinic) {
    merge(clinic, Window::open(1280, 900).await).await;
}

async fn an_administrator_merges_two_versions_on_a_phone(clinic: Clinic) {
    merge(clinic, Window::open(360, 800).await).await;
}

async fn sign_in(clinic: &Clinic, window: &Window) {
    clinic.account("ada", Rights { is_staff: true, is_superuser: true, ..Rights::default() }).await;
    window.goto(clinic, "/login").await;
    window.type_in("#username", "ada").await;
    window.type_in("#password", PASSWORD).await;
    window.press("button.primary").await;
}

async fn rows(clinic: Clinic, window: Window) {
    sign_in(&clinic, &window).await;
    let owner = clinic.user_id("ada").await;
    let doctor = clinic.doctor("Dr Grace Hopper").await;
    for number in 0..25 {
        clinic.patient(&format!("Patient {number:02}"), owner).await;
    }
    window.goto(&clinic, &format!("/admin/doctors/{doctor}")).await;
    window.click(".rows-section > .button").await;
    assert_eq!(window.run("return document.activeElement.closest('tr').id").await, "mapping-3");
    // The new row has autocomplete as well.
    window.keys("#mapping-3-patient_id__find, #mapping-3 .reference-search", "patient 17").await;
    // Only what was typed to the end leaves one: before that a slow machine shows what its beginning finds.
    let only = "//*[@id='mapping-3']//*[@role='listbox'][count(*[@role='option']) = 1]/*[contains(., 'Patient 17')]";
    window.client.wait().for_element(fantoccini::Locator::XPath(only)).await.expect("one patient");
    window.keys("#mapping-3 .reference-search", "\u{e015}").await;
    window.keys("#mapping-3 .reference-search", "\u{e007}").await;
    window.is_sound("a new row").await;
    window.click(".form-foot summary").await;
    window.press(".form-actions button[name=_continue]").await;
    window.see("Patient 17 – Dr Grace Hopper").await;
    window.close().await;
}

async fn merge(clinic: Clinic, window: Window) {
    sign_in(&clinic, &window).await;
    let id = clinic.patient("Emile Zola", clinic.user_id("ada").await).await;
    let path = format!("/patients/{id}/edit");
    let rosa = clinic.account("rosa", Rights { is_superuser: true, ..Rights::default() }).await;
    assert!(rosa > 0);
    let other = clinic.sign_in("rosa").await;
    window.goto(&clinic, &path).await;
    other.fill(&path, &[("name", "Émile Zola"), ("address", "12 Rue de Rennes")]).await.is(303);
    window.type_in("#name", "E. Zola").await;
    window.click("label:has(#gender-1)").await;
    window.press(".form-actions button.primary").await;
    window.see("Two versions of Émile Zola").await;
    window.press(".form-actions button.primary").await;
    window.see("Choose which name to keep").await;
    window.click("#pick-name label:has([value=theirs])").await;
    window.press(".form-actions button.primary").await;
    window.see("Émile Zola saved").await;
    window.see("12 Rue de Rennes").await;
    window.see("male").await;
    window.close().await;
}

/// Notes what becomes of each press, and presses twice: now and after three seconds and a half. The driver waits for a page that
/// is loading, so the page has to press by itself.
const PRESS_TWICE: &str = "const presses = []; \
    document.addEventListener('submit', (event) => { \
        presses.push(event.defaultPrevented ? 'held back' : 'sent'); \
        sessionStorage.setItem('presses', presses.join()); \
    }); \
    const press = () => document.querySelector('.form-actions button.primary').click(); \
    setTimeout(press, 0); \
    setTimeout(press, 3500);";

async fn a_second_press_while_the_server_waits_sends_nothing(clinic: Clinic) {
    let window = Window::open(1280, 900).await;
    sign_in(&clinic, &window).await;
    window.goto(&clinic, "/patients/new").await;
    window.type_in("#name", "Émile Zola").await;
    window.type_in("#date_of_birth-day", "2").await;
    window.type_in("#date_of_birth-month", "4").await;
    window.type_in("#date_of_birth-year", "1964").await;
    window.click("label:has(#gender-1)").await;
    clinic.delay_patients(Duration::from_millis(4_400)).await;
    window.run(PRESS_TWICE).await;
    window.see("Émile Zola saved").await;
    assert_eq!(window.run("return sessionStorage.getItem('presses')").await, "sent,held back");
    assert_eq!(clinic.patient_names().await, ["Émile Zola"]);
    window.close().await;
}
