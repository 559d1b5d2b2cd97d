//! Sessions stored in the cookie, and on a Redis server. The rules are the same as for sessions in the database.

use diesel::prelude::*;

use crate::stories;
use crate::support::people::{PASSWORD, Rights};
use crate::support::redis::Redis;
use crate::support::{Browser, Clinic};
use praxis::db::schema::{ended_sessions, log_entries, sessions, users};

stories![
    a_cookie_session_is_encrypted_and_stored_nowhere_else,
    a_copied_cookie_is_invalid_after_sign_out,
    a_cookie_session_ends_with_its_user,
    a_user_ends_all_other_cookie_sessions_at_once,
    a_cookie_session_expires,
    a_superuser_impersonates_with_cookie_sessions,
    a_cookie_session_holds_the_longest_names,
];

stories![
    Redis: a_redis_session_is_listed_and_ended,
    redis_data_alone_opens_no_session,
    a_redis_session_ends_with_its_user,
    a_slow_request_revives_no_redis_session,
    a_redis_outage_is_reported_as_temporary,
    a_superuser_impersonates_with_redis_sessions,
    a_redis_server_without_tls_is_refused_when_tls_is_required,
];

const COOKIE: [(&str, &str); 1] = [("SESSION_STORE", "cookie")];

async fn with_cookies(clinic: &Clinic) -> Clinic {
    Clinic::open_with(clinic.backend, &COOKIE).await
}

async fn with(clinic: &Clinic, redis: &Redis) -> Clinic {
    Clinic::open_with(clinic.backend, &[("SESSION_STORE", "redis"), ("REDIS_URL", &redis.url())]).await
}

async fn is_out(browser: &Browser) -> bool {
    let page = browser.get("/patients").await;
    page.status == 303 && page.location().starts_with("/login")
}

async fn rows(clinic: &Clinic) -> i64 {
    clinic.ask(|c| sessions::table.count().get_result(c)).await
}

async fn a_cookie_session_is_encrypted_and_stored_nowhere_else(clinic: Clinic) {
    let clinic = with_cookies(&clinic).await;
    let rosa = clinic.receptionist().await;
    rosa.open("/patients").await;
    let cookie = rosa.cookie("sid").expect("a cookie");
    assert!(!cookie.contains("csrf") && cookie.len() < 3000, "{cookie}");
    assert_eq!(rows(&clinic).await, 0);
    rosa.open("/sessions").await.see("Sessions are stored in the browsers").see("this browser");
    for forged in ["x".to_string(), cookie[1..].to_string(), cookie.replace(&cookie[40..42], "zz")] {
        let stranger = clinic.visitor();
        stranger.set_cookie("sid", &forged);
        assert!(is_out(&stranger).await);
    }
    // A session of one store is not valid in another.
    let other = Clinic::open(clinic.backend).await;
    let stranger = other.visitor();
    stranger.set_cookie("sid", &cookie);
    assert!(is_out(&stranger).await);
    other.server.stop(false).await;
    clinic.server.stop(false).await;
}

async fn a_copied_cookie_is_invalid_after_sign_out(clinic: Clinic) {
    let clinic = with_cookies(&clinic).await;
    let rosa = clinic.receptionist().await;
    let second = clinic.sign_in("rosa").await;
    let copy = rosa.copy();
    rosa.post("/logout", &[]).await.is(303);
    assert!(is_out(&copy).await, "signing out left the copy alive");
    second.open("/patients").await;
    // The record of it is stored as long as the cookie could have been valid.
    let (now, limits) = (clinic.app.now(), clinic.app.settings.session_limits);
    let noted = || clinic.ask(|c| ended_sessions::table.count().get_result::<i64>(c));
    clinic.arrange(move |c| praxis::web::sessions::end::clear_expired(c, &limits, now)).await.expect("cleared");
    assert_eq!(noted().await, 1);
    clinic.wait(time::Duration::hours(13));
    let now = clinic.app.now();
    clinic.arrange(move |c| praxis::web::sessions::end::clear_expired(c, &limits, now)).await.expect("cleared");
    assert_eq!(noted().await, 0);
    assert!(is_out(&copy).await);
    clinic.server.stop(false).await;
}

async fn ends_with_its_user(clinic: &Clinic) {
    let rosa = clinic.receptionist().await;
    let id = clinic.user_id("rosa").await;
    let set = |active: bool| clinic.arrange(move |c| diesel::update(users::table.find(id)).set(users::is_active.eq(active)).execute(c));
    set(false).await.expect("kept out");
    assert!(is_out(&rosa).await);
    set(true).await.expect("let in");
    let ada = clinic.administrator().await;
    let rosa = clinic.sign_in("rosa").await;
    rosa.open("/patients").await;
    clinic.arrange(|c| diesel::delete(praxis::db::schema::group_permissions::table).execute(c)).await.expect("taken away");
    rosa.get("/patients").await.is(403);
    let fields = [("password", "seven-green-kettles"), ("password_again", "seven-green-kettles")];
    ada.fill(&format!("/users/{id}/password"), &fields).await.is(303);
    assert!(is_out(&rosa).await);
    let before = rosa.copy();
    rosa.complete("/login", &[("username", "rosa"), ("password", "seven-green-kettles")]).await;
    rosa.open("/").await;
    assert!(before.get("/").await.location().starts_with("/login"));
    ada.post(&format!("/users/{id}/sessions"), &[]).await.is(303);
    assert!(rosa.get("/").await.location().starts_with("/login"), "an administrator ended it");
    ada.open("/admin").await;
}

async fn a_cookie_session_ends_with_its_user(clinic: Clinic) {
    let clinic = with_cookies(&clinic).await;
    ends_with_its_user(&clinic).await;
    clinic.server.stop(false).await;
}

async fn a_user_ends_all_other_cookie_sessions_at_once(clinic: Clinic) {
    let clinic = with_cookies(&clinic).await;
    let here = clinic.receptionist().await;
    let (second, third) = (clinic.sign_in("rosa").await, clinic.sign_in("rosa").await);
    let (colin, old) = (clinic.colleague().await, here.copy());
    here.post("/sessions", &[]).await.is(303);
    here.open("/sessions").await.see("Sessions signed out").see("this browser");
    assert!(is_out(&second).await && is_out(&third).await);
    assert!(is_out(&old).await, "a copy of the cookie from before");
    here.open("/patients").await;
    colin.open("/patients").await;
    let noted =
        clinic.ask(|c| log_entries::table.filter(log_entries::note.eq("Ended the other sessions")).count().get_result::<i64>(c)).await;
    assert_eq!(noted, 1);
    clinic.server.stop(false).await;
}

async fn a_cookie_session_expires(clinic: Clinic) {
    let clinic = with_cookies(&clinic).await;
    let rosa = clinic.receptionist().await;
    let old = rosa.copy();
    for _ in 0..28 {
        clinic.wait(time::Duration::minutes(25));
        rosa.open("/patients").await;
    }
    assert!(is_out(&old).await, "the copy was not used all day");
    let script = rosa.copy().saying("sec-fetch-dest", "empty");
    let left: serde_json::Value = serde_json::from_str(&script.get("/sessions/left").await.is(200).body).expect("JSON");
    assert_eq!(left["can_stay"], false, "{left}");
    clinic.wait(time::Duration::minutes(21));
    assert!(is_out(&rosa).await);
    clinic.server.stop(false).await;
}

async fn views_as_others(clinic: &Clinic) {
    let ada = clinic.administrator().await;
    let rosa = clinic.account("rosa", Rights { groups: &["Staff"], ..Rights::default() }).await;
    ada.complete(&format!("/users/{rosa}/view-as"), &[]).await.see("You are viewing Praxis as rosa");
    // A session that ended has ended for copies of its cookie as well.
    let copy = ada.copy();
    ada.post("/view-as/stop", &[]).await.is(303);
    assert!(!copy.get("/patients").await.text().contains("You are viewing Praxis as"));
    ada.complete(&format!("/users/{rosa}/view-as"), &[]).await.see("You are viewing Praxis as rosa");
    ada.open("/patients").await.see("You are viewing Praxis as rosa").miss("Administration");
    ada.post("/patients/new", &[]).await.is(403);
    let tab = ada.copy();
    clinic.wait(time::Duration::minutes(25));
    ada.open("/patients").await;
    clinic.wait(time::Duration::minutes(6));
    ada.open("/patients").await.miss("You are viewing Praxis as");
    ada.open("/admin").await;
    tab.get("/patients").await;
    let notes = log_entries::table.filter(log_entries::action.eq("view_as")).order(log_entries::id).select(log_entries::note);
    assert_eq!(
        clinic.ask(move |c| notes.load::<String>(c)).await,
        ["Began, for at most 30 minutes", "Ended", "Began, for at most 30 minutes", "Ended automatically"]
    );
}

async fn a_superuser_impersonates_with_cookie_sessions(clinic: Clinic) {
    let clinic = with_cookies(&clinic).await;
    views_as_others(&clinic).await;
    clinic.server.stop(false).await;
}

async fn a_redis_session_is_listed_and_ended(clinic: Clinic) {
    let redis = Redis::open();
    let clinic = with(&clinic, &redis).await;
    let here = clinic.receptionist().await;
    let phone = clinic.visitor().saying("user-agent", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) Version/26.0 Safari/604.1");
    phone.complete("/login", &[("username", "rosa"), ("password", PASSWORD)]).await;
    here.open("/sessions").await.see("Safari on iPhone").see("this browser");
    let entries = || redis.ask("DBSIZE").trim().trim_start_matches(':').parse::<i64>().expect("a count");
    assert_eq!((entries(), rows(&clinic).await), (2, 2));
    let state = clinic.ask(|c| sessions::table.select(sessions::state).first::<String>(c)).await;
    assert_eq!(state, "{}", "the state is on the server");
    let id = clinic.ask(|c| sessions::table.select(sessions::id).order(sessions::id.desc()).first::<i64>(c)).await;
    here.post("/sessions", &[("session", &id.to_string())]).await.is(303);
    assert!(is_out(&phone).await);
    assert_eq!((entries(), rows(&clinic).await), (1, 1));
    let copy = here.copy();
    here.post("/logout", &[]).await.is(303);
    assert!(is_out(&copy).await);
    assert_eq!((entries(), rows(&clinic).await), (0, 0));
    clinic.server.stop(false).await;
}

async fn redis_data_alone_opens_no_session(clinic: Clinic) {
    let mut redis = Redis::open();
    let clinic = with(&clinic, &redis).await;
    let rosa = clinic.receptionist().await;
    let key: String = rosa.cookie("sid").expect("a cookie").chars().rev().take(64).collect::<Vec<_>>().into_iter().rev().collect();
    assert!(!redis.ask("KEYS *").contains(&key), "the server could be read to sign in");
    let seconds: i64 = redis
        .ask(&format!("TTL praxis:session:{}", praxis::crypto::keys::digest(&key)))
        .trim()
        .trim_start_matches(':')
        .parse()
        .expect("seconds");
    assert!((43_000..=43_200).contains(&seconds), "{seconds}");
    // Without its row an entry is invalid.
    clinic.arrange(|c| diesel::delete(sessions::table).execute(c)).await.expect("ended");
    assert!(is_out(&rosa).await);
    // A row without its entry is invalid, and soon no longer listed.
    let rosa = clinic.sign_in("rosa").await;
    redis.stop();
    redis.start();
    assert!(is_out(&rosa).await);
    assert_eq!(rows(&clinic).await, 0);
    clinic.sign_in("rosa").await.open("/patients").await;
    clinic.server.stop(false).await;
}

async fn a_redis_session_ends_with_its_user(clinic: Clinic) {
    let redis = Redis::open();
    let clinic = with(&clinic, &redis).await;
    ends_with_its_user(&clinic).await;
    clinic.server.stop(false).await;
}

/// The library's store saves a deleted state under a new key, which would sign in a user who has signed out.
async fn a_slow_request_revives_no_redis_session(clinic: Clinic) {
    use actix_session::storage::{SessionKey, SessionStore};
    let redis = Redis::open();
    let clinic = with(&clinic, &redis).await;
    let rosa = clinic.receptionist().await;
    let key: String = rosa.cookie("sid").expect("a cookie").chars().rev().take(64).collect::<Vec<_>>().into_iter().rev().collect();
    let store = praxis::web::sessions::Sessions::new(&clinic.app);
    let held = || SessionKey::try_from(key.clone()).expect("a key");
    let state = store.load(&held()).await.expect("loaded").expect("a session");
    let ttl = actix_web::cookie::time::Duration::days(1);
    // The row exists and the entry does not.
    redis.ask("FLUSHALL");
    let after = store.update(held(), state.clone(), &ttl).await.expect("updated");
    assert_eq!(after, held());
    assert!(redis.ask("DBSIZE").starts_with(":0"));
    // Signed out in the meantime.
    rosa.complete("/login", &[("username", "rosa"), ("password", PASSWORD)]).await;
    rosa.post("/logout", &[]).await.is(303);
    assert_eq!(store.update(held(), state, &ttl).await.expect("updated"), held());
    assert!(redis.ask("DBSIZE").starts_with(":0"));
    assert!(store.load(&held()).await.expect("loaded").is_none());
    clinic.server.stop(false).await;
}

async fn a_redis_outage_is_reported_as_temporary(clinic: Clinic) {
    let mut redis = Redis::open();
    let clinic = with(&clinic, &redis).await;
    let rosa = clinic.receptionist().await;
    assert_eq!(clinic.visitor().get("/readyz").await.is(200).body, "ready\n");
    redis.stop();
    assert_eq!(clinic.visitor().get("/readyz").await.is(503).body, "not ready: no session server\n");
    rosa.get("/patients").await.is(503).see("temporarily unavailable");
    clinic.visitor().get("/login").await.is(200);
    let page = clinic.visitor().fill("/login", &[("username", "rosa"), ("password", PASSWORD)]).await;
    page.is(503);
    redis.start();
    let mut status = 503;
    for _ in 0..100 {
        status = rosa.get("/login").await.status;
        if status != 503 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(status, 200);
    clinic.sign_in("rosa").await.open("/patients").await;
    clinic.server.stop(false).await;
}

async fn a_superuser_impersonates_with_redis_sessions(clinic: Clinic) {
    let redis = Redis::open();
    let clinic = with(&clinic, &redis).await;
    views_as_others(&clinic).await;
    clinic.server.stop(false).await;
}

async fn a_redis_server_without_tls_is_refused_when_tls_is_required(clinic: Clinic) {
    let redis = Redis::open();
    let url = redis.url().replace("redis://", "rediss://");
    let clinic = Clinic::open_with(clinic.backend, &[("SESSION_STORE", "redis"), ("REDIS_URL", &url)]).await;
    assert_eq!(clinic.visitor().get("/readyz").await.is(503).body, "not ready: no session server\n");
    clinic.account("rosa", Rights { groups: &["Staff"], ..Rights::default() }).await;
    clinic.visitor().fill("/login", &[("username", "rosa"), ("password", PASSWORD)]).await.is(503);
    assert!(redis.ask("DBSIZE").starts_with(":0"), "something went there in the clear");
    clinic.server.stop(false).await;
}

/// Browsers silently reject cookies of more than 4 kB.
async fn a_cookie_session_holds_the_longest_names(clinic: Clinic) {
    let clinic = with_cookies(&clinic).await;
    let ada = clinic.administrator().await;
    let rosa = clinic.account(&"r".repeat(60), Rights { groups: &["Staff"], ..Rights::default() }).await;
    let fits = |browser: &Browser, name: &str| {
        let cookie = browser.cookie(name).unwrap_or_default();
        assert!(cookie.len() + name.len() < 4_000, "{name}: {}", cookie.len());
        !cookie.is_empty()
    };
    let name: String = "𝒳".repeat(100);
    let owner = clinic.user_id("ada").await;
    let patient = clinic.patient(&name, owner).await;
    ada.fill(&format!("/patients/{patient}/delete"), &[]).await.is(303);
    assert!(fits(&ada, "flash"), "a message about {name}");
    ada.open("/patients").await.see(&name);
    ada.complete(&format!("/users/{rosa}/view-as"), &[]).await.see("You are viewing Praxis as rrr");
    assert!(fits(&ada, "sid"));
    clinic.server.stop(false).await;
}
