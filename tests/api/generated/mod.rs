//! A client generated from the description adds, lists and deletes a patient.

use std::path::Path;
use std::process::Command;

use crate::stories;
use crate::support::Clinic;
use crate::support::binary::{praxis, told};
use crate::support::people::{PASSWORD, Rights};
use crate::support::tools;

stories![Generator: a_generated_client_keeps_patients];

/// Runs a program and waits for its end.
fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", told(&output));
}

async fn a_generated_client_keeps_patients(clinic: Clinic) {
    clinic.account("rosa", Rights { groups: &["Staff"], ..Rights::default() }).await;
    let folder = clinic.database.folder.path().to_path_buf();
    let printed = praxis(&clinic.database, &["openapi"], &[], "");
    std::fs::write(folder.join("openapi.json"), &printed.stdout).expect("the description");
    let url = format!("http://{}", clinic.address);
    actix_web::web::block(move || make_and_use(&folder, &url)).await.expect("an end");
    assert!(clinic.patient_names().await.is_empty(), "the client left somebody");
}

fn make_and_use(folder: &Path, url: &str) {
    let (generator, judge) = tools::both().expect("the tools");
    let here = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/api/generated"));
    run(Command::new(judge).arg("openapi.json").current_dir(folder));
    let settings = here.join("generator.yaml");
    let made = ["generate", "--path", "openapi.json", "--output-path", "client", "--fail-on-warning", "--config"];
    run(Command::new(&generator).args(made).arg(settings).current_dir(folder));
    let python = generator.with_file_name("python3");
    let mut client = Command::new(python);
    run(client.arg(here.join("story.py")).args([url, "rosa", PASSWORD]).env("PYTHONPATH", folder.join("client")));
}
