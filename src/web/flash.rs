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
    /// Where 'Undo' is sent, for what can be undone.
    #[serde(default)]
    pub undo: Option<String>,
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
    send(request, app, Flash { tone, text: text.into(), undo: None });
}

/// Leaves word of something that can be undone: by a form that is sent to this address.
pub fn leave_undoable(request: &HttpRequest, app: &App, text: impl Into<String>, undo: String) {
    send(request, app, Flash { tone: Tone::Ok, text: text.into(), undo: Some(undo) });
}

fn send(request: &HttpRequest, app: &App, mut flash: Flash) {
    flash.text = flash.text.chars().take(400).collect();
    if let Ok(value) = serde_json::to_string(&flash) {
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
