//! Requests that are too large, too slow or of the wrong type.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use actix_web::http::Method;

use crate::stories;
use crate::support::Clinic;
use crate::support::people::{PASSWORD, Rights};

stories![
    a_form_is_at_most_sixty_four_kilobytes,
    other_content_is_refused,
    unusual_addresses_get_an_answer,
    a_request_that_waits_too_long_asks_the_user_to_try_again,
    a_slow_request_body_is_cut_off,
    many_sign_ins_leave_the_clinic_responsive
];

async fn a_form_is_at_most_sixty_four_kilobytes(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let large = "x".repeat(70_000);
    rosa.post("/patients/new", &[("name", &large)]).await.is(413).see("The request is too large");
    let page = rosa.post("/patients/new", &[("name", "Émile Zola"), ("age", "40"), ("gender", "male"), ("address", &large)]).await;
    page.is(413).see("The request is too large").see("nothing is lost: shorten it");
    // What was sent is in the page, and goes on once it is shorter.
    let (action, mut kept) = page.form();
    assert_eq!((action.as_str(), page.value("address").len()), ("/patients/new", 70_000));
    kept.retain(|(name, _)| name != "address");
    kept.push(("address".into(), "Médan".into()));
    rosa.post_pairs(&action, &kept).await.is(303);
    assert_eq!(clinic.patient_names().await, ["Émile Zola"]);
    rosa.post("/patients/new", &[("name", &"x".repeat(300_000))]).await.is(413).see("The request is too large");
    let many: Vec<(&str, &str)> = (0..1001).map(|_| ("a", "b")).collect();
    rosa.post("/patients/new", &many).await.is(413);
    let almost = "x".repeat(60_000);
    rosa.post("/patients/new", &[("name", &almost), ("age", "40"), ("gender", "male")]).await.is(422);
}

async fn other_content_is_refused(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    for kind in ["text/plain", "application/json", "multipart/form-data; boundary=x"] {
        rosa.send(Method::POST, "/patients/new", &[("content-type", kind)], b"{}".to_vec()).await.is(415).see("Unsupported content type");
    }
    for method in [Method::PUT, Method::DELETE, Method::PATCH] {
        let page = rosa.send(method.clone(), "/patients/new", &[], Vec::new()).await;
        page.is(405).see("Method not allowed");
        assert_eq!(page.header("allow"), "GET, POST, HEAD", "{method}");
    }
    rosa.send(Method::TRACE, "/patients", &[], Vec::new()).await.is(405);
    rosa.send(Method::POST, "/nothing-here", &[], Vec::new()).await.is(404);
}

async fn unusual_addresses_get_an_answer(clinic: Clinic) {
    let ada = clinic.administrator().await;
    for path in [
        "/patients/0",
        "/patients/-1",
        "/patients/9223372036854775807",
        "/patients/9223372036854775808",
        "/patients/abc",
        "/patients/1e3",
        "/patients/%00",
        "/patients/%ff",
        "/patients/1%2f..",
        "/admin/nothing",
        "/admin/nothing/1",
        "/admin/patients/abc",
        "/admin/patients/77/history",
        "/admin/patients/77/delete",
        "/options/nothing",
        "/patients//edit",
        "/%2e%2e/%2e%2e/etc/passwd",
    ] {
        ada.get(path).await.is(404).see("Page not found");
    }
    let long = "x".repeat(20_000);
    ada.get(&format!("/patients?q={long}")).await.is(400);
    for query in [
        "q=%ff%fe",
        "q=%00",
        "specialization=%00",
        "username=a%00b",
        "page=-1",
        "page=1e9",
        "sort=,,,",
        "&&&=&==",
        "gender=male&gender=female",
        "q[]=a",
        "created_at=%00",
    ] {
        for path in ["/patients", "/admin/patients", "/admin/users", "/admin/log", "/search"] {
            ada.open(&format!("{path}?{query}")).await;
        }
    }
}

/// The time limit itself is ten seconds; here a body is announced and never sent, by two clients at once.
async fn a_slow_request_body_is_cut_off(clinic: Clinic) {
    let address = clinic.address;
    let slow = move || {
        let mut stream = TcpStream::connect(address).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(15))).expect("a timeout");
        let head = format!(
            "POST /login HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 50\r\n\r\nuser"
        );
        stream.write_all(head.as_bytes()).expect("sent");
        let start = Instant::now();
        let mut answer = [0; 64];
        let length = stream.read(&mut answer).unwrap_or(0);
        (String::from_utf8_lossy(answer.get(..length).unwrap_or(&[])).into_owned(), start.elapsed())
    };
    let cut = actix_web::rt::task::spawn_blocking(slow);
    for _ in 0..20 {
        clinic.visitor().open("/login").await;
    }
    let (answer, took) = cut.await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(took < Duration::from_secs(13), "{took:?}");
}

async fn many_sign_ins_leave_the_clinic_responsive(clinic: Clinic) {
    clinic.account("rosa", Rights { groups: &["Staff"], ..Rights::default() }).await;
    let rosa = clinic.sign_in("rosa").await;
    let tries = (0..40).map(|number| {
        let visitor = clinic.visitor();
        async move {
            visitor
                .fill(
                    "/login",
                    &[("username", &format!("{}{number}", if number % 2 == 0 { "rosa" } else { "nobody" })), ("password", PASSWORD)],
                )
                .await
                .status
        }
    });
    let statuses = futures_util::future::join_all(tries).await;
    // Twenty a minute from one network are checked, the others have to wait.
    assert_eq!(statuses.iter().filter(|status| **status == 422).count(), 20, "{statuses:?}");
    assert!(statuses.iter().all(|status| matches!(status, 422 | 429)), "{statuses:?}");
    rosa.open("/patients").await;
}

/// The time limit is a second here: all write connections are in use during that time.
async fn a_request_that_waits_too_long_asks_the_user_to_try_again(clinic: Clinic) {
    let hasty = Clinic::open_with(clinic.backend, &[("REQUEST_SECONDS", "1")]).await;
    let rosa = hasty.receptionist().await;
    let (path, mut form) = rosa.open("/profile/edit").await.form();
    form.retain(|(name, _)| name != "first_name");
    form.push(("first_name".into(), "Rosa".into()));
    let hold = |_| {
        let (release, released) = std::sync::mpsc::channel::<()>();
        let app = hasty.app.clone();
        let work = async move {
            let held = app.db.write(move |_| {
                let _ = released.recv_timeout(Duration::from_secs(20));
                Ok::<_, praxis::error::AppError>(())
            });
            held.await.is_ok()
        };
        (release, actix_web::rt::spawn(work))
    };
    let (releases, held): (Vec<_>, Vec<_>) = (0..8).map(hold).unzip();
    tokio::task::yield_now().await;
    let page = rosa.post_pairs(&path, &form).await;
    page.is(503).see("The request took too long").see("check whether it was saved");
    assert_eq!(page.header("retry-after"), "5");
    drop(releases);
    futures_util::future::join_all(held).await;
    // The request has left nothing behind: the same form succeeds, from the page that says so.
    let (again, kept) = page.form();
    assert_eq!(again, path);
    rosa.post_pairs(&again, &kept).await.is(303);
    rosa.open("/profile").await.see("Rosa");
    hasty.server.stop(false).await;
}
