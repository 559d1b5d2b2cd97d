//! The documents are correct.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::Clinic;
use crate::support::binary::{praxis, told};
use crate::support::database::KEY;
use crate::{facts, stories};
use praxis::settings::Settings;

stories![the_example_of_settings_can_be_used_as_it_is, the_addresses_in_the_documents_exist];
facts![
    every_setting_is_documented,
    the_example_of_settings_shows_the_defaults,
    every_command_is_documented,
    the_documents_are_short,
    the_links_lead_somewhere,
    the_walkthrough_shows_what_is_compiled,
    the_libraries_are_free_and_need_no_openssl,
];

async fn the_example_of_settings_can_be_used_as_it_is(clinic: Clinic) {
    let file = clinic.database.folder.path().join(".env");
    std::fs::copy(".env.example", &file).expect("a copy");
    let output = praxis(&clinic.database, &["check"], &[], "");
    assert!(output.status.success(), "{}", told(&output));
    std::fs::write(&file, "SMTP_URL=smtp://me:hidden secret@mail").expect("a wrong line");
    let output = praxis(&clinic.database, &["check"], &[], "");
    assert!(
        told(&output).starts_with("praxis: .env: line 1: the value of SMTP_URL has spaces") && !told(&output).contains("hidden"),
        "{}",
        told(&output)
    );
}

fn read(path: impl AsRef<Path>) -> String {
    let path = path.as_ref();
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The path of every document.
fn documents() -> Vec<PathBuf> {
    let folder = std::fs::read_dir("docs").expect("docs").map(|entry| entry.expect("an entry").path());
    let mut found: Vec<PathBuf> = folder.filter(|path| path.extension().is_some_and(|end| end == "md")).collect();
    found.extend(["README.md".into(), "CONTRIBUTING.md".into()]);
    found
}

/// The cells of the table rows whose first cell is in backticks, without the backticks.
fn rows(document: &str) -> Vec<(String, Vec<String>)> {
    let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_string()).collect::<Vec<_>>();
    let lines = document.lines().filter(|line| line.starts_with("| `")).map(cells);
    lines.map(|row| (row[0].split('`').nth(1).expect("a word in backticks").to_string(), row)).collect()
}

/// Texts in backticks, outside code blocks.
fn quoted(document: &str) -> Vec<&str> {
    let prose = document.split("```").step_by(2);
    prose.flat_map(|part| part.split('`').skip(1).step_by(2)).collect()
}

fn every_setting_is_documented() {
    let settings = read("docs/settings.md");
    let (table, _) = settings.split_once("\n## ").expect("a heading after the table");
    let table = rows(table);
    let names: Vec<&str> = table.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, praxis::settings::NAMES, "the table of docs/settings.md");
    for (name, value) in example() {
        let (_, row) = table.iter().find(|(known, _)| *known == name).unwrap_or_else(|| panic!("{name} is in .env.example alone"));
        assert!(value.is_empty() || row[2].starts_with(&format!("`{value}`")), "{name}: {} and not {value}", row[2]);
    }
}

/// Names and values of `.env.example`.
fn example() -> Vec<(String, String)> {
    dotenvy::from_path_iter(".env.example").expect(".env.example").map(|line| line.expect("a line")).collect()
}

fn the_example_of_settings_shows_the_defaults() {
    let example = example();
    let names: Vec<&str> = example.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, praxis::settings::NAMES, ".env.example");
    let shown = |get: &dyn Fn(&str) -> Option<String>| {
        let settings = Settings::read(|name| if name == "SECRET_KEY" { Some(KEY.into()) } else { get(name) });
        settings.expect("settings").lines()
    };
    let given = |name: &str| example.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    assert_eq!(shown(&given), shown(&|_| None));
}

/// The help text of a command.
fn help(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_praxis")).args(arguments).arg("--help").output().expect("the program");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn every_command_is_documented() {
    let words = |text: &str| -> Vec<String> {
        let (_, list) = text.split_once("Commands:\n").unwrap_or_default();
        let lines = list.lines().take_while(|line| !line.is_empty()).filter_map(|line| line.split_whitespace().next());
        lines.filter(|word| *word != "help").map(String::from).collect()
    };
    let documents = ["docs/operations.md", "docs/log.md"].map(read).concat();
    let listed = rows(&read("docs/operations.md"));
    let known = |command: &str| listed.iter().any(|(row, _)| row == command || row.starts_with(&format!("{command} ")));
    let commands = words(&help(&[]));
    let mut places: Vec<Vec<&str>> = Vec::new();
    let within: Vec<(&str, Vec<String>)> = commands.iter().map(|name| (name.as_str(), words(&help(&[name.as_str()])))).collect();
    for (command, subcommands) in &within {
        match subcommands.as_slice() {
            [] => places.push(vec![command]),
            some => places.extend(some.iter().map(|name| vec![*command, name.as_str()])),
        }
    }
    for place in places {
        let whole = format!("praxis {}", place.join(" "));
        assert!(known(&whole), "docs/operations.md lacks {whole}");
        for option in help(&place).split_whitespace().filter(|word| word.starts_with("--") && *word != "--help") {
            assert!(documents.contains(option.trim_end_matches([',', '.'])), "the documents lack {option} of {whole}");
        }
    }
    for (row, _) in listed.iter().filter(|(row, _)| row.starts_with("praxis ")) {
        let word = row.split(' ').nth(1).unwrap_or_default();
        assert!(commands.iter().any(|known| known == word), "there is no {row}");
    }
}

/// Paths of this program in a document's text: `/cookies`, or with a method, `GET /api/patients/`.
fn addresses(document: &str) -> Vec<String> {
    let last = quoted(document).into_iter().map(|text| text.rsplit(' ').next().unwrap_or(text));
    last.filter(|text| text.starts_with('/')).map(|text| text.split('?').next().unwrap_or(text).to_string()).collect()
}

/// Whether a path in a document, such as `/api/patients/{id}/`, belongs to a route.
fn fits(address: &str, route: &str) -> bool {
    let parts = |path: &str| path.split('/').filter(|part| !part.is_empty()).map(String::from).collect::<Vec<_>>();
    let (address, route) = (parts(address), parts(route));
    address.len() == route.len() && route.iter().zip(&address).all(|(known, part)| known == part || known.starts_with('{'))
}

async fn the_addresses_in_the_documents_exist(clinic: Clinic) {
    let mut known: Vec<String> = ["/healthz", "/readyz", "/api", "/caldav/", "/.well-known/caldav"].map(String::from).into();
    known.extend(praxis::routes::routes().iter().map(|route| route.path.to_string()));
    let api: Vec<String> = praxis::api::routes::routes(&praxis::api::state::State::new(clinic.app.clone(), praxis::api::describe))
        .iter()
        .map(|route| format!("/api{}", route.path))
        .collect();
    known.extend(api.iter().cloned());
    for path in documents() {
        for address in addresses(&read(&path)) {
            assert!(known.iter().any(|route| fits(&address, route)), "{}: nothing is at {address}", path.display());
        }
    }
    let documented: Vec<String> = addresses(&read("docs/api.md")).into_iter().filter(|address| address.starts_with("/api")).collect();
    for route in api.iter().filter(|route| !route.ends_with("{id}")) {
        assert!(documented.iter().any(|address| fits(address, route)), "docs/api.md lacks {route}");
    }
}

fn the_documents_are_short() {
    for (path, most) in [("README.md", 100), ("CONTRIBUTING.md", 40)] {
        let text = read(path);
        assert!(text.lines().count() <= most, "{path} has {} lines", text.lines().count());
        let long = text.lines().find(|line| line.chars().count() > 140);
        assert_eq!(long, None, "{path} has a line of more than 140 characters");
    }
}

/// The anchors of a document's headings.
fn anchors(document: &str) -> Vec<String> {
    let headings = document.lines().filter_map(|line| line.strip_prefix('#')).map(|line| line.trim_start_matches('#').trim());
    let kept = |letter: char| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_');
    headings.map(|text| text.to_lowercase().chars().filter(|letter| kept(*letter)).collect::<String>().replace(' ', "-")).collect()
}

fn the_links_lead_somewhere() {
    for path in documents() {
        let document = read(&path);
        let targets = document.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for target in targets.filter(|target| !target.starts_with("http")) {
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            let to = if file.is_empty() { path.clone() } else { path.parent().unwrap_or(Path::new("")).join(file) };
            assert!(to.exists(), "{}: {target} leads nowhere", path.display());
            assert!(anchor.is_empty() || anchors(&read(&to)).iter().any(|known| known == anchor), "{}: no {target}", path.display());
        }
    }
}

/// A code block whose language is followed by a file name shows that file of `tests/walkthrough` completely.
fn the_walkthrough_shows_what_is_compiled() {
    let folder = Path::new("tests/walkthrough");
    let document = read("docs/adding-a-model.md");
    let blocks = document.split("```").skip(1).step_by(2).filter_map(|block| block.split_once('\n'));
    let shown: Vec<(&str, &str)> = blocks.filter_map(|(head, code)| Some((head.split_once(' ')?.1, code))).collect();
    let names: Vec<&str> = shown.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["sqlite/up.sql", "postgres/up.sql", "down.sql", "schema.rs", "ward.rs"]);
    for (name, code) in shown {
        let file = read(folder.join(name)).replace("super::", "crate::");
        assert_eq!(code, file, "docs/adding-a-model.md shows another {name}");
    }
}

/// OpenSSL is behind a feature, because a new machine lacks its headers.
fn the_libraries_are_free_and_need_no_openssl() {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--edges", "normal,build", "--format", "{p} {l}", "--prefix", "none"])
        .output()
        .expect("cargo tree");
    let tree = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && tree.contains("actix-web"), "{}", String::from_utf8_lossy(&output.stderr));
    for line in tree.lines() {
        let licence = line.split(' ').skip(2).collect::<Vec<_>>().join(" ");
        let free = ["MIT", "Apache", "BSD", "ISC", "Zlib", "Unlicense", "CC0", "0BSD", "Unicode", "PostgreSQL", "MPL"];
        assert!(free.iter().any(|name| licence.contains(name)) || licence.starts_with("(*)"), "{line}");
        assert!(!line.starts_with("openssl-sys"), "{line}");
    }
}
