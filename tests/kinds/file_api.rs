//! The files of records, in the API: read as what is known about them, written in base64, downloaded with a token.

use actix_web::http::Method;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::files::{PDF, PNG};
use super::with_kinds;
use crate::stories;
use crate::support::Clinic;

stories![programs_read_and_write_files, what_is_no_file_is_refused_by_member, the_description_has_the_file_and_its_download];

async fn programs_read_and_write_files(clinic: Clinic) {
    let clinic = with_kinds(clinic.backend).await;
    clinic.administrator().await;
    let patient = clinic.patient("Émile Zola", 1).await;
    let program = clinic.program_of("ada").await;
    let sent = json!({ "patient": patient, "title": "Referral", "scan": { "name": "scan.pdf", "content": STANDARD.encode(PDF) } });
    let made = program.post("/api/documents/", sent).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let told = json!({ "name": "scan.pdf", "content_type": "application/pdf", "size": PDF.len(), "url": "/api/documents/1/scan/" });
    assert_eq!(made.json()["scan"], told);
    assert_eq!(program.read("/api/documents/").await[0]["scan"], told);
    let file = program.send(Method::GET, "/api/documents/1/scan/", &[("accept", "application/pdf")], Vec::new()).await;
    assert_eq!((file.status, file.header("content-type")), (200, "application/pdf"));
    assert!(file.header("content-disposition").contains("scan.pdf"));
    let tag = file.header("etag");
    let again = program.send(Method::GET, "/api/documents/1/scan/", &[("if-none-match", tag)], Vec::new()).await;
    assert_eq!(again.status, 304);
    // What was read can be sent back.
    let whole = program.read("/api/documents/1/").await;
    assert_eq!(program.put("/api/documents/1/", whole).await.json()["scan"], told);
    let changed = json!({ "scan": { "name": "photo.png", "content": STANDARD.encode(PNG) } });
    assert_eq!(program.patch("/api/documents/1/", changed).await.json()["scan"]["content_type"], "image/png");
    assert_eq!(program.patch("/api/documents/1/", json!({ "scan": null })).await.json()["scan"], json!(null));
    assert_eq!(program.get("/api/documents/1/scan/").await.status, 404);
    assert_eq!(program.read("/api/documents/?scan__isnull=true").await[0]["id"], 1);
    let several = json!([{ "patient": patient, "title": "One", "scan": { "name": "1.png", "content": STANDARD.encode(PNG) } }]);
    assert_eq!(program.post("/api/documents/", several).await.json()[0]["scan"]["name"], "1.png");
    let page = json!({ "document": 1, "number": 1, "image": { "name": "p.png", "content": STANDARD.encode(PNG) } });
    assert_eq!(program.post("/api/pages/", page).await.status, 201);
    assert_eq!(program.read("/api/pages/?expand=document").await[0]["document"]["title"], "Referral");
}

async fn what_is_no_file_is_refused_by_member(clinic: Clinic) {
    let clinic = with_kinds(clinic.backend).await;
    clinic.administrator().await;
    let patient = clinic.patient("Émile Zola", 1).await;
    let program = clinic.program_of("ada").await;
    let large = [PDF, &vec![b' '; 1024 * 1024]].concat();
    for (scan, expected) in [
        (json!({ "name": "a.pdf", "content": "%%%" }), "The content of Scan must be base64"),
        (json!({ "name": "a.pdf", "content": "" }), "The file is empty"),
        (json!({ "name": "a.pdf", "content": STANDARD.encode(b"MZ\x90\0") }), "Choose a PDF, JPEG or PNG file"),
        (json!({ "name": "a.pdf", "content": STANDARD.encode(&large) }), "The file must be smaller than 1 MB"),
        (json!("a.pdf"), "Scan must be an object with a name and a content in base64"),
        (json!(1), "Scan must be an object with a name and a content in base64"),
    ] {
        let refused = program.post("/api/documents/", json!({ "patient": patient, "title": "Referral", "scan": scan })).await;
        assert_eq!((refused.status, refused.json()["scan"][0].as_str()), (400, Some(expected)), "{}", refused.body);
    }
    let missing = program.post("/api/pages/", json!({ "document": 1, "number": 1 })).await;
    assert_eq!(missing.json()["image"], json!(["Choose the image"]));
    let huge = STANDARD.encode(vec![b' '; 3 * 1024 * 1024]);
    let refused = program.post("/api/documents/", json!({ "scan": { "content": huge } })).await;
    assert_eq!(refused.status, 413, "{}", refused.body);
}

async fn the_description_has_the_file_and_its_download(clinic: Clinic) {
    let clinic = with_kinds(clinic.backend).await;
    clinic.administrator().await;
    let program = clinic.program_of("ada").await;
    let told = program.read("/api/schema/").await;
    let download = &told["paths"]["/api/documents/{id}/scan/"]["get"];
    assert!(download["responses"]["200"]["content"]["application/pdf"].is_object(), "{download}");
    let schemas = &told["components"]["schemas"];
    assert_eq!(schemas["Document"]["properties"]["scan"]["type"], json!(["object", "null"]));
    assert!(schemas["DocumentNew"]["properties"]["scan"]["properties"]["content"].is_object());
}
