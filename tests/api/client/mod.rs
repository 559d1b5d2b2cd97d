//! A real client: a Python program with requests and PyJWT, against a server that was started from a shell.

use std::process::{Command, Stdio};
use std::sync::OnceLock;

use crate::stories;
use crate::support::Clinic;
use crate::support::binary::Running;

stories![Client: a_client_written_for_another_backend_works_unchanged];

/// Why there is no such client on this machine.
pub fn is_available() -> Result<(), String> {
    python().map(|_| ()).ok_or_else(|| "python3 with requests and PyJWT is not installed".into())
}

/// The Python with these packages: the first one on the path, or the system's own.
fn python() -> Option<&'static str> {
    static FOUND: OnceLock<Option<&str>> = OnceLock::new();
    *FOUND.get_or_init(|| {
        ["python3", "/usr/bin/python3"].into_iter().find(|python| {
            let asked = Command::new(python).args(["-c", "import requests, jwt"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
            asked.is_ok_and(|status| status.success())
        })
    })
}

async fn a_client_written_for_another_backend_works_unchanged(clinic: Clinic) {
    let mut praxis = Running::start(&clinic.database);
    assert!(praxis.line().starts_with("Praxis is ready"));
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/api/client/story.py");
    let address = format!("http://127.0.0.1:{}", praxis.port);
    let told = Command::new(python().expect("python3")).arg(script).arg(address).output().expect("python3");
    let said = format!("{}{}", String::from_utf8_lossy(&told.stdout), String::from_utf8_lossy(&told.stderr));
    assert!(told.status.success() && said.contains("The story was told."), "{said}");
}
