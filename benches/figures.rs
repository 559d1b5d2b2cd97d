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

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use support::http::{Client, connect, exchange};
use support::program::{Installation, Server, patients};

const PORT: u16 = 18_765;

fn main() {
    let (praxis, patients) = (Installation::new(PORT), patients());
    let took = praxis.fill(&patients, "500");
    println!("demo of {patients} patients         {:>9.1} s", took.as_secs_f64());
    assert!(patients != "100000" || took.as_secs() < 60, "the demo is promised within a minute");

    let mut starts: Vec<f64> = (0..7).map(|_| praxis.first_page()).collect();
    starts.sort_by(f64::total_cmp);
    println!("start to first page, median      {:>9.1} ms", starts[3] * 1e3);
    assert!(starts[3] < 0.3, "the first page is promised within 300 ms");

    let server = praxis.start();
    let admin = sign_in("admin");
    println!("memory after the start           {:>9} MB", server.memory());
    let deep = link(&admin, "/admin/patients?page=1999", "page=2000&");
    let deep_by_age = link(&admin, "/admin/patients?sort=-age&page=1999", "page=2000&");
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
        measure(&admin, what, path);
    }
    // The doctor may view a few hundred of them.
    measure(&sign_in("doctor"), "a doctor's own patients", "/patients");
    println!("memory after these pages         {:>9} MB", server.memory());
    flood(&server, &admin);
}

/// 400 users sign in at once, while another one continues to work.
fn flood(server: &Server, admin: &Client) {
    let done = Arc::new(AtomicBool::new(false));
    let start = Instant::now();
    let floods: Vec<_> = (0..400)
        .map(|_| {
            let (visitor, token) = Client::visitor(PORT);
            std::thread::Builder::new().stack_size(128 << 10).spawn(move || try_sign_in(&visitor, &token)).expect("a thread")
        })
        .collect();
    let watch = done.clone();
    let client = admin.clone();
    let innocent = std::thread::spawn(move || {
        let mut times = Vec::new();
        while !watch.load(Ordering::Relaxed) {
            times.push(time(&client, "/patients/5000"));
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

fn sign_in(username: &str) -> Client {
    Client::sign_in(PORT, username).unwrap_or_else(|answer| panic!("{username} cannot sign in: {}", answer.head))
}

fn try_sign_in(visitor: &Client, token: &str) -> u16 {
    visitor.post("/login", &format!("csrf_token={token}&username=reception&password={}", praxis::demo::PASSWORD)).status
}

fn link(client: &Client, path: &str, part: &str) -> String {
    client.link(path, part).unwrap_or_else(|| panic!("no link with {part} on {path}"))
}

fn measure(client: &Client, what: &str, path: &str) {
    let mut times: Vec<f64> = (0..200).map(|_| time(client, path)).collect();
    times.sort_by(f64::total_cmp);
    println!("{what:<35}{:>9.2} ms median {:>8.2} ms p99", times[100] * 1e3, times[198] * 1e3);
}

/// The time of one page over one connection, in seconds.
fn time(client: &Client, path: &str) -> f64 {
    let mut stream = connect(PORT);
    let start = Instant::now();
    let answer = exchange(&mut stream, &format!("GET {path}"), &format!("Cookie: {}\r\n", client.cookie), ("text/plain", b""));
    assert_eq!(answer.status, 200, "{path}");
    start.elapsed().as_secs_f64()
}
