//! One request over a connection of its own, and a browser with one cookie.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

pub const FORM: &str = "application/x-www-form-urlencoded";

/// How long a request may take before the bench fails.
const PATIENCE: Duration = Duration::from_secs(120);

pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    fn read(stream: &mut TcpStream) -> Self {
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("an answer");
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(answer.len());
        let head = String::from_utf8_lossy(&answer[..end]).into_owned();
        let status = head.get(9..12).and_then(|code| code.parse().ok()).unwrap_or(0);
        Self { status, head, body: answer.get(end + 4..).unwrap_or(&[]).to_vec() }
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// `name=value` of the cookie that is set.
    pub fn cookie(&self, name: &str) -> String {
        let line = self.headers("set-cookie").find(|line| line.contains(name)).expect("a cookie");
        line.split(';').next().expect("its value").into()
    }

    pub fn location(&self) -> String {
        self.headers("location").next().expect("a place").into()
    }

    fn headers(&self, name: &str) -> impl Iterator<Item = &str> {
        let pairs = self.head.lines().filter_map(|line| line.split_once(':'));
        pairs.filter(move |(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    /// The token that the forms of this page send.
    pub fn csrf_token(&self) -> String {
        let text = self.text();
        text.split("name=\"csrf_token\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a token").into()
    }
}

pub fn connect(port: u16) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", port)).expect("a connection");
    stream.set_read_timeout(Some(PATIENCE)).expect("a deadline");
    stream.set_nodelay(true).expect("no delay");
    stream
}

/// Sends a request, such as `GET /login`, with more headers, each with its end of line. The answer ends the connection.
pub fn exchange(stream: &mut TcpStream, what: &str, headers: &str, (kind, body): (&str, &[u8])) -> Answer {
    let head = format!(
        "{what} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).expect("sent");
    stream.write_all(body).expect("sent");
    Answer::read(stream)
}

/// A browser with one cookie.
#[derive(Clone)]
pub struct Client {
    pub port: u16,
    pub cookie: String,
}

impl Client {
    /// A browser that is not signed in, and the token of its forms.
    pub fn visitor(port: u16) -> (Self, String) {
        let page = Self { port, cookie: String::new() }.get("/login");
        (Self { port, cookie: page.cookie("visitor=") }, page.csrf_token())
    }

    /// With the password of the demo. The error is the answer to who may not sign in.
    pub fn sign_in(port: u16, username: &str) -> Result<Self, Answer> {
        let (visitor, token) = Self::visitor(port);
        let form = format!("csrf_token={token}&username={username}&password={}", praxis::demo::PASSWORD);
        let answer = visitor.post("/login", &form);
        if answer.status == 303 { Ok(Self { port, cookie: answer.cookie("sid=") }) } else { Err(answer) }
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send(&format!("GET {path}"), ("text/plain", b""))
    }

    /// The text of a page that has to be there.
    pub fn page(&self, path: &str) -> String {
        let answer = self.get(path);
        assert_eq!(answer.status, 200, "{path}");
        answer.text()
    }

    pub fn post(&self, path: &str, form: &str) -> Answer {
        self.send(&format!("POST {path}"), (FORM, form.as_bytes()))
    }

    pub fn send(&self, what: &str, body: (&str, &[u8])) -> Answer {
        exchange(&mut connect(self.port), what, &format!("Cookie: {}\r\n", self.cookie), body)
    }

    /// The first link on a page whose address contains this.
    pub fn link(&self, path: &str, part: &str) -> Option<String> {
        links(&self.page(path)).find(|href| href.contains(part))
    }
}

/// The addresses of all links of a page, in order.
pub fn links(page: &str) -> impl Iterator<Item = String> {
    page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).map(|href| href.replace("&#38;", "&"))
}
