//! Answers of WebDAV: about several things at once, and errors with the condition that was not met.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::WWW_AUTHENTICATE;
use quick_xml::escape::escape;

use super::xml::{CALDAV, CALENDAR_SERVER, DAV, Name};

/// A sentence.
pub fn plain(status: u16, text: &'static str) -> HttpResponse {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    HttpResponse::build(status).content_type("text/plain; charset=utf-8").body(text)
}

pub fn unauthorised() -> HttpResponse {
    let mut answer = plain(401, "Sign in with your username, and an access token as the password.");
    let asks = actix_web::http::header::HeaderValue::from_static("Basic realm=\"Praxis\", charset=\"UTF-8\"");
    answer.headers_mut().insert(WWW_AUTHENTICATE, asks);
    answer
}

/// What a program has to do differently, as an element such as `<D:valid-sync-token/>`.
pub fn refused(condition: &str) -> Reply {
    Reply { status: StatusCode::FORBIDDEN, body: format!("{DECLARATION}<D:error {NAMESPACES}>{condition}</D:error>\n") }
}

/// An answer in XML.
pub struct Reply {
    pub status: StatusCode,
    pub body: String,
}

impl Reply {
    pub fn send(self) -> HttpResponse {
        HttpResponse::build(self.status).content_type("application/xml; charset=utf-8").body(self.body)
    }
}

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n";
const NAMESPACES: &str = "xmlns:D=\"DAV:\" xmlns:C=\"urn:ietf:params:xml:ns:caldav\" xmlns:S=\"http://calendarserver.org/ns/\"";

/// Bytes of an answer. All the events of a calendar are a third of it.
const LARGEST: usize = 32 * 1024 * 1024;

/// An answer about several things.
#[derive(Default)]
pub struct MultiStatus(String);

impl MultiStatus {
    /// Properties of one thing: those that it has, as elements, and those that it does not have.
    pub fn add(&mut self, href: &str, found: &[String], missing: &[&Name]) {
        if self.is_full() {
            return;
        }
        self.0.push_str(&format!("<D:response><D:href>{}</D:href>", escape(href)));
        let missing: Vec<String> = missing.iter().map(|name| element(name, "")).collect();
        for (elements, status) in [(found, "200 OK"), (&missing, "404 Not Found")] {
            if !elements.is_empty() || (status.starts_with("200") && missing.is_empty()) {
                let elements = elements.concat();
                self.0.push_str(&format!("<D:propstat><D:prop>{elements}</D:prop><D:status>HTTP/1.1 {status}</D:status></D:propstat>"));
            }
        }
        self.0.push_str("</D:response>\n");
    }

    /// Something that does not exist, or no longer.
    pub fn add_missing(&mut self, href: &str) {
        if self.is_full() {
            return;
        }
        self.0
            .push_str(&format!("<D:response><D:href>{}</D:href><D:status>HTTP/1.1 404 Not Found</D:status></D:response>\n", escape(href)));
    }

    fn is_full(&self) -> bool {
        self.0.len() > LARGEST
    }

    /// `end` follows the last of them. Instead of more than a program could read, it is asked to ask for less.
    pub fn finish(self, end: &str) -> Reply {
        if self.is_full() {
            return refused("<D:number-of-matches-within-limits/>");
        }
        let body = format!("{DECLARATION}<D:multistatus {NAMESPACES}>\n{}{end}</D:multistatus>\n", self.0);
        Reply { status: StatusCode::MULTI_STATUS, body }
    }
}

/// An element with this content, which is XML.
pub fn element(name: &Name, content: &str) -> String {
    let (tag, declared) = match name.space.as_str() {
        DAV => (format!("D:{}", name.local), String::new()),
        CALDAV => (format!("C:{}", name.local), String::new()),
        CALENDAR_SERVER => (format!("S:{}", name.local), String::new()),
        "" => (name.local.clone(), String::new()),
        other => (format!("X:{}", name.local), format!(" xmlns:X=\"{}\"", escape(other))),
    };
    if content.is_empty() { format!("<{tag}{declared}/>") } else { format!("<{tag}{declared}>{content}</{tag}>") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_does_not_grow_without_end() {
        let large = "x".repeat(LARGEST / 2);
        let mut parts = MultiStatus::default();
        parts.add("/a", std::slice::from_ref(&large), &[]);
        parts.add_missing("/b");
        assert!(!parts.is_full());
        parts.add("/c", &[large], &[]);
        let length = parts.0.len();
        parts.add_missing("/d");
        assert_eq!(parts.0.len(), length);
        let reply = parts.finish("");
        assert_eq!(reply.status, StatusCode::FORBIDDEN);
        assert!(reply.body.contains("<D:number-of-matches-within-limits/>"));
    }
}
