//! Performance of the whole program: `cargo bench` prints the figures in docs/figures.md.
//!
//! Measures the first page after the start, the demo of 100,000 patients, pages over them, and a flood of sign-ins with its
//! memory. `BENCH_DATABASE_URL` names an empty PostgreSQL database to measure that instead of SQLite. All requests use the
//! loopback interface.

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
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const PROGRAM: &str = env!("CARGO_BIN_EXE_praxis");
const PORT: u16 = 18_765;

fn main() {
    assert!(TcpStream::connect(("127.0.0.1", PORT)).is_err(), "something else answers at port {PORT}; it would be measured");
    let folder = tempfile::tempdir().expect("a folder");
    let url = std::env::var("BENCH_DATABASE_URL").unwrap_or_else(|_| "sqlite://bench.db".into());
    let patients = std::env::var("BENCH_PATIENTS").unwrap_or_else(|_| "100000".into());
    let praxis = |arguments: &[&str]| {
        let mut command = Command::new(PROGRAM);
        command
            .args(arguments)
            .current_dir(folder.path())
            .env_clear()
            .env("DATABASE_URL", &url)
            .env("BIND", format!("127.0.0.1:{PORT}"))
            .env("RUST_LOG", "warn");
        command
    };
    let start = Instant::now();
    assert!(
        praxis(&["demo", "--patients", &patients, "--doctors", "500"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .expect("the demo")
            .success()
    );
    println!("demo of {patients} patients         {:>9.1} s", start.elapsed().as_secs_f64());
    assert!(patients != "100000" || start.elapsed().as_secs() < 60, "the demo is promised within a minute");

    let mut starts: Vec<f64> = (0..7).map(|_| first_page(praxis(&[]))).collect();
    starts.sort_by(f64::total_cmp);
    println!("start to first page, median      {:>9.1} ms", starts[3] * 1e3);
    assert!(starts[3] < 0.3, "the first page is promised within 300 ms");

    let mut server = Server::start(praxis(&[]));
    let admin = Client::sign_in("admin");
    println!("memory after the start           {:>9} MB", server.memory());
    let deep = admin.link("/admin/patients?page=1999", "page=2000&#38;");
    let deep_by_age = admin.link("/admin/patients?sort=-age&page=1999", "page=2000&#38;");
    for (what, path) in [
        ("start page", "/"),
        ("list of patients", "/patients"),
        ("admin list", "/admin/patients"),
        ("admin list, filtered and sorted", "/admin/patients?gender=female&sort=-age"),
        ("the same by several columns", "/admin/patients?gender=female&age__from=20&sort=age,name"),
        ("filtered by doctor, sorted by age", "/admin/patients?primary_doctor_id=7&sort=age"),
        ("search of three letters, common", "/admin/patients?q=mar"),
        ("search of three letters, rare", "/admin/patients?q=zol"),
        ("search of two words", "/admin/patients?q=maria+street"),
        ("page 2,000 by its link", deep.as_str()),
        ("page 2,000 by age", deep_by_age.as_str()),
        ("page 2,000 by its number", "/admin/patients?page=2000"),
        ("one patient", "/patients/5000"),
        ("admin form", "/admin/patients/5000"),
    ] {
        admin.measure(what, path);
    }
    // The doctor may view a few hundred of them.
    Client::sign_in("doctor").measure("a doctor's own patients", "/patients");
    println!("memory after these pages         {:>9} MB", server.memory());
    flood(&mut server, &admin);
    server.stop();
}

/// 400 users sign in at once, while another one continues to work.
fn flood(server: &mut Server, admin: &Client) {
    let done = Arc::new(AtomicBool::new(false));
    let start = Instant::now();
    let floods: Vec<_> = (0..400)
        .map(|_| {
            let (token, cookie) = visitor();
            std::thread::Builder::new().stack_size(128 << 10).spawn(move || try_sign_in(&token, &cookie)).expect("a thread")
        })
        .collect();
    let watch = done.clone();
    let cookie = admin.cookie.clone();
    let innocent = std::thread::spawn(move || {
        let client = Client { cookie };
        let mut times = Vec::new();
        while !watch.load(Ordering::Relaxed) {
            times.push(client.time("/patients/5000"));
            std::thread::sleep(Duration::from_millis(5));
        }
        times
    });
    let mut peak = 0;
    let mut answered = 0;
    for one in floods {
        peak = peak.max(server.memory());
        answered += u32::from(one.join().is_ok_and(|status| status == 303));
    }
    done.store(true, Ordering::Relaxed);
    let mut times = innocent.join().expect("the innocent");
    times.sort_by(f64::total_cmp);
    println!("400 sign-ins at once             {:>9.1} s, {answered} answered", start.elapsed().as_secs_f64());
    println!(
        "another's page meanwhile         {:>9.2} ms median {:>8.2} ms p99",
        times[times.len() / 2] * 1e3,
        times[times.len() * 99 / 100] * 1e3
    );
    println!("memory at its peak               {:>9} MB", peak.max(server.memory()));
    assert!(answered == 400 && peak.max(server.memory()) < 150, "400 sign-ins at once are promised in 150 MB");
}

fn first_page(mut command: Command) -> f64 {
    let start = Instant::now();
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program");
    loop {
        if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", PORT)) {
            let (status, _, _) = ask(&mut stream, "GET /login HTTP/1.1\r\n", "", "");
            assert_eq!(status, 200);
            break;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    let took = start.elapsed().as_secs_f64();
    end(&mut child);
    took
}

struct Server(Child);

impl Server {
    fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the program");
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().expect("its output")).read_line(&mut line).expect("a line");
        Self(child)
    }

    /// Resident memory in megabytes, if the system reports it.
    fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(Path::new("/proc").join(self.0.id().to_string()).join("status")).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or("0");
        line.split_whitespace().next().and_then(|kb| kb.parse::<u64>().ok()).unwrap_or(0) / 1024
    }

    fn stop(&mut self) {
        end(&mut self.0);
    }
}

impl Drop for Server {
    /// Stops the server even if a measurement fails.
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn end(child: &mut Child) {
    child.kill().expect("it ends");
    child.wait().expect("it ends");
}

/// A browser with one cookie.
struct Client {
    cookie: String,
}

impl Client {
    fn sign_in(username: &str) -> Self {
        let (token, cookie) = visitor();
        let body = format!("csrf_token={token}&username={username}&password={}", praxis::demo::PASSWORD);
        let (status, head, _) = fresh("POST /login HTTP/1.1\r\n", &cookie, &body);
        assert_eq!(status, 303, "{head}");
        Self { cookie: cookie_of(&head, "sid=") }
    }

    /// The link on a page that contains this text.
    fn link(&self, path: &str, part: &str) -> String {
        let (status, _, body) = fresh(&format!("GET {path} HTTP/1.1\r\n"), &self.cookie, "");
        assert_eq!(status, 200, "{path}");
        let found = body.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).find(|href| href.contains(part));
        found.unwrap_or_else(|| panic!("no link with {part} on {path}")).replace("&#38;", "&")
    }

    fn measure(&self, what: &str, path: &str) {
        let mut times: Vec<f64> = (0..200).map(|_| self.time(path)).collect();
        times.sort_by(f64::total_cmp);
        println!("{what:<35}{:>9.2} ms median {:>8.2} ms p99", times[100] * 1e3, times[198] * 1e3);
    }

    /// The time of one page over one connection, in seconds.
    fn time(&self, path: &str) -> f64 {
        let mut stream = TcpStream::connect(("127.0.0.1", PORT)).expect("a connection");
        let start = Instant::now();
        let (status, _, _) = ask(&mut stream, &format!("GET {path} HTTP/1.1\r\n"), &self.cookie, "");
        assert_eq!(status, 200, "{path}");
        start.elapsed().as_secs_f64()
    }
}

fn visitor() -> (String, String) {
    let (_, head, body) = fresh("GET /login HTTP/1.1\r\n", "", "");
    let token = body.split("name=\"csrf_token\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a token");
    (token.into(), cookie_of(&head, "visitor="))
}

fn try_sign_in(token: &str, cookie: &str) -> u16 {
    fresh("POST /login HTTP/1.1\r\n", cookie, &format!("csrf_token={token}&username=reception&password={}", praxis::demo::PASSWORD)).0
}

fn cookie_of(head: &str, name: &str) -> String {
    let line = head.lines().find(|line| line.to_lowercase().starts_with("set-cookie:") && line.contains(name)).expect("a cookie");
    line.split_once(": ").and_then(|(_, rest)| rest.split(';').next()).expect("its value").into()
}

fn fresh(line: &str, cookie: &str, body: &str) -> (u16, String, String) {
    let mut stream = TcpStream::connect(("127.0.0.1", PORT)).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a deadline");
    ask(&mut stream, line, cookie, body)
}

fn ask(stream: &mut TcpStream, line: &str, cookie: &str, body: &str) -> (u16, String, String) {
    let head = format!(
        "{line}Host: localhost\r\nConnection: close\r\nCookie: {cookie}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes()).expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let status = answer.get(9..12).and_then(|code| code.parse().ok()).unwrap_or(0);
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    (status, head.into(), body.into())
}
