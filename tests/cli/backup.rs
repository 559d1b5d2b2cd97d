//! A backup is complete, private, and logged.

use crate::stories;
use crate::support::Clinic;
use crate::support::binary::{praxis, told};
use crate::support::database::Backend;
use crate::support::people::Rights;

stories![an_operator_backs_up_a_running_clinic, a_failed_backup_leaves_no_file];

async fn an_operator_backs_up_a_running_clinic(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let owner = clinic.account("owner", Rights::default()).await;
    clinic.patient("Émile Zola", owner).await;
    let path = clinic.database.folder.path().join("first's copy.backup");
    let place = path.to_str().expect("a path");
    let output = praxis(&clinic.database, &["backup", place], &[], "");
    assert!(output.status.success(), "{}", told(&output));
    assert!(told(&output).contains("Backed up the") && told(&output).contains("kB)") || told(&output).contains("MB)"), "{}", told(&output));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&path).expect("the copy").permissions().mode() & 0o777, 0o600);
    }
    let bytes = std::fs::read(&path).expect("the copy");
    match clinic.backend {
        Backend::Sqlite => {
            let output = praxis(&clinic.database, &["check"], &[("DATABASE_URL", &format!("sqlite://{place}"))], "");
            assert!(output.status.success() && told(&output).contains("Database: up to date."), "{}", told(&output));
            assert!(bytes.windows("Émile Zola".len()).any(|part| part == "Émile Zola".as_bytes()));
        }
        Backend::Postgres => assert!(bytes.starts_with(b"PGDMP")),
    }
    let page = ada.open("/admin").await;
    page.see("first's copy.backup OK").see("praxis backup");
    clinic.wait(time::Duration::hours(27));
    let page = clinic.sign_in("ada").await.open("/admin/system").await;
    page.see("first's copy.backup Needs attention");
}

async fn a_failed_backup_leaves_no_file(clinic: Clinic) {
    let folder = clinic.database.folder.path();
    let path = folder.join("copy");
    let place = path.to_str().expect("a path");
    std::fs::write(&path, "the only backup there is").expect("a file");
    let output = praxis(&clinic.database, &["backup", place], &[], "");
    assert!(!output.status.success() && told(&output).contains("already exists; choose another file name"), "{}", told(&output));
    assert_eq!(std::fs::read_to_string(&path).expect("the file"), "the only backup there is");
    let output = praxis(&clinic.database, &["backup", "/nowhere/copy"], &[], "");
    assert!(!output.status.success() && told(&output).contains("/nowhere/copy cannot be written"), "{}", told(&output));
    if matches!(clinic.backend, Backend::Postgres) {
        let other = folder.join("other");
        let output = praxis(&clinic.database, &["backup", other.to_str().expect("a path")], &[("PATH", "/nowhere")], "");
        assert!(!output.status.success() && told(&output).contains("pg_dump is not on the PATH"), "{}", told(&output));
        assert!(!other.exists());
    }
    let ada = clinic.administrator().await;
    ada.open("/admin").await.see("Last backup None yet");
}
