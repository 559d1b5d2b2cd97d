//! Folders for one story, in memory where there is room: files are created there many times faster than on a disk.

use std::path::PathBuf;
use std::sync::OnceLock;

use tempfile::TempDir;

const MEMORY: &str = "/dev/shm";
/// In KiB.
const ROOM: u64 = 1 << 20;

/// Gone when it is dropped.
pub fn temporary() -> TempDir {
    static PLACE: OnceLock<PathBuf> = OnceLock::new();
    tempfile::tempdir_in(PLACE.get_or_init(place)).expect("a folder")
}

/// Where `TMPDIR` says, or in memory, unless a container keeps that small.
fn place() -> PathBuf {
    let is_chosen = std::env::var_os("TMPDIR").is_some();
    if !is_chosen && memory().is_some_and(|size| size >= ROOM) { MEMORY.into() } else { std::env::temp_dir() }
}

/// How large the file system in memory may grow, if there is one. Without a size it is half of the memory.
fn memory() -> Option<u64> {
    let mounts = std::fs::read_to_string("/proc/mounts").ok()?;
    let options = mounts.lines().find_map(|line| line.strip_prefix("tmpfs ")?.strip_prefix(MEMORY)?.strip_prefix(" tmpfs "))?;
    let size = options.split([',', ' ']).find_map(|option| option.strip_prefix("size=")?.strip_suffix('k')?.parse().ok());
    options.starts_with("rw").then(|| size.unwrap_or(u64::MAX))
}
