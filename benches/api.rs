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

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use actix_web::{HttpResponse, HttpServer, web};
use diesel::prelude::*;
use praxis::db::connection::{ConnectionManager, Purpose, open, transaction};
use praxis::db::schema::{doctors, patients};
use praxis::db::url::DatabaseUrl;
use praxis::db::{Connection, UtcDateTime};
use serde::Serialize;

const PROGRAM: &str = env!("CARGO_BIN_EXE_praxis");
const PORT: u16 = 18_767;
const BARE_PORT: u16 = 18_768;
/// Concurrent clients.
const CALLERS: usize = 16;
const ROUND: Duration = Duration::from_secs(3);
const ROUNDS: usize = 3;

fn main() {
    if let Ok(url) = std::env::var("BENCH_BARE") {
        return bare(&url);
    }
    let folder = tempfile::tempdir().expect("a folder");
    let url = std::env::var("BENCH_DATABASE_URL").unwrap_or_else(|_| format!("sqlite://{}", folder.path().join("bench.db").display()));
    let patients = std::env::var("BENCH_PATIENTS").unwrap_or_else(|_| "100000".into());
    let praxis = |arguments: &[&str]| {
        let mut command = Command::new(PROGRAM);
        command.args(arguments).current_dir(folder.path()).env_clear().env("DATABASE_URL", &url);
        command.env("BIND", format!("127.0.0.1:{PORT}")).env("RUST_LOG", "warn").env("API_RATE", "off").env("API_ANONYMOUS_RATE", "off");
        command
    };
    let filled = praxis(&["demo", "--patients", &patients, "--doctors", "500"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    assert!(filled.expect("the demo").success());
    let ours = Server::start(praxis(&[]).stdout(Stdio::piped()));
    let theirs = Server::start(Command::new(std::env::current_exe().expect("this program")).env("BENCH_BARE", &url).stdout(Stdio::piped()));
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
    create(&url, &token);
    println!("memory before the whole list           {:>9} MB", ours.memory());
    let start = Instant::now();
    let length = drain("/api/patients/", &token);
    println!(
        "all patients in one array      {:>9.1} s, {} MB, memory {} MB at its peak",
        start.elapsed().as_secs_f64(),
        length >> 20,
        ours.peak()
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

struct Server(Child);

impl Server {
    fn start(command: &mut Command) -> Self {
        let mut child = command.stderr(Stdio::null()).spawn().expect("the program");
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().expect("its output")).read_line(&mut line).expect("a line");
        Self(child)
    }

    /// Resident memory in megabytes, if the system reports it.
    fn memory(&self) -> u64 {
        self.told("VmRSS:")
    }

    fn peak(&self) -> u64 {
        self.told("VmHWM:")
    }

    fn told(&self, word: &str) -> u64 {
        let status = std::fs::read_to_string(Path::new("/proc").join(self.0.id().to_string()).join("status")).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix(word)).unwrap_or("0");
        line.split_whitespace().next().and_then(|kb| kb.parse::<u64>().ok()).unwrap_or(0) / 1024
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

type Pool = r2d2::Pool<ConnectionManager>;

#[derive(Queryable, Serialize)]
struct BarePatient {
    id: i64,
    name: String,
    age: i32,
    gender: String,
    address: String,
    #[serde(with = "time::serde::rfc3339")]
    created_at: time::OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    updated_at: time::OffsetDateTime,
    date_of_birth: Option<time::Date>,
    primary_doctor_id: Option<i64>,
    owner_id: i64,
}

type Columns = (i64, String, i32, String, String, time::PrimitiveDateTime, time::PrimitiveDateTime, Option<time::Date>, Option<i64>, i64);

impl BarePatient {
    fn of((id, name, age, gender, address, created_at, updated_at, date_of_birth, primary_doctor_id, owner_id): Columns) -> Self {
        let (created_at, updated_at) = (created_at.assume_utc(), updated_at.assume_utc());
        Self { id, name, age, gender, address, created_at, updated_at, date_of_birth, primary_doctor_id, owner_id }
    }
}

#[derive(Queryable, Serialize)]
struct BareDoctor {
    id: i64,
    name: String,
    specialization: String,
}

/// The same statement on either database, with nothing around it.
macro_rules! on_either {
    ($c:expr, $inner:ident => $work:expr) => {
        match $c {
            Connection::Sqlite($inner) => $work,
            Connection::Postgres($inner) => $work,
        }
    };
}

macro_rules! columns {
    () => {
        (
            patients::id,
            patients::name,
            patients::age,
            patients::gender,
            patients::address,
            patients::created_at,
            patients::updated_at,
            patients::date_of_birth,
            patients::primary_doctor_id,
            patients::owner_id,
        )
    };
}

async fn blocking<T: Serialize + Send + 'static>(
    pool: web::Data<Pool>,
    work: impl FnOnce(&mut Connection) -> QueryResult<T> + Send + 'static,
) -> HttpResponse {
    let done = web::block(move || work(&mut pool.get().expect("a connection"))).await.expect("no panic").expect("rows");
    HttpResponse::Ok().json(done)
}

async fn one(pool: web::Data<Pool>, id: web::Path<i64>) -> HttpResponse {
    blocking(pool, move |c| on_either!(c, c => patients::table.find(*id).select(columns!()).first::<Columns>(c)).map(BarePatient::of)).await
}

async fn doctor(pool: web::Data<Pool>, id: web::Path<i64>) -> HttpResponse {
    blocking(pool, move |c| {
        let columns = (doctors::id, doctors::name, doctors::specialization);
        on_either!(c, c => doctors::table.find(*id).select(columns).first::<BareDoctor>(c))
    })
    .await
}

async fn twenty(pool: web::Data<Pool>) -> HttpResponse {
    blocking(pool, move |c| {
        let rows = on_either!(c, c => patients::table.order(patients::id).limit(20).select(columns!()).load::<Columns>(c))?;
        Ok(rows.into_iter().map(BarePatient::of).collect::<Vec<_>>())
    })
    .await
}

/// The bare handler, in a process of its own.
fn bare(url: &str) {
    let url = DatabaseUrl::parse(url).expect("an address");
    let pool = r2d2::Pool::builder().max_size(8).build(ConnectionManager::new(url, Purpose::Write)).expect("a pool");
    let served = actix_web::rt::System::new().block_on(async move {
        let pool = web::Data::new(pool);
        let routes = move || {
            let app = actix_web::App::new().app_data(pool.clone());
            app.route("/one/{id}", web::get().to(one)).route("/doctor/{id}", web::get().to(doctor)).route("/twenty", web::get().to(twenty))
        };
        let workers = std::thread::available_parallelism().map_or(2, usize::from);
        let server = HttpServer::new(routes).workers(workers).bind(("127.0.0.1", BARE_PORT)).expect("a port").run();
        println!("ready");
        server.await
    });
    served.expect("it serves");
}
