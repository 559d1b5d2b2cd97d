//! A server with calendars of other programs.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What it answers at an address.
#[derive(Clone)]
enum Answer {
    Text {
        status: &'static str,
        headers: String,
        body: String,
    },
    /// It takes the request and says nothing.
    Silence,
}

pub struct CalendarServer {
    pub url: String,
    answers: Arc<Mutex<HashMap<String, Answer>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl CalendarServer {
    pub fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let answers: Arc<Mutex<HashMap<String, Answer>>> = Default::default();
        let asked: Arc<Mutex<Vec<String>>> = Default::default();
        let (known, seen) = (answers.clone(), asked.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (known, seen) = (known.clone(), seen.clone());
                std::thread::spawn(move || answer(&mut stream.expect("a connection"), &known, &seen));
            }
        });
        Self { url, answers, asked }
    }

    /// From now on, this is at the address.
    pub fn has(&self, path: &str, status: &'static str, headers: &str, body: &str) -> String {
        let answer = Answer::Text { status, headers: headers.into(), body: body.into() };
        self.answers.lock().expect("the answers").insert(path.into(), answer);
        format!("{}{path}", self.url)
    }

    pub fn has_calendar(&self, path: &str, events: &str) -> String {
        self.has(path, "200 OK", "", &calendar(events))
    }

    pub fn is_silent(&self, path: &str) {
        self.answers.lock().expect("the answers").insert(path.into(), Answer::Silence);
    }

    /// The heads of all requests so far.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("the list").clone()
    }
}

pub fn calendar(events: &str) -> String {
    let file = format!("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Somebody//Else//EN\n{}\nEND:VCALENDAR\n", events.trim());
    file.replace('\n', "\r\n")
}

fn answer(stream: &mut TcpStream, answers: &Mutex<HashMap<String, Answer>>, asked: &Mutex<Vec<String>>) {
    let (mut request, mut part) = (String::new(), [0; 4096]);
    while !request.contains("\r\n\r\n") {
        match stream.read(&mut part) {
            Ok(0) | Err(_) => return,
            Ok(length) => request.push_str(&String::from_utf8_lossy(&part[..length])),
        }
    }
    let path = request.split(' ').nth(1).unwrap_or_default().to_string();
    asked.lock().expect("the list").push(request);
    let known = answers.lock().expect("the answers").get(&path).cloned();
    match known {
        Some(Answer::Text { status, headers, body }) => {
            let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n", body.len());
            let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes()));
        }
        Some(Answer::Silence) => std::thread::sleep(Duration::from_secs(20)),
        None => {
            let _ = stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        }
    }
}
