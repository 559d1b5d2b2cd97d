//! Guessing passwords: how often strangers can, and that they cannot lock out the owner.

use diesel::prelude::*;

use crate::stories;
use crate::support::binary::Running;
use crate::support::page::Page;
use crate::support::people::{PASSWORD, Rights};
use crate::support::{Browser, Clinic};
use praxis::accounts::throttle;
use praxis::accounts::throttle::attempt::{Outcome, SignIn};
use praxis::db::UtcDateTime;
use praxis::db::schema::sign_ins;

stories![
    the_lockout_doubles_after_five_wrong_attempts,
    an_unknown_username_is_locked_like_a_known_one,
    a_lockout_does_not_link_a_username_to_an_address,
    an_owner_on_a_known_browser_passes_the_lockout,
    a_forged_browser_cookie_is_ignored_and_removed,
    simultaneous_attempts_share_one_limit,
    a_whole_clinic_signs_in_at_once,
    two_processes_share_the_attempt_limit,
    a_network_has_twenty_attempts_a_minute,
    an_administrator_unlocks_an_account,
    every_attempt_is_logged_without_the_password,
    old_attempts_are_removed_and_failed_ones_counted,
];

async fn try_in(browser: &Browser, username: &str, password: &str) -> Page {
    browser.fill("/login", &[("username", username), ("password", password)]).await
}

async fn the_lockout_doubles_after_five_wrong_attempts(clinic: Clinic) {
    clinic.account("rosa", Rights::default()).await;
    clinic.stop_the_clock();
    for _ in 0..5 {
        try_in(&clinic.visitor(), "rosa", "wrong-password").await.is(422).see("Incorrect username or password");
    }
    let mut waits = Vec::new();
    for _ in 0..12 {
        let hashed = clinic.app.passwords.count();
        let page = try_in(&clinic.visitor(), "ROSA ", PASSWORD).await;
        page.is(429).see("Too many failed attempts. Try again in");
        assert_eq!(page.value("username"), "ROSA");
        assert_eq!(clinic.app.passwords.count(), hashed, "a refused try was hashed");
        let wait: i64 = page.header("retry-after").parse().expect("seconds");
        waits.push(wait);
        clinic.wait(time::Duration::seconds(wait - 1));
        try_in(&clinic.visitor(), "rosa", "wrong-password").await.is(429);
        clinic.wait(time::Duration::seconds(1));
        try_in(&clinic.visitor(), "rosa", "wrong-password").await.is(422);
    }
    assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
    clinic.wait(time::Duration::minutes(15));
    assert_eq!(try_in(&clinic.visitor(), "rosa", PASSWORD).await.location(), "/");
    for _ in 0..5 {
        try_in(&clinic.visitor(), "rosa", "wrong-password").await.is(422);
    }
    try_in(&clinic.visitor(), "rosa", "wrong-password").await.is(429).see("1 second");
}

async fn an_unknown_username_is_locked_like_a_known_one(clinic: Clinic) {
    clinic.account("rosa", Rights::default()).await;
    clinic.stop_the_clock();
    for _ in 0..8 {
        let known = try_in(&clinic.visitor(), "rosa", "wrong-password").await;
        let hashed = clinic.app.passwords.count();
        let unknown = try_in(&clinic.visitor(), "zoe", "wrong-password").await;
        assert_eq!((known.status, known.text()), (unknown.status, unknown.text()));
        assert_eq!(known.header("retry-after"), unknown.header("retry-after"));
        assert_eq!(clinic.app.passwords.count() - hashed, u64::from(known.status == 422));
    }
}

async fn a_lockout_does_not_link_a_username_to_an_address(clinic: Clinic) {
    clinic.account("rosa", Rights::default()).await;
    clinic.stop_the_clock();
    for (name, address) in [("rosa", "rosa@example.org"), ("zoe", "zoe@example.org")] {
        for _ in 0..5 {
            try_in(&clinic.visitor(), name, "wrong-password").await.is(422);
        }
        try_in(&clinic.visitor(), name, "wrong-password").await.is(429);
        try_in(&clinic.visitor(), address, "wrong-password").await.is(422);
    }
}

async fn an_owner_on_a_known_browser_passes_the_lockout(clinic: Clinic) {
    clinic.account("colin", Rights::default()).await;
    clinic.stop_the_clock();
    // Two users share the browser at the front desk.
    let desk = clinic.receptionist().await;
    desk.post("/logout", &[]).await.is(303);
    assert_eq!(try_in(&desk, "colin", PASSWORD).await.location(), "/");
    desk.post("/logout", &[]).await.is(303);
    let stranger = clinic.visitor();
    for _ in 0..5 {
        try_in(&stranger, "rosa", "wrong-password").await.is(422);
    }
    for _ in 0..20 {
        try_in(&stranger, "rosa", PASSWORD).await.is(429);
        try_in(&stranger, "nobody", "wrong-password").await;
    }
    assert_eq!(try_in(&desk, "rosa", PASSWORD).await.location(), "/", "the owner is locked out");
    // The stranger gains nothing from it.
    try_in(&stranger, "rosa", "wrong-password").await.is(429);
    desk.post("/logout", &[]).await.is(303);
    for _ in 0..5 {
        try_in(&desk, "rosa", "wrong-password").await.is(422);
    }
    try_in(&desk, "rosa", PASSWORD).await.is(429);
    assert_eq!(try_in(&desk, "colin", PASSWORD).await.location(), "/", "one account's budget is another's");
    clinic.wait(time::Duration::seconds(1));
    desk.post("/logout", &[]).await.is(303);
    assert_eq!(try_in(&desk, "rosa", PASSWORD).await.location(), "/");
    // After half a year without a sign-in the browser is an unknown one.
    desk.post("/logout", &[]).await.is(303);
    clinic.wait(time::Duration::days(181));
    try_in(&desk, "rosa", "wrong-password").await.is(422);
    let known = clinic.ask(|c| sign_ins::table.order(sign_ins::id.desc()).select(sign_ins::known_device).first::<bool>(c)).await;
    assert!(!known);
}

async fn a_forged_browser_cookie_is_ignored_and_removed(clinic: Clinic) {
    clinic.account("mallory", Rights::default()).await;
    let desk = clinic.receptionist().await;
    let device = desk.cookie("device").expect("a device");
    clinic.stop_the_clock();
    for _ in 0..5 {
        try_in(&clinic.visitor(), "rosa", "wrong-password").await.is(422);
    }
    let id = clinic.user_id("mallory").await;
    let mut last = device.clone();
    last.pop();
    for forged in ["x".to_string(), String::new(), last, format!("{id}{}", device.trim_start_matches(char::is_numeric))] {
        let stranger = clinic.visitor();
        stranger.set_cookie("device", &forged);
        try_in(&stranger, "rosa", PASSWORD).await.is(429);
        assert_eq!(stranger.cookie("device").unwrap_or_default(), "", "{forged} was kept");
    }
    // A browser that one account knows is unknown to another.
    let stranger = clinic.sign_in("mallory").await;
    stranger.post("/logout", &[]).await.is(303);
    assert!(stranger.cookie("device").is_some());
    try_in(&stranger, "rosa", PASSWORD).await.is(429);
    let known = clinic.visitor();
    known.set_cookie("device", &device);
    assert_eq!(try_in(&known, "rosa", PASSWORD).await.location(), "/");
}

/// The number of admitted attempts; checks that each one after the fifth was late enough.
async fn kept_its_distance(clinic: &Clinic) -> usize {
    let tries = clinic
        .ask(|c| {
            let counted = sign_ins::table.filter(sign_ins::outcome.eq(Outcome::Wrong));
            counted.order(sign_ins::created_at).select(sign_ins::created_at).load::<UtcDateTime>(c)
        })
        .await;
    for (number, pair) in tries.windows(2).enumerate().skip(4) {
        let distance = pair[1].since(pair[0]);
        assert!(distance >= time::Duration::seconds(1 << (number - 4)), "try {} came after {distance}", number + 2);
    }
    tries.len()
}

async fn simultaneous_attempts_share_one_limit(clinic: Clinic) {
    clinic.account("rosa", Rights::default()).await;
    clinic.stop_the_clock();
    let tries = (0..64).map(|_| {
        let visitor = clinic.visitor();
        async move { try_in(&visitor, "rosa", "wrong-password").await.status }
    });
    let statuses = futures_util::future::join_all(tries).await;
    // A busy machine may refuse some.
    assert!(statuses.iter().all(|status| matches!(status, 422 | 429 | 503)), "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 422).count(), 5, "{statuses:?}");
    assert_eq!(kept_its_distance(&clinic).await, 5);
}

/// All from one network, in browsers that are not known yet.
async fn a_whole_clinic_signs_in_at_once(clinic: Clinic) {
    for number in 0..40 {
        clinic.account(&format!("nurse{number}"), Rights::default()).await;
    }
    clinic.stop_the_clock();
    let mut waiting = Vec::new();
    for number in 0..40 {
        let visitor = clinic.visitor();
        let (action, mut data) = visitor.open("/login").await.form();
        data.retain(|(name, _)| !matches!(name.as_str(), "username" | "password"));
        data.extend([("username".into(), format!("nurse{number}")), ("password".into(), PASSWORD.to_string())]);
        waiting.push((visitor, action, data));
    }
    let tries = waiting.iter().map(|(visitor, action, data)| async move {
        let mut page = visitor.post_pairs(action, data).await;
        // A machine that is busy may tell some to come back; the limit says something else, and nobody here has reached it.
        for _ in 0..20 {
            if page.status == 303 || page.text().contains("Too many failed attempts") {
                break;
            }
            assert!(matches!(page.status, 429 | 503), "{}: {}", page.status, page.text());
            page = visitor.post_pairs(action, data).await;
        }
        page.status
    });
    let statuses = futures_util::future::join_all(tries).await;
    assert_eq!(statuses, [303; 40]);
}

async fn two_processes_share_the_attempt_limit(clinic: Clinic) {
    clinic.account("rosa", Rights::default()).await;
    let mut processes = [Running::start(&clinic.database), Running::start(&clinic.database)];
    processes.iter_mut().for_each(|process| assert!(process.line().starts_with("Praxis is ready")));
    let tries = (0..30).map(|number| {
        let browser = Browser::new(([127, 0, 0, 1], processes[number % 2].port).into());
        async move { try_in(&browser, "rosa", "wrong-password").await.status }
    });
    let statuses = futures_util::future::join_all(tries).await;
    assert!(statuses.iter().all(|status| matches!(status, 422 | 429 | 503)), "{statuses:?}");
    let admitted = kept_its_distance(&clinic).await;
    assert_eq!(statuses.iter().filter(|status| **status == 422).count(), admitted);
    assert!(admitted >= 5);
}

async fn a_network_has_twenty_attempts_a_minute(clinic: Clinic) {
    let clinic = Clinic::open_with(clinic.backend, &[("TRUSTED_PROXIES", "127.0.0.0/8")]).await;
    clinic.account("rosa", Rights::default()).await;
    clinic.stop_the_clock();
    let from = |ip: &str| clinic.visitor().saying("x-forwarded-for", ip);
    for number in 0..20 {
        try_in(&from(&format!("2001:db8:1:2::{number}")), &format!("nobody{number}"), "wrong-password").await.is(422);
    }
    let page = try_in(&from("2001:db8:1:2:ffff::1"), "rosa", PASSWORD).await;
    assert_eq!(page.is(429).header("retry-after"), "60");
    for ip in ["2001:db8:1:3::1", "203.0.113.7"] {
        assert_eq!(try_in(&from(ip), "rosa", PASSWORD).await.location(), "/", "{ip}");
    }
    clinic.wait(time::Duration::seconds(60));
    assert_eq!(try_in(&from("2001:db8:1:2:ffff::1"), "rosa", PASSWORD).await.location(), "/");
    clinic.server.stop(false).await;
}

async fn an_administrator_unlocks_an_account(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let id = clinic.account("rosa", Rights { groups: &["Staff"], ..Rights::default() }).await;
    clinic.stop_the_clock();
    let path = format!("/users/{id}/sessions");
    ada.open(&format!("/admin/users/{id}")).await.see("Sign-ins");
    ada.open(&path).await.miss("Sign-in locked until");
    for name in ["rosa", "rosa@example.org"] {
        for _ in 0..5 {
            try_in(&clinic.visitor(), name, "wrong-password").await.is(422);
        }
    }
    try_in(&clinic.visitor(), "rosa", PASSWORD).await.is(429);
    let page = ada.open(&path).await;
    page.see("Sign-in locked until").see("Wrong password");
    let clerk = clinic.clerk("clerk", &["user.change"]).await;
    clerk.post(&format!("/users/{id}/unlock"), &[]).await.is(403).see("permissions that you do not have");
    ada.post(&format!("/users/{id}/unlock"), &[]).await.is(303);
    ada.open(&path).await.see("rosa can sign in again.").miss("Sign-in locked until");
    ada.open(&format!("/admin/users/{id}/history")).await.see("Unlocked the sign-in");
    for name in ["rosa", "rosa@example.org"] {
        assert_eq!(try_in(&clinic.visitor(), name, PASSWORD).await.location(), "/");
    }
}

async fn every_attempt_is_logged_without_the_password(clinic: Clinic) {
    let id = clinic.account("rosa", Rights::default()).await;
    let agent = "Mozilla/5.0 (Windows NT 10.0; rv:145.0) Gecko/20100101 Firefox/145.0";
    let visitor = clinic.visitor().saying("user-agent", agent);
    try_in(&visitor, "my-secret-password", "rosa").await.is(422);
    try_in(&visitor, "rosa", PASSWORD).await.is(303);
    let rows = clinic.ask(|c| sign_ins::table.order(sign_ins::id).load::<SignIn>(c)).await;
    let told: Vec<_> = rows.iter().map(|row| (row.user_id, row.outcome, row.user_agent.as_str(), row.network.as_str())).collect();
    assert_eq!(told, [(None, Outcome::Wrong, agent, "127.0.0.1"), (Some(id), Outcome::Ok, agent, "127.0.0.1")]);
    assert!(rows.iter().all(|row| !format!("{row:?}").contains("my-secret-password")));
    let ada = clinic.administrator().await;
    ada.open("/admin/sign-ins").await.see("Wrong password").see("rosa");
    ada.open("/admin/sign-ins?outcome=wrong").await.see("1 result");
    // Deleting an account deletes its attempts, however many, and does not list them.
    let many = "INSERT INTO sign_ins (user_id, budget, outcome, created_at, updated_at) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL \
         SELECT i + 1 FROM n WHERE i < 12000) SELECT users.id, 'name x', 'wrong', users.created_at, users.created_at FROM n, users \
         WHERE users.username = 'rosa'";
    clinic.arrange(move |c| diesel::sql_query(many).execute(c)).await.expect("many tries");
    ada.complete(&format!("/admin/users/{id}/delete"), &[]).await.see("was deleted");
    assert_eq!(clinic.ask(|c| sign_ins::table.count().get_result::<i64>(c)).await, 2);
}

async fn old_attempts_are_removed_and_failed_ones_counted(clinic: Clinic) {
    clinic.account("rosa", Rights::default()).await;
    let start = clinic.app.now();
    try_in(&clinic.visitor(), "rosa", "wrong-password").await.is(422);
    clinic.wait(time::Duration::days(1));
    try_in(&clinic.visitor(), "rosa", "wrong-password").await.is(422);
    try_in(&clinic.visitor(), "zoe", "wrong-password").await.is(422);
    try_in(&clinic.visitor(), "rosa", PASSWORD).await.is(303);
    assert_eq!(clinic.ask(move |c| throttle::attempt::failed_since(c, start)).await, 3);
    clinic.wait(time::Duration::days(89) + time::Duration::hours(1));
    let now = clinic.app.now();
    assert_eq!(clinic.arrange(move |c| throttle::attempt::clear_old(c, now)).await.expect("cleared"), 1);
}
