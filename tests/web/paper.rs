//! Pages on paper.

use crate::browser::script::sign_in;
use crate::stories;
use crate::support::Clinic;
use crate::support::chromium::Window;

stories![Browser: a_printed_record_says_where_when_and_by_whom];

async fn a_printed_record_says_where_when_and_by_whom(clinic: Clinic) {
    let window = Window::open(794, 1123).await;
    sign_in(&clinic, &window).await;
    let id = clinic.patient("Émile Zola", clinic.user_id("ada").await).await;
    window.goto(&clinic, &format!("/patients/{id}?list=all")).await;
    let shown = |selector: &str| format!("return document.querySelector('{selector}')?.checkVisibility() ?? false");
    assert_eq!(window.run(&shown(".paper-head")).await, false);
    window.on_paper().await;
    let head = window.client.find(fantoccini::Locator::Css(".paper-head")).await.expect("a head");
    let head = head.text().await.expect("its text");
    let year = clinic.app.today().year().to_string();
    assert!(head.starts_with("Praxis") && head.contains(&year) && head.ends_with("ada"), "{head}");
    for gone in [".sidebar", ".toolbar", ".page-head .actions"] {
        assert_eq!(window.run(&shown(gone)).await, false, "{gone}");
    }
    window.see("Émile Zola").await;
    window.close().await;
}
