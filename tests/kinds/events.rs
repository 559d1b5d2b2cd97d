//! What follows a change of a record, whatever way it came: messages of the model, and followers of the registry.

use diesel::prelude::*;
use diesel::sql_types::Text;
use praxis::db::Connection;
use praxis::db::sql::{Bind, Sql};
use praxis::resource::write::event::Event;
use serde_json::json;

use super::with_kinds;
use crate::stories;
use crate::support::Clinic;

stories![
    followers_hear_of_every_change_whatever_its_way,
    a_message_is_queued_with_the_change_that_it_is_about,
    a_refused_change_tells_nobody,
    what_is_found_in_the_title_comes_first,
];

/// A follower: writes down what it hears, as a webhook would queue it.
pub fn write_down(c: &mut Connection, event: &Event) -> QueryResult<()> {
    let title = event.after.or(event.before).map_or("", |row| row.values.at("title").as_text());
    let renamed = if event.before.is_some() && event.after.is_some() && event.has_changed("title") { " by another title" } else { "" };
    let what = format!("{} {} {} {title}{renamed}", event.actor.username, event.kind.as_str(), event.resource());
    Sql::new("INSERT INTO happened (what) VALUES (").bind(Bind::Text(Some(what))).text(")").execute(c).map(|_| ())
}

async fn heard(clinic: &Clinic) -> Vec<String> {
    clinic.ask(|c| Sql::new("SELECT what FROM happened ORDER BY id").returning::<Text>().load(c)).await
}

async fn followers_hear_of_every_change_whatever_its_way(clinic: Clinic) {
    let clinic = with_kinds(clinic.backend).await;
    let ada = clinic.administrator().await;
    let patient = clinic.patient("Émile Zola", 1).await;
    let fields = [("patient_id", &*patient.to_string()), ("title", "Letter")];
    ada.complete("/admin/documents/new", &fields).await;
    let program = clinic.program_of("ada").await;
    assert_eq!(program.patch("/api/documents/1/", json!({ "title": "Referral" })).await.status, 200);
    // Nothing has changed, so nobody hears of it.
    ada.complete("/admin/documents/1", &[]).await;
    let page = ada.post("/admin/documents/actions", &[("_action", "delete"), ("_id", "1")]).await;
    let (action, data) = page.form();
    ada.post_pairs(&action, &data).await.is(303);
    ada.post("/admin/documents/trash/1/restore", &[]).await.is(303);
    ada.complete("/admin/documents/1/delete", &[]).await;
    ada.post("/admin/documents/trash/1/purge", &[]).await.is(303);
    let expected = [
        "ada added document Letter",
        "ada changed document Referral by another title",
        "ada trashed document Referral",
        "ada restored document Referral",
        "ada trashed document Referral",
        "ada deleted document Referral",
    ];
    assert_eq!(heard(&clinic).await, expected);
}

async fn a_message_is_queued_with_the_change_that_it_is_about(clinic: Clinic) {
    let clinic = with_kinds(clinic.backend).await;
    let ada = clinic.administrator().await;
    let patient = clinic.patient("Émile Zola", 1).await.to_string();
    ada.complete("/admin/documents/new", &[("patient_id", &patient), ("title", "Letter")]).await;
    ada.complete("/admin/documents/1", &[("note", "Read it")]).await;
    let mails = "SELECT recipient || '|' || subject || '|' || text_body FROM mails WHERE kind = 'document added'";
    let mails: Vec<String> = clinic.ask(move |c| Sql::new(mails).returning::<Text>().load(c)).await;
    let [mail] = mails.as_slice() else { panic!("{mails:?}") };
    assert!(mail.starts_with("records@example.org|A document was added at "), "{mail}");
    assert!(mail.contains("ada added a document.\n") && mail.contains("/admin/documents/1"), "{mail}");
}

async fn a_refused_change_tells_nobody(clinic: Clinic) {
    let clinic = with_kinds(clinic.backend).await;
    let ada = clinic.administrator().await;
    let patient = clinic.patient("Émile Zola", 1).await.to_string();
    // The record is added before its row is refused.
    let fields = [("patient_id", patient.as_str()), ("title", "Letter"), ("page-0-number", "1")];
    ada.fill("/admin/documents/new", &fields).await.is(422);
    assert_eq!(heard(&clinic).await, Vec::<String>::new());
    let mails =
        clinic.ask(|c| Sql::new("SELECT kind FROM mails WHERE kind = 'document added'").returning::<Text>().load::<String>(c)).await;
    assert_eq!(mails, Vec::<String>::new());
}

async fn what_is_found_in_the_title_comes_first(clinic: Clinic) {
    let clinic = with_kinds(clinic.backend).await;
    let ada = clinic.administrator().await;
    let patient = clinic.patient("Émile Zola", 1).await;
    let program = clinic.program_of("ada").await;
    for (title, note) in [("A letter", "about an x-ray"), ("B", "x-ray"), ("C", "nothing"), ("X-ray", ""), ("Y x-ray", "a letter")] {
        let made = program.post("/api/documents/", json!({ "patient": patient, "title": title, "note": note })).await;
        assert_eq!(made.status, 201, "{}", made.body);
    }
    let list = ada.open("/admin/documents?q=x-ray").await;
    assert_eq!(list.all("td.main-cell a"), ["X-ray", "Y x-ray", "A letter", "B"]);
    assert_eq!(ada.open("/admin/documents?q=x-ray&sort=title").await.all("td.main-cell a"), ["A letter", "B", "X-ray", "Y x-ray"]);
    assert_eq!(ada.open("/admin/documents?q=x-ray+letter").await.all("td.main-cell a"), ["A letter", "Y x-ray"]);
    let titles = |found: serde_json::Value| -> Vec<String> {
        found.as_array().expect("a list").iter().map(|one| one["title"].as_str().unwrap_or_default().into()).collect()
    };
    assert_eq!(titles(program.read("/api/documents/?search=x-ray").await), ["X-ray", "Y x-ray", "A letter", "B"]);
    // Page after page, in the same order.
    let mut all = Vec::new();
    let mut next = Some("/api/documents/?search=x-ray&page_size=1&cursor=".to_string());
    while let Some(path) = next {
        let page = program.read(&path).await;
        all.extend(titles(page["results"].clone()));
        next = page["next"].as_str().and_then(|next| next.find("/api/").map(|start| next[start..].to_string()));
    }
    assert_eq!(all, ["X-ray", "Y x-ray", "A letter", "B"]);
    let options = ada.get("/options/documents?q=x-ray").await.json();
    assert_eq!(options["results"][0]["label"], "X-ray");
    let palette = ada.get("/palette?q=x-ray").await.json();
    let group = palette["groups"].as_array().and_then(|groups| groups.iter().find(|group| group["title"] == "Documents").cloned());
    assert_eq!(group.expect("documents")["items"][0]["label"], "X-ray");
}
