//! What it is measured on.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Text;
use praxis::db::Connection;
use praxis::db::connection::{Purpose, open};
use praxis::db::url::DatabaseUrl;

/// `SQLite 3.50.2` or `PostgreSQL 17.2`
pub fn database(url: &str) -> String {
    let url = DatabaseUrl::parse(url).expect("an address");
    let version = match &mut open(&url, Purpose::Read).expect("a connection") {
        Connection::Sqlite(c) => diesel::select(sql::<Text>("sqlite_version()")).get_result::<String>(c),
        Connection::Postgres(c) => diesel::select(sql::<Text>("current_setting('server_version')")).get_result::<String>(c),
    };
    format!("{} {}", url.name(), version.expect("a version"))
}

/// Cores, memory and kernel; what the system does not report is left out.
pub fn describe() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let model = line("/proc/cpuinfo", "model name").map_or_else(String::new, |name| format!(" ({name})"));
    let memory = line("/proc/meminfo", "MemTotal").and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    let memory = memory.map_or_else(String::new, |kilobytes| format!(", {:.0} GiB of memory", kilobytes / f64::from(1 << 20)));
    let kernel =
        std::fs::read_to_string("/proc/sys/kernel/osrelease").map_or_else(|_| String::new(), |name| format!(", Linux {}", name.trim()));
    format!("Machine: {cores} cores{model}{memory}{kernel}.")
}

/// The value of a line `name: value` of a file.
fn line(path: &str, name: &str) -> Option<String> {
    let text = std::fs::read_to_string(path).ok()?;
    text.lines().find_map(|line| line.strip_prefix(name)?.split_once(':').map(|(_, value)| value.trim().into()))
}
