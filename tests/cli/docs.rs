//! What is written down is true.

use crate::support::Clinic;
use crate::support::binary::{praxis, told};
use crate::{facts, stories};

stories![the_example_settings_work_unchanged];
facts![every_setting_is_documented, every_command_is_documented, the_dependencies_have_free_licences_and_need_no_openssl];

async fn the_example_settings_work_unchanged(clinic: Clinic) {
    let file = clinic.database.folder.path().join(".env");
    std::fs::copy(".env.example", &file).expect("a copy");
    let output = praxis(&clinic.database, &["check"], &[], "");
    assert!(output.status.success(), "{}", told(&output));
    std::fs::write(&file, "SMTP_URL=smtp://me:hidden secret@mail").expect("a wrong line");
    let output = praxis(&clinic.database, &["check"], &[], "");
    assert!(
        told(&output).starts_with("praxis: .env: the line SMTP_URL cannot be read") && !told(&output).contains("hidden"),
        "{}",
        told(&output)
    );
}

fn every_setting_is_documented() {
    let example = std::fs::read_to_string(".env.example").expect(".env.example");
    let readme = std::fs::read_to_string("README.md").expect("README.md");
    for name in praxis::settings::NAMES {
        assert!(example.contains(&format!("{name}=")), ".env.example lacks {name}");
        assert!(readme.contains(&format!("`{name}`")), "README.md lacks {name}");
    }
}

fn every_command_is_documented() {
    let readme = std::fs::read_to_string("README.md").expect("README.md");
    for command in [
        "serve",
        "migrate",
        "create-admin",
        "set-password",
        "check --deploy",
        "audit verify",
        "sessions clear",
        "backup",
        "openapi",
        "demo",
    ] {
        assert!(readme.contains(&format!("praxis {command}")), "README.md lacks praxis {command}");
    }
}

/// OpenSSL is asked for by a feature alone, because a fresh machine lacks its headers.
fn the_dependencies_have_free_licences_and_need_no_openssl() {
    let output = std::process::Command::new(env!("CARGO"))
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
