//! External programs that check the API and read calendars: each in the folder that `PRAXIS_TEST_TOOLS` names, or on the path.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// Its path. The error says that it is not installed.
pub fn find(name: &str) -> Result<PathBuf, String> {
    let folders = std::env::var("PRAXIS_TEST_TOOLS").unwrap_or_default();
    let path = std::env::var("PATH").unwrap_or_default();
    let found =
        std::env::split_paths(&folders).chain(std::env::split_paths(&path)).map(|folder| folder.join(name)).find(|file| file.is_file());
    found.ok_or_else(|| format!("{name} is not installed"))
}

/// The generator of clients and the validator of the description; the Python next to the first runs the client.
pub fn both() -> Result<(PathBuf, PathBuf), String> {
    Ok((find("openapi-python-client")?, find("openapi-spec-validator")?))
}

/// The Python with caldav. Beside it is vdirsyncer.
pub fn caldav() -> Result<PathBuf, String> {
    static FOUND: OnceLock<Option<PathBuf>> = OnceLock::new();
    let reads = |python: &PathBuf| {
        let asked = Command::new(python).args(["-c", "import caldav"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
        asked.is_ok_and(|status| status.success())
    };
    find("vdirsyncer")?;
    FOUND.get_or_init(|| find("python3").ok().filter(reads)).clone().ok_or_else(|| "python3 with caldav is not installed".into())
}

/// Node with ical.js.
pub fn ical_js() -> Result<(), String> {
    const PATH: &str = "node_modules/ical.js/package.json";
    if !PathBuf::from(PATH).is_file() {
        return Err(format!("{PATH} is not installed"));
    }
    find("node").map(|_| ())
}

/// The Python with icalendar and recurring-ical-events, which reads calendars. Beside it are vdirsyncer and khal.
pub fn calendar_reader() -> Result<PathBuf, String> {
    static FOUND: OnceLock<Option<PathBuf>> = OnceLock::new();
    let reads = |python: &PathBuf| {
        let packages = ["-c", "import icalendar, recurring_ical_events"];
        let asked = Command::new(python).args(packages).stdout(Stdio::null()).stderr(Stdio::null()).status();
        asked.is_ok_and(|status| status.success())
    };
    for program in ["vdirsyncer", "khal"] {
        find(program)?;
    }
    let found = FOUND.get_or_init(|| find("python3").ok().filter(reads));
    found.clone().ok_or_else(|| "python3 with icalendar and recurring-ical-events is not installed".into())
}
