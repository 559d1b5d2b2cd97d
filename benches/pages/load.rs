//! Load by `wrk`, on a core of its own, and what it costs the server.

use std::ffi::OsStr;
use std::process::{Command, Output};
use std::time::Duration;

use crate::support::http::{connect, exchange};
use crate::support::program::Server;

const CONNECTIONS: usize = 32;
const PAUSE: Duration = Duration::from_millis(100);

/// One address, and what asks for it.
pub struct Target {
    port: u16,
    path: String,
    /// A cookie or a token; blank for visitors.
    header: String,
    /// The length of the body.
    pub bytes: usize,
}

impl Target {
    /// `None` if the person may not open it.
    pub fn find(port: u16, path: &str, header: String) -> Option<Self> {
        let mut target = Self { port, path: path.into(), header, bytes: 0 };
        let (status, bytes) = target.ask();
        target.bytes = bytes;
        match status {
            200 => Some(target),
            403 | 404 => None,
            _ => panic!("{path} answers with {status}"),
        }
    }

    fn ask(&self) -> (u16, usize) {
        let header = if self.header.is_empty() { String::new() } else { format!("{}\r\n", self.header) };
        let answer = exchange(&mut connect(self.port), &format!("GET {}", self.path), &header, ("text/plain", b""));
        (answer.status, answer.body.len())
    }
}

pub struct Round {
    /// Requests a second.
    rate: f64,
    /// In milliseconds.
    p99: f64,
    /// CPU time of the server for each request, in microseconds.
    cpu: f64,
}

/// The medians of all rounds of one target.
pub struct Measured {
    pub rate: f64,
    pub p99: f64,
    pub cpu: f64,
    pub bytes: usize,
}

impl Measured {
    pub fn of(target: &Target, rounds: &[Round]) -> Self {
        let of = |what: fn(&Round) -> f64| median(&mut rounds.iter().map(what).collect::<Vec<_>>());
        Self { rate: of(|round| round.rate), p99: of(|round| round.p99), cpu: of(|round| round.cpu), bytes: target.bytes }
    }
}

pub fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// How the load is made.
pub struct Load {
    /// What starts the server on its core; blank if it may use all of them.
    pub server_core: Vec<String>,
    load_core: Vec<String>,
    pub seconds: u64,
}

impl Load {
    pub fn prepare() -> Self {
        run("wrk", ["-v"]).expect("wrk is missing: apt install wrk");
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let pins = cores > 1 && run("taskset", ["-V"]).is_ok();
        let core = |number: &str| if pins { ["taskset", "-c", number].map(String::from).into() } else { Vec::new() };
        let seconds = std::env::var("BENCH_SECONDS").map_or(2, |text| text.parse().expect("whole seconds in BENCH_SECONDS"));
        Self { server_core: core("0"), load_core: core("1"), seconds }
    }

    pub fn describe(&self) -> String {
        let place = if self.server_core.is_empty() { "Server and load on all cores" } else { "Server on one core, load on another" };
        format!("{place}: wrk with {CONNECTIONS} connections")
    }

    /// Fails if an answer is not the expected one.
    pub fn round(&self, server: &Server, target: &Target) -> Round {
        let mut words = self.load_core.iter().cloned().chain(["wrk".into()]);
        let mut command = Command::new(words.next().expect("a program"));
        command.args(words).args(["--threads", "1", "--latency", "--timeout", "20s"]);
        command.args(["--connections", &CONNECTIONS.to_string(), "--duration", &format!("{}s", self.seconds)]);
        if !target.header.is_empty() {
            command.args(["--header", &target.header]);
        }
        let before = server.cpu();
        let output = command.arg(format!("http://127.0.0.1:{}{}", target.port, target.path)).output().expect("wrk");
        let cpu = server.cpu() - before;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "wrk fails: {said}{}", String::from_utf8_lossy(&output.stderr));
        let wrong = said.lines().find(|line| line.contains("Non-2xx") || line.contains("Socket errors"));
        assert!(wrong.is_none(), "{}: {}", target.path, wrong.unwrap_or_default().trim());
        let (requests, read) = totals(&said).unwrap_or_else(|| panic!("wrk says: {said}"));
        // wrk counts a redirect, to the sign-in page for example, as a success, but it is shorter.
        assert!(read >= 0.95 * requests * target.bytes as f64, "{}: answers are too short: {said}", target.path);
        settle(server);
        assert_eq!(target.ask().0, 200, "{} after a round", target.path);
        Round { rate: word(&said, "Requests/sec:"), p99: milliseconds(&said), cpu: cpu.as_secs_f64() * 1e6 / requests }
    }
}

/// Waits until the server has done what `wrk` no longer waits for, which would count as work of the next round.
fn settle(server: &Server) {
    let mut before = server.cpu();
    for _ in 0..300 {
        std::thread::sleep(PAUSE);
        let now = server.cpu();
        if now - before < PAUSE / 5 {
            return;
        }
        before = now;
    }
    panic!("the server works on, half a minute after its last request");
}

fn run<const N: usize>(program: &str, arguments: [&str; N]) -> std::io::Result<Output> {
    Command::new(program).args(arguments.map(OsStr::new)).output()
}

/// The number after a word.
fn word(said: &str, before: &str) -> f64 {
    let rest = said.split(before).nth(1).and_then(|rest| rest.split_whitespace().next());
    rest.and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("no {before} in: {said}"))
}

/// Requests and bytes, of the line `12345 requests in 2.00s, 5.60MB read`.
fn totals(said: &str) -> Option<(f64, f64)> {
    let words: Vec<&str> = said.lines().find(|line| line.contains(" requests in "))?.split_whitespace().collect();
    let requests = words.first()?.parse().ok()?;
    Some((requests, measure(words.get(4)?, &[("GB", (1u64 << 30) as f64), ("MB", (1u64 << 20) as f64), ("KB", 1024.0), ("B", 1.0)])?))
}

/// The 99th percentile, of the line `99%    3.20ms`.
fn milliseconds(said: &str) -> f64 {
    let text = said.lines().find_map(|line| line.trim().strip_prefix("99%")).unwrap_or_default();
    measure(text.trim(), &[("us", 1e-3), ("ms", 1.0), ("s", 1e3), ("m", 6e4)]).unwrap_or_else(|| panic!("no 99% in: {said}"))
}

/// A number and its unit.
fn measure(text: &str, units: &[(&str, f64)]) -> Option<f64> {
    units.iter().find_map(|(unit, factor)| Some(text.strip_suffix(unit)?.parse::<f64>().ok()? * factor))
}
