//! Appointments in a real browser: the journeys of the desk with their loads and keys, the calendar by keyboard and by mouse, and
//! no barriers on any of the pages.

use std::cell::Cell;

use fantoccini::Locator;
use praxis::db::schema::appointments;

use diesel::prelude::*;

use super::{at, book, booked, doctor, kind, monday};
use crate::stories;
use crate::support::Clinic;
use crate::support::chromium::Window;
use crate::support::people::PASSWORD;

stories![
    Axe: pages_of_appointments_have_no_barriers_on_a_desktop,
    pages_of_appointments_have_no_barriers_on_a_phone,
];
stories![
    Browser: a_receptionist_books_within_four_loads,
    a_receptionist_cancels_and_books_again_within_five_clicks_on_a_phone,
    a_receptionist_uses_the_calendar_by_keyboard,
    a_receptionist_drags_an_appointment_to_another_time,
    a_board_follows_what_others_do,
];

const ENTER: &str = "\u{e007}";
const DOWN: &str = "\u{e015}";
const RIGHT: &str = "\u{e014}";

async fn sign_in(clinic: &Clinic, window: &Window) {
    clinic.administrator().await;
    window.goto(clinic, "/login").await;
    window.type_in("#username", "ada").await;
    window.type_in("#password", PASSWORD).await;
    window.press("main button.primary").await;
}

/// A clinic with a doctor, a type and a patient with an appointment.
async fn furnish(clinic: &Clinic) -> (i64, i64) {
    let owner = clinic.user_id("ada").await;
    let (hopper, follow_up) = (doctor(clinic, "Grace Hopper").await, kind(clinic, "Follow-up", 20, (0, 10)).await);
    doctor(clinic, "Samuel Okafor").await;
    let zola = clinic.patient("Émile Zola", owner).await;
    let id = booked(&book(&clinic.program_of("ada").await, zola, hopper, follow_up, &at(monday(clinic), "09:00")).await);
    (zola, id)
}

async fn pages_of_appointments_have_no_barriers_on_a_desktop(clinic: Clinic) {
    barriers(clinic, Window::open(1280, 900).await).await;
}

async fn pages_of_appointments_have_no_barriers_on_a_phone(clinic: Clinic) {
    barriers(clinic, Window::open(360, 800).await).await;
}

async fn barriers(clinic: Clinic, window: Window) {
    sign_in(&clinic, &window).await;
    window.goto(&clinic, "/calendar").await;
    window.has_no_barriers("an empty calendar").await;
    window.goto(&clinic, "/arrivals").await;
    window.has_no_barriers("an empty board").await;
    let (patient, id) = furnish(&clinic).await;
    let day = monday(&clinic);
    for path in [
        format!("/calendar?date={day}"),
        format!("/calendar/week?date={day}"),
        format!("/calendar/month?date={day}"),
        "/appointments".into(),
        "/appointments/new".into(),
        format!("/appointments/new?patient_id={patient}"),
        format!("/appointments/{id}"),
        format!("/appointments/{id}/move"),
        format!("/appointments/{id}/cancel"),
        format!("/patients/{patient}"),
        "/today".into(),
        "/reports/appointments".into(),
    ] {
        window.goto(&clinic, &path).await;
        let wide = window.run("return document.documentElement.scrollWidth > document.documentElement.clientWidth").await;
        assert_eq!(wide, false, "{path} scrolls sideways");
        for theme in ["light", "dark"] {
            window.run(&format!("document.documentElement.dataset.theme = '{theme}'")).await;
            window.has_no_barriers(&format!("{path} ({theme})")).await;
        }
    }
    let owner = clinic.user_id("ada").await;
    let kind = clinic.ask(|c| appointments::table.select((appointments::doctor_id, appointments::type_id)).first::<(i64, i64)>(c)).await;
    let begin = praxis::db::UtcDateTime::midnight(clinic.app.today()).rfc3339();
    let waiting = clinic.patient("Ada Byron", owner).await;
    let here = booked(&book(&clinic.program_of("ada").await, waiting, kind.0, kind.1, &begin).await);
    clinic.sign_in("ada").await.post(&format!("/appointments/{here}/arrive"), &[]).await.is(303);
    window.goto(&clinic, "/arrivals").await;
    window.see("Ada Byron").await;
    window.has_no_barriers("a board with somebody who waits").await;
    window.close().await;
}

/// Counts what somebody does.
struct Journey<'a> {
    window: &'a Window,
    loads: Cell<usize>,
    keys: Cell<usize>,
}

impl Journey<'_> {
    async fn press(&self, selector: &str) {
        self.loads.set(self.loads.get() + 1);
        self.window.press(selector).await;
    }

    async fn types(&self, text: &str) {
        self.keys.set(self.keys.get() + text.chars().count());
        self.window.type_on(text).await;
    }
}

async fn a_receptionist_books_within_four_loads(clinic: Clinic) {
    let window = Window::open(1280, 900).await;
    sign_in(&clinic, &window).await;
    furnish(&clinic).await;
    let journey = Journey { window: &window, loads: Cell::new(0), keys: Cell::new(0) };
    journey.press(".sidebar > nav a[href='/calendar']").await;
    journey.press(".page-head a[href='/appointments/new']").await;
    // The first field has the focus.
    journey.types("zola").await;
    window.client.wait().for_element(Locator::Css("[role=option]")).await.expect("the patient is offered");
    journey.types(DOWN).await;
    journey.types(ENTER).await;
    journey.press("section .actions button[name=show]").await;
    journey.press(".times button[name=at]").await;
    window.see("Booked:").await;
    window.see("Émile Zola").await;
    assert!(journey.loads.get() <= 4, "{} loads", journey.loads.get());
    assert!(journey.keys.get() <= 25, "{} keys", journey.keys.get());
    let count: i64 = clinic.ask(|c| appointments::table.count().get_result(c)).await;
    assert_eq!(count, 2);
    window.close().await;
}

async fn a_receptionist_cancels_and_books_again_within_five_clicks_on_a_phone(clinic: Clinic) {
    let window = Window::open(360, 780).await;
    sign_in(&clinic, &window).await;
    let (patient, id) = furnish(&clinic).await;
    window.goto(&clinic, &format!("/patients/{patient}")).await;
    let journey = Journey { window: &window, loads: Cell::new(0), keys: Cell::new(0) };
    journey.press(&format!("main a[href='/appointments/{id}']")).await;
    journey.press(".page-head a[href$='/cancel']").await;
    journey.press("button[name=rebook]").await;
    journey.press(".times button[name=at]").await;
    window.see("Booked:").await;
    assert!(journey.loads.get() <= 5);
    let states: Vec<String> = clinic.ask(|c| appointments::table.order(appointments::id).select(appointments::state).load(c)).await;
    assert_eq!(states, ["cancelled", "booked"]);
    window.close().await;
}

async fn a_receptionist_uses_the_calendar_by_keyboard(clinic: Clinic) {
    let window = Window::open(1280, 900).await;
    sign_in(&clinic, &window).await;
    let (_, id) = furnish(&clinic).await;
    window.goto(&clinic, &format!("/calendar?date={}", monday(&clinic))).await;
    window.run("document.querySelector('[data-calendar]').focus()").await;
    window.type_on(DOWN).await;
    let place = "return document.activeElement.getAttribute('href')";
    assert_eq!(window.run(place).await, format!("/appointments/{id}"), "the first of the first doctor");
    window.type_on(DOWN).await;
    assert!(window.run(place).await.as_str().is_some_and(|href| href.contains("time=09:30")));
    window.type_on(RIGHT).await;
    let beside = window.run(place).await;
    assert!(beside.as_str().is_some_and(|href| href.contains("time=09:30") && href.contains("doctor_id=2")), "{beside}");
    // n books at the time that has the focus.
    window.type_on("n").await;
    window.see("Choose a patient").await;
    let url = window.client.current_url().await.expect("an address");
    assert!(url.query().is_some_and(|query| query.contains("doctor_id=2")), "{url}");
    window.close().await;
}

async fn a_receptionist_drags_an_appointment_to_another_time(clinic: Clinic) {
    let window = Window::open(1280, 900).await;
    sign_in(&clinic, &window).await;
    let (_, id) = furnish(&clinic).await;
    let day = monday(&clinic);
    window.goto(&clinic, &format!("/calendar?date={day}")).await;
    // The driver cannot drag with data, so the events are those that a mouse would send.
    let drag = "const visit = document.querySelector('[data-moves]'); \
        const free = [...document.querySelectorAll('[data-free]')].find((one) => one.textContent.includes('10:30')); \
        const data = new DataTransfer(); \
        const send = (target, kind) => target.dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true })); \
        send(visit, 'dragstart'); send(free, 'dragover'); send(free, 'drop'); return visit.draggable";
    assert_eq!(window.run(drag).await, true);
    window.see("Moved:").await;
    let starts: praxis::db::UtcDateTime = clinic.ask(move |c| appointments::table.find(id).select(appointments::starts_at).first(c)).await;
    assert_eq!(starts.rfc3339(), at(day, "10:30"));
    // The page is the same day again, with the way back.
    assert!(window.client.current_url().await.expect("an address").path().starts_with("/calendar"));
    window.press(".flash button").await;
    let starts: praxis::db::UtcDateTime = clinic.ask(move |c| appointments::table.find(id).select(appointments::starts_at).first(c)).await;
    assert_eq!(starts.rfc3339(), at(day, "09:00"));
    window.close().await;
}

async fn a_board_follows_what_others_do(clinic: Clinic) {
    let window = Window::open(1280, 900).await;
    sign_in(&clinic, &window).await;
    let (patient, _) = furnish(&clinic).await;
    let kind = clinic.ask(|c| appointments::table.select((appointments::doctor_id, appointments::type_id)).first::<(i64, i64)>(c)).await;
    window.goto(&clinic, "/arrivals").await;
    window.see("Nobody else is expected today").await;
    let begin = praxis::db::UtcDateTime::midnight(clinic.app.today()).rfc3339();
    booked(&book(&clinic.program_of("ada").await, patient, kind.0, kind.1, &begin).await);
    // The page looks when it is looked at, not only every 20 seconds.
    window.run("document.dispatchEvent(new Event('visibilitychange'))").await;
    window.see("Émile Zola").await;
    window.press("#expected form button").await;
    window.see("1 waiting").await;
    window.close().await;
}
