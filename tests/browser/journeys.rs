//! The main journeys as some people make them: by keyboard alone, and without script.

use fantoccini::Locator;

use crate::stories;
use crate::support::Clinic;
use crate::support::chromium::Window;
use crate::support::people::PASSWORD;

stories![
    Browser: a_receptionist_works_by_keyboard_on_a_desktop, a_receptionist_works_by_keyboard_on_a_phone,
    a_receptionist_works_without_script_on_a_desktop, a_receptionist_works_without_script_on_a_phone,
];

const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";
const DOWN: &str = "\u{e015}";

/// Goes on with Tab until the focus is there, as often as a page has places for it, and checks that it is in sight.
async fn tab_to(window: &Window, selector: &str) {
    let is_there = format!("return document.activeElement.matches(`{selector}`)");
    for _ in 0..80 {
        if window.run(&is_there).await == true {
            let in_sight = "const box = document.activeElement.getBoundingClientRect(); \
                return box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth";
            assert_eq!(window.run(in_sight).await, true, "{selector} has the focus out of sight");
            return;
        }
        window.type_on(TAB).await;
    }
    panic!("Tab does not lead to {selector}");
}

async fn a_receptionist_works_by_keyboard_on_a_desktop(clinic: Clinic) {
    by_keyboard(clinic, Window::open(1280, 900).await, false).await;
}

async fn a_receptionist_works_by_keyboard_on_a_phone(clinic: Clinic) {
    by_keyboard(clinic, Window::open(360, 800).await, true).await;
}

async fn by_keyboard(clinic: Clinic, window: Window, phone: bool) {
    clinic.doctor("Dr Grace Hopper").await;
    clinic.receptionist().await;
    let enter = async |selector: &str, words: &str| {
        tab_to(&window, selector).await;
        window.type_on(ENTER).await;
        window.see(words).await;
    };
    window.goto(&clinic, "/login").await;
    tab_to(&window, "#username").await;
    window.type_on("rosa").await;
    tab_to(&window, "#password").await;
    window.type_on(&format!("{PASSWORD}{ENTER}")).await;
    window.see("Good ").await;

    // Registering: the first field has the focus, and the separators are a part of the date.
    enter("main a[href='/patients/new']", "Not known?").await;
    window.type_on("Émile Zola").await;
    tab_to(&window, "#date_of_birth-day").await;
    window.type_on("2.4.1964").await;
    tab_to(&window, "[name=gender]").await;
    window.type_on(" ").await;
    window.type_on(ENTER).await;
    window.see("Born 2 Apr 1964").await;
    // Assigning.
    tab_to(&window, ".card-form .reference-search").await;
    window.type_on("hopper").await;
    window.client.wait().for_element(Locator::Css(".card-form [role=option]")).await.expect("the doctor is offered");
    window.type_on(DOWN).await;
    window.type_on(ENTER).await;
    enter(".card-form > button", "is assigned to Émile Zola").await;
    // Editing.
    enter("a[href$='/edit']", "Edit").await;
    tab_to(&window, "#address").await;
    window.type_on("12 Rue de Rennes").await;
    enter(".form-actions button.primary", "Émile Zola saved").await;
    // Finding, from the menu over the list.
    if phone {
        enter(".sidebar .menu summary", "Sign out").await;
        enter(".menu-panel a[href='/patients']", "1 patient").await;
    } else {
        enter(".sidebar > nav a[href='/patients']", "1 patient").await;
    }
    tab_to(&window, "main input[type=search]").await;
    window.type_on(&format!("zola{ENTER}")).await;
    window.see("1 result").await;
    enter("td.main-cell a", "12 Rue de Rennes").await;
    // Deleting and taking it back.
    enter("a[href*='/delete']", "Delete Émile Zola?").await;
    enter("button.danger", "was deleted").await;
    enter(".flash button", "was restored").await;
    if phone {
        enter(".sidebar .menu summary", "Sign out").await;
        enter(".menu-panel form[action='/logout'] button", "You were signed out").await;
    } else {
        enter(".sidebar-foot form[action='/logout'] button", "You were signed out").await;
    }
    window.close().await;
}

async fn a_receptionist_works_without_script_on_a_desktop(clinic: Clinic) {
    without_script(clinic, Window::open(1280, 900).await, false).await;
}

async fn a_receptionist_works_without_script_on_a_phone(clinic: Clinic) {
    without_script(clinic, Window::open(360, 800).await, true).await;
}

async fn without_script(clinic: Clinic, window: Window, phone: bool) {
    clinic.doctor("Dr Grace Hopper").await;
    clinic.receptionist().await;
    window.switch_script_off().await;
    window.goto(&clinic, "/login").await;
    window.type_in("#username", "rosa").await;
    window.type_in("#password", PASSWORD).await;
    window.press("main button.primary").await;
    window.see("Good ").await;
    // Nothing that needs a script is offered.
    let unseen = window.client.find_all(Locator::Css("[data-palette], [data-print]")).await.expect("buttons");
    for button in unseen {
        assert!(!button.is_displayed().await.expect("an answer"));
    }

    window.press("main a[href='/patients/new']").await;
    window.type_in("#name", "Émile Zola").await;
    window.press(".form-actions button.primary").await;
    window.see("There is a problem").await;
    window.type_in("#date_of_birth-day", "2").await;
    window.type_in("#date_of_birth-month", "4").await;
    window.type_in("#date_of_birth-year", "1964").await;
    window.click("label:has(#gender-1)").await;
    window.press(".form-actions button.primary").await;
    window.see("Born 2 Apr 1964").await;

    window.type_in(".card-form .reference-search", "hopper").await;
    window.press(".card-form .reference-find").await;
    window.see("1 result").await;
    let select = window.client.find(Locator::Css("select[name=doctor_id]")).await.expect("a select");
    select.select_by_value("1").await.expect("the doctor");
    window.press(".form-actions button.primary").await;
    window.see("Dr Grace Hopper is assigned to Émile Zola").await;
    window.press("form[action*='/primary'] button").await;
    window.see("is the primary doctor").await;

    if phone {
        window.click(".menu summary").await;
        window.type_in("#find-small", "zola").await;
        window.keys("#find-small", ENTER).await;
    } else {
        window.type_in("#find", "zola").await;
        window.keys("#find", ENTER).await;
    }
    window.see("Results for ‘zola’").await;
    window.press("main .rows a").await;
    window.press("a[href$='/edit']").await;
    window.type_in("#address", "12 Rue de Rennes").await;
    window.press(".form-actions button.primary").await;
    window.see("Émile Zola saved").await;
    window.press(".page-head a[href*='/delete']").await;
    window.press("button.danger").await;
    window.see("was deleted").await;
    window.press(".flash button").await;
    window.see("was restored").await;
    if phone {
        window.click(".menu summary").await;
        window.press(".menu-panel form[action='/logout'] button").await;
    } else {
        window.press(".sidebar-foot button").await;
    }
    window.see("You were signed out").await;
    window.close().await;
}
