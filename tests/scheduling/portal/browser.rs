//! The pages of patients in a real browser: no barriers, at 320 pixels and on a desktop, and a request without script.

use praxis::db::schema::appointment_offers;

use diesel::prelude::*;

use super::{booked_now, latest_link, open_kind};
use crate::scheduling::messages::telling::reachable;
use crate::scheduling::{at, book, booked, doctor, monday};
use crate::stories;
use crate::support::Clinic;
use crate::support::chromium::Window;
use crate::support::people::PASSWORD;

stories![
    Axe: pages_of_patients_have_no_barriers_at_320_pixels,
    pages_of_patients_have_no_barriers_on_a_desktop,
];
stories![Browser: a_patient_cancels_by_a_link_without_script];

const ZOLA: &str = "emile@example.org";

async fn pages_of_patients_have_no_barriers_at_320_pixels(clinic: Clinic) {
    barriers(clinic, Window::open(320, 640).await).await;
}

async fn pages_of_patients_have_no_barriers_on_a_desktop(clinic: Clinic) {
    barriers(clinic, Window::open(1280, 900).await).await;
}

async fn barriers(clinic: Clinic, window: Window) {
    let ada = clinic.administrator().await;
    let (day, desk) = (monday(&clinic), clinic.program_of("ada").await);
    let (hopper, first) = (doctor(&clinic, "Grace Hopper").await, open_kind(&clinic, "First visit", "request", 0).await);
    let zola = reachable(&clinic, "Émile Zola", ZOLA).await;
    booked(&book(&desk, zola, hopper, first, &at(day, "09:00")).await);
    let visit = latest_link(&clinic, ZOLA).await;
    // What the desk sees of an absence, and the offer that follows from it.
    window.goto(&clinic, "/login").await;
    window.type_in("#username", "ada").await;
    window.type_in("#password", PASSWORD).await;
    window.press("main button.primary").await;
    window.goto(&clinic, &format!("/absences/new?doctor_id={hopper}&first_day={day}")).await;
    window.is_open_to_all("an absence").await;
    window.press("section button[name=look]").await;
    window.is_open_to_all("who is affected").await;
    window.press(".form-section .form-actions button.primary").await;
    window.see("Without an answer: 1").await;
    window.is_open_to_all("who has answered").await;
    for path in ["/waiting-list", "/waiting-list/new", "/admin/booking-rules", "/admin/appointment-offers"] {
        window.goto(&clinic, path).await;
        window.is_open_to_all(path).await;
    }
    let offer = latest_link(&clinic, ZOLA).await;
    let open: i64 = clinic.ask(|c| appointment_offers::table.count().get_result(c)).await;
    assert_eq!(open, 1);
    drop(ada);
    for (path, words) in [(visit.clone(), "Your appointment"), (offer, "Choose a time"), (format!("{visit}/new"), "Book an appointment")] {
        window.goto(&clinic, &path).await;
        window.see(words).await;
        window.is_open_to_all(words).await;
    }
    window.close().await;
}

async fn a_patient_cancels_by_a_link_without_script(clinic: Clinic) {
    clinic.administrator().await;
    let (day, desk) = (monday(&clinic), clinic.program_of("ada").await);
    let (hopper, checkup) = (doctor(&clinic, "Grace Hopper").await, open_kind(&clinic, "Check-up", "patient", 0).await);
    let zola = reachable(&clinic, "Émile Zola", ZOLA).await;
    booked(&book(&desk, zola, hopper, checkup, &at(day, "09:00")).await);
    let window = Window::open(320, 640).await;
    window.switch_script_off().await;
    window.goto(&clinic, &latest_link(&clinic, ZOLA).await).await;
    window.press("form[action$='/confirm'] button").await;
    window.see("You said that you will come").await;
    window.click("summary").await;
    window.type_in("#reason", "On holiday").await;
    window.press("button.danger").await;
    window.see("The appointment is cancelled").await;
    assert_eq!(booked_now(&clinic).await, [(zola, "cancelled".to_string(), true)]);
    window.close().await;
}
