//! What people see of a list: the row of filters that stays in place, and cards on phones.

use super::script::sign_in;
use crate::stories;
use crate::support::Clinic;
use crate::support::chromium::Window;
use crate::support::people::{PASSWORD, Rights};

stories![
    Axe: opening_the_filters_moves_nothing,
    a_phone_shows_five_patients_at_once,
    selecting_a_row_on_a_phone_leaves_the_list_in_sight,
    a_long_name_of_the_clinic_takes_one_line,
    nothing_is_broken_out_of_sight_or_left_free,
];

/// A bit more than one page.
async fn filled(clinic: &Clinic, window: &Window) {
    sign_in(clinic, window).await;
    let owner = clinic.user_id("ada").await;
    let doctor = clinic.doctor("Dr Anna-Maria Montgomery-Fitzgerald").await;
    // So many that the filter has a search for them, with the tick for none below it.
    for number in 0..31 {
        clinic.doctor(&format!("Dr Number {number:02}")).await;
    }
    for number in 0..55 {
        let patient = clinic.patient(&format!("Bartholomew Person {number:04}"), owner).await;
        clinic.assignment(patient, doctor).await;
    }
}

async fn number(window: &Window, script: &str) -> f64 {
    window.run(&format!("return {script}")).await.as_f64().unwrap_or_else(|| panic!("{script} is no number"))
}

async fn opening_the_filters_moves_nothing(clinic: Clinic) {
    const PLACES: &str = "return [...document.querySelectorAll('.panel > summary, .list-tools .search, .table-box')]\
                          .map(one => [one.getBoundingClientRect().x, one.getBoundingClientRect().y])";
    let window = Window::open(1280, 900).await;
    filled(&clinic, &window).await;
    for path in ["/patients", "/admin/patients", "/admin/mappings"] {
        window.goto(&clinic, path).await;
        let before = window.run(PLACES).await;
        window.click(".list-tools .panel:nth-of-type(1) > summary").await;
        assert_eq!(window.run(PLACES).await, before, "{path}");
        let height = number(&window, "document.querySelector('.panel[open] .panel-body').getBoundingClientRect().height").await;
        assert!((100.0..=420.0).contains(&height), "{path}: {height}");
        window.has_no_barriers(&format!("{path} with its filters open")).await;
        // The other panel takes its place, and Escape closes it.
        window.click(".list-tools > .panel > summary").await;
        assert_eq!(number(&window, "document.querySelectorAll('.panel[open]').length").await, 1.0);
        assert_eq!(window.run(PLACES).await, before, "{path}");
        window.keys(".list-tools > .panel > summary", "\u{e00c}").await;
        assert_eq!(number(&window, "document.querySelectorAll('.panel[open]').length").await, 0.0);
    }
    window.close().await;
}

async fn a_phone_shows_five_patients_at_once(clinic: Clinic) {
    let window = Window::open(360, 780).await;
    filled(&clinic, &window).await;
    for path in ["/patients", "/admin/patients", "/admin/mappings", "/patients?q=person"] {
        window.goto(&clinic, path).await;
        let seen = "[...document.querySelectorAll('.listing tbody tr')].filter(row => row.getBoundingClientRect().bottom <= 780).length";
        let seen = number(&window, seen).await;
        let first = number(&window, "document.querySelector('.listing tbody tr').getBoundingClientRect().top").await;
        assert!(seen >= 5.0, "{path}: {seen} rows on the first screen, the first at {first} px");
        let height = number(&window, "document.querySelector('.listing tbody tr').getBoundingClientRect().height").await;
        assert!(height <= 72.0, "{path}: a row of {height} px");
        window.has_no_barriers(path).await;
        window.click(".list-tools .panel summary").await;
        window.is_sound(path).await;
        window.has_no_barriers(&format!("{path} with its filters open")).await;
    }
    window.close().await;
}

async fn selecting_a_row_on_a_phone_leaves_the_list_in_sight(clinic: Clinic) {
    let window = Window::open(360, 780).await;
    filled(&clinic, &window).await;
    window.goto(&clinic, "/admin/patients").await;
    window.click(".listing tbody tr:nth-child(2) .row-select label").await;
    window.see("1 selected").await;
    let height = number(&window, "document.querySelector('.bulk-bar').getBoundingClientRect().height").await;
    assert!(height <= 120.0, "the bar takes {height} px");
    window.has_no_barriers("a selected row").await;
    window.close().await;
}

async fn a_long_name_of_the_clinic_takes_one_line(clinic: Clinic) {
    const NAME: &str = "The Riverside Community Health and Rehabilitation Clinic";
    let named = Clinic::open_with(clinic.backend, &[("CLINIC_NAME", NAME)]).await;
    let window = Window::open(360, 780).await;
    sign_in(&named, &window).await;
    window.see("Riverside").await;
    window.is_sound("a long name").await;
    let height = number(&window, "document.querySelector('.sidebar > .brand').getBoundingClientRect().height").await;
    assert!(height <= 48.0, "the name takes {height} px");
    window.close().await;
}

/// The words of headings that stand on two lines.
const BROKEN_WORDS: &str = "const broken = []; \
    for (const head of document.querySelectorAll('.listing thead th')) { \
        const texts = document.createTreeWalker(head, NodeFilter.SHOW_TEXT); \
        while (texts.nextNode()) { \
            const text = texts.currentNode; \
            if (text.parentElement.closest('.visually-hidden')) continue; \
            for (const word of text.data.matchAll(/\\S+/g)) { \
                const range = document.createRange(); \
                range.setStart(text, word.index); \
                range.setEnd(text, word.index + word[0].length); \
                const lines = new Set([...range.getClientRects()].map((box) => Math.round(box.top))); \
                if (lines.size > 1) broken.push(word[0]); \
            } \
        } \
    } \
    return broken.join()";

/// On a screen of 900 px: the account menu beside the administration, the headings of lists, and the line below a new password.
async fn nothing_is_broken_out_of_sight_or_left_free(clinic: Clinic) {
    let ada = clinic.account("ada", Rights { is_staff: true, is_superuser: true, ..Rights::default() }).await;
    let rosa = clinic.account("rosa", Rights::default()).await;
    let (patient, doctor) = (clinic.patient("Émile Zola", ada).await, clinic.doctor("Grace Hopper").await);
    clinic.assignment(patient, doctor).await;
    clinic.mail().await;
    for width in [1280, 900] {
        let window = Window::open(width, 900).await;
        window.goto(&clinic, "/login").await;
        window.type_in("#username", "ada").await;
        window.type_in("#password", PASSWORD).await;
        window.press("button.primary").await;
        let lists =
            ["patients", "doctors", "mappings", "users", "sessions", "sign-ins", "log", "mails"].map(|list| format!("/admin/{list}"));
        for path in lists.iter().map(String::as_str).chain(["/admin", "/patients", "/doctors", "/users"]) {
            window.goto(&clinic, path).await;
            assert_eq!(window.run(BROKEN_WORDS).await, "", "{path} at {width} px");
            // On a narrow screen the menu is folded, and its button is in sight.
            let menu = if width > 960 { ".sidebar-foot" } else { ".sidebar > .menu > summary" };
            let seen = format!(
                "(box => Number(box.height > 0 && box.top >= 0 && box.bottom <= innerHeight))\
                 (document.querySelector('{menu}').getBoundingClientRect())"
            );
            assert_eq!(number(&window, &seen).await, 1.0, "{menu} on {path} at {width} px");
        }
        for path in ["/password".to_string(), format!("/users/{rosa}/password")] {
            window.goto(&clinic, &path).await;
            window.client.wait().for_element(fantoccini::Locator::Css(".strength-words")).await.expect("the rules of a password");
            let height = number(&window, "document.querySelector('.strength-words').getBoundingClientRect().height").await;
            assert!(height <= 26.0, "{path}: {height} px for one line");
            let below = "(box => { const next = box.nextElementSibling ?? box.parentElement.nextElementSibling; \
                return next ? next.getBoundingClientRect().top - box.lastElementChild.getBoundingClientRect().bottom : 0 })\
                (document.querySelector('.strength'))";
            let below = number(&window, below).await;
            assert!(below <= 40.0, "{path}: {below} px free below it");
        }
        window.close().await;
    }
}
