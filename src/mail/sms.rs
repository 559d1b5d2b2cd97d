//! Text messages, through the gateway of an operator: one HTTP request each, with JSON and a token.

use std::time::Duration;

use awc::http::StatusCode;
use secrecy::ExposeSecret;
use serde::Serialize;

use super::failure::Failure;
use super::queued::QueuedMail;
use crate::http_client;
use crate::settings::SmsGateway;

/// How long an answer may take: less than a claim lasts.
const PATIENCE: Duration = Duration::from_secs(20);
/// Bytes of an answer that are read.
const LARGEST: usize = 64 * 1024;

#[derive(Serialize)]
struct Request<'a> {
    from: &'a str,
    to: &'a str,
    text: &'a str,
}

pub async fn send(gateway: &SmsGateway, mail: &QueuedMail) -> Result<(), Failure> {
    let client = http_client::client(&gateway.url, PATIENCE).map_err(Failure::passing)?;
    let request = Request { from: &gateway.sender, to: &mail.recipient, text: &mail.text_body };
    let sent = client
        .post(gateway.url.as_str())
        .bearer_auth(gateway.token.expose_secret())
        // The same at each attempt, so that the gateway can recognise a repeated one.
        .insert_header(("idempotency-key", mail.message_id.as_str()))
        .send_json(&request);
    let mut answer = sent.await.map_err(|error| Failure::passing(format!("The gateway did not answer: {error}")))?;
    let status = answer.status();
    if status.is_success() {
        return Ok(());
    }
    let body = answer.body().limit(LARGEST).await.unwrap_or_default();
    let reason = format!("The gateway answered {}: {}", status.as_u16(), String::from_utf8_lossy(&body));
    // These say that the number or the text is wrong. Anything else may be corrected, such as a token.
    let is_final = matches!(status, StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY | StatusCode::GONE);
    Err(Failure { reason, is_final })
}
