//! The servers of the race: processes of this program that share a database.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// They end with this.
pub struct Servers(Vec<(Child, String)>);

impl Servers {
    pub fn start(count: u32, database: &str, key: &str, folder: &Path) -> Result<Self, String> {
        let mut servers = Self(Vec::new());
        for _ in 0..count {
            servers.0.push(start(database, key, folder).map_err(|error| format!("the server does not start: {error}"))?);
        }
        Ok(servers)
    }

    pub fn addresses(&self) -> Vec<String> {
        self.0.iter().map(|(_, address)| address.clone()).collect()
    }
}

fn start(database: &str, key: &str, folder: &Path) -> std::io::Result<(Child, String)> {
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let bind = format!("127.0.0.1:{port}");
    let unlimited = "1000000/s";
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("serve").current_dir(folder).env_clear();
    command.env("DATABASE_URL", database).env("SECRET_KEY", key).env("BIND", &bind).env("RUST_LOG", "error");
    command.env("API_RATE", unlimited).env("API_ANONYMOUS_RATE", unlimited);
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let mut line = String::new();
    // It stays open, so that the server can write more lines.
    let output = child.stdout.as_mut().ok_or_else(|| std::io::Error::other("it has no output"))?;
    BufReader::new(output).read_line(&mut line)?;
    if line.contains("ready") { Ok((child, format!("http://{bind}"))) } else { Err(std::io::Error::other(line)) }
}

impl Drop for Servers {
    fn drop(&mut self) {
        for (child, _) in &mut self.0 {
            // One that has ended already is no error.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
