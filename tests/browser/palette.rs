//! The palette: Ctrl-K, a few letters, Enter.

use super::script::sign_in;
use crate::stories;
use crate::support::Clinic;
use crate::support::chromium::Window;

stories![Axe: the_palette_opens_a_patient_from_the_keyboard, the_palette_opens_pages_and_signs_out, the_palette_fits_on_a_phone, the_search_box_shows_what_was_opened_last, a_name_from_right_to_left_stands_isolated_in_the_palette, the_palette_says_how_many_of_how_many_it_shows];

const ENTER: &str = "\u{e007}";
const ESCAPE: &str = "\u{e00c}";
const DOWN: &str = "\u{e015}";
const FIELD: &str = ".palette input";

/// Presses Ctrl-K on the page with this heading, and waits for the results.
async fn ctrl_k(window: &Window, heading: &str) {
    let heading = format!("//h1[contains(., '{heading}')]");
    window.client.wait().for_element(fantoccini::Locator::XPath(&heading)).await.expect("the page");
    window.client.wait().for_element(fantoccini::Locator::Css("[data-palette]:not([hidden])")).await.expect("its script");
    window.run("document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'k', ctrlKey: true, bubbles: true, cancelable: true}))").await;
    window.client.wait().for_element(fantoccini::Locator::Css(".palette[open] [role=option]")).await.expect("what is offered");
}

async fn focused(window: &Window) -> String {
    window.run("return document.activeElement.getAttribute('role') || document.activeElement.id").await.as_str().unwrap_or("").to_string()
}

async fn the_palette_opens_a_patient_from_the_keyboard(clinic: Clinic) {
    let window = Window::open(1280, 900).await;
    sign_in(&clinic, &window).await;
    let ada = clinic.user_id("ada").await;
    clinic.patient("Émile Zola", ada).await;
    clinic.patient("Émilie du Châtelet", ada).await;
    window.goto(&clinic, "/doctors").await;
    window.run("document.querySelector('#find').focus()").await;
    ctrl_k(&window, "Doctors").await;
    assert_eq!(focused(&window).await, "combobox");
    window.type_in(FIELD, "emil").await;
    window.see("Émilie du Châtelet").await;
    window.has_no_barriers("the palette").await;
    window.keys(FIELD, ESCAPE).await;
    assert_eq!(focused(&window).await, "find", "the focus is back where it was");
    ctrl_k(&window, "Doctors").await;
    window.type_in(FIELD, "emil").await;
    window.see("Émilie du Châtelet").await;
    window.keys(FIELD, DOWN).await;
    let pointed =
        "return document.getElementById(document.querySelector('.palette input').getAttribute('aria-activedescendant')).textContent";
    assert!(window.run(pointed).await.as_str().is_some_and(|text| text.contains("Zola")));
    window.keys(FIELD, ENTER).await;
    window.see("40 years old").await;
    assert_eq!(window.run("return document.querySelector('h1').textContent").await, "Émile Zola");
    ctrl_k(&window, "Zola").await;
    window.see("Recent").await;
    assert_eq!(window.run("return Object.keys(localStorage).length").await, 0, "no names are kept when the tab is closed");
    window.close().await;
}

async fn the_palette_opens_pages_and_signs_out(clinic: Clinic) {
    let window = Window::open(1280, 900).await;
    sign_in(&clinic, &window).await;
    ctrl_k(&window, "Good").await;
    // Enter at once: the palette waits for the response.
    window.type_in(FIELD, &format!("new doctor{ENTER}")).await;
    ctrl_k(&window, "New doctor").await;
    window.type_in(FIELD, "nothing of the kind").await;
    window.see("Search for ‘nothing of the kind’").await;
    window.keys(FIELD, ENTER).await;
    ctrl_k(&window, "Search").await;
    window.type_in(FIELD, "sign out").await;
    window.see("Search for ‘sign out’").await;
    window.keys(FIELD, ENTER).await;
    window.see("You were signed out").await;
    assert_eq!(window.run("return sessionStorage.length").await, 0, "the next person starts anew");
    window.close().await;
}

async fn the_palette_fits_on_a_phone(clinic: Clinic) {
    let window = Window::open(360, 800).await;
    sign_in(&clinic, &window).await;
    clinic.patient(&"Maximiliane-Alexandra ".repeat(5), clinic.user_id("ada").await).await;
    window.click("[data-palette]").await;
    window.type_in(FIELD, "maximil").await;
    window.see("Maximiliane-Alexandra").await;
    window.is_sound("the palette").await;
    for theme in ["light", "dark"] {
        window.run(&format!("document.documentElement.dataset.theme = '{theme}'")).await;
        window.has_no_barriers(&format!("the palette on a phone ({theme})")).await;
    }
    window.click(".palette-head button").await;
    assert_eq!(window.run("return document.activeElement.hasAttribute('data-palette')").await, true);
    window.close().await;
}

async fn the_search_box_shows_what_was_opened_last(clinic: Clinic) {
    let window = Window::open(1280, 900).await;
    sign_in(&clinic, &window).await;
    let zola = clinic.patient("Émile Zola", clinic.user_id("ada").await).await;
    window.goto(&clinic, &format!("/patients/{zola}")).await;
    clinic.settle().await;
    window.goto(&clinic, "/doctors").await;
    window.client.wait().for_element(fantoccini::Locator::Css("#find[aria-haspopup]")).await.expect("its script");
    window.click("#find").await;
    let first = ".palette[open] [role=option]";
    window.client.wait().for_element(fantoccini::Locator::Css(first)).await.expect("what was opened last");
    let shown = window.run(&format!("return document.querySelector('{first}').textContent")).await;
    assert!(shown.as_str().is_some_and(|text| text.contains("Émile Zola") && text.contains("P-000001")), "{shown}");
    window.keys(FIELD, ESCAPE).await;
    assert_eq!(focused(&window).await, "find");
    // By keyboard the box is passed with Tab; what is typed into it goes on in the palette.
    assert_eq!(window.run("return document.querySelector('.palette[open]') === null").await, true);
    window.keys("#find", "z").await;
    window.keys(FIELD, "ola").await;
    window.see("40 years old").await;
    window.keys(FIELD, ENTER).await;
    window.client.wait().for_element(fantoccini::Locator::XPath("//h1[contains(., 'Zola')]")).await.expect("the record");
    // On the page of all results there is one box, not two.
    window.goto(&clinic, "/search?q=zola").await;
    let boxes = "return [...document.querySelectorAll('input[type=search]')].filter((box) => box.checkVisibility()).length";
    assert_eq!(window.run(boxes).await, 1);
    window.close().await;
}

async fn a_name_from_right_to_left_stands_isolated_in_the_palette(clinic: Clinic) {
    let window = Window::open(1280, 900).await;
    sign_in(&clinic, &window).await;
    let patient = clinic.patient("محمد علي", clinic.user_id("ada").await).await;
    clinic.doctor("علي حسن").await;
    window.goto(&clinic, "/doctors").await;
    ctrl_k(&window, "Doctors").await;
    window.type_in(FIELD, "محمد").await;
    let name = |text: &str, inside: &str| format!("//{inside}//*[self::bdi][. = '{text}']");
    let offered = fantoccini::Locator::XPath;
    let found = name("محمد علي", "*[@role='option']");
    window.client.wait().for_element(offered(&found)).await.expect("the name in the palette");
    // The hint stays on its right, as beside every other name.
    let order = "const label = document.querySelector('.palette [role=option] bdi').getBoundingClientRect(); \
        const hint = document.querySelector('.palette [role=option]:has(bdi) .palette-hint').getBoundingClientRect(); \
        return label.right <= hint.left || label.bottom <= hint.top";
    assert_eq!(window.run(order).await, true);
    window.goto(&clinic, &format!("/patients/{patient}/doctors/new")).await;
    window.type_in(".reference-search", "حسن").await;
    window.client.wait().for_element(offered(&name("علي حسن", "*[@role='option']"))).await.expect("the name in the picker");
    window.close().await;
}

async fn the_palette_says_how_many_of_how_many_it_shows(clinic: Clinic) {
    let window = Window::open(1280, 900).await;
    sign_in(&clinic, &window).await;
    let owner = clinic.user_id("ada").await;
    for number in 0..9 {
        clinic.patient(&format!("Anna{number} Weiss"), owner).await;
    }
    window.goto(&clinic, "/doctors").await;
    ctrl_k(&window, "Doctors").await;
    window.type_in(FIELD, "weiss").await;
    let title = "//*[contains(@class, 'palette-title')][. = 'Patients (5 of 9)']";
    window.client.wait().for_element(fantoccini::Locator::XPath(title)).await.expect("how many there are");
    let shown = "return document.querySelectorAll('.palette [role=group]:has(#palette-group-0) [role=option]').length";
    assert_eq!(window.run(shown).await, 5);
    window.close().await;
}
