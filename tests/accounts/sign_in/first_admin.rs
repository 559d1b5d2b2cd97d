//! The first administrator.

use diesel::prelude::*;
use praxis::accounts::sign_in::first_admin::make_link;
use praxis::db::schema::{log_entries, users};

use crate::stories;
use crate::support::Clinic;
use crate::support::people::PASSWORD;

stories![
    the_first_administrator_is_created_through_the_link,
    only_the_newest_setup_link_works_and_only_once,
    a_setup_link_used_twice_at_once_creates_one_administrator,
    an_invented_setup_link_is_not_found,
];

const ADA: [(&str, &str); 6] = [
    ("username", "ada"),
    ("email", "ada@example.org"),
    ("first_name", "Ada"),
    ("last_name", "Okafor"),
    ("password", PASSWORD),
    ("password_again", PASSWORD),
];

async fn link(clinic: &Clinic) -> Option<String> {
    let link = make_link(&clinic.app).await.expect("a link or none");
    link.map(|link| link.trim_start_matches(&format!("http://{}", clinic.address)).to_string())
}

async fn the_first_administrator_is_created_through_the_link(clinic: Clinic) {
    let visitor = clinic.visitor();
    let path = link(&clinic).await.expect("nobody administers yet");
    let page =
        visitor.fill(&path, &[("username", ""), ("email", "nowhere"), ("password", "12345678"), ("password_again", "12345678")]).await;
    page.is(422);
    assert_eq!(page.error("username"), "Enter the username");
    assert!(page.error("email").contains("like name@example.org"));
    assert!(page.error("password").contains("too easy to guess"));
    assert_eq!(page.value("email"), "nowhere");
    visitor.complete(&path, &ADA).await.see("Your administrator account is ready").see("Good ");
    visitor.open("/admin").await.see("Users");
    let made = clinic
        .ask(|c| users::table.select((users::is_superuser, users::is_staff, users::password_hash)).first::<(bool, bool, String)>(c))
        .await;
    assert!(made.0 && made.1 && clinic.app.passwords.is_current(&made.2), "{made:?}");
    let logged = clinic.ask(|c| log_entries::table.select(log_entries::changes).first::<String>(c)).await;
    assert!(!logged.contains("argon2"), "the log holds the hash");
    assert_eq!(link(&clinic).await, None, "a second administrator is made by the first");
}

async fn only_the_newest_setup_link_works_and_only_once(clinic: Clinic) {
    let first = link(&clinic).await.expect("a link");
    let second = link(&clinic).await.expect("another");
    let visitor = clinic.visitor();
    visitor.get(&first).await.is(404);
    visitor.complete(&second, &ADA).await;
    let other = clinic.visitor();
    other.get(&second).await.is(404);
    other.post(&second, &ADA).await.is(404);
    assert_eq!(clinic.ask(|c| users::table.count().get_result::<i64>(c)).await, 1);
}

async fn a_setup_link_used_twice_at_once_creates_one_administrator(clinic: Clinic) {
    let path = link(&clinic).await.expect("a link");
    let (one, two) = (clinic.visitor(), clinic.visitor());
    let mut other = ADA;
    (other[0], other[1]) = (("username", "eve"), ("email", "eve@example.org"));
    let (first, second) = futures_util::future::join(one.fill(&path, &ADA), two.fill(&path, &other)).await;
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 404]);
    assert_eq!(clinic.ask(|c| users::table.filter(users::is_superuser.eq(true)).count().get_result::<i64>(c)).await, 1);
}

async fn an_invented_setup_link_is_not_found(clinic: Clinic) {
    link(&clinic).await;
    clinic.visitor().get("/setup/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").await.is(404).see("Page not found");
}
