//! The clients of the race: each has connections of its own to one of the servers.

use std::time::{Duration, Instant};

use awc::Client;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::db::UtcDateTime;
use crate::db::wall::Minute;

/// What one client wants.
pub struct Wish {
    pub patient_id: i64,
    /// `None` for any.
    pub doctor_id: Option<i64>,
    pub type_id: i64,
    pub starts: Minute,
}

/// The status of an answer, 0 if there was none, and how long it took.
pub type Answer = (u16, Duration);

pub struct Wishes {
    client: Client,
    addresses: Vec<String>,
    token: String,
}

const PATIENCE: Duration = Duration::from_secs(60);

impl Wishes {
    pub async fn sign_in(addresses: Vec<String>, password: &str) -> Result<Self, String> {
        let client = Client::builder().timeout(PATIENCE).finish();
        let first = addresses.first().ok_or("there is no server")?;
        let sent = client.post(format!("{first}/api/auth/login/")).send_json(&json!({ "email": "admin", "password": password })).await;
        let mut answer = sent.map_err(|error| error.to_string())?;
        let told: Value = answer.json().await.map_err(|error| error.to_string())?;
        let token = told.get("access").and_then(Value::as_str).ok_or_else(|| format!("nobody can sign in: {told}"))?.to_string();
        Ok(Self { client, addresses, token })
    }

    /// Sends all of them at once, in turns to each of the servers.
    pub async fn send(&self, wishes: &[Wish]) -> Vec<Answer> {
        join_all(wishes.iter().zip(self.addresses.iter().cycle()).map(|(wish, address)| self.book(address, wish))).await
    }

    async fn book(&self, address: &str, wish: &Wish) -> Answer {
        let mut body = json!({
            "patient": wish.patient_id,
            "type": wish.type_id,
            "starts_at": UtcDateTime::from_unix_minutes(wish.starts).rfc3339(),
            "state": "booked",
        });
        if let (Some(id), Some(members)) = (wish.doctor_id, body.as_object_mut()) {
            members.insert("doctor".into(), id.into());
        }
        let start = Instant::now();
        let sent = self.client.post(format!("{address}/api/appointments/")).bearer_auth(&self.token).send_json(&body).await;
        let status = match sent {
            Ok(mut answer) => {
                // Read to its end, so that the connection can be used again.
                let _ = answer.body().await;
                answer.status().as_u16()
            }
            Err(_) => 0,
        };
        (status, start.elapsed())
    }
}
