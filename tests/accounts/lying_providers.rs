//! Providers that lie, hang, or lead astray.

use std::time::{Duration, Instant};

use diesel::prelude::*;
use praxis::db::schema::{identities, oidc_requests, sessions, users};

use crate::stories;
use crate::support::cast::Rights;
use crate::support::liar::{Liar, back, through};
use crate::support::{Browser, Clinic, oidc};

stories![
    a_provider_that_lies_lets_nobody_in,
    a_provider_whose_description_is_wrong_is_not_visited,
    a_provider_that_hangs_keeps_nobody_else_waiting,
    a_provider_that_changed_its_key_is_asked_again,
    an_answer_belongs_to_one_provider_one_browser_and_one_use,
    an_answer_is_worth_nothing_after_ten_minutes,
    of_many_who_bring_one_answer_one_comes_in,
    an_odd_address_makes_no_account,
    what_is_known_of_a_provider_is_kept_for_an_hour,
];

async fn signed_in(clinic: &Clinic) -> i64 {
    clinic.ask(|c| sessions::table.filter(sessions::user_id.is_not_null()).count().get_result::<i64>(c)).await
}

/// A clinic in which Rosa comes in with the account of Mallory at each of these providers, if they are believed.
async fn linked(clinic: &Clinic, liar: &Liar, manners: &[&str]) -> Clinic {
    let clinic = liar.clinic(clinic, manners).await;
    let rosa = clinic.account("rosa", Rights { groups: &["Staff"], ..Rights::default() }).await;
    for manner in manners {
        let issuer: &'static str = liar.issuer(manner).leak();
        clinic.identity(rosa, issuer, "mallory").await;
    }
    clinic
}

async fn is_rosa(browser: &Browser) -> bool {
    browser.get("/").await.status == 200
}

async fn a_provider_that_lies_lets_nobody_in(clinic: Clinic) {
    let liar = Liar::open();
    let lies = [
        "signature",
        "unsigned",
        "symmetric",
        "nonce",
        "no_nonce",
        "audience",
        "audiences",
        "issuer",
        "party",
        "expired",
        "old",
        "early",
        "subject",
        "access",
        "userinfo",
        "no_token",
        "inward_token",
    ];
    let clinic = linked(&clinic, &liar, &[&["honest", "text"][..], &lies].concat()).await;
    for honest in ["honest", "text"] {
        let browser = clinic.visitor();
        assert_eq!(through(&browser, honest).await.location(), "/", "{honest}");
        assert!(is_rosa(&browser).await);
    }
    for lie in lies {
        let browser = clinic.visitor();
        let page = through(&browser, lie).await;
        page.is(502).see("could not be verified").see("Nothing was changed");
        assert!(!is_rosa(&browser).await, "{lie} was believed");
    }
    assert_eq!(signed_in(&clinic).await, 2);
    assert_eq!(liar.elsewhere(), 0, "something else was asked on the word of a provider");
    liar.close().await;
}

async fn a_provider_whose_description_is_wrong_is_not_visited(clinic: Clinic) {
    let liar = Liar::open();
    let clinic = liar.clinic(&clinic, &["redirect", "page", "another_name", "script", "inward_keys"]).await;
    for manner in ["redirect", "page", "another_name", "script", "inward_keys"] {
        through(&clinic.visitor(), manner).await.is(502).see("could not be verified");
    }
    let clinic = liar.clinic(&clinic, &["huge", "broken"]).await;
    for manner in ["huge", "broken"] {
        let page = through(&clinic.visitor(), manner).await;
        page.is(503).see("is not responding").see("with your password");
        assert_eq!(page.header("retry-after"), "60");
    }
    assert!(liar.served() < 20, "{} MB of an endless description were read", liar.served());
    assert_eq!(liar.elsewhere(), 0);
    assert_eq!(clinic.ask(|c| oidc_requests::table.count().get_result::<i64>(c)).await, 0);
    // Nobody listens there any more.
    liar.close().await;
    through(&clinic.visitor(), "broken").await.is(503);
    clinic.visitor().post("/login/oidc/nobody", &[]).await.is(404);
    clinic.visitor().get("/login/oidc/nobody/callback?code=a&state=b").await.is(404);
}

async fn a_provider_that_hangs_keeps_nobody_else_waiting(clinic: Clinic) {
    let liar = Liar::open();
    let clinic = linked(&clinic, &liar, &["honest", "hanging", "slow", "refusing"]).await;
    through(&clinic.visitor(), "refusing").await.is(502).see("Start again");
    let leaving = clinic.visitor();
    let page = leaving.post("/login/oidc/slow", &[]).await;
    let slow = back("slow", &oidc::destination(&page));
    let begun = Instant::now();
    let (hanging, visitor) = (clinic.visitor(), clinic.visitor());
    let token = visitor.token().await;
    let others = async {
        // Both wait at their providers by now.
        while liar.tokens() < 2 || liar.descriptions() < 3 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(!token.is_empty());
        for _ in 0..5 {
            assert_eq!(through(&clinic.visitor(), "honest").await.location(), "/");
        }
        assert!(begun.elapsed() < Duration::from_secs(6), "others waited for {:?}", begun.elapsed());
    };
    let (first, second, ()) = tokio::join!(through(&hanging, "hanging"), leaving.get(&slow), others);
    first.is(503).see("is not responding");
    second.is(503).see("is not responding");
    assert!(begun.elapsed() < Duration::from_secs(15));
    liar.close().await;
}

async fn a_provider_that_changed_its_key_is_asked_again(clinic: Clinic) {
    let liar = Liar::open();
    let clinic = linked(&clinic, &liar, &["rotated"]).await;
    assert_eq!(through(&clinic.visitor(), "rotated").await.location(), "/");
    assert_eq!(liar.descriptions(), 2, "once before, once for the unknown key");
    assert_eq!(through(&clinic.visitor(), "rotated").await.location(), "/");
    assert_eq!(liar.descriptions(), 2);
    liar.close().await;
}

async fn an_answer_belongs_to_one_provider_one_browser_and_one_use(clinic: Clinic) {
    let liar = Liar::open();
    let clinic = linked(&clinic, &liar, &["honest", "text"]).await;
    let (visitor, other) = (clinic.visitor(), clinic.visitor());
    other.open("/login").await;
    let answer = back("honest", &oidc::destination(&visitor.post("/login/oidc/honest", &[]).await));
    // Somebody else's browser, made to open the answer; another provider; a state nobody has; none at all.
    other.get(&answer).await.is(400).see("This sign-in has expired");
    clinic.visitor().get(&answer).await.is(400);
    visitor.get(&answer.replace("/honest/", "/text/")).await.is(400);
    visitor.get("/login/oidc/honest/callback?code=a&state=b").await.is(400);
    visitor.get("/login/oidc/honest/callback").await.is(400);
    visitor.get("/login/oidc/honest/callback?state=%00&code=%00").await.is(400);
    assert_eq!((liar.tokens(), signed_in(&clinic).await), (0, 0));
    let copy = visitor.copy();
    assert_eq!(visitor.get(&answer).await.location(), "/");
    copy.get(&answer).await.is(400).see("already been completed");
    visitor.get(&answer).await.is(400).see("Go to the start page");
    // An answer that names another sender.
    let visitor = clinic.visitor();
    let answer = back("honest", &oidc::destination(&visitor.post("/login/oidc/honest", &[]).await));
    visitor.get(&format!("{answer}&iss=https%3A%2F%2Fevil.example")).await.is(502);
    assert_eq!(signed_in(&clinic).await, 1);
    liar.close().await;
}

async fn an_answer_is_worth_nothing_after_ten_minutes(clinic: Clinic) {
    let liar = Liar::open();
    let clinic = linked(&clinic, &liar, &["honest"]).await;
    let visitor = clinic.visitor();
    let answer = back("honest", &oidc::destination(&visitor.post("/login/oidc/honest", &[]).await));
    clinic.wait(time::Duration::minutes(10) + time::Duration::seconds(1));
    visitor.get(&answer).await.is(400).see("longer than 10 minutes");
    let page = visitor.post("/login/oidc/honest", &[]).await;
    page.is(200);
    assert_eq!(clinic.ask(|c| oidc_requests::table.count().get_result::<i64>(c)).await, 1, "those who did not come back are forgotten");
    liar.close().await;
}

async fn of_many_who_bring_one_answer_one_comes_in(clinic: Clinic) {
    let liar = Liar::open();
    let clinic = linked(&clinic, &liar, &["honest"]).await;
    let visitor = clinic.visitor();
    let answer = back("honest", &oidc::destination(&visitor.post("/login/oidc/honest", &[]).await));
    let copies: Vec<Browser> = (0..32).map(|_| visitor.copy()).collect();
    let pages = futures_util::future::join_all(copies.iter().map(|copy| copy.get(&answer))).await;
    assert_eq!(pages.iter().filter(|page| page.status == 303).count(), 1);
    assert_eq!((liar.tokens(), signed_in(&clinic).await), (1, 1));
    liar.close().await;
}

async fn an_odd_address_makes_no_account(clinic: Clinic) {
    let liar = Liar::open();
    let clinic = liar.clinic(&clinic, &["odd", "silent", "unproved"]).await;
    for manner in ["odd", "silent", "unproved"] {
        through(&clinic.visitor(), manner).await.is(403).see("account is not linked").see("has not confirmed your email address");
    }
    assert_eq!(clinic.ask(|c| users::table.count().get_result::<i64>(c)).await, 0);
    assert_eq!(clinic.ask(|c| identities::table.count().get_result::<i64>(c)).await, 0);
    liar.close().await;
}

async fn what_is_known_of_a_provider_is_kept_for_an_hour(clinic: Clinic) {
    let liar = Liar::open();
    let clinic = liar.clinic(&clinic, &["honest"]).await;
    for _ in 0..3 {
        clinic.visitor().post("/login/oidc/honest", &[]).await.is(200);
    }
    assert_eq!(liar.descriptions(), 1);
    clinic.wait(time::Duration::minutes(61));
    clinic.visitor().post("/login/oidc/honest", &[]).await.is(200);
    assert_eq!(liar.descriptions(), 2);
    liar.close().await;
}
