//! Templates that are readable in an editor and in a diff.

use std::path::{Path, PathBuf};

use crate::facts;

facts![no_line_of_a_template_is_too_long];

const LONGEST: usize = 160;

fn no_line_of_a_template_is_too_long() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    pages(&root.join("templates"), &mut files);
    assert!(files.len() > 50, "only {} templates were found", files.len());
    let mut long = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let name = file.strip_prefix(root).unwrap().display().to_string();
        for (number, line) in (1..).zip(text.lines()) {
            let length = line.chars().count();
            if length > LONGEST {
                long.push(format!("{name}:{number} has {length} characters"));
            }
        }
    }
    assert!(long.is_empty(), "lines over {LONGEST} characters:\n{}", long.join("\n"));
}

/// The templates of pages in a folder. Those of emails are left out: a paragraph of a text email is one line, and mail programs
/// need inline styles.
fn pages(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("templates/mail") {
            pages(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "html") {
            found.push(path);
        }
    }
}
