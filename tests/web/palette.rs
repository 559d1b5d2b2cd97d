//! The palette and the search find pages that the user may open, and records that they may view.

use serde_json::Value;

use crate::stories;
use crate::support::people::Rights;
use crate::support::{Browser, Clinic};

stories![
    every_page_in_the_palette_opens,
    the_palette_offers_only_permitted_pages,
    the_palette_never_shows_records_of_others,
    the_palette_shows_distinguishing_details_of_a_record,
    the_palette_begins_with_the_records_opened_last,
    unusual_palette_queries_get_an_answer,
    the_search_page_lists_pages_as_well,
];

async fn ask(browser: &Browser, query: &str) -> Vec<Value> {
    let page = browser.open(&format!("/palette?q={query}")).await;
    assert!(page.header("content-type").starts_with("application/json"));
    assert_eq!(page.header("cache-control"), "no-store");
    let answer: Value = serde_json::from_str(&page.body).expect("JSON");
    answer["groups"].as_array().expect("groups").clone()
}

fn items(groups: &[Value]) -> Vec<Value> {
    groups.iter().flat_map(|group| group["items"].as_array().expect("items").clone()).collect()
}

fn labels(groups: &[Value]) -> Vec<String> {
    items(groups).iter().map(|item| item["label"].as_str().expect("a label").to_string()).collect()
}

async fn every_page_in_the_palette_opens(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let rosa = clinic.receptionist().await;
    for browser in [ada, rosa] {
        let offered = items(&ask(&browser, "").await);
        assert!(offered.len() > 5);
        for item in offered.iter().filter(|item| item["post"] == false) {
            browser.open(item["href"].as_str().expect("an address")).await;
        }
        let posts: Vec<_> = offered.iter().filter(|item| item["post"] == true).collect();
        assert_eq!(posts.len(), 1);
        let home = browser.open("/").await;
        assert!(home.has(&format!("form[method=post][action='{}']", posts[0]["href"].as_str().expect("an address"))));
    }
}

async fn the_palette_offers_only_permitted_pages(clinic: Clinic) {
    clinic.account("nobody", Rights::default()).await;
    let nobody = clinic.sign_in("nobody").await;
    let own = [
        "Today",
        "Profile",
        "Your activity",
        "Change your password",
        "Active sessions",
        "Sign-in and security",
        "Linked accounts",
        "Access tokens",
        "Notifications",
        "Calendar feeds",
        "Preferences and cookies",
        "Help",
        "API documentation",
        "Sign out",
    ];
    assert_eq!(labels(&ask(&nobody, "").await), own);
    let rosa = clinic.receptionist().await;
    let offered = items(&ask(&rosa, "").await);
    assert!(offered.iter().any(|item| item["label"] == "New patient" && item["href"] == "/patients/new"));
    assert!(offered.iter().all(|item| !item["href"].as_str().expect("an address").starts_with("/admin")), "{offered:?}");
    let clerk = clinic.clerk("clerk", &["patient.view"]).await;
    let offered = items(&ask(&clerk, "").await);
    assert!(offered.iter().any(|item| item["href"] == "/admin/patients"));
    assert!(offered.iter().all(|item| item["label"] != "New patient" && item["label"] != "Users"), "{offered:?}");
    let visitor = clinic.visitor().get("/palette?q=zola").await;
    assert!(visitor.location().starts_with("/login"));
}

async fn the_palette_never_shows_records_of_others(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let colin = clinic.colleague().await;
    let zola = clinic.patient("Émile Zola", clinic.user_id("rosa").await).await;
    let found = items(&ask(&rosa, "zola").await);
    assert!(found.iter().any(|item| item["href"] == format!("/patients/{zola}")), "{found:?}");
    assert!(items(&ask(&colin, "zola").await).is_empty());
    colin.open("/search?q=zola").await.miss("Émile Zola");
    clinic.account("nobody", Rights::default()).await;
    let nobody = clinic.sign_in("nobody").await;
    assert!(items(&ask(&nobody, "zola").await).is_empty());
    // A user who may not view users does not find them by their address either.
    assert!(items(&ask(&rosa, "colin").await).is_empty());
    let ada = clinic.administrator().await;
    assert!(labels(&ask(&ada, "colin").await).contains(&"colin".to_string()));
    assert!(labels(&ask(&ada, "system+status").await).contains(&"System status".to_string()));
    // An assignment is labelled with its patient and doctor, and listed after them.
    clinic.assignment(zola, clinic.doctor("Dr Grace Hopper").await).await;
    assert_eq!(labels(&ask(&ada, "hopper").await), ["Dr Grace Hopper", "Émile Zola – Dr Grace Hopper"]);
}

async fn the_palette_shows_distinguishing_details_of_a_record(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    for number in 0..7 {
        clinic.doctor(&format!("Dr Hopper {number}")).await;
    }
    let groups = ask(&rosa, "hopper").await;
    assert_eq!(groups.len(), 1);
    assert_eq!(groups[0]["title"], "Doctors");
    assert_eq!(groups[0]["more"], "/doctors?q=hopper");
    let found = items(&groups);
    assert_eq!(found.len(), 5);
    assert_eq!(found[0]["hint"], "Cardiology");
    // One letter finds pages only.
    assert!(labels(&ask(&rosa, "h").await).iter().all(|label| !label.contains("Hopper")));
}

async fn the_palette_begins_with_the_records_opened_last(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let owner = clinic.user_id("rosa").await;
    assert!(!ask(&rosa, "").await.iter().any(|group| group["title"] == "Recent"));
    let (zola, hugo) = (clinic.patient("Émile Zola", owner).await, clinic.patient("Victor Hugo", owner).await);
    for id in [hugo, zola] {
        rosa.open(&format!("/patients/{id}")).await;
        clinic.settle().await;
    }
    let groups = ask(&rosa, "").await;
    assert_eq!(groups[0]["title"], "Recent");
    let found: Vec<_> = groups[0]["items"].as_array().into_iter().flatten().filter_map(|item| item["href"].as_str()).collect();
    assert_eq!(found, [format!("/patients/{zola}"), format!("/patients/{hugo}")]);
    // Whoever may not view one any more does not find it there.
    rosa.complete(&format!("/patients/{hugo}/delete"), &[]).await;
    let groups = ask(&rosa, "").await;
    assert_eq!(groups[0]["items"].as_array().map(Vec::len), Some(1));
}

async fn unusual_palette_queries_get_an_answer(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    for query in ["%25", "%00", "%27%22%5C", "_%25_", &"x".repeat(1500), "%F0%9F%98%80", "", "&q=2"] {
        ask(&rosa, query).await;
    }
    rosa.open("/palette").await;
}

async fn the_search_page_lists_pages_as_well(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let page = rosa.open("/search?q=new+patient").await;
    assert_eq!(page.attributes(".rows a", "href"), ["/patients/new"]);
    assert!(rosa.open("/search?q=sign+out").await.has("main form[action='/logout'] input[name=csrf_token]"));
    assert!(!rosa.open("/search").await.has(".rows"));
}
