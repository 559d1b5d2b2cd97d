//! The first day of a clinic, in a real browser: from the set-up link to the administration.

use praxis::accounts::sign_in::first_admin::make_link;

use crate::stories;
use crate::support::Clinic;
use crate::support::chromium::Window;
use crate::support::people::PASSWORD;

stories![Browser: a_clinic_has_its_first_day_on_a_desktop, a_clinic_has_its_first_day_on_a_phone];

async fn a_clinic_has_its_first_day_on_a_desktop(clinic: Clinic) {
    first_day(clinic, Window::open(1280, 900).await, false).await;
}

async fn a_clinic_has_its_first_day_on_a_phone(clinic: Clinic) {
    first_day(clinic, Window::open(360, 800).await, true).await;
}

async fn first_day(clinic: Clinic, window: Window, phone: bool) {
    let link = make_link(&clinic.app).await.expect("a link").expect("nobody administers yet");
    let path = link.trim_start_matches(clinic.app.settings.public_url.as_str().trim_end_matches('/')).to_string();
    window.goto(&clinic, &path).await;
    for (field, text) in [
        ("#username", "ada"),
        ("#email", "ada@example.org"),
        ("#first_name", "Ada"),
        ("#password", PASSWORD),
        ("#password_again", PASSWORD),
    ] {
        window.type_in(field, text).await;
    }
    window.press("main button.primary").await;
    window.see("Your administrator account is ready").await;

    window.press("a[href='/doctors/new']").await;
    window.type_in("#name", "Dr Grace Hopper").await;
    window.type_in("#specialization", "Cardiology").await;
    window.press(".form-actions button.primary").await;
    window.see("Dr Grace Hopper saved").await;

    window.goto(&clinic, "/patients/new").await;
    window.type_in("#date_of_birth-day", "2").await;
    window.type_in("#date_of_birth-year", "1964").await;
    window.press(".form-actions button.primary").await;
    window.see("There is a problem").await;
    window.see("Date of birth must include a month").await;
    let focused = window.run("return document.activeElement.className").await;
    assert_eq!(focused, "error-summary", "the summary has the focus");
    window.click(".error-summary a[href='#name']").await;
    assert_eq!(window.run("return document.activeElement.id").await, "name");
    window.type_in("#name", "Émile Zola").await;
    window.type_in("#date_of_birth-month", "apr").await;
    window.click("label:has(#gender-1)").await;
    window.press(".form-actions button.primary").await;
    window.see("Born 2 Apr 1964").await;

    // The picker stands on the record: a part of the name or the specialty is enough.
    window.keys(".card-form .reference-search", "hopper").await;
    window.client.wait().for_element(fantoccini::Locator::Css(".card-form [role=option]")).await.expect("the doctor is offered");
    window.click(".card-form [role=option]").await;
    window.press(".card-form > button").await;
    window.see("Doctor assigned to Émile Zola").await;
    window.see("Cardiology").await;

    if phone {
        window.click(".menu summary").await;
        window.press(".menu-panel a[href='/admin']").await;
    } else {
        window.press(".sidebar > nav a[href='/admin']").await;
    }
    window.press("main a[href='/admin/patients']").await;
    window.see("Zola, Émile").await;
    window.press("td.main-cell a").await;
    window.press("a[href$='/history']").await;
    window.see("2 Apr 1964").await;
    window.goto(&clinic, "/admin/doctors/1/delete").await;
    window.see("cannot be deleted").await;
    window.goto(&clinic, "/").await;
    if phone {
        window.click(".menu summary").await;
        window.press(".menu-panel form[action='/logout'] button").await;
    } else {
        window.press(".sidebar-foot button").await;
    }
    window.see("You were signed out").await;
    window.close().await;
}
