//! CalDAV: calendars for programs that sign in, to read only.

mod clients;
mod limits;
mod reading;

use actix_web::http::Method;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::support::{Browser, Clinic, Page};

/// A calendar program of a user, with a token that can only read.
pub struct CalendarProgram {
    pub browser: Browser,
    pub user: String,
    pub token: String,
}

impl CalendarProgram {
    pub async fn of(clinic: &Clinic, browser: &Browser, user: &str) -> Self {
        let page = browser
            .fill("/tokens/new", &[("name", &*format!("Calendar {}", clinic.app.now().unix_seconds())), ("days", "30"), ("scope", "read")])
            .await;
        page.is(200);
        Self { browser: clinic.visitor(), user: user.into(), token: page.value_of("#token") }
    }

    pub async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Page {
        let basic = format!("Basic {}", STANDARD.encode(format!("{}:{}", self.user, self.token)));
        let headers: Vec<(&str, &str)> = headers.iter().copied().chain([("authorization", basic.as_str())]).collect();
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        self.browser.send(method, path, &headers, body.as_bytes().to_vec()).await
    }

    /// What is said about these properties.
    pub async fn propfind(&self, path: &str, depth: &str, properties: &str) -> Page {
        let body = format!("<propfind {NAMESPACES}><prop>{properties}</prop></propfind>");
        self.send("PROPFIND", path, &[("depth", depth), ("content-type", "application/xml")], &body).await
    }

    pub async fn report(&self, path: &str, body: &str) -> Page {
        let body = body.replacen('>', &format!(" {NAMESPACES}>"), 1);
        self.send("REPORT", path, &[("depth", "1"), ("content-type", "application/xml")], &body).await
    }
}

const NAMESPACES: &str = "xmlns=\"DAV:\" xmlns:C=\"urn:ietf:params:xml:ns:caldav\" xmlns:S=\"http://calendarserver.org/ns/\"";

/// What is between two marks, each time.
pub fn between<'a>(text: &'a str, from: &'a str, to: &'a str) -> Vec<&'a str> {
    text.split(from).skip(1).filter_map(|rest| rest.split(to).next()).collect()
}
