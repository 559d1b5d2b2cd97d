//! Accessibility: axe-core finds no violations, at desk and phone width, in light and dark.

use crate::stories;
use crate::support::Clinic;
use crate::support::chromium::Window;
use crate::support::people::{PASSWORD, Rights};
use crate::transfer::{checked, uploaded};

stories![Axe: no_page_has_accessibility_violations_on_a_desktop, no_page_has_accessibility_violations_on_a_phone];

async fn no_page_has_accessibility_violations_on_a_desktop(clinic: Clinic) {
    walk(clinic, Window::open(1280, 900).await, true).await;
}

async fn no_page_has_accessibility_violations_on_a_phone(clinic: Clinic) {
    walk(clinic, Window::open(360, 800).await, false).await;
}

/// Colours are the same at each width, so the dark ones are checked at one.
async fn walk(clinic: Clinic, window: Window, is_wide: bool) {
    let ada = clinic.account("ada", Rights { is_staff: true, is_superuser: true, ..Rights::default() }).await;
    let rosa = clinic.account("rosa", Rights { groups: &["Staff"], ..Rights::default() }).await;
    let doctor = clinic.doctor("Dr Grace Hopper").await;
    let patient = clinic.patient("Émile Zola", ada).await;
    clinic.assignment(patient, doctor).await;
    clinic.mail().await;
    let link = clinic.invitation(ada).await;
    let rows = b"Number,Name,Gender,Age\r\n,New One,male,3\r\n,,alien,3\r\n1,Renamed,female,40\r\n";
    let browser = clinic.sign_in("ada").await;
    let (waiting, found) = (uploaded(&browser, "patients", rows).await, checked(&browser, "patients", rows).await);
    for path in ["/login", "/register", "/nothing", "/dev/mail", "/dev/mail/1", "/invitation/used", &link] {
        window.goto(&clinic, path).await;
        window.has_no_barriers(path).await;
    }
    window.goto(&clinic, "/register").await;
    window.press("button.primary").await;
    window.has_no_barriers("/register with errors").await;
    window.goto(&clinic, "/login").await;
    window.type_in("#username", "ada").await;
    window.type_in("#password", PASSWORD).await;
    window.press("button.primary").await;
    let pages = [
        "/".to_string(),
        "/patients".into(),
        "/patients?q=zola&gender=female".into(),
        "/patients?q=nobody".into(),
        "/patients/new".into(),
        format!("/patients/{patient}"),
        format!("/patients/{patient}/edit"),
        format!("/patients/{patient}/delete"),
        format!("/patients/{patient}/doctors/new"),
        "/doctors".into(),
        format!("/doctors/{doctor}"),
        format!("/doctors/{doctor}/delete"),
        "/admin/clinic".into(),
        "/search?q=a".into(),
        "/api/docs/".into(),
        "/api/docs/patients/#patients_list".into(),
        "/admin".into(),
        "/admin/system".into(),
        "/admin/patients".into(),
        "/admin/patients/export?q=zola".into(),
        "/admin/patients/import".into(),
        waiting,
        found.path,
        "/admin/users".into(),
        format!("/admin/users/{ada}"),
        format!("/admin/users/{ada}/history"),
        format!("/admin/users/{ada}/delete"),
        format!("/admin/doctors/{doctor}"),
        format!("/admin/patients/{patient}"),
        "/admin/groups/1".into(),
        "/admin/mappings/new".into(),
        "/admin/log".into(),
        "/admin/log/1".into(),
        "/admin/mails".into(),
        "/admin/mails/1".into(),
        "/admin/mails/1/resend".into(),
        format!("/users/{ada}/password"),
        format!("/users/{rosa}/view-as"),
        format!("/users/{ada}/view-as"),
        format!("/users/{ada}/invitation"),
        "/nothing".into(),
    ];
    for path in &pages {
        window.goto(&clinic, path).await;
        match is_wide {
            true => window.is_open_to_all(path).await,
            false => window.has_no_barriers_but_of_colour(path).await,
        }
    }
    window.goto(&clinic, "/patients/new").await;
    window.press(".form-actions button.primary").await;
    window.has_no_barriers("/patients/new with errors").await;
    window.goto(&clinic, &format!("/patients/{patient}/edit")).await;
    clinic.sign_in("ada").await.fill(&format!("/patients/{patient}/edit"), &[("name", "Theirs")]).await.is(303);
    window.type_in("#name", "Mine").await;
    window.type_in("#age", "41").await;
    window.press(".form-actions button.primary").await;
    window.see("Two versions of Theirs").await;
    window.press(".form-actions button.primary").await;
    window.run("document.querySelectorAll('details').forEach(one => { one.open = true })").await;
    window.has_no_barriers("two versions, undecided").await;
    window.goto(&clinic, "/patients/new").await;
    window.press("button[name=_related]").await;
    window.has_no_barriers("a related record").await;
    window.goto(&clinic, &format!("/patients/{patient}/edit")).await;
    window.run("document.querySelector('main form').action = '/patients/99999/edit'").await;
    window.press(".form-actions button.primary").await;
    window.see("has been deleted").await;
    window.has_no_barriers("a record that is gone").await;
    window.close().await;
}
