//! Selecting rows with the mouse and with the keyboard.

use crate::stories;
use crate::support::Clinic;
use crate::support::chromium::Window;
use crate::support::people::{PASSWORD, Rights};

stories![Browser: an_administrator_selects_rows_on_a_desktop, an_administrator_selects_rows_on_a_phone];
stories![Axe: row_selection_has_no_accessibility_violations_on_a_desktop, row_selection_has_no_accessibility_violations_on_a_phone];

async fn an_administrator_selects_rows_on_a_desktop(clinic: Clinic) {
    select(clinic, Window::open(1280, 900).await).await;
}

async fn an_administrator_selects_rows_on_a_phone(clinic: Clinic) {
    select(clinic, Window::open(360, 800).await).await;
}

async fn row_selection_has_no_accessibility_violations_on_a_desktop(clinic: Clinic) {
    walk(clinic, Window::open(1280, 900).await).await;
}

async fn row_selection_has_no_accessibility_violations_on_a_phone(clinic: Clinic) {
    walk(clinic, Window::open(360, 800).await).await;
}

async fn open_list(clinic: &Clinic, window: &Window, patients: usize) {
    let ada = clinic.account("ada", Rights { is_staff: true, is_superuser: true, ..Rights::default() }).await;
    for number in 0..patients {
        clinic.patient(&format!("Patient {number:02}"), ada).await;
    }
    clinic.doctor("Dr Grace Hopper").await;
    window.goto(clinic, "/login").await;
    window.type_in("#username", "ada").await;
    window.type_in("#password", PASSWORD).await;
    window.press("button.primary").await;
    window.goto(clinic, "/admin/patients?gender=female").await;
}

async fn click(window: &Window, place: usize, shift: bool) {
    let event = format!("new MouseEvent('click', {{bubbles: true, cancelable: true, shiftKey: {shift}}})");
    window.run(&format!("document.querySelectorAll('td.row-select input[name=_id]')[{place}].dispatchEvent({event})")).await;
}

async fn bar(window: &Window) -> serde_json::Value {
    window.run("return document.querySelector('#bulk').checkVisibility()").await
}

async fn select(clinic: Clinic, window: Window) {
    open_list(&clinic, &window, 52).await;
    assert_eq!(bar(&window).await, false, "nothing is ticked, so there is no bar");
    click(&window, 1, false).await;
    window.see("1 selected").await;
    assert_eq!(bar(&window).await, true);
    click(&window, 4, true).await;
    window.see("4 selected").await;
    click(&window, 3, false).await;
    window.see("3 selected").await;
    window.click("[data-select-page]").await;
    window.see("50 selected").await;
    window.click("input[name=_all]").await;
    window.see("All results selected").await;
    click(&window, 0, false).await;
    window.see("49 selected").await;
    window.click("[data-clear]").await;
    assert_eq!(bar(&window).await, false);
    // The space bar selects as well, and Enter in the bar submits it.
    window.keys("td.row-select input[name=_id]", " ").await;
    window.see("1 selected").await;
    window.run("document.querySelector('#bulk-action').value = 'assign'").await;
    window.press(".bulk-acts button").await;
    window.see("Assign 1 patient to a doctor").await;
    window.run("document.querySelector('#doctor_id').selectedIndex = 1").await;
    window.press(".form-actions button.primary").await;
    window.see("1 patient was assigned to the doctor.").await;
    assert_eq!(window.run("return location.search").await, "?gender=female");
    window.close().await;
}

async fn walk(clinic: Clinic, window: Window) {
    open_list(&clinic, &window, 3).await;
    click(&window, 1, false).await;
    both(&window, "the list with its bar").await;
    window.run("document.querySelector('#bulk-action').value = 'assign'").await;
    window.press(".bulk-acts button").await;
    both(&window, "the confirmation").await;
    window.press(".form-actions button.primary").await;
    both(&window, "the confirmation with an error").await;
    window.goto(&clinic, "/admin/users").await;
    click(&window, 0, false).await;
    window.run("document.querySelector('#bulk-action').value = 'delete'").await;
    window.press(".bulk-acts button").await;
    both(&window, "what is left out").await;
    window.close().await;
}

async fn both(window: &Window, place: &str) {
    for theme in ["light", "dark"] {
        window.run(&format!("document.documentElement.dataset.theme = '{theme}'")).await;
        window.has_no_barriers(&format!("{place} ({theme})")).await;
    }
}
