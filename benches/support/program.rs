//! The program as a process: its settings, its demo, its start, its memory and CPU time.

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::http::{connect, exchange};

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_praxis");

/// A folder of its own, an empty database in it unless `BENCH_DATABASE_URL` names one, and a port.
pub struct Installation {
    pub folder: tempfile::TempDir,
    pub url: String,
    pub port: u16,
    settings: Vec<(&'static str, &'static str)>,
    wrapper: Vec<String>,
}

impl Installation {
    pub fn new(port: u16) -> Self {
        let own = Self::on_sqlite(port);
        Self { url: std::env::var("BENCH_DATABASE_URL").unwrap_or_else(|_| own.url.clone()), ..own }
    }

    pub fn on_sqlite(port: u16) -> Self {
        assert!(TcpStream::connect(("127.0.0.1", port)).is_err(), "something else answers at port {port}; it would be measured");
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}", folder.path().join("bench.db").display());
        Self { folder, url, port, settings: Vec::new(), wrapper: Vec::new() }
    }

    /// More settings than the database, the address and the level of the log.
    #[must_use]
    pub fn with(mut self, settings: &[(&'static str, &'static str)]) -> Self {
        self.settings.extend_from_slice(settings);
        self
    }

    /// Another program that starts it, such as `taskset -c 0`.
    #[must_use]
    pub fn started_by(mut self, wrapper: Vec<String>) -> Self {
        self.wrapper = wrapper;
        self
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut words = self.wrapper.iter().map(String::as_str).chain([PROGRAM]).chain(arguments.iter().copied());
        let mut command = Command::new(words.next().expect("a program"));
        command.args(words).current_dir(self.folder.path()).env_clear().env("PATH", std::env::var("PATH").unwrap_or_default());
        command.env("DATABASE_URL", &self.url).env("BIND", format!("127.0.0.1:{}", self.port)).env("RUST_LOG", "warn");
        command.envs(self.settings.iter().copied());
        command
    }

    /// Fills the empty database with people. Returns how long that took.
    pub fn fill(&self, patients: &str, doctors: &str) -> Duration {
        self.fill_with(patients, doctors, "0")
    }

    /// The same with appointments.
    pub fn fill_with(&self, patients: &str, doctors: &str, appointments: &str) -> Duration {
        let start = Instant::now();
        let mut demo = self.command(&["demo", "--patients", patients, "--doctors", doctors, "--appointments", appointments]);
        assert!(demo.stdout(Stdio::null()).status().expect("the demo").success(), "the demo fails");
        start.elapsed()
    }

    pub fn start(&self) -> Server {
        Server::start(&mut self.command(&[]))
    }

    /// The time from the start of a process to its first answer, in seconds.
    pub fn first_page(&self) -> f64 {
        let start = Instant::now();
        let _server = Server(self.command(&[]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program"));
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            std::thread::sleep(Duration::from_millis(1));
        }
        let answer = exchange(&mut connect(self.port), "GET /login", "", ("text/plain", b""));
        assert_eq!(answer.status, 200);
        start.elapsed().as_secs_f64()
    }
}

/// The number of patients: `BENCH_PATIENTS`, or 100,000.
pub fn patients() -> String {
    std::env::var("BENCH_PATIENTS").unwrap_or_else(|_| "100000".into())
}

/// A process that serves. It ends with this, even if a measurement fails.
pub struct Server(Child);

impl Server {
    /// Returns when the process has printed its first line.
    pub fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().expect("the program");
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().expect("its output")).read_line(&mut line).expect("a line");
        let server = Self(child);
        assert!(line.contains("ready"), "the server does not start: {line}");
        server
    }

    /// Resident memory now, in megabytes.
    pub fn memory(&self) -> u64 {
        self.status("VmRSS:")
    }

    pub fn peak_memory(&self) -> u64 {
        self.status("VmHWM:")
    }

    /// 0 if the system does not report it.
    fn status(&self, which: &str) -> u64 {
        let status = std::fs::read_to_string(self.proc("status")).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix(which)).unwrap_or("0");
        line.split_whitespace().next().and_then(|kb| kb.parse::<u64>().ok()).unwrap_or(0) / 1024
    }

    /// The CPU time of all its threads so far, of the program and of the system for it.
    pub fn cpu(&self) -> Duration {
        let stat = std::fs::read_to_string(self.proc("stat")).expect("its CPU time");
        // The name of the program may contain spaces; utime and stime are the 12th and 13th words after it.
        let words: Vec<&str> = stat.rsplit_once(')').expect("its name").1.split_whitespace().collect();
        let ticks: u64 = words[11..13].iter().map(|ticks| ticks.parse::<u64>().expect("ticks")).sum();
        // USER_HZ is 100 on every Linux that users see.
        Duration::from_millis(ticks * 10)
    }

    fn proc(&self, file: &str) -> std::path::PathBuf {
        Path::new("/proc").join(self.0.id().to_string()).join(file)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
