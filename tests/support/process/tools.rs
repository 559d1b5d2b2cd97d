//! External programs that check the API: each in the folder that `PRAXIS_TEST_TOOLS` names, or on the path.

use std::path::PathBuf;

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
