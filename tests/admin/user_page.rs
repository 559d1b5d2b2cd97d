//! The page of a user: one thing to do first, roles before permissions, and only permissions that open something.

use diesel::prelude::*;
use praxis::db::schema::{permissions, users};

use crate::stories;
use crate::support::Clinic;
use crate::support::people::Rights;

stories![
    other_actions_are_in_a_menu,
    a_user_without_password_is_invited_first,
    permissions_are_folded_and_open_something,
    permissions_that_open_nothing_are_removed_at_the_start
];

async fn other_actions_are_in_a_menu(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let rosa = clinic.account("rosa", Rights::default()).await;
    let page = ada.open(&format!("/admin/users/{rosa}")).await;
    assert_eq!(page.all(".page-head > .actions > .button"), [""; 0], "everything is in the menu");
    let menu = page.all(".page-head .menu-list .button");
    assert_eq!(
        menu,
        ["Send an invitation", "Set password", "Sign-ins and sessions", "What they looked at", "View as", "History", "Deactivate"]
    );
    // In the foot: saving, more ways to save, and deleting apart.
    assert_eq!(page.all(".form-foot > .button.primary"), ["Save"]);
    assert_eq!(page.all(".form-foot .menu-list button"), ["Save and continue", "Save and add another", "Save as new"]);
    assert_eq!(page.all(".form-foot .far .button"), ["Delete"]);
}

async fn a_user_without_password_is_invited_first(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let rosa = clinic.account("rosa", Rights::default()).await;
    clinic
        .arrange(move |c| diesel::update(users::table.find(rosa)).set(users::password_hash.eq("")).execute(c))
        .await
        .expect("no password");
    let page = ada.open(&format!("/admin/users/{rosa}")).await;
    assert_eq!(page.all(".page-head > .actions > .button"), ["Send an invitation"]);
    assert!(!page.all(".page-head .menu-list .button").contains(&"Send an invitation".into()));
}

async fn permissions_are_folded_and_open_something(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let rosa = clinic.account("rosa", Rights::default()).await;
    let page = ada.open(&format!("/admin/users/{rosa}")).await;
    let folded = page.all("details.form-section summary h2");
    assert_eq!(folded, ["Individual permissions", "Dates", "Notifications"]);
    assert!(page.has("section.form-section #groups-0") && page.has("details.form-section #permissions-0"));
    let headings = page.all("#permissions-0 .checklist-group");
    for known in ["Assignments", "Log entries", "Access tokens"] {
        assert!(headings.contains(&known.to_string()), "{known} in {headings:?}");
    }
    page.see("Can view log entry").miss("Can add log entr").miss("Can delete session").miss("Mapping").miss("Api token");
}

async fn permissions_that_open_nothing_are_removed_at_the_start(clinic: Clinic) {
    let dead = "INSERT INTO permissions (codename, name, search_text, created_at, updated_at) \
                SELECT 'log_entry.add', 'Can add log entry', '', created_at, updated_at FROM permissions LIMIT 1";
    clinic.tamper(dead).await;
    let app = clinic.app.clone();
    actix_web::web::block(move || app.migrate()).await.expect("a thread").expect("a database");
    let left = permissions::table.filter(permissions::codename.eq("log_entry.add")).count();
    assert_eq!(clinic.ask(move |c| left.get_result::<i64>(c)).await, 0);
}
