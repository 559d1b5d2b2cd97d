//! An administrator sets a user's password.

use diesel::prelude::*;
use praxis::db::schema::{log_entries, sessions};

use crate::stories;
use crate::support::Clinic;
use crate::support::people::{PASSWORD, Rights};

stories![an_administrator_sets_a_password_which_ends_the_sessions, only_a_superuser_sets_a_superusers_password];

const NEW: &str = "seven-green-kettles";

async fn an_administrator_sets_a_password_which_ends_the_sessions(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let ada = clinic.administrator().await;
    let id = clinic.user_id("rosa").await;
    let path = format!("/users/{id}/password");
    ada.open(&format!("/admin/users/{id}")).await.see("Set password");
    let page = ada.fill(&path, &[("password", "rosa-example"), ("password_again", "rosa-example")]).await;
    assert!(page.is(422).error("password").contains("too similar to your email address"));
    ada.complete(&path, &[("password", NEW), ("password_again", NEW)]).await.see("Password set for rosa");
    assert!(rosa.get("/").await.location().starts_with("/login"), "the old session lives on");
    assert_eq!(clinic.ask(move |c| sessions::table.filter(sessions::user_id.eq(id)).count().get_result::<i64>(c)).await, 0);
    clinic.visitor().fill("/login", &[("username", "rosa"), ("password", PASSWORD)]).await.is(422);
    clinic.visitor().fill("/login", &[("username", "rosa"), ("password", NEW)]).await.is(303);
    ada.open(&format!("/admin/users/{id}/history")).await.see("Password").see("changed");
    let logged = clinic.ask(|c| log_entries::table.select(log_entries::changes).load::<String>(c)).await.join(" ");
    assert!(!logged.contains(NEW) && !logged.contains("argon2"), "{logged}");
}

async fn only_a_superuser_sets_a_superusers_password(clinic: Clinic) {
    clinic.administrator().await;
    let clerk = clinic.clerk("clara", &["user.change", "user.view"]).await;
    let ada = clinic.user_id("ada").await;
    clerk.get(&format!("/users/{ada}/password")).await.is(403);
    clerk.post(&format!("/users/{ada}/password"), &[("password", NEW), ("password_again", NEW)]).await.is(403);
    clinic.account("rosa", Rights::default()).await;
    let rosa = clinic.user_id("rosa").await;
    clerk.complete(&format!("/users/{rosa}/password"), &[("password", NEW), ("password_again", NEW)]).await;
    clinic.sign_in("ada").await;
}
