//! The cost of import and export: `cargo bench --bench transfer`.
//!
//! A hundred thousand new patients from one CSV file: read, checked in a trial run, and written in one transaction with their
//! history; then exported again as CSV and as Excel. `BENCH_DATABASE_URL` names an empty PostgreSQL database to measure that
//! instead of SQLite. All requests use the loopback interface.

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
use std::time::{Duration, Instant};

const PROGRAM: &str = env!("CARGO_BIN_EXE_praxis");
const PORT: u16 = 18_766;

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = std::env::var("BENCH_DATABASE_URL").unwrap_or_else(|_| "sqlite://bench.db".into());
    let rows: usize = std::env::var("BENCH_ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(100_000);
    let praxis = |arguments: &[&str]| {
        let mut command = Command::new(PROGRAM);
        command.args(arguments).current_dir(folder.path()).env_clear();
        command.env("DATABASE_URL", &url).env("BIND", format!("127.0.0.1:{PORT}")).env("RUST_LOG", "warn");
        command.env("UPLOAD_LIMIT_MB", "50");
        command
    };
    let filled = praxis(&["demo", "--patients", "10", "--doctors", "50"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    assert!(filled.expect("the demo").success());
    let mut server = Server::start(praxis(&[]));
    let admin = Client::sign_in();
    println!("memory after the start        {:>9} MB", server.memory("VmHWM:"));

    let file = file(rows);
    let (start, here) = (Instant::now(), admin.upload(&file));
    told("upload, read and kept", start, &server);
    let form: String =
        ["name", "date_of_birth", "gender", "address"].iter().enumerate().map(|(n, name)| format!("&column-{n}={name}")).collect();
    let start = Instant::now();
    admin.post(&format!("{here}/columns"), &form);
    admin.wait(&here);
    told(&format!("trial run of {rows} rows"), start, &server);
    let start = Instant::now();
    admin.post(&format!("{here}/confirm"), "");
    admin.wait(&here);
    let took = start.elapsed();
    told("written with their history", start, &server);
    let page = admin.get(&here);
    assert!(page.contains(&format!("{rows} added")), "{page}");
    for format in ["csv", "xlsx"] {
        let start = Instant::now();
        let (status, _, body) = admin.ask(
            "/admin/patients/export",
            &format!("&columns=name&columns=date_of_birth&columns=gender&columns=address&columns=primary_doctor_id&format={format}"),
        );
        assert!(status == 200 && body.len() > rows * 5, "{status}");
        told(&format!("exported as {format}, {} MB", body.len() >> 20), start, &server);
    }
    server.stop();
    assert!(
        rows > 100_000 || took < Duration::from_secs(60) || url.starts_with("postgres"),
        "100,000 patients are promised within a minute"
    );
}

fn told(what: &str, start: Instant, server: &Server) {
    let (peak, now) = (server.memory("VmHWM:"), server.memory("VmRSS:"));
    println!("{what:<30}{:>9.1} s, {now} MB, {peak} MB at the peak", start.elapsed().as_secs_f64());
}

/// No patient occurs twice.
fn file(rows: usize) -> Vec<u8> {
    let mut file = b"Name,Date of birth,Gender,Address\r\n".to_vec();
    for number in 0..rows {
        let (day, month, year) = (number % 28 + 1, number % 12 + 1, 1930 + number % 90);
        let line = format!(
            "Given{} Family{number},{year}-{month:02}-{day:02},female,\"{} Rue de Rennes, 75006 Paris\"\r\n",
            number % 977,
            number % 200
        );
        file.extend_from_slice(line.as_bytes());
    }
    file
}

struct Server(Child);

impl Server {
    fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().expect("the program");
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().expect("its output")).read_line(&mut line).expect("a line");
        Self(child)
    }

    /// In megabytes, if the system reports it: `VmRSS:` now, `VmHWM:` at the peak.
    fn memory(&self, which: &str) -> u64 {
        let status = std::fs::read_to_string(Path::new("/proc").join(self.0.id().to_string()).join("status")).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix(which)).unwrap_or("0");
        line.split_whitespace().next().and_then(|kb| kb.parse::<u64>().ok()).unwrap_or(0) / 1024
    }

    fn stop(&mut self) {
        self.0.kill().expect("it ends");
        self.0.wait().expect("it ends");
    }
}

/// A browser with one cookie.
struct Client {
    cookie: String,
    token: String,
}

impl Client {
    fn sign_in() -> Self {
        let (_, head, body) = send("GET /login HTTP/1.1\r\n", "", "text/plain", b"");
        let (token, cookie) = (token_in(&text(&body)), cookie_in(&head, "visitor="));
        let form = format!("csrf_token={token}&username=admin&password={}", praxis::demo::PASSWORD);
        let (status, head, _) = send("POST /login HTTP/1.1\r\n", &cookie, FORM, form.as_bytes());
        assert_eq!(status, 303, "{head}");
        let mut client = Self { cookie: cookie_in(&head, "sid="), token: String::new() };
        client.token = token_in(&client.get("/admin"));
        client
    }

    fn get(&self, path: &str) -> String {
        let (status, _, body) = send(&format!("GET {path} HTTP/1.1\r\n"), &self.cookie, "text/plain", b"");
        assert_eq!(status, 200, "{path}");
        text(&body)
    }

    fn ask(&self, path: &str, fields: &str) -> (u16, String, Vec<u8>) {
        let form = format!("csrf_token={}{fields}", self.token);
        send(&format!("POST {path} HTTP/1.1\r\n"), &self.cookie, FORM, form.as_bytes())
    }

    fn post(&self, path: &str, fields: &str) {
        let (status, _, body) = self.ask(path, fields);
        assert_eq!(status, 303, "{path}: {}", text(&body));
    }

    fn upload(&self, file: &[u8]) -> String {
        let mut body = format!("--limit\r\nContent-Disposition: form-data; name=\"csrf_token\"\r\n\r\n{}\r\n", self.token).into_bytes();
        body.extend(b"--limit\r\nContent-Disposition: form-data; name=\"file\"; filename=\"patients.csv\"\r\n\r\n");
        body.extend_from_slice(file);
        body.extend(b"\r\n--limit--\r\n");
        let (status, head, answer) =
            send("POST /admin/patients/import HTTP/1.1\r\n", &self.cookie, "multipart/form-data; boundary=limit", &body);
        assert_eq!(status, 303, "{}", text(&answer));
        let line = head.lines().find(|line| line.to_lowercase().starts_with("location:")).expect("a place");
        line.split_once(": ").expect("a place").1.trim().into()
    }

    /// Waits until the page no longer shows progress.
    fn wait(&self, path: &str) {
        while self.get(path).contains("data-progress") {
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

const FORM: &str = "application/x-www-form-urlencoded";

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn token_in(page: &str) -> String {
    page.split("name=\"csrf_token\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a token").into()
}

fn cookie_in(head: &str, name: &str) -> String {
    let line = head.lines().find(|line| line.to_lowercase().starts_with("set-cookie:") && line.contains(name)).expect("a cookie");
    line.split_once(": ").and_then(|(_, rest)| rest.split(';').next()).expect("its value").into()
}

fn send(line: &str, cookie: &str, kind: &str, body: &[u8]) -> (u16, String, Vec<u8>) {
    let mut stream = TcpStream::connect(("127.0.0.1", PORT)).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(120))).expect("a deadline");
    let head = format!(
        "{line}Host: localhost\r\nConnection: close\r\nCookie: {cookie}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).expect("sent");
    stream.write_all(body).expect("sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(answer.len());
    let head = text(&answer[..end]);
    let status = head.get(9..12).and_then(|code| code.parse().ok()).unwrap_or(0);
    (status, head, answer.get(end + 4..).unwrap_or(&[]).to_vec())
}
