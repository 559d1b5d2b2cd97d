//! The first day of a clinic, in a real browser: from the set-up link to the administration.

use diesel::prelude::*;
use praxis::accounts::sign_in::first_admin::make_link;
use praxis::db::schema::patients;

use crate::stories;
use crate::support::Clinic;
use crate::support::chromium::Window;
use crate::support::people::PASSWORD;

stories![
    Browser: a_clinic_has_its_first_day_on_a_desktop, a_clinic_has_its_first_day_on_a_phone,
    a_receptionist_registers_and_assigns_with_few_keys, a_receptionist_registers_and_assigns_with_few_keys_on_a_phone,
    a_receptionist_finds_a_patient_with_one_page, a_receptionist_finds_a_patient_with_one_page_on_a_phone,
];

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
    window.see("is assigned to Émile Zola").await;
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

const TAB: char = '\u{e004}';
const ENTER: char = '\u{e007}';
const DOWN: char = '\u{e015}';

/// Counts the keys that are pressed beside the data; the window counts the pages that are loaded.
struct Desk {
    window: Window,
    keys: usize,
}

impl Desk {
    async fn open(clinic: &Clinic, window: Window) -> Self {
        clinic.receptionist().await;
        window.goto(clinic, "/login").await;
        window.type_in("#username", "rosa").await;
        window.type_in("#password", PASSWORD).await;
        window.press("main button.primary").await;
        window.see("Good ").await;
        window.counts_loads().await;
        Self { window, keys: 0 }
    }

    /// A part of the data.
    async fn data(&self, text: &str) {
        self.window.type_on(text).await;
    }

    async fn key(&mut self, key: char) {
        self.keys += 1;
        self.window.type_on(&key.to_string()).await;
    }

    /// Checks the pages that were loaded and the keys that were pressed until now.
    async fn took(&self, pages: u64, keys: usize) {
        let loads = self.window.loads().await;
        assert!((1..=pages).contains(&loads) && self.keys <= keys, "{loads} loads, {} keys", self.keys);
    }
}

async fn a_receptionist_registers_and_assigns_with_few_keys(clinic: Clinic) {
    few_keys(clinic, Window::open(1280, 900).await).await;
}

async fn a_receptionist_registers_and_assigns_with_few_keys_on_a_phone(clinic: Clinic) {
    few_keys(clinic, Window::open(360, 800).await).await;
}

async fn few_keys(clinic: Clinic, window: Window) {
    clinic.doctor("Grace Hopper").await;
    let mut desk = Desk::open(&clinic, window).await;
    desk.window.click("main a[href='/patients/new']").await;
    desk.window.see("Not known?").await;
    desk.data("Ana Lima").await;
    desk.key(TAB).await;
    // The separators are a part of the date.
    desk.data("2.4.1964").await;
    desk.key(TAB).await;
    desk.key(TAB).await;
    // The gender that is chosen, from the first one on.
    desk.data(" ").await;
    desk.key(ENTER).await;
    desk.window.see("Born 2 Apr 1964").await;
    desk.took(2, 4).await;
    desk.window.click(".card-form .reference-search").await;
    desk.data("cardio").await;
    desk.window.client.wait().for_element(fantoccini::Locator::Css(".card-form [role=option] small")).await.expect("the doctor");
    desk.key(DOWN).await;
    desk.key(ENTER).await;
    desk.key(TAB).await;
    desk.key(ENTER).await;
    desk.window.see("is assigned to Ana Lima").await;
    desk.took(3, 8).await;
    let sorted = clinic.ask(|c| patients::table.select((patients::sort_name, patients::age)).first::<(String, i32)>(c)).await;
    assert_eq!(sorted, ("Lima, Ana".into(), 62));
    desk.window.close().await;
}

async fn a_receptionist_finds_a_patient_with_one_page(clinic: Clinic) {
    one_page(clinic, Window::open(1280, 900).await).await;
}

async fn a_receptionist_finds_a_patient_with_one_page_on_a_phone(clinic: Clinic) {
    one_page(clinic, Window::open(360, 800).await).await;
}

async fn one_page(clinic: Clinic, window: Window) {
    let desk = Desk::open(&clinic, window).await;
    let rosa = clinic.user_id("rosa").await;
    let id = clinic.patient("Émile Zola", rosa).await;
    let born = patients::date_of_birth.eq(time::macros::date!(1964 - 04 - 02));
    clinic.arrange(move |c| diesel::update(patients::table.find(id)).set(born).execute(c)).await.expect("born");
    for typed in ["zola".to_string(), format!("P-{id:06}"), "2 apr 1964".into()] {
        desk.window.goto(&clinic, "/today").await;
        desk.window.counts_from_here().await;
        desk.window.run("document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'k', ctrlKey: true, bubbles: true, cancelable: true}))").await;
        // Enter at once: the palette waits for the response.
        desk.data(&format!("{typed}{ENTER}")).await;
        desk.window.see("Visible to").await;
        assert_eq!(desk.window.run("return location.pathname").await, format!("/patients/{id}"), "{typed}");
        assert_eq!(desk.window.loads().await, 1, "{typed}");
    }
    desk.window.close().await;
}
