//! The binary, started as from a shell.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::support::database::{Database, KEY};

/// Runs a command and waits for its end.
pub fn praxis(database: &Database, arguments: &[&str], settings: &[(&str, &str)], input: &str) -> Output {
    let mut child = command(database, arguments, settings)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program");
    // A program that reads nothing closes the pipe, which is not an error.
    let _ = child.stdin.take().expect("its input").write_all(input.as_bytes());
    child.wait_with_output().expect("its output")
}

pub fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A command with its settings, for a story that connects it itself.
pub fn command(database: &Database, arguments: &[&str], settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_praxis"));
    command.args(arguments).current_dir(database.folder.path()).env_clear();
    command.env("DATABASE_URL", &database.url).env("SECRET_KEY", KEY);
    command.envs(settings.iter().copied());
    command
}

/// A server that runs until it is stopped.
pub struct Running {
    pub child: Child,
    output: BufReader<ChildStdout>,
    pub port: u16,
    /// Its standard error.
    log: PathBuf,
}

impl Running {
    pub fn start(database: &Database) -> Self {
        Self::start_with(database, &[])
    }

    pub fn start_with(database: &Database, settings: &[(&str, &str)]) -> Self {
        Self::start_on(database, "127.0.0.1", settings)
    }

    /// Listens on this address.
    pub fn start_on(database: &Database, ip: &str, settings: &[(&str, &str)]) -> Self {
        let port = free_port();
        let bind = format!("{ip}:{port}");
        let settings = [&[("BIND", bind.as_str())], settings].concat();
        let log = database.folder.path().join("praxis.log");
        let errors = std::fs::File::create(&log).expect("a file for its log");
        let mut child = command(database, &[], &settings).stdout(Stdio::piped()).stderr(errors).spawn().expect("the program");
        let output = BufReader::new(child.stdout.take().expect("its output"));
        Self { child, output, port, log }
    }

    /// The lines of its log that contain this.
    pub fn logged(&self, words: &str) -> Vec<String> {
        let log = std::fs::read_to_string(&self.log).expect("its log");
        log.lines().filter(|line| line.contains(words)).map(Into::into).collect()
    }

    /// The next line of its output.
    pub fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).expect("a line");
        line.trim().into()
    }

    pub fn signal(&self, name: &str) {
        let done = Command::new("kill").args([format!("-{name}"), self.child.id().to_string()]).status();
        assert!(done.expect("kill").success());
    }

    /// Waits for its end, at most this long.
    pub fn end(mut self, within: Duration) -> std::process::ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a status") {
                return status;
            }
            assert!(start.elapsed() < within, "it did not stop in time");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Sends a plain HTTP request and returns the response, blank without one.
    pub fn get(&self, path: &str) -> String {
        self.get_from("localhost", path)
    }

    /// The same under another name of this machine.
    pub fn get_from(&self, host: &str, path: &str) -> String {
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", self.port)).expect("a connection");
        stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").as_bytes()).expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port()
}
