//! Whether response times reveal who has an account: `cargo bench --bench timing`.
//!
//! Sign-ins with a wrong password and forgotten passwords, 2,000 each for accounts that exist and for those that do not,
//! alternating, and each over its own connection. Every account and every network is used once, so that no limit is reached.
//! Prints the means with their standard error and how well an observer could tell the two apart (0.5 is chance). On SQLite, and
//! also on PostgreSQL if `BENCH_DATABASE_URL` names an empty database. All requests use the loopback interface.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a measurement that is surprised stops"
)]

mod support;

use std::process::Stdio;
use std::time::{Duration, Instant};

use diesel::prelude::*;
use praxis::db::connection::{Purpose, open, transaction};
use praxis::db::schema::users;
use praxis::db::url::DatabaseUrl;
use praxis::db::{Connection, UtcDateTime};
use praxis::passwords::Passwords;
use support::http::{Client, FORM, connect, exchange};
use support::program::Installation;

const PORT: u16 = 18_767;
const KEY: &str = "the-key-of-the-measurement-which-nobody-should-use-anywhere-else-0123456789";
/// Responses of each kind.
const SAMPLES: usize = 2_000;
/// Between two requests, to stay below the limit of fifty failed attempts a second.
const PAUSE: Duration = Duration::from_millis(12);
/// A difference of more standard errors than this is not chance.
const NOISE: f64 = 4.0;

fn main() {
    measure(Installation::on_sqlite(PORT));
    if std::env::var("BENCH_DATABASE_URL").is_ok() {
        measure(Installation::new(PORT));
    }
}

fn measure(praxis: Installation) {
    // With https and without SMTP_URL no mail worker runs during the measurement.
    let praxis = praxis.with(&[("SECRET_KEY", KEY), ("PUBLIC_URL", "https://localhost"), ("TRUSTED_PROXIES", "127.0.0.0/8")]);
    let praxis = praxis.with(&[("RUST_LOG", "error")]);
    assert!(praxis.command(&["migrate"]).stdout(Stdio::null()).status().expect("the migrations").success());
    let database = DatabaseUrl::parse(&praxis.url).expect("a database");
    add_accounts(&mut open(&database, Purpose::Write).expect("a connection"));
    let server = praxis.start();
    println!("{}", database.name());
    let browser = Browser::new();
    let wrong = |name: &str| format!("username={name}&password=not-the-right-one-39");
    compare("sign-in, wrong password", |kind, number| browser.send("/login", 422, &wrong(&login(kind, number)), address(kind, number)));
    let both = |name: &str| format!("username={name}&email={name}%40example.org");
    compare("forgotten password", |kind, number| browser.send("/forgot-password", 303, &both(&login(kind, number)), address(kind, number)));
    drop(server);
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Known,
    Unknown,
}

/// Names of the same length.
fn login(kind: Kind, number: usize) -> String {
    format!("{}{number:05}", if kind == Kind::Known { "somebody" } else { "nobody-n" })
}

/// A different network for each, in the header of a trusted proxy.
fn address(kind: Kind, number: usize) -> String {
    format!("10.{}.{}.{}", u8::from(kind == Kind::Known), number / 250, number % 250)
}

fn add_accounts(c: &mut Connection) {
    let hash = actix_web::rt::System::new().block_on(Passwords::new().hash("purple-otter-hums-39".into())).expect("a hash");
    let now = UtcDateTime::new(time::OffsetDateTime::now_utc());
    let added = transaction(c, |c| {
        for number in 0..SAMPLES + SAMPLES / 10 {
            let name = login(Kind::Known, number);
            diesel::insert_into(users::table)
                .values((
                    users::username.eq(&name),
                    users::email.eq(format!("{name}@example.org")),
                    users::password_hash.eq(&hash),
                    users::date_joined.eq(now),
                    users::search_text.eq(&name),
                    users::created_at.eq(now),
                    users::updated_at.eq(now),
                ))
                .execute(c)?;
        }
        Ok::<_, diesel::result::Error>(())
    });
    added.expect("accounts");
}

/// Alternates the two kinds, each as often first as second, after a few requests to warm up.
fn compare(what: &str, ask: impl Fn(Kind, usize) -> f64) {
    for number in SAMPLES..SAMPLES + SAMPLES / 10 {
        ask(Kind::Known, number);
        ask(Kind::Unknown, number);
    }
    let (mut known, mut unknown) = (Vec::with_capacity(SAMPLES), Vec::with_capacity(SAMPLES));
    for number in 0..SAMPLES {
        let order = if number % 2 == 0 { [Kind::Known, Kind::Unknown] } else { [Kind::Unknown, Kind::Known] };
        for kind in order {
            let took = ask(kind, number);
            if kind == Kind::Known { known.push(took) } else { unknown.push(took) }
        }
    }
    let (one, other) = (Spread::of(&known), Spread::of(&unknown));
    let (apart, error) = (one.mean - other.mean, (one.error.powi(2) + other.error.powi(2)).sqrt());
    let (told, chance) = (auc(&known, &unknown), auc_error());
    println!("  {what}");
    for (kind, spread) in [("known", &one), ("unknown", &other)] {
        println!("    {kind:<10} mean {:>8.3} ms ± {:.3}, median {:>8.3} ms", spread.mean * 1e3, spread.error * 1e3, spread.median * 1e3);
    }
    println!(
        "    apart      {:>+8.3} ms ± {:.3} ({:+.1} standard errors), AUC {told:.3} ± {chance:.3}",
        apart * 1e3,
        error * 1e3,
        apart / error
    );
    assert!((apart / error).abs() < NOISE, "the means are further apart than chance explains");
    assert!((told - 0.5).abs() < NOISE * chance, "a listener tells them apart");
}

struct Spread {
    mean: f64,
    error: f64,
    median: f64,
}

impl Spread {
    fn of(times: &[f64]) -> Self {
        let count = times.len() as f64;
        let mean = times.iter().sum::<f64>() / count;
        let variance = times.iter().map(|time| (time - mean).powi(2)).sum::<f64>() / (count - 1.0);
        let mut sorted = times.to_vec();
        sorted.sort_by(f64::total_cmp);
        Self { mean, error: (variance / count).sqrt(), median: sorted[sorted.len() / 2] }
    }
}

/// The fraction of pairs in which the first took longer than the second (AUC).
fn auc(first: &[f64], second: &[f64]) -> f64 {
    let mut all: Vec<(f64, bool)> = first.iter().map(|time| (*time, true)).chain(second.iter().map(|time| (*time, false))).collect();
    all.sort_by(|one, other| one.0.total_cmp(&other.0));
    let ranks: f64 = all.iter().enumerate().filter(|(_, (_, is_first))| *is_first).map(|(place, _)| place as f64 + 1.0).sum();
    let (n, m) = (first.len() as f64, second.len() as f64);
    (ranks - n * (n + 1.0) / 2.0) / (n * m)
}

/// The standard error of the AUC if there is no difference.
fn auc_error() -> f64 {
    let n = SAMPLES as f64;
    ((2.0 * n + 1.0) / (12.0 * n * n)).sqrt()
}

/// A browser that is not signed in.
struct Browser {
    token: String,
    cookie: String,
}

impl Browser {
    fn new() -> Self {
        let (visitor, token) = Client::visitor(PORT);
        Self { token, cookie: visitor.cookie }
    }

    /// Sends a form and reads the whole response. Returns the time in seconds.
    fn send(&self, path: &str, wanted: u16, fields: &str, from: String) -> f64 {
        std::thread::sleep(PAUSE);
        let mut stream = connect(PORT);
        let (what, headers) = (format!("POST {path}"), format!("X-Forwarded-For: {from}\r\nCookie: {}\r\n", self.cookie));
        let body = format!("csrf_token={}&{fields}", self.token);
        let start = Instant::now();
        let answer = exchange(&mut stream, &what, &headers, (FORM, body.as_bytes()));
        let took = start.elapsed().as_secs_f64();
        assert_eq!(answer.status, wanted, "{path} {fields}: {}", answer.head);
        took
    }
}
