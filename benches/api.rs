//! The cost of the JSON API compared with a bare handler: `cargo bench --bench api`.
//!
//! The same rows are requested from Praxis, with its tokens, permissions, scope, log and ETags, and from an actix handler that
//! runs one select and writes it as JSON. Creating a patient, with its history, is compared with a single INSERT and its commit.
//! `BENCH_DATABASE_URL` names an empty PostgreSQL database to measure that instead of SQLite. All requests use the loopback
//! interface.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a measurement that is surprised stops"
)]

mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use actix_web::{HttpResponse, web};
use diesel::prelude::*;
use praxis::db::UtcDateTime;
use praxis::db::connection::{Purpose, open, transaction};
use praxis::db::schema::doctors;
use praxis::db::url::DatabaseUrl;
use serde::Serialize;
use support::bare::{self, BarePatient, Pool, json, on_either};
use support::program::{Installation, patients};

const PORT: u16 = 18_767;
const BARE_PORT: u16 = 18_768;
/// Concurrent clients.
const CALLERS: usize = 16;
const ROUND: Duration = Duration::from_secs(3);
const ROUNDS: usize = 3;

fn main() {
    if let Some(url) = bare::wanted() {
        return bare::serve(&url, BARE_PORT, |app| {
            app.route("/one/{id}", web::get().to(one)).route("/doctor/{id}", web::get().to(doctor)).route("/twenty", web::get().to(twenty));
        });
    }
    let praxis = Installation::new(PORT).with(&[("API_RATE", "off"), ("API_ANONYMOUS_RATE", "off")]);
    praxis.fill(&patients(), "500");
    let (ours, theirs) = (praxis.start(), bare::start(&praxis.url, &[]));
    let token = sign_in();
    println!("memory after the start                 {:>9} MB", ours.memory());

    for (what, path, bare_path, least) in [
        ("one patient", "/api/patients/5000/", "/one/5000", 0.6),
        ("one doctor", "/api/doctors/50/", "/doctor/50", 0.6),
        ("a page of 20 by number", "/api/patients/?page_size=20", "/twenty", 0.6),
        ("a page of 20 by cursor", "/api/patients/?page_size=20&cursor=", "/twenty", 0.6),
    ] {
        let (mut own, mut bare) = (0.0_f64, 0.0_f64);
        for _ in 0..ROUNDS {
            bare = bare.max(rate(BARE_PORT, bare_path, ""));
            own = own.max(rate(PORT, path, &token));
        }
        let share = own / bare;
        println!("{what:<30}{own:>9.0} /s, bare {bare:>9.0} /s, {:>4.0} %", share * 100.0);
        if share < least {
            println!("  less than the {:.0} % that are promised", least * 100.0);
        }
    }
    create(&praxis.url, &token);
    println!("memory before the whole list           {:>9} MB", ours.memory());
    let start = Instant::now();
    let length = drain("/api/patients/", &token);
    println!(
        "all patients in one array      {:>9.1} s, {} MB, memory {} MB at its peak",
        start.elapsed().as_secs_f64(),
        length >> 20,
        ours.peak_memory()
    );
    drop((ours, theirs));
}

/// One after another, because each waits for the disk. Prints the median of each.
fn create(url: &str, token: &str) {
    let mut connection = open(&DatabaseUrl::parse(url).expect("an address"), Purpose::Write).expect("a connection");
    let times = |mut work: Box<dyn FnMut(usize) + '_>| {
        let mut times: Vec<f64> = (0..300)
            .map(|number| {
                let start = Instant::now();
                work(number);
                start.elapsed().as_secs_f64()
            })
            .collect();
        times.sort_by(f64::total_cmp);
        times[150] * 1e3
    };
    let now = UtcDateTime::parse("2026-11-21T08:00:00Z").expect("a time");
    let lone = times(Box::new(|number| {
        let row = (
            doctors::name.eq(format!("Dr Bare {number}")),
            doctors::specialization.eq("Surgery"),
            doctors::created_at.eq(now),
            doctors::updated_at.eq(now),
        );
        transaction(&mut connection, |c| diesel::insert_into(doctors::table).values(row).execute(c)).expect("a row");
    }));
    let mut stream = connect(PORT);
    let own = times(Box::new(|number| {
        let body = format!("{{\"name\":\"Patient {number}\",\"age\":40,\"gender\":\"other\",\"address\":\"Street {number}\"}}");
        let (status, _) = ask(&mut stream, "POST", "/api/patients/", token, &body);
        assert_eq!(status, 201);
    }));
    println!("create, median                 {own:>9.2} ms, a lone commit {lone:.2} ms, {:.1} times", own / lone);
}

/// Requests a second, from clients with persistent connections.
fn rate(port: u16, path: &str, token: &str) -> f64 {
    let (done, stop) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let callers: Vec<_> = (0..CALLERS)
        .map(|_| {
            let (done, stop, path, token) = (done.clone(), stop.clone(), path.to_string(), token.to_string());
            std::thread::spawn(move || {
                let mut stream = connect(port);
                while !stop.load(Ordering::Relaxed) {
                    let (status, _) = ask(&mut stream, "GET", &path, &token, "");
                    assert_eq!(status, 200, "{path}");
                    done.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    // Caches and pools are warm now.
    std::thread::sleep(ROUND / 6);
    let (start, before) = (Instant::now(), done.load(Ordering::Relaxed));
    std::thread::sleep(ROUND);
    let rate = (done.load(Ordering::Relaxed) - before) as f64 / start.elapsed().as_secs_f64();
    stop.store(true, Ordering::Relaxed);
    for caller in callers {
        caller.join().expect("a caller");
    }
    rate
}

fn sign_in() -> String {
    let body = format!("{{\"email\":\"admin\",\"password\":\"{}\"}}", praxis::demo::PASSWORD);
    let (status, answer) = ask(&mut connect(PORT), "POST", "/api/auth/login/", "", &body);
    assert_eq!(status, 200, "{answer}");
    let answer: serde_json::Value = serde_json::from_str(&answer).expect("JSON");
    answer["access"].as_str().expect("a token").into()
}

fn connect(port: u16) -> BufReader<TcpStream> {
    let stream = TcpStream::connect(("127.0.0.1", port)).expect("a connection");
    stream.set_nodelay(true).expect("no delay");
    stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a deadline");
    BufReader::new(stream)
}

fn send(stream: &mut BufReader<TcpStream>, method: &str, path: &str, token: &str, body: &str) {
    let said = if token.is_empty() { String::new() } else { format!("Authorization: Bearer {token}\r\n") };
    let kind =
        if body.is_empty() { String::new() } else { format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len()) };
    let head = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n{said}{kind}\r\n{body}");
    stream.get_mut().write_all(head.as_bytes()).expect("sent");
}

/// The status, and the length of the body if the headers have it.
fn head(stream: &mut BufReader<TcpStream>) -> (u16, Option<usize>) {
    let (mut status, mut length, mut line) = (0, None, String::new());
    loop {
        line.clear();
        stream.read_line(&mut line).expect("a line");
        if status == 0 {
            status = line.get(9..12).and_then(|code| code.parse().ok()).expect("a status");
        }
        let lower = line.to_ascii_lowercase();
        if let Some(said) = lower.strip_prefix("content-length:") {
            length = said.trim().parse().ok();
        }
        if line == "\r\n" {
            return (status, length);
        }
    }
}

fn ask(stream: &mut BufReader<TcpStream>, method: &str, path: &str, token: &str, body: &str) -> (u16, String) {
    send(stream, method, path, token, body);
    let (status, length) = head(stream);
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).expect("a body");
    (status, String::from_utf8(body).expect("text"))
}

/// Reads a chunked body and returns its length.
fn drain(path: &str, token: &str) -> u64 {
    let mut stream = connect(PORT);
    send(&mut stream, "GET", path, token, "");
    assert_eq!(head(&mut stream), (200, None));
    let (mut length, mut line) = (0, String::new());
    loop {
        line.clear();
        stream.read_line(&mut line).expect("a line");
        let size = u64::from_str_radix(line.trim(), 16).expect("a size");
        std::io::copy(&mut (&mut stream).take(size + 2), &mut std::io::sink()).expect("a chunk");
        if size == 0 {
            return length;
        }
        length += size;
    }
}

#[derive(Queryable, Serialize)]
struct BareDoctor {
    id: i64,
    name: String,
    specialization: String,
}

async fn one(pool: web::Data<Pool>, id: web::Path<i64>) -> HttpResponse {
    json(pool, move |c| BarePatient::find(c, *id)).await
}

async fn doctor(pool: web::Data<Pool>, id: web::Path<i64>) -> HttpResponse {
    json(pool, move |c| {
        let columns = (doctors::id, doctors::name, doctors::specialization);
        on_either!(c, c => doctors::table.find(*id).select(columns).first::<BareDoctor>(c))
    })
    .await
}

async fn twenty(pool: web::Data<Pool>) -> HttpResponse {
    json(pool, |c| BarePatient::first(c, 20)).await
}
