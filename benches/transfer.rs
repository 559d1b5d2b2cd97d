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

mod support;

use std::time::{Duration, Instant};

use support::http::{Answer, Client};
use support::program::{Installation, Server};

const PORT: u16 = 18_766;

fn main() {
    let praxis = Installation::new(PORT).with(&[("UPLOAD_LIMIT_MB", "50")]);
    let rows: usize = std::env::var("BENCH_ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(100_000);
    praxis.fill("10", "50");
    let server = praxis.start();
    let admin = Importer::sign_in();
    println!("memory after the start        {:>9} MB", server.peak_memory());

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
    let page = admin.client.page(&here);
    assert!(page.contains(&format!("{rows} added")), "{page}");
    for format in ["csv", "xlsx"] {
        let start = Instant::now();
        let answer = admin.ask(
            "/admin/patients/export",
            &format!("&columns=name&columns=date_of_birth&columns=gender&columns=address&columns=primary_doctor_id&format={format}"),
        );
        assert!(answer.status == 200 && answer.body.len() > rows * 5, "{}", answer.status);
        told(&format!("exported as {format}, {} MB", answer.body.len() >> 20), start, &server);
    }
    drop(server);
    assert!(
        rows > 100_000 || took < Duration::from_secs(60) || praxis.url.starts_with("postgres"),
        "100,000 patients are promised within a minute"
    );
}

fn told(what: &str, start: Instant, server: &Server) {
    let (peak, now) = (server.peak_memory(), server.memory());
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

/// A browser with the token of its forms.
struct Importer {
    client: Client,
    token: String,
}

impl Importer {
    fn sign_in() -> Self {
        let client = Client::sign_in(PORT, "admin").unwrap_or_else(|answer| panic!("{}", answer.head));
        let token = client.get("/admin").csrf_token();
        Self { client, token }
    }

    fn ask(&self, path: &str, fields: &str) -> Answer {
        self.client.post(path, &format!("csrf_token={}{fields}", self.token))
    }

    fn post(&self, path: &str, fields: &str) {
        let answer = self.ask(path, fields);
        assert_eq!(answer.status, 303, "{path}: {}", answer.text());
    }

    fn upload(&self, file: &[u8]) -> String {
        let mut body = format!("--limit\r\nContent-Disposition: form-data; name=\"csrf_token\"\r\n\r\n{}\r\n", self.token).into_bytes();
        body.extend(b"--limit\r\nContent-Disposition: form-data; name=\"file\"; filename=\"patients.csv\"\r\n\r\n");
        body.extend_from_slice(file);
        body.extend(b"\r\n--limit--\r\n");
        let answer = self.client.send("POST /admin/patients/import", ("multipart/form-data; boundary=limit", &body));
        assert_eq!(answer.status, 303, "{}", answer.text());
        answer.location()
    }

    /// Waits until the page no longer shows progress.
    fn wait(&self, path: &str) {
        while self.client.page(path).contains("data-progress") {
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}
