//! Probes, addresses and cookies as machines send them.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use actix_web::http::Method;

use crate::stories;
use crate::support::Clinic;
use crate::support::people::PASSWORD;

stories![a_probe_is_answered_whatever_its_host, head_is_answered_like_get, an_unreadable_cookie_of_somebody_else_signs_nobody_out,];

async fn a_probe_is_answered_whatever_its_host(clinic: Clinic) {
    let visitor = clinic.visitor();
    for path in ["/healthz", "/readyz"] {
        visitor.send(Method::GET, path, &[("host", "10.1.2.3:8000")], Vec::new()).await.is(200);
    }
    visitor.send(Method::GET, "/login", &[("host", "10.1.2.3:8000")], Vec::new()).await.is(400);
    // An empty one, or none, which HTTP/1.1 forbids and older probes leave out.
    for (path, status) in [("/healthz", "200"), ("/readyz", "200"), ("/login", "400")] {
        for head in [format!("GET {path} HTTP/1.1\r\nHost: \r\nConnection: close"), format!("GET {path} HTTP/1.0")] {
            let answer = send(clinic.address, format!("{head}\r\n\r\n").into_bytes()).await;
            assert_eq!(answer.split(' ').nth(1), Some(status), "{head}: {answer}");
        }
    }
}

/// Sends exactly these bytes.
async fn send(address: SocketAddr, bytes: Vec<u8>) -> String {
    let answer = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).expect("a connection");
        stream.write_all(&bytes).expect("sent");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("an answer");
        String::from_utf8_lossy(&answer).into_owned()
    });
    answer.await.expect("an answer")
}

async fn head_is_answered_like_get(clinic: Clinic) {
    let visitor = clinic.visitor();
    let style = visitor.open("/login").await.attributes("link[rel=stylesheet]", "href").pop().expect("a style");
    for path in ["/healthz", "/readyz", "/login", &style] {
        let page = visitor.send(Method::HEAD, path, &[], Vec::new()).await;
        assert!(page.is(200).bytes.is_empty(), "{path}");
    }
}

async fn an_unreadable_cookie_of_somebody_else_signs_nobody_out(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let sid = rosa.cookie("sid").expect("a session");
    let bytes = [
        b"GET /patients HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nCookie: other=\xe9; sid=",
        sid.as_bytes(),
        b"; bad=\xff\r\n\r\n",
    ]
    .concat();
    assert!(send(clinic.address, bytes).await.starts_with("HTTP/1.1 200"));
    // Nor does it keep anybody from signing in.
    let visitor = clinic.visitor();
    let (action, mut form) = visitor.open("/login").await.form();
    form.retain(|(name, _)| name != "username" && name != "password");
    form.extend([("username", "rosa"), ("password", PASSWORD)].map(|(name, value)| (name.to_string(), value.to_string())));
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(&form).finish();
    let own = visitor.cookie("visitor").expect("a cookie for the form");
    let head = format!(
        "POST {action} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\nCookie: ",
        body.len()
    );
    let bytes = [head.as_bytes(), b"other=\xe9; visitor=", own.as_bytes(), b"\r\n\r\n", body.as_bytes()].concat();
    let answer = send(clinic.address, bytes).await.to_lowercase();
    assert!(answer.starts_with("http/1.1 303") && answer.contains("location: /\r\n") && answer.contains("set-cookie: sid="), "{answer}");
}
