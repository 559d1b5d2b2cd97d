//! Messages that survive one redirect.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use serde::{Deserialize, Serialize};

use super::cookies::{self, FLASH};
use crate::app::App;

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Tone {
    Ok,
    Info,
    Warn,
}

/// A line above the next page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Flash {
    pub tone: Tone,
    pub text: String,
}

impl Flash {
    /// The class of its band.
    pub fn class(&self) -> &'static str {
        match self.tone {
            Tone::Ok => "ok",
            Tone::Info => "info",
            Tone::Warn => "warn",
        }
    }

    pub fn icon(&self) -> &'static str {
        match self.tone {
            Tone::Ok => "check",
            Tone::Info => "info",
            Tone::Warn => "alert",
        }
    }
}

/// Leaves a message for the page that follows.
pub fn leave(request: &HttpRequest, app: &App, tone: Tone, text: impl Into<String>) {
    let text: String = text.into().chars().take(400).collect();
    if let Ok(value) = serde_json::to_string(&Flash { tone, text }) {
        cookies::set_private(request, app, FLASH, value, Duration::minutes(1));
    }
}

/// Takes the message that waits, if any.
pub fn take(request: &HttpRequest, app: &App) -> Option<Flash> {
    request.cookie(&FLASH.full(app))?;
    let found = cookies::get_private(request, app, FLASH).and_then(|value| serde_json::from_str(&value).ok());
    cookies::remove(request, app, FLASH);
    found
}
