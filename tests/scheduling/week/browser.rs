//! The week editor in a real browser: with a mouse on a desk, as a plain form on a phone and without script.

use crate::scheduling::{hours, kind, monday};
use crate::stories;
use crate::support::Clinic;
use crate::support::chromium::Window;
use crate::support::people::PASSWORD;

use super::{path, stored};

stories![
    Axe: the_week_has_no_barriers,
];
stories![
    Browser: a_doctor_drags_hours_into_the_week,
    a_doctor_plans_on_a_phone,
];

async fn open(clinic: &Clinic, width: u32) -> (Window, i64) {
    let window = Window::open(width, 900).await;
    clinic.administrator().await;
    window.goto(clinic, "/login").await;
    window.type_in("#username", "ada").await;
    window.type_in("#password", PASSWORD).await;
    window.press("main button.primary").await;
    let hopper = clinic.doctor("Grace Hopper").await;
    hours(clinic, hopper, "monday", (9, 12)).await;
    window.goto(clinic, &path(hopper)).await;
    (window, hopper)
}

/// Presses in a column at one time, moves to another and lets go. The picture shows 7 to 19 o'clock.
fn drag(day: &str, from: f64, to: f64) -> String {
    format!(
        "const column = document.querySelector('[data-week-column={day}]'); \
         const box = column.getBoundingClientRect(); \
         const at = (hour) => ({{ clientX: box.left + box.width / 2, clientY: box.top + (hour - 7) / 12 * box.height, \
             bubbles: true, cancelable: true, button: 0, pointerType: 'mouse' }}); \
         const target = document.elementFromPoint(at({from}).clientX, at({from}).clientY) ?? column; \
         target.dispatchEvent(new PointerEvent('pointerdown', at({from}))); \
         document.dispatchEvent(new PointerEvent('pointermove', at({to}))); \
         document.dispatchEvent(new PointerEvent('pointerup', at({to})));"
    )
}

async fn value(window: &Window, name: &str) -> String {
    let found = window.run(&format!("return document.querySelector('[name={name}]').value")).await;
    found.as_str().unwrap_or_default().to_string()
}

async fn a_doctor_drags_hours_into_the_week(clinic: Clinic) {
    let (window, _) = open(&clinic, 1280).await;
    window.run("document.querySelector('[data-week-picture]').scrollIntoView({ block: 'center' })").await;
    // New hours on Tuesday.
    window.run(&drag("tuesday", 9.02, 12.98)).await;
    assert_eq!((value(&window, "p0-tuesday-0-from").await.as_str(), value(&window, "p0-tuesday-0-to").await.as_str()), ("09:00", "13:00"));
    // Those of Monday begin an hour later, and end later.
    window.run(&drag("monday", 10.5, 11.5)).await;
    assert_eq!((value(&window, "p0-monday-0-from").await.as_str(), value(&window, "p0-monday-0-to").await.as_str()), ("10:00", "13:00"));
    window.run(&drag("monday", 12.98, 15.0)).await;
    assert_eq!((value(&window, "p0-monday-0-from").await.as_str(), value(&window, "p0-monday-0-to").await.as_str()), ("10:00", "15:00"));
    // What is typed is drawn.
    window.run("const to = document.querySelector('[name=p0-tuesday-0-to]'); to.value = '14:30'; to.dispatchEvent(new Event('input', { bubbles: true }))").await;
    let drawn = "return document.querySelector('[data-week-column=tuesday] li').className";
    assert_eq!(window.run(drawn).await, "week-block h-9 m-0 lh-5 lm-30");
    window.press("form.week-form .form-actions .primary").await;
    window.see("Working hours saved").await;
    let week = stored(&clinic).await;
    assert_eq!(week.iter().map(|(_, _, from, to)| (*from, *to)).collect::<Vec<_>>(), [(600, 900), (540, 870)]);
    window.close().await;
}

async fn a_doctor_plans_on_a_phone(clinic: Clinic) {
    let (window, hopper) = open(&clinic, 360).await;
    assert_eq!(window.run("return getComputedStyle(document.querySelector('[data-week-picture]')).display").await, "none");
    // With script, a row is added without a new page.
    window.click("button[value=p0-friday]").await;
    assert_eq!(window.run("return document.activeElement.name").await, "p0-friday-0-from");
    window.run("document.querySelector('[name=p0-friday-0-from]').value = '08:00'; document.querySelector('[name=p0-friday-0-to]').value = '10:00'").await;
    window.click("button[name=remove][value=p0-monday-0]").await;
    window.press("form.week-form .form-actions .primary").await;
    window.see("Working hours saved").await;
    assert_eq!(stored(&clinic).await, [("friday".to_string(), "hours".to_string(), 480, 600)]);
    // The same without.
    window.switch_script_off().await;
    window.goto(&clinic, &path(hopper)).await;
    window.press("button[value=p0-saturday-break]").await;
    window.press("button[name=copy]").await;
    window.press("button[name=remove][value=p0-friday-0]").await;
    window.press("form.week-form .form-actions .primary").await;
    assert!(stored(&clinic).await.is_empty());
    window.close().await;
}

async fn the_week_has_no_barriers(clinic: Clinic) {
    let (window, hopper) = open(&clinic, 1280).await;
    kind(&clinic, "Follow-up", 20, (0, 0)).await;
    let owner = clinic.user_id("ada").await;
    let zola = clinic.patient("Émile Zola", owner).await;
    for place in [path(hopper), "/working-hours".into()] {
        window.goto(&clinic, &place).await;
        window.is_open_to_all(&place).await;
    }
    window.goto(&clinic, &path(hopper)).await;
    window.run("document.querySelector('[name=p0-monday-0-to]').value = '08:00'").await;
    window.press("form.week-form .form-actions .primary").await;
    window.see("The end must be after the beginning").await;
    window.is_open_to_all("a week with an error").await;
    window.goto(&clinic, &format!("/appointments/new?patient_id={zola}&from={}", monday(&clinic))).await;
    window.run("document.querySelectorAll('details.form-section').forEach((one) => { one.open = true; })").await;
    window.is_open_to_all("a repeat").await;
    window.run("document.querySelector('[name=repeat_times]').value = '4'").await;
    window.press(".times button[name=at]").await;
    window.see("Book 4 appointments").await;
    window.is_open_to_all("the dates of a series").await;
    window.click(".series input[type=checkbox]").await;
    window.see("Book 3 appointments").await;
    window.press("form [name=book]").await;
    window.see("1 of 3, Mondays").await;
    window.is_open_to_all("an appointment of a series").await;
    window.press("main a[href$='/series/cancel']").await;
    window.is_open_to_all("cancelling a series").await;
    window.close().await;
}
