//! Layers of the source: which folder may import which, and how many files a folder may have.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::facts;

facts![imports_follow_the_diagram_of_the_library, no_folder_is_too_full];

const MOST_FILES: usize = 15;

fn imports_follow_the_diagram_of_the_library() {
    let allowed = closure(&diagram());
    for (room, below) in &allowed {
        assert!(!below.contains(room), "the diagram lets {room} import itself from above");
    }
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let room = room_of(&path);
        let below = allowed.get(&room).unwrap_or_else(|| panic!("{room} is not in the diagram of src/lib.rs"));
        for other in imported(&text) {
            if other != room && allowed.contains_key(&other) && !below.contains(&other) {
                wrong.push(format!("{} imports {other}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "imports against the diagram of src/lib.rs:\n{}", wrong.join("\n"));
}

fn no_folder_is_too_full() {
    let mut folders: BTreeMap<PathBuf, usize> = BTreeMap::new();
    let mut files = Vec::new();
    ["src", "tests"].iter().for_each(|top| collect(&root().join(top), &mut files));
    for path in files {
        let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
        // The top folder has one file for each part of the whole.
        if folder != root().join("src") {
            *folders.entry(folder).or_default() += 1;
        }
    }
    let full: Vec<_> = folders.iter().filter(|(_, files)| **files > MOST_FILES).collect();
    assert!(full.is_empty(), "folders of more than {MOST_FILES} files: {full:?}");
}

/// For the names left of each arrow, the names right of it.
fn diagram() -> BTreeMap<String, BTreeSet<String>> {
    let text = std::fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let mut known: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in text.lines().filter_map(|line| line.strip_prefix("//! ")) {
        let Some((left, right)) = line.split_once('→').filter(|(left, _)| !left.contains(['[', '(', '.'])) else { continue };
        for room in left.split(',').map(str::trim) {
            known.entry(room.into()).or_default().extend(right.split_whitespace().map(String::from));
        }
    }
    assert!(known.len() > 20, "only {} rooms in the diagram", known.len());
    known
}

fn closure(direct: &BTreeMap<String, BTreeSet<String>>) -> BTreeMap<String, BTreeSet<String>> {
    let mut whole = direct.clone();
    loop {
        let before = whole.clone();
        for below in whole.values_mut() {
            let further: BTreeSet<String> = below.iter().filter_map(|room| before.get(room)).flatten().cloned().collect();
            below.extend(further);
        }
        if whole == before {
            return whole;
        }
    }
}

/// The names after `crate::` in code, without tests and comments.
fn imported(text: &str) -> BTreeSet<String> {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let lines: Vec<&str> = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let code = lines.join("\n");
    let mut rooms = BTreeSet::new();
    for rest in code.split("crate::").skip(1) {
        let names = match rest.strip_prefix('{') {
            Some(group) => top_names(group),
            None => vec![rest.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect()],
        };
        rooms.extend(names);
    }
    rooms
}

/// The first segments of `{accounts::{a, b}, web}`.
fn top_names(group: &str) -> Vec<String> {
    let (mut depth, mut names, mut word) = (0, Vec::new(), String::new());
    for letter in group.chars() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => names.push(std::mem::take(&mut word)),
            _ if depth == 0 => word.push(letter),
            _ => {}
        }
    }
    names.push(word);
    names.iter().map(|name| name.trim().split("::").next().unwrap_or_default().to_string()).collect()
}

/// `src/web/page/shell.rs` is in `web`, `src/app.rs` in `app`.
fn room_of(path: &Path) -> String {
    let part = path.components().nth(1).expect("a path below src");
    part.as_os_str().to_string_lossy().trim_end_matches(".rs").to_string()
}

fn sources() -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    collect(&root().join("src"), &mut files);
    assert!(files.len() > 100, "only {} files were found", files.len());
    files
        .into_iter()
        .filter(|path| !path.ends_with("src/lib.rs"))
        .map(|path| (path.strip_prefix(root()).unwrap().to_path_buf(), std::fs::read_to_string(&path).unwrap()))
        .collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
