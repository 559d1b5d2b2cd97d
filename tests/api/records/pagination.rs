//! Lists in pages.

use serde_json::{Value, json};

use crate::api::records::record::rosa;
use crate::stories;
use crate::support::people::Rights;
use crate::support::{Clinic, Program};

stories![
    a_program_reads_numbered_pages,
    a_cursor_pages_forwards_and_backwards,
    a_cursor_survives_changes_to_the_list,
    a_cursor_belongs_to_its_owner,
    a_page_beyond_the_last_is_not_found
];

async fn made(clinic: &Clinic, count: usize) -> Program {
    rosa(clinic).await;
    let program = clinic.program_of("rosa").await;
    let rows: Vec<Value> = (0..count).map(|number| json!({ "name": format!("Dr {number:03}"), "specialization": "Surgery" })).collect();
    assert_eq!(program.post("/api/doctors/", rows.into()).await.status, 201);
    program
}

fn names(page: &Value) -> Vec<String> {
    page["results"].as_array().expect("results").iter().map(|one| one["name"].as_str().expect("a name").into()).collect()
}

/// The path of a link, which is absolute.
fn path(clinic: &Clinic, link: &Value) -> String {
    let home = clinic.app.settings.public_url.as_str().trim_end_matches('/').to_string();
    link.as_str().and_then(|link| link.strip_prefix(&home)).unwrap_or_else(|| panic!("no link: {link}")).into()
}

async fn a_program_reads_numbered_pages(clinic: Clinic) {
    let program = made(&clinic, 45).await;
    let first = program.read("/api/doctors/?page=1").await;
    let members: Vec<&String> = first.as_object().expect("an object").keys().collect();
    assert_eq!(members, ["count", "next", "previous", "results"]);
    assert_eq!((&first["count"], &first["previous"], names(&first).len()), (&json!(45), &json!(null), 20));
    let second = program.read(&path(&clinic, &first["next"])).await;
    assert_eq!(names(&second)[0], "Dr 020");
    assert_eq!(program.read(&path(&clinic, &second["previous"])).await, first);
    assert_eq!(names(&program.read("/api/doctors/?page_size=20").await), names(&first));
    let last = program.read("/api/doctors/?page=last&page_size=20").await;
    assert_eq!((names(&last).len(), &last["next"]), (5, &json!(null)));
    assert!(path(&clinic, &last["previous"]).contains("page=2"));
    let narrowed = program.read("/api/doctors/?search=Dr+04&ordering=-name&page=1&page_size=2").await;
    assert_eq!((names(&narrowed), &narrowed["count"]), (vec!["Dr 044".to_string(), "Dr 043".to_string()], &json!(6)));
    let next = path(&clinic, &narrowed["next"]);
    assert!(["search=Dr+04", "ordering=-name", "page_size=2", "page=2"].iter().all(|part| next.contains(part)), "{next}");
    assert_eq!(names(&program.read("/api/doctors/?page_size=100000").await).len(), 45, "the size has a limit of 100");
    assert_eq!(names(&program.read("/api/doctors/?page_size=0").await).len(), 20, "what is no size is the usual one");
}

async fn a_cursor_pages_forwards_and_backwards(clinic: Clinic) {
    let program = made(&clinic, 25).await;
    for ordering in ["id", "name", "-name", "specialization,-created_at"] {
        let mut page = program.read(&format!("/api/doctors/?cursor=&page_size=10&ordering={ordering}")).await;
        assert_eq!(page["previous"], json!(null));
        let (mut forth, mut pages) = (names(&page), vec![names(&page)]);
        while !page["next"].is_null() {
            page = program.read(&path(&clinic, &page["next"])).await;
            assert_eq!(page["count"], json!(25));
            forth.extend(names(&page));
            pages.push(names(&page));
        }
        let mut expected: Vec<String> = (0..25).map(|number| format!("Dr {number:03}")).collect();
        if ordering == "-name" || ordering.starts_with("spec") {
            let unordered = ordering.starts_with("spec");
            if unordered {
                forth.sort();
            } else {
                expected.reverse();
            }
        }
        assert_eq!(forth, expected, "{ordering}");
        assert_eq!(pages.len(), 3);
        page = program.read(&path(&clinic, &page["previous"])).await;
        assert_eq!(names(&page), pages[1], "{ordering}");
        page = program.read(&path(&clinic, &page["previous"])).await;
        assert_eq!((names(&page), &page["previous"]), (pages[0].clone(), &json!(null)), "{ordering}");
        assert!(!page["next"].is_null());
    }
}

async fn a_cursor_survives_changes_to_the_list(clinic: Clinic) {
    let program = made(&clinic, 12).await;
    let first = program.read("/api/doctors/?cursor=&page_size=5").await;
    let last_seen = first["results"][4]["id"].as_i64().expect("a number");
    assert_eq!(program.delete(&format!("/api/doctors/{last_seen}/")).await.status, 204);
    assert_eq!(program.delete(&format!("/api/doctors/{}/", first["results"][0]["id"])).await.status, 204);
    let second = program.read(&path(&clinic, &first["next"])).await;
    assert_eq!(names(&second), ["Dr 005", "Dr 006", "Dr 007", "Dr 008", "Dr 009"], "nobody is passed over or comes twice");
}

/// It contains the number of records, which depends on the user.
async fn a_cursor_belongs_to_its_owner(clinic: Clinic) {
    let program = made(&clinic, 3).await;
    let next = path(&clinic, &program.read("/api/doctors/?cursor=&page_size=1").await["next"]);
    clinic.account("colin", Rights { groups: &["Staff"], ..Rights::default() }).await;
    clinic.program_of("colin").await.get(&next).await.refuses(404, "not_found");
    assert_eq!(names(&program.read(&next).await), ["Dr 001"]);
}

async fn a_page_beyond_the_last_is_not_found(clinic: Clinic) {
    let program = made(&clinic, 3).await;
    for query in ["page=2", "page=0", "page=-1", "page=x", "page=", "page=99999999999999999999", "cursor=x", "cursor=MS5mLjE"] {
        program.get(&format!("/api/doctors/?{query}")).await.refuses(404, "not_found");
    }
    let foreign = program.read("/api/doctors/?cursor=&page_size=1").await["next"].as_str().expect("a link").to_string();
    let cursor = foreign.split("cursor=").nth(1).and_then(|rest| rest.split('&').next()).expect("a cursor");
    program.get(&format!("/api/patients/?cursor={cursor}")).await.refuses(404, "not_found");
    let empty = program.read("/api/patients/?page=1").await;
    assert_eq!(empty, json!({ "count": 0, "next": null, "previous": null, "results": [] }));
    assert_eq!(program.read("/api/patients/?cursor=").await, empty);
}
