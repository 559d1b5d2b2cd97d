//! What a page weighs: requests and bytes as they are sent, on the first visit and on later ones.

use crate::browser::script::sign_in;
use crate::stories;
use crate::support::Clinic;
use crate::support::chromium::Window;

stories![Browser: a_page_keeps_to_its_weight];

/// The first visit, with styles, scripts, icons and fonts.
const FIRST: (f64, f64) = (8.0, 120_000.0);
/// A later page, of which only the page itself is loaded.
const LATER: (f64, f64) = (2.0, 15_000.0);

/// Requests and bytes of the page that is shown; what comes from the cache counts for neither.
async fn weight(window: &Window) -> (f64, f64) {
    let script = "const sent = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]\
                  .map(one => one.transferSize).filter(size => size > 0); \
                  return [sent.length, sent.reduce((sum, size) => sum + size, 0)]";
    let found = window.run(script).await;
    let number = |place: usize| found.get(place).and_then(serde_json::Value::as_f64).expect("a number");
    (number(0), number(1))
}

async fn a_page_keeps_to_its_weight(clinic: Clinic) {
    let window = Window::open(1280, 900).await;
    sign_in(&clinic, &window).await;
    let owner = clinic.user_id("ada").await;
    let doctor = clinic.doctor("Dr Erdoğan Őry").await;
    let mut patient = 0;
    for number in 0..60 {
        patient = clinic.patient(&format!("Zoë Kovács-Győri {number:04}"), owner).await;
        clinic.assignment(patient, doctor).await;
    }
    let pages = [
        "/".to_string(),
        "/patients".into(),
        format!("/patients/{patient}"),
        format!("/patients/{patient}/edit"),
        "/admin/patients".into(),
        format!("/admin/doctors/{doctor}"),
        "/security".into(),
        "/api/docs/".into(),
        "/api/docs/patients/".into(),
        "/login".into(),
    ];
    for path in &pages {
        window.forget_files().await;
        window.goto(&clinic, path).await;
        let (requests, bytes) = weight(&window).await;
        assert!(requests <= FIRST.0 && bytes <= FIRST.1, "{path}, first visit: {requests} requests, {bytes} bytes");
        window.goto(&clinic, path).await;
        let (requests, bytes) = weight(&window).await;
        assert!(requests <= LATER.0 && bytes <= LATER.1, "{path}, later: {requests} requests, {bytes} bytes");
    }
    window.close().await;
}
