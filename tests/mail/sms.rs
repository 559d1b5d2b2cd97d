//! Text messages, through a gateway that the test is.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use praxis::db::DbError;
use praxis::mail::Mailer;
use praxis::mail::queued::MailStatus;
use praxis::mail::worker::{self, Worker};
use praxis::resource::write::message::{Channel, Message};

use crate::stories;
use crate::support::Clinic;
use crate::support::mail_server::until;

stories![
    a_text_message_is_sent_with_the_token_of_the_gateway,
    a_gateway_that_fails_is_asked_again,
    a_number_that_the_gateway_refuses_is_given_up,
    a_number_that_nobody_understands_is_left_out,
    without_a_gateway_nothing_waits,
];

/// A gateway that gives these answers, the last one again and again.
struct Gateway {
    url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Gateway {
    fn open(answers: &'static [&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/messages", listener.local_addr().expect("an address"));
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let seen = asked.clone();
        std::thread::spawn(move || {
            for (number, stream) in listener.incoming().enumerate() {
                let mut stream = stream.expect("a connection");
                let mut request = String::new();
                let mut part = [0; 4096];
                // The body follows the head, and is as long as the head says.
                while !is_whole(&request) {
                    match stream.read(&mut part) {
                        Ok(0) | Err(_) => break,
                        Ok(length) => request.push_str(&String::from_utf8_lossy(&part[..length])),
                    }
                }
                if request.is_empty() {
                    continue;
                }
                seen.lock().expect("the list").push(request);
                let status = answers[number.min(answers.len() - 1)];
                let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}");
                let _ = stream.write_all(answer.as_bytes());
            }
        });
        Self { url, asked }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("the list").clone()
    }
}

fn is_whole(request: &str) -> bool {
    let Some((head, body)) = request.split_once("\r\n\r\n") else { return false };
    let length =
        head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ").map(|text| text.parse::<usize>().unwrap_or(0)));
    body.len() >= length.unwrap_or(0)
}

async fn with_gateway(clinic: &Clinic, gateway: &Gateway) -> (Clinic, Worker) {
    let settings = [("SMS_URL", gateway.url.as_str()), ("SMS_TOKEN", "the-token"), ("SMS_SENDER", "Riverside"), ("SMS_COUNTRY", "+33")];
    let clinic = Clinic::open_with(clinic.backend, &settings).await;
    let worker = worker::start(clinic.app.clone(), Mailer::of_text_messages(&clinic.app.settings).expect("a gateway"));
    (clinic, worker)
}

async fn deliver(clinic: &Clinic, phone: &str) {
    let message = Message {
        kind: "appointment reminder",
        channel: Channel::Sms,
        recipient: phone.into(),
        paragraphs: vec!["Reminder: Monday 7 December 2026, 09:00.\n".into()],
        ..Message::default()
    };
    let (app, now) = (clinic.app.clone(), clinic.app.now());
    clinic.app.db.write(move |c| app.registry.deliver(c, &message, now).map_err(DbError::from)).await.expect("queued");
}

async fn a_text_message_is_sent_with_the_token_of_the_gateway(clinic: Clinic) {
    let gateway = Gateway::open(&["200 OK"]);
    let (clinic, worker) = with_gateway(&clinic, &gateway).await;
    // An email waits for its own worker.
    clinic.mail().await;
    deliver(&clinic, "01 42 68 53 00").await;
    until("a message", async || clinic.outbox().await[1].status == MailStatus::Sent).await;
    worker.stop().await;
    let asked = gateway.asked();
    assert_eq!(asked.len(), 1);
    let (head, body) = asked[0].split_once("\r\n\r\n").expect("a body");
    let head = head.to_lowercase();
    for line in ["post /messages http/1.1", "authorization: bearer the-token", "idempotency-key: ", "content-type: application/json"] {
        assert!(head.contains(line), "{line}: {head}");
    }
    let body: serde_json::Value = serde_json::from_str(body).expect("JSON");
    let expected =
        serde_json::json!({ "from": "Riverside", "to": "+33142685300", "text": "Praxis: Reminder: Monday 7 December 2026, 09:00." });
    assert_eq!(body, expected);
    let rows = clinic.outbox().await;
    assert_eq!((rows[0].status, rows[0].channel, rows[1].channel), (MailStatus::Queued, Channel::Mail, Channel::Sms));
    assert_eq!((rows[1].text_body.as_str(), rows[1].recipient.as_str()), ("", "+33142685300"), "what was sent is kept");
}

async fn a_gateway_that_fails_is_asked_again(clinic: Clinic) {
    let gateway = Gateway::open(&["503 Service Unavailable", "401 Unauthorized", "202 Accepted"]);
    let (clinic, worker) = with_gateway(&clinic, &gateway).await;
    deliver(&clinic, "+33 1 42 68 53 00").await;
    for attempt in 1..=2 {
        until("an attempt", async || {
            let row = clinic.outbox().await.remove(0);
            row.attempts == attempt && row.status == MailStatus::Queued
        })
        .await;
        clinic.wait_for_mail(time::Duration::minutes(5));
    }
    clinic.all_are(MailStatus::Sent).await;
    worker.stop().await;
    let keys: std::collections::BTreeSet<String> = gateway
        .asked()
        .iter()
        .filter_map(|one| one.lines().find(|line| line.to_lowercase().starts_with("idempotency-key")).map(String::from))
        .collect();
    assert_eq!((gateway.asked().len(), keys.len()), (3, 1), "each attempt has the same key");
}

async fn a_number_that_the_gateway_refuses_is_given_up(clinic: Clinic) {
    let gateway = Gateway::open(&["422 Unprocessable Entity"]);
    let (clinic, worker) = with_gateway(&clinic, &gateway).await;
    deliver(&clinic, "+33 1 42 68 53 00").await;
    clinic.all_are(MailStatus::Dead).await;
    worker.stop().await;
    assert!(clinic.outbox().await[0].last_error.contains("The gateway answered 422"));
}

async fn a_number_that_nobody_understands_is_left_out(clinic: Clinic) {
    let gateway = Gateway::open(&["200 OK"]);
    let (clinic, worker) = with_gateway(&clinic, &gateway).await;
    deliver(&clinic, "ask his mother").await;
    deliver(&clinic, "").await;
    worker.stop().await;
    assert_eq!((clinic.outbox().await.len(), gateway.asked().len()), (0, 0));
}

async fn without_a_gateway_nothing_waits(clinic: Clinic) {
    assert!(Mailer::of_text_messages(&clinic.app.settings).is_none());
    deliver(&clinic, "+33 1 42 68 53 00").await;
    assert_eq!(clinic.outbox().await.len(), 0);
}
