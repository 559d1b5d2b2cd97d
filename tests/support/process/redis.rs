//! A real Redis server in a process of its own.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::support::folder;

/// Why there is no such server on this machine.
pub fn is_available() -> Result<(), String> {
    let asked = Command::new("redis-server").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if asked.is_ok_and(|status| status.success()) { Ok(()) } else { Err("redis-server is not installed".into()) }
}

pub struct Redis {
    child: Option<Child>,
    port: u16,
    folder: TempDir,
}

impl Redis {
    pub fn open() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|taken| taken.local_addr()).expect("a port").port();
        let mut redis = Self { child: None, port, folder: folder::temporary() };
        redis.start();
        redis
    }

    /// Starts it again on the same port, empty.
    pub fn start(&mut self) {
        let port = self.port.to_string();
        let arguments = ["--bind", "127.0.0.1", "--port", &port, "--save", "", "--appendonly", "no", "--dir"];
        let child = Command::new("redis-server").args(arguments).arg(self.folder.path()).stdout(Stdio::null()).spawn();
        self.child = Some(child.expect("redis-server"));
        for _ in 0..200 {
            if TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(25));
        }
        panic!("redis-server does not listen");
    }

    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Its response to a command.
    pub fn ask(&self, command: &str) -> String {
        let mut line = TcpStream::connect(("127.0.0.1", self.port)).expect("redis-server");
        line.set_read_timeout(Some(Duration::from_millis(200))).expect("a deadline");
        line.write_all(format!("{command}\r\n").as_bytes()).expect("asked");
        let mut answer = Vec::new();
        let _ = line.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.stop();
    }
}
