//! Forged requests from other sites.

use actix_web::http::Method;

use crate::stories;
use crate::support::{Browser, Clinic};

stories![
    a_form_without_a_token_changes_nothing,
    a_csrf_token_of_another_session_is_refused,
    a_request_from_another_site_changes_nothing,
    requests_from_our_own_pages_are_accepted,
    an_unknown_host_name_is_refused,
];

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

async fn send(browser: &Browser, token: &str, headers: &[(&str, &str)]) -> u16 {
    let body = format!("name=Zola&age=40&gender=male&_similar=1&csrf_token={token}").into_bytes();
    let headers: Vec<_> = [FORM].into_iter().chain(headers.iter().copied()).collect();
    browser.send(Method::POST, "/patients/new", &headers, body).await.status
}

async fn a_form_without_a_token_changes_nothing(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let token = rosa.token().await;
    let first = if token.starts_with('A') { "B" } else { "A" };
    let flipped = format!("{first}{}", &token[1..]);
    for wrong in ["", "x", &"A".repeat(86), &token[1..], &flipped, &format!("{token}A"), "%00"] {
        assert_eq!(send(&rosa, wrong, &[]).await, 403, "{wrong}");
    }
    assert_eq!(clinic.patient_names().await, Vec::<String>::new());
    assert_eq!(send(&rosa, &token, &[]).await, 303);
    let page = rosa.send(Method::POST, "/logout", &[FORM], Vec::new()).await;
    page.is(403).see("Nothing was changed");
    rosa.open("/").await;
}

async fn a_csrf_token_of_another_session_is_refused(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let visitor = clinic.visitor();
    let before = visitor.token().await;
    let colin = clinic.colleague().await;
    assert_eq!(send(&rosa, &colin.token().await, &[]).await, 403);
    assert_eq!(send(&rosa, &before, &[]).await, 403);
    let (one, two) = (rosa.token().await, rosa.token().await);
    assert_ne!(one, two, "a token is masked anew each time");
    assert_eq!((send(&rosa, &one, &[]).await, send(&rosa, &two, &[]).await), (303, 303));
}

async fn a_request_from_another_site_changes_nothing(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let token = rosa.token().await;
    for header in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "http://127.0.0.1:1"),
        ("origin", "nonsense"),
    ] {
        assert_eq!(send(&rosa, &token, &[header]).await, 403, "{header:?}");
    }
    assert_eq!(clinic.patient_names().await, Vec::<String>::new());
}

async fn requests_from_our_own_pages_are_accepted(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let token = rosa.token().await;
    let origin = format!("http://{}", clinic.address);
    // With Referrer-Policy: no-referrer browsers send `Origin: null` with our own forms.
    for headers in [&[("sec-fetch-site", "same-origin"), ("origin", "null")][..], &[("origin", &origin)], &[("origin", "null")], &[]] {
        assert_eq!(send(&rosa, &token, headers).await, 303, "{headers:?}");
    }
}

async fn an_unknown_host_name_is_refused(clinic: Clinic) {
    let visitor = clinic.visitor();
    for host in ["evil.example", "127.0.0.1.evil.example", "", "localhost.evil:80"] {
        let page = visitor.send(Method::GET, "/login", &[("host", host)], Vec::new()).await;
        page.is(400).see("This host name is not allowed");
        assert!(!page.body.contains("evil"), "{host}");
    }
    let page = visitor.send(Method::GET, "/login", &[("host", "localhost:9"), ("x-forwarded-host", "evil.example")], Vec::new()).await;
    assert!(!page.is(200).body.contains("evil"));
}
