//! Features of forms by script: two lists for many choices, character counts, date shortcuts, and a warning before unsaved
//! changes are lost.

use super::script::sign_in;
use crate::stories;
use crate::support::Clinic;
use crate::support::chromium::Window;

stories![
    Axe: an_administrator_chooses_permissions_in_two_lists,
    the_two_lists_fit_on_a_phone,
    a_long_text_field_counts_the_remaining_characters,
    a_shortcut_enters_a_near_date,
    leaving_a_changed_form_asks_first,
];

const ENTER: &str = "\u{e007}";
const DOWN: &str = "\u{e015}";
const SHIFT: &str = "\u{e008}";

async fn ticked(window: &Window) -> i64 {
    window.run("return document.querySelectorAll('[name=permissions]:checked').length").await.as_i64().expect("a number")
}

async fn an_administrator_chooses_permissions_in_two_lists(clinic: Clinic) {
    let window = Window::open(1280, 900).await;
    sign_in(&clinic, &window).await;
    window.goto(&clinic, "/admin/groups/new").await;
    window.type_in("#name", "Porters").await;
    window.type_in("#permissions-0-available-filter", "patient view").await;
    window.see(" of ").await;
    window.click("#permissions-0-available [role=option]").await;
    window.click(".two-lists-side:first-child .two-lists-foot button").await;
    assert_eq!(ticked(&window).await, 1);
    let told = window.run("return document.querySelector('.two-lists [role=status]').textContent").await;
    assert!(told.as_str().is_some_and(|told| told.ends_with("chosen; 1 chosen in all")), "{told}");
    // With keys: selects two more with Shift and moves them with Enter; the focus stays in the list.
    window.type_in("#permissions-0-available-filter", "doctor").await;
    window.keys("#permissions-0-available-filter", DOWN).await;
    window.keys("#permissions-0-available", &format!("{SHIFT}{DOWN}")).await;
    window.keys("#permissions-0-available", ENTER).await;
    assert_eq!(ticked(&window).await, 3);
    assert_eq!(window.run("return document.activeElement.id").await, "permissions-0-available");
    // All entries that match the filter.
    window.click(".two-lists-side:first-child .two-lists-foot button:last-child").await;
    let rest = ticked(&window).await;
    assert!(rest > 3);
    window.click("#permissions-0-chosen [role=option]").await;
    window.click(".two-lists-side:last-of-type .two-lists-foot button").await;
    assert_eq!(ticked(&window).await, rest - 1);
    window.has_no_barriers("the two lists").await;
    window.press(".form-actions button.primary").await;
    window.see("The group “Porters” was added").await;
    window.press("a[href^='/admin/groups/']:not([href$=add])").await;
    window.close().await;
}

async fn the_two_lists_fit_on_a_phone(clinic: Clinic) {
    let window = Window::open(360, 800).await;
    sign_in(&clinic, &window).await;
    window.goto(&clinic, "/admin/groups/1").await;
    let before = ticked(&window).await;
    window.click(".two-lists-side:last-of-type .two-lists-foot button:last-child").await;
    assert!(before > 0);
    assert_eq!(ticked(&window).await, 0);
    window.see("None chosen").await;
    window.is_sound("the two lists").await;
    for theme in ["light", "dark"] {
        window.run(&format!("document.documentElement.dataset.theme = '{theme}'")).await;
        window.has_no_barriers(&format!("the two lists on a phone ({theme})")).await;
    }
    window.close().await;
}

async fn a_long_text_field_counts_the_remaining_characters(clinic: Clinic) {
    let window = Window::open(360, 800).await;
    sign_in(&clinic, &window).await;
    window.goto(&clinic, "/patients/new").await;
    window.see("5000 characters left").await;
    window.run("document.querySelector('#address').value = 'é'.repeat(4998)").await;
    window.keys("#address", "é").await;
    window.see("1 character left").await;
    window.keys("#address", "éxx").await;
    window.see("2 characters too many").await;
    let told = window.client.wait().for_element(fantoccini::Locator::XPath("//*[@role='status'][contains(., '2 characters too many')]"));
    told.await.expect("it is told to those who do not see it");
    assert_eq!(window.run("return document.querySelector('#address').value.length").await, 5002, "nothing is cut");
    assert_eq!(window.run("return document.querySelector('#name ~ .field-count').hidden").await, true);
    window.run(&format!("document.querySelector('#name').value = '{}'", "x".repeat(110))).await;
    window.keys("#name", "x").await;
    window.see("9 characters left").await;
    window.press(".form-actions button.primary").await;
    window.see("Address must be 5000 characters or fewer").await;
    window.close().await;
}

async fn a_shortcut_enters_a_near_date(clinic: Clinic) {
    let window = Window::open(360, 800).await;
    sign_in(&clinic, &window).await;
    let ada = clinic.user_id("ada").await;
    let joined = clinic.user_joined(ada).await;
    window.goto(&clinic, &format!("/admin/users/{ada}")).await;
    window.click("details.form-section:has([id^=date_joined]) summary").await;
    let value = |part: &str| format!("return document.querySelector('#date_joined-{part}').value");
    let today = window.run(&value("date")).await;
    window.click(".date-shortcuts button:nth-child(1)").await;
    let yesterday = window.run(&value("date")).await;
    assert!(yesterday.as_str() < today.as_str(), "{yesterday} {today}");
    window.click(".date-shortcuts button:nth-child(3)").await;
    assert!(window.run(&value("date")).await.as_str() > today.as_str());
    window.click(".date-shortcuts button:nth-child(4)").await;
    assert!(window.run(&value("date")).await.as_str() >= today.as_str());
    assert_eq!(window.run(&value("time")).await.as_str().map(str::len), Some(5));
    window.is_sound("quick dates").await;
    window.has_no_barriers("quick dates").await;
    window.click(".date-shortcuts button:nth-child(1)").await;
    window.press(".form-actions button.primary").await;
    window.see("was changed").await;
    assert!(clinic.user_joined(ada).await < joined);
    window.close().await;
}

/// Whether the browser would ask before leaving the page. Drivers close that dialog before anybody sees it, so the page itself is
/// asked with an event.
const ASK: &str = "const leave = new Event('beforeunload', { cancelable: true }); dispatchEvent(leave);";

async fn is_asked(window: &Window) -> bool {
    window.run(&format!("{ASK} return leave.defaultPrevented")).await == true
}

async fn leaving_a_changed_form_asks_first(clinic: Clinic) {
    let window = Window::open(1280, 900).await;
    sign_in(&clinic, &window).await;
    window.goto(&clinic, "/patients").await;
    window.type_in(".filters input[type=search]", "zola").await;
    assert!(!is_asked(&window).await, "a search is nothing to save");
    window.goto(&clinic, "/doctors/new").await;
    window.type_in("#name", "Dr Grace Hopper").await;
    assert!(is_asked(&window).await);
    window.type_in("#specialization", "Cardiology").await;
    let note = format!("document.addEventListener('submit', () => {{ {ASK} sessionStorage.setItem('asked', leave.defaultPrevented) }})");
    window.run(&note).await;
    window.press(".form-actions button.primary").await;
    window.see("Dr Grace Hopper saved").await;
    assert_eq!(window.run("return sessionStorage.getItem('asked')").await, "false", "what is sent is not lost");
    window.goto(&clinic, "/doctors/new").await;
    window.type_in("#name", "x").await;
    window.keys("#name", "\u{e003}").await;
    assert!(!is_asked(&window).await, "changed back is not changed");
    window.close().await;
}
