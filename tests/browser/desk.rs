//! The dashboard and viewing as another user, in a real browser, partly with the keyboard alone.

use crate::stories;
use crate::support::Clinic;
use crate::support::chromium::Window;
use crate::support::people::{PASSWORD, Rights};

stories![Axe: a_superuser_uses_the_dashboard_and_impersonates_on_a_desktop, a_superuser_uses_the_dashboard_and_impersonates_on_a_phone];

async fn a_superuser_uses_the_dashboard_and_impersonates_on_a_desktop(clinic: Clinic) {
    walk(clinic, Window::open(1280, 900).await, false).await;
}

async fn a_superuser_uses_the_dashboard_and_impersonates_on_a_phone(clinic: Clinic) {
    walk(clinic, Window::open(360, 800).await, true).await;
}

async fn walk(clinic: Clinic, window: Window, phone: bool) {
    let ada = clinic.account("ada", Rights { is_staff: true, is_superuser: true, ..Rights::default() }).await;
    let rosa = clinic.account("rosa", Rights { groups: &["Staff"], ..Rights::default() }).await;
    clinic.patient("Émile Zola", ada).await;
    window.goto(&clinic, "/login").await;
    window.type_in("#username", "ada").await;
    window.type_in("#password", PASSWORD).await;
    window.press("button.primary").await;

    window.goto(&clinic, "/admin").await;
    window.see("New patients").await;
    let wide = window.run("return document.documentElement.scrollWidth > document.documentElement.clientWidth").await;
    assert_eq!(wide, false, "the dashboard scrolls sideways");
    window.run("document.querySelector('.chart summary').focus()").await;
    window.keys(".chart summary", "\u{E007}").await;
    assert_eq!(window.run("return document.querySelector('.chart details').open").await, true, "Enter opens the table");
    window.has_no_barriers("/admin with a table").await;

    if phone {
        window.click(".menu summary").await;
        window.press(".menu-panel a[href='/admin/system']").await;
    } else {
        window.press(".sidebar > nav a[href='/admin/system']").await;
    }
    window.see("DATABASE_URL").await;

    window.goto(&clinic, &format!("/admin/users/{rosa}")).await;
    window.click(".page-head .menu summary").await;
    window.press(&format!("a[href='/users/{rosa}/view-as']")).await;
    window.press(".form-actions button.primary").await;
    window.see("You are viewing Praxis as").await;
    for theme in ["light", "dark"] {
        window.run(&format!("document.documentElement.dataset.theme = '{theme}'")).await;
        window.has_no_barriers(&format!("looking on ({theme})")).await;
    }
    let wide = window.run("return document.documentElement.scrollWidth > document.documentElement.clientWidth").await;
    assert_eq!(wide, false, "the band makes the page scroll sideways");
    let covered = "const band = document.querySelector('.viewing-as').getBoundingClientRect(); \
        const sidebar = document.querySelector('.sidebar').getBoundingClientRect(); return band.bottom > sidebar.top + 1";
    assert_eq!(window.run(covered).await, false, "the band covers the sidebar");
    window.goto(&clinic, "/doctors/new").await;
    window.see("You cannot make changes").await;
    window.has_no_barriers("a refused act").await;
    window.press(".viewing-as button").await;
    window.see("You are no longer viewing Praxis as").await;
    window.close().await;
}
