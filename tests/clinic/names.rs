//! Names as people write them, in any script.

use diesel::prelude::*;
use praxis::db::schema::users;

use crate::stories;
use crate::support::Clinic;

stories![
    joiners_are_spelling_and_stay_in_a_name,
    a_name_of_invisible_letters_is_blank,
    a_name_written_from_right_to_left_stands_isolated,
    the_name_of_a_user_from_right_to_left_stands_isolated,
];

/// Written from right to left, so that what follows it in a line would change its place.
const MUHAMMAD: &str = "محمد علي";
/// Between the marks that keep it to itself, where there is no markup.
const ISOLATED: &str = "\u{2068}محمد علي\u{2069}";

async fn joiners_are_spelling_and_stay_in_a_name(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    for name in ["می\u{200c}نا", "ක්\u{200d}ෂේමා"] {
        rosa.complete("/patients/new", &[("name", name), ("age", "40"), ("gender", "female")]).await;
        assert!(clinic.patient_names().await.contains(&name.to_string()));
    }
    rosa.complete("/patients/new", &[("name", "\u{202e}Ada\u{2060}\u{a0} \u{61c}King"), ("age", "40"), ("gender", "female")]).await;
    assert!(clinic.patient_names().await.contains(&"Ada King".to_string()));
    let program = clinic.program_of("rosa").await;
    let body = serde_json::json!({ "name": "Sam\u{a0}\u{a0}Dob\u{ad}", "age": 4, "gender": "male", "address": "Rue 1\u{b}Paris" });
    let made = program.post("/api/patients/", body).await;
    assert_eq!((made.is(201).member("name"), made.member("address")), ("Sam Dob".into(), "Rue 1\nParis".into()));
}

async fn a_name_of_invisible_letters_is_blank(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    for name in ["\u{2060}", "\u{200d}\u{a0}", "\u{3164}", "\u{2800}"] {
        let page = rosa.fill("/patients/new", &[("name", name), ("age", "40"), ("gender", "female")]).await;
        assert_eq!(page.is(422).error("name"), "Enter the patient's name", "{name:?}");
    }
    assert_eq!(clinic.patient_names().await, Vec::<String>::new());
}

async fn a_name_written_from_right_to_left_stands_isolated(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let page = rosa.complete("/patients/new", &[("name", MUHAMMAD), ("age", "40"), ("gender", "male")]).await;
    page.see(&format!("{ISOLATED} saved"));
    let record = page.path.clone();
    // On the page by markup, in its title by marks: there is no markup there.
    assert_eq!(page.all("h1 bdi"), [MUHAMMAD]);
    let begins = |page: &crate::support::Page, title: String| assert!(page.all("title")[0].starts_with(&title), "{:?}", page.all("title"));
    begins(&page, format!("{ISOLATED} · "));
    for (path, title) in [("edit", "Edit"), ("delete", "Delete")] {
        let page = rosa.open(&format!("{record}/{path}")).await;
        begins(&page, format!("{title} {ISOLATED} · "));
        assert_eq!(page.all(".banner bdi"), [MUHAMMAD]);
    }
    let list = rosa.open("/patients").await;
    assert_eq!(list.all("td.main-cell a bdi"), ["علي, محمد"]);
    // Where a script makes the markup, the name comes as it is.
    let typed: String = form_urlencoded::byte_serialize("محمد".as_bytes()).collect();
    let offered = rosa.get(&format!("/palette?q={typed}")).await.json();
    let found = offered["groups"].as_array().into_iter().flatten().flat_map(|group| group["items"].as_array().into_iter().flatten());
    assert!(found.into_iter().any(|item| item["label"] == MUHAMMAD), "{offered}");
    let ada = clinic.administrator().await;
    begins(&ada.open(&format!("/admin{record}")).await, format!("{ISOLATED} · "));
    begins(&ada.open(&format!("/admin{record}/history")).await, format!("History of {ISOLATED} · "));
    rosa.complete("/patients/new", &[("name", "Émile Zola"), ("age", "40"), ("gender", "male")]).await.see("Émile Zola saved");
    // Whatever else somebody typed: on the record, and in a plain cell of a list.
    let (address, sister) = ("شارع 1", "فاطمة");
    let page = rosa.complete(&format!("{record}/edit"), &[("address", address), ("emergency_contact", sister)]).await;
    let isolated = page.all("dl.summary dd bdi");
    assert!([address, sister].into_iter().all(|text| isolated.contains(&text.to_string())), "{isolated:?}");
    rosa.complete("/doctors/new", &[("name", "Grace Hopper"), ("specialization", "طب القلب")]).await;
    assert_eq!(rosa.open("/doctors").await.all("td[data-label='Specialty'] bdi"), ["طب القلب"]);
}

async fn the_name_of_a_user_from_right_to_left_stands_isolated(clinic: Clinic) {
    let ada = clinic.administrator().await;
    clinic.receptionist().await;
    let named = diesel::update(users::table).set((users::first_name.eq("محمد"), users::last_name.eq("علي")));
    clinic.arrange(|c| named.execute(c)).await.expect("names");
    // Whoever invites, in the mail and in the list.
    let role = ada.open("/admin/invitations").await.value("role");
    ada.post("/admin/invitations", &[("email", "emile@example.org"), ("role", &role)]).await.is(303);
    let mail = clinic.outbox().await.pop().expect("a mail");
    assert!(mail.text_body.contains(&format!("{ISOLATED} invites you")) && mail.html_body.contains(ISOLATED), "{}", mail.text_body);
    assert_eq!(ada.open("/admin/invitations").await.all("td[data-label='Sent by'] bdi"), [format!("{MUHAMMAD} (ada)")]);
    // Whoever is viewed, before and in the band.
    let id = clinic.user_id("rosa").await;
    let page = ada.open(&format!("/users/{id}/view-as")).await;
    let label = page.all("h1 bdi").pop().expect("a name");
    assert!(label.contains(MUHAMMAD), "{label}");
    let title = page.all("title").pop().expect("a title");
    assert!(title.starts_with(&format!("View Praxis as \u{2068}{label}\u{2069} · ")), "{title}");
    let page = ada.complete(&format!("/users/{id}/view-as"), &[]).await;
    let shown = vec![format!("{MUHAMMAD} (rosa)")];
    assert_eq!((page.all(".viewing-as p bdi"), page.all(".viewing-as button bdi")), (shown.clone(), shown));
    // Their own profile, and what they did on the page of a record.
    ada.post("/view-as/stop", &[]).await.is(303);
    let rosa = clinic.sign_in("rosa").await;
    assert_eq!(rosa.open("/profile").await.all("h1 bdi"), [MUHAMMAD]);
    let page = rosa.complete("/patients/new", &[("name", "Émile Zola"), ("age", "40"), ("gender", "male")]).await;
    assert_eq!(page.all(".rows small bdi"), [format!("{MUHAMMAD} (rosa)")]);
}
