//! The files of records, on pages: uploaded with the form, downloaded from the record, deleted with it.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use praxis::db::Connection;
use praxis::db::schema::sessions;
use praxis::db::sql::Sql;
use praxis::resource::file::StoredFile;

use super::with_kinds;
use crate::stories;
use crate::support::people::PASSWORD;
use crate::support::{Browser, Clinic};

stories![
    a_file_is_added_with_the_form_and_downloaded,
    a_file_of_another_type_is_refused_whatever_its_name,
    a_file_that_is_too_large_or_empty_is_refused_at_the_field,
    a_form_with_errors_keeps_its_file,
    a_form_with_a_file_keeps_its_texts_through_a_sign_in,
    a_file_is_replaced_and_removed,
    a_file_of_somebody_else_is_neither_shown_nor_taken,
    the_rows_of_a_form_have_files,
    a_file_goes_with_its_record,
    a_file_that_no_record_took_is_removed,
    a_stored_file_never_changes,
];

pub const PDF: &[u8] = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n";
pub const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01";
const DOCUMENTS: &str = "/admin/documents";

/// A file to choose: the name of its input, its own name and its content.
type Chosen<'a> = (&'a str, &'a str, &'a [u8]);

impl Browser {
    /// Fills in a form as [`Browser::fill`] does, with files.
    pub async fn fill_with(&self, path: &str, fields: &[(&str, &str)], files: &[Chosen<'_>]) -> crate::support::Page {
        let page = self.open(path).await;
        assert_eq!(page.attributes("form.form", "enctype"), ["multipart/form-data"]);
        let (action, mut data) = page.form();
        data.retain(|(name, _)| !fields.iter().any(|(known, _)| known == name) && !name.ends_with("-file"));
        data.extend(fields.iter().map(|(name, value)| ((*name).to_string(), (*value).to_string())));
        self.send(actix_web::http::Method::POST, &action, &[PARTS], parts(&data, files)).await
    }

    async fn complete_with(&self, path: &str, fields: &[(&str, &str)], files: &[Chosen<'_>]) -> crate::support::Page {
        let page = self.fill_with(path, fields, files).await;
        assert_eq!(page.status, 303, "{path} was not accepted: {}", page.text());
        self.open(page.location()).await
    }
}

const PARTS: (&str, &str) = ("content-type", "multipart/form-data; boundary=limit");

/// A form with files as browsers send it.
fn parts(data: &[(String, String)], files: &[Chosen<'_>]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in data {
        body.extend(format!("--limit\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
    }
    for (input, name, content) in files {
        let head = format!(
            "--limit\r\nContent-Disposition: form-data; name=\"{input}\"; filename=\"{name}\"\r\nContent-Type: application/pdf\r\n\r\n"
        );
        body.extend(head.bytes());
        body.extend_from_slice(content);
        body.extend(b"\r\n");
    }
    body.extend(b"--limit--\r\n");
    body
}

async fn stored(clinic: &Clinic) -> i64 {
    clinic.ask(|c: &mut Connection| Sql::new("SELECT COUNT(*) FROM files").returning::<BigInt>().get_result(c)).await
}

async fn a_file_is_added_with_the_form_and_downloaded(clinic: Clinic) {
    let clinic = with_kinds(clinic.backend).await;
    let ada = clinic.administrator().await;
    let patient = clinic.patient("Émile Zola", 1).await.to_string();
    let fields = [("patient_id", patient.as_str()), ("title", "Referral")];
    ada.open("/admin/documents/new").await.see("PDF, JPEG or PNG, smaller than 1 MB");
    ada.complete_with("/admin/documents/new", &fields, &[("scan-file", "../scans/Überweisung.pdf", PDF)]).await.see("was added");
    let list = ada.open(DOCUMENTS).await;
    assert_eq!(list.see("Überweisung.pdf").attributes("td a[href$='/files/scan']", "href"), ["/admin/documents/1/files/scan"]);
    let form = ada.open("/admin/documents/1").await;
    form.see("Überweisung.pdf").see("(23 bytes)").see("Remove");
    let file = ada.get("/admin/documents/1/files/scan").await;
    assert_eq!((file.status, file.header("content-type")), (200, "application/pdf"));
    let disposition = "attachment; filename=\"_berweisung.pdf\"; filename*=UTF-8''%C3%9Cberweisung.pdf";
    assert_eq!(file.header("content-disposition"), disposition);
    assert_eq!(file.header("x-content-type-options"), "nosniff");
    assert!(file.header("content-security-policy").ends_with("sandbox"), "{}", file.header("content-security-policy"));
    let again = ada.clone().saying("if-none-match", file.header("etag")).get("/admin/documents/1/files/scan").await;
    assert_eq!((again.status, again.body.as_str()), (304, ""));
    ada.get("/admin/documents/1/files/title").await.is(404);
    ada.open("/admin/documents/1/history").await.see("Scan").see("Überweisung.pdf");
    assert_eq!(ada.open("/admin/documents?scan=none").await.all("td.main-cell").len(), 0);
    assert_eq!(ada.open("/admin/documents?scan=some").await.all("td.main-cell"), ["Referral"]);
    let asked = [("state", ""), ("columns", "title"), ("columns", "scan"), ("format", "csv")];
    let csv = ada.post("/admin/documents/export", &asked).await;
    assert_eq!(csv.is(200).body, "\u{feff}Title,Scan\r\nReferral,Überweisung.pdf\r\n");
    // A change of something else keeps the file, although the form sends no new one.
    ada.complete_with("/admin/documents/1", &[("title", "Letter")], &[("scan-file", "", b"")]).await.see("was changed");
    ada.open("/admin/documents/1").await.see("Überweisung.pdf");
    ada.get("/admin/documents/import").await.miss("Scan");
}

async fn a_file_of_another_type_is_refused_whatever_its_name(clinic: Clinic) {
    let clinic = with_kinds(clinic.backend).await;
    let ada = clinic.administrator().await;
    let patient = clinic.patient("Émile Zola", 1).await.to_string();
    let fields = [("patient_id", patient.as_str()), ("title", "Referral")];
    for content in [&b"MZ\x90\0\x03\0\0\0"[..], b"<!DOCTYPE html><script>alert(1)</script>", b"Just text", b"GIF89a\x01\0\x01\0"] {
        let page = ada.fill_with("/admin/documents/new", &fields, &[("scan-file", "scan.pdf", content)]).await;
        assert_eq!(page.is(422).error("scan"), "Choose a PDF, JPEG or PNG file");
        assert_eq!(page.value("title"), "Referral");
    }
    assert_eq!(stored(&clinic).await, 0);
}

async fn a_file_that_is_too_large_or_empty_is_refused_at_the_field(clinic: Clinic) {
    let clinic = with_kinds(clinic.backend).await;
    let ada = clinic.administrator().await;
    let patient = clinic.patient("Émile Zola", 1).await.to_string();
    let fields = [("patient_id", patient.as_str()), ("title", "Referral")];
    let large = [PDF, &vec![b' '; 1024 * 1024]].concat();
    let page = ada.fill_with("/admin/documents/new", &fields, &[("scan-file", "scan.pdf", &large)]).await;
    assert_eq!(page.is(422).error("scan"), "The file must be smaller than 1 MB");
    let page = ada.fill_with("/admin/documents/new", &fields, &[("scan-file", "scan.pdf", b"")]).await;
    assert_eq!(page.is(422).error("scan"), "The file is empty");
    let huge = [PDF, &vec![b' '; 5 * 1024 * 1024]].concat();
    ada.fill_with("/admin/documents/new", &fields, &[("scan-file", "scan.pdf", &huge)]).await.is(413);
    assert_eq!(stored(&clinic).await, 0);
}

async fn a_form_with_errors_keeps_its_file(clinic: Clinic) {
    let clinic = with_kinds(clinic.backend).await;
    let ada = clinic.administrator().await;
    let patient = clinic.patient("Émile Zola", 1).await.to_string();
    let page = ada.fill_with("/admin/documents/new", &[("patient_id", &patient)], &[("scan-file", "scan.pdf", PDF)]).await;
    page.is(422).see("scan.pdf").see("not saved yet");
    let (action, mut data) = page.form();
    data.retain(|(name, _)| name != "title");
    data.push(("title".into(), "Referral".into()));
    ada.post_pairs(&action, &data).await.is(303);
    ada.open("/admin/documents/1").await.see("scan.pdf").miss("not saved yet");
    // A second record cannot take the same file.
    data.retain(|(name, _)| name != "title");
    data.push(("title".into(), "Again".into()));
    let page = ada.post_pairs(&action, &data).await;
    assert_eq!(page.is(422).error("scan"), "Choose the scan again");
}

/// The file itself has to be chosen again: nobody who is not signed in stores anything.
async fn a_form_with_a_file_keeps_its_texts_through_a_sign_in(clinic: Clinic) {
    let clinic = with_kinds(clinic.backend).await;
    let ada = clinic.administrator().await.saying("sec-fetch-site", "same-origin");
    let (action, mut data) = ada.open("/admin/documents/new").await.form();
    data.retain(|(name, _)| name != "title");
    data.push(("title".into(), "Referral to Dr Hopper".into()));
    clinic.arrange(|c| diesel::delete(sessions::table).execute(c)).await.expect("no sessions");
    let sent = parts(&data, &[("scan-file", "scan.pdf", PDF)]);
    let page = ada.send(actix_web::http::Method::POST, &action, &[PARTS], sent).await;
    page.is(401).see("Sign in to save what you typed");
    let (_, mut data) = page.form();
    data.retain(|(name, _)| name != "username" && name != "password");
    data.extend([("username".into(), "ada".into()), ("password".into(), PASSWORD.into())]);
    let page = ada.post_pairs("/login", &data).await;
    page.is(200).see("You are signed in again");
    assert_eq!((page.value("title"), stored(&clinic).await), ("Referral to Dr Hopper".to_string(), 0));
}

async fn a_file_is_replaced_and_removed(clinic: Clinic) {
    let clinic = with_kinds(clinic.backend).await;
    let ada = clinic.administrator().await;
    let patient = clinic.patient("Émile Zola", 1).await.to_string();
    let fields = [("patient_id", patient.as_str()), ("title", "Referral")];
    ada.complete_with("/admin/documents/new", &fields, &[("scan-file", "first.pdf", PDF)]).await;
    let first = ada.get("/admin/documents/1/files/scan").await;
    ada.complete_with("/admin/documents/1", &[], &[("scan-file", "second.png", PNG)]).await.see("was changed");
    let second = ada.get("/admin/documents/1/files/scan").await;
    assert_eq!(second.header("content-type"), "image/png");
    assert_ne!(first.header("etag"), second.header("etag"));
    assert_eq!(stored(&clinic).await, 1, "the replaced file is gone");
    ada.complete_with("/admin/documents/1", &[("scan-remove", "on")], &[]).await.see("was changed");
    ada.get("/admin/documents/1/files/scan").await.is(404);
    assert_eq!(stored(&clinic).await, 0);
    ada.open("/admin/documents/1/history").await.see("first.pdf").see("second.png");
    // The earlier version can be looked at, but its file is gone.
    ada.open("/admin/documents/1/versions/1").await.see("can no longer be chosen");
}

async fn a_file_of_somebody_else_is_neither_shown_nor_taken(clinic: Clinic) {
    let clinic = with_kinds(clinic.backend).await;
    let (ada, boss) = (clinic.administrator().await, clinic.receptionist().await);
    let patient = clinic.patient("Émile Zola", 1).await.to_string();
    let fields = [("patient_id", patient.as_str()), ("title", "Referral")];
    ada.complete_with("/admin/documents/new", &fields, &[("scan-file", "hers.pdf", PDF)]).await;
    // One that waits for its record, and one that has one.
    ada.fill_with("/admin/documents/new", &[("patient_id", &patient)], &[("scan-file", "waits.pdf", PDF)]).await.is(422);
    let hers = clinic.program_of("rosa").await;
    boss.complete("/patients/new", &[("name", "Marie Curie"), ("age", "60"), ("gender", "female")]).await;
    let own = hers.read("/api/patients/").await[0]["id"].clone();
    for file in [1, 2] {
        let sent = serde_json::json!({ "patient": own, "title": "Mine", "scan": file });
        assert_eq!(hers.post("/api/documents/", sent).await.status, 400);
    }
    assert_eq!(hers.get("/api/documents/1/scan/").await.status, 404);
    let stolen = ada.fill_with("/admin/documents/new", &[fields[0], ("title", "Copy"), ("scan", "1")], &[]).await;
    assert_eq!(stolen.is(422).error("scan"), "Choose the scan again");
}

async fn the_rows_of_a_form_have_files(clinic: Clinic) {
    let clinic = with_kinds(clinic.backend).await;
    let ada = clinic.administrator().await;
    let patient = clinic.patient("Émile Zola", 1).await.to_string();
    let fields = [("patient_id", patient.as_str()), ("title", "Referral"), ("page-0-number", "1"), ("page-1-number", "2")];
    let page = ada.fill_with("/admin/documents/new", &fields, &[("page-0-image-file", "one.png", PNG)]).await;
    assert_eq!(page.is(422).error("page-1-image"), "Choose the image");
    page.see("one.png");
    let wrong = [("page-0-image-file", "one.png", PNG), ("page-1-image-file", "two.png", PDF)];
    let page = ada.fill_with("/admin/documents/new", &fields, &wrong).await;
    assert_eq!(page.is(422).error("page-1-image"), "Choose a PNG file");
    let files = [("page-0-image-file", "one.png", PNG), ("page-1-image-file", "two.png", PNG)];
    ada.complete_with("/admin/documents/new", &fields, &files).await.see("was added");
    let id = ada.open(DOCUMENTS).await.attributes("td.main-cell a", "href").remove(0);
    ada.open(&id).await.see("one.png").see("two.png");
    ada.complete_with(&id, &[("page-0-delete", "on")], &[]).await;
    ada.open(&id).await.miss("one.png").see("two.png");
}

async fn a_file_goes_with_its_record(clinic: Clinic) {
    let clinic = with_kinds(clinic.backend).await;
    let ada = clinic.administrator().await;
    let patient = clinic.patient("Émile Zola", 1).await.to_string();
    let fields = [("patient_id", patient.as_str()), ("title", "Referral"), ("page-0-number", "1")];
    ada.complete_with("/admin/documents/new", &fields, &[("scan-file", "scan.pdf", PDF), ("page-0-image-file", "one.png", PNG)]).await;
    assert_eq!(stored(&clinic).await, 2);
    ada.complete("/admin/documents/1/delete", &[]).await;
    ada.get("/admin/documents/1/files/scan").await.is(404);
    assert_eq!(stored(&clinic).await, 1, "the trash keeps the scan, and pages have none");
    ada.post("/admin/documents/trash/1/restore", &[]).await.is(303);
    ada.open("/admin/documents/1").await.see("scan.pdf");
    ada.complete("/admin/documents/1/delete", &[]).await;
    ada.post("/admin/documents/trash/1/purge", &[]).await.is(303);
    assert_eq!(stored(&clinic).await, 0);
}

async fn a_file_that_no_record_took_is_removed(clinic: Clinic) {
    let clinic = with_kinds(clinic.backend).await;
    let ada = clinic.administrator().await;
    let patient = clinic.patient("Émile Zola", 1).await.to_string();
    let fields = [("patient_id", patient.as_str()), ("title", "Referral")];
    ada.complete_with("/admin/documents/new", &fields, &[("scan-file", "taken.pdf", PDF)]).await;
    ada.fill_with("/admin/documents/new", &[], &[("scan-file", "left.pdf", PDF)]).await.is(422);
    let clear = |days: i64| {
        let now = clinic.app.now().plus(time::Duration::days(days));
        clinic.arrange(move |c| StoredFile::clear_waiting(c, now))
    };
    assert_eq!((clear(1).await.expect("cleared"), stored(&clinic).await), (0, 2));
    assert_eq!((clear(3).await.expect("cleared"), stored(&clinic).await), (1, 1));
}

async fn a_stored_file_never_changes(clinic: Clinic) {
    let clinic = with_kinds(clinic.backend).await;
    let ada = clinic.administrator().await;
    let patient = clinic.patient("Émile Zola", 1).await.to_string();
    let fields = [("patient_id", patient.as_str()), ("title", "Referral")];
    ada.complete_with("/admin/documents/new", &fields, &[("scan-file", "scan.pdf", PDF)]).await;
    for statement in [
        "UPDATE files SET name = 'other.pdf'",
        "UPDATE files SET record_id = 2",
        "DELETE FROM files",
        "UPDATE files SET size = 1",
        "UPDATE file_contents SET content = 'other'",
        "DELETE FROM file_contents",
    ] {
        let refused = clinic.arrange(move |c| Sql::new(statement).execute(c).map(|_| ())).await;
        assert!(refused.is_err(), "{statement}");
    }
}
