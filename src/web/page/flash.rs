//! Flash messages, which survive one redirect.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::web::request::cookies::{self, FLASH};

/// The most bytes of text in the cookie: encrypted and encoded it stays below the 4 kB that browsers accept.
const LONGEST: usize = 1800;

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Tone {
    Ok,
    Info,
    Warn,
}

/// A message above the next page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Flash {
    pub tone: Tone,
    pub text: String,
    /// The address of the 'Undo' button, if it can be undone.
    #[serde(default)]
    pub undo: Option<String>,
}

impl Flash {
    /// Its CSS class.
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

/// Stores a message for the next page.
pub fn leave(request: &HttpRequest, app: &App, tone: Tone, text: impl Into<String>) {
    send(request, app, Flash { tone, text: text.into(), undo: None });
}

/// Stores a message about a change that can be undone by sending a form to this address.
pub fn leave_undoable(request: &HttpRequest, app: &App, text: impl Into<String>, undo: String) {
    send(request, app, Flash { tone: Tone::Ok, text: text.into(), undo: Some(undo) });
}

fn send(request: &HttpRequest, app: &App, mut flash: Flash) {
    flash.undo = flash.undo.filter(|address| address.len() <= LONGEST / 4);
    flash.text = cut(&flash.text);
    if let Ok(value) = serde_json::to_string(&flash) {
        cookies::set_private(request, app, FLASH, value, Duration::minutes(1));
    }
}

/// Cuts the text to fit into a cookie as JSON.
fn cut(text: &str) -> String {
    let mut room = LONGEST;
    let fits = |letter: &char| {
        let needed = if letter.is_control() || matches!(letter, '"' | '\\') { 6 } else { letter.len_utf8() };
        room = room.saturating_sub(needed);
        room > 0
    };
    text.chars().take(400).take_while(fits).collect()
}

/// Takes the stored message, if any.
pub fn take(request: &HttpRequest, app: &App) -> Option<Flash> {
    request.cookie(&FLASH.full(app))?;
    let found = cookies::get_private(request, app, FLASH).and_then(|value| serde_json::from_str(&value).ok());
    cookies::remove(request, app, FLASH);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_too_long_for_a_cookie() {
        assert_eq!(cut("The patient “Émile” was added."), "The patient “Émile” was added.");
        for letter in ["a", "\u{1}", "\"", "é", "𝒳"] {
            let text = cut(&letter.repeat(5_000));
            assert!(!text.is_empty() && serde_json::to_string(&text).unwrap().len() <= LONGEST, "{letter}: {}", text.len());
        }
    }
}
