//! Providers that lie, hang, or redirect elsewhere.

use std::time::{Duration, Instant};

use diesel::prelude::*;
use praxis::db::schema::{identities, oidc_requests, sessions, users};

use crate::stories;
use crate::support::fake_provider::{FakeProvider, callback, sign_in};
use crate::support::people::Rights;
use crate::support::{Browser, Clinic, oidc};

stories![
    a_lying_provider_signs_nobody_in,
    a_provider_with_an_invalid_description_is_not_visited,
    a_hanging_provider_delays_nobody_else,
    a_provider_with_a_rotated_key_is_asked_again,
    a_callback_belongs_to_one_provider_one_browser_and_one_use,
    a_callback_expires_after_ten_minutes,
    a_callback_used_by_many_at_once_admits_one,
    an_invalid_address_from_a_provider_makes_no_account,
    a_providers_description_is_cached_for_an_hour,
];

async fn signed_in(clinic: &Clinic) -> i64 {
    clinic.ask(|c| sessions::table.filter(sessions::user_id.is_not_null()).count().get_result::<i64>(c)).await
}

/// A clinic in which Rosa has linked Mallory's account at each of these providers, to be used if they are believed.
async fn linked(clinic: &Clinic, provider: &FakeProvider, manners: &[&str]) -> Clinic {
    let clinic = provider.clinic(clinic, manners).await;
    let rosa = clinic.account("rosa", Rights { groups: &["Staff"], ..Rights::default() }).await;
    for manner in manners {
        let issuer: &'static str = provider.issuer(manner).leak();
        clinic.identity(rosa, issuer, "mallory").await;
    }
    clinic
}

async fn is_rosa(browser: &Browser) -> bool {
    browser.get("/").await.status == 200
}

async fn a_lying_provider_signs_nobody_in(clinic: Clinic) {
    let provider = FakeProvider::open();
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
    let clinic = linked(&clinic, &provider, &[&["honest", "text"][..], &lies].concat()).await;
    for honest in ["honest", "text"] {
        let browser = clinic.visitor();
        assert_eq!(sign_in(&browser, honest).await.location(), "/", "{honest}");
        assert!(is_rosa(&browser).await);
    }
    for lie in lies {
        let browser = clinic.visitor();
        let page = sign_in(&browser, lie).await;
        page.is(502).see("could not be verified").see("Nothing was changed");
        assert!(!is_rosa(&browser).await, "{lie} was believed");
    }
    assert_eq!(signed_in(&clinic).await, 2);
    assert_eq!(provider.elsewhere(), 0, "something else was asked on the word of a provider");
    provider.close().await;
}

async fn a_provider_with_an_invalid_description_is_not_visited(clinic: Clinic) {
    let provider = FakeProvider::open();
    let clinic = provider.clinic(&clinic, &["redirect", "page", "another_name", "script", "inward_keys"]).await;
    for manner in ["redirect", "page", "another_name", "script", "inward_keys"] {
        sign_in(&clinic.visitor(), manner).await.is(502).see("could not be verified");
    }
    let clinic = provider.clinic(&clinic, &["huge", "broken"]).await;
    for manner in ["huge", "broken"] {
        let page = sign_in(&clinic.visitor(), manner).await;
        page.is(503).see("is not responding").see("with your password");
        assert_eq!(page.header("retry-after"), "60");
    }
    assert!(provider.served() < 20, "{} MB of an endless description were read", provider.served());
    assert_eq!(provider.elsewhere(), 0);
    assert_eq!(clinic.ask(|c| oidc_requests::table.count().get_result::<i64>(c)).await, 0);
    // The port is closed.
    provider.close().await;
    sign_in(&clinic.visitor(), "broken").await.is(503);
    clinic.visitor().post("/login/oidc/nobody", &[]).await.is(404);
    clinic.visitor().get("/login/oidc/nobody/callback?code=a&state=b").await.is(404);
}

async fn a_hanging_provider_delays_nobody_else(clinic: Clinic) {
    let provider = FakeProvider::open();
    let clinic = linked(&clinic, &provider, &["honest", "hanging", "slow", "refusing"]).await;
    sign_in(&clinic.visitor(), "refusing").await.is(502).see("Start again");
    let leaving = clinic.visitor();
    let page = leaving.post("/login/oidc/slow", &[]).await;
    let slow = callback("slow", &oidc::destination(&page));
    let begun = Instant::now();
    let (hanging, visitor) = (clinic.visitor(), clinic.visitor());
    let token = visitor.token().await;
    let others = async {
        // Both requests are waiting at their providers now.
        while provider.tokens() < 2 || provider.descriptions() < 3 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(!token.is_empty());
        for _ in 0..5 {
            assert_eq!(sign_in(&clinic.visitor(), "honest").await.location(), "/");
        }
        assert!(begun.elapsed() < Duration::from_secs(6), "others waited for {:?}", begun.elapsed());
    };
    let (first, second, ()) = tokio::join!(sign_in(&hanging, "hanging"), leaving.get(&slow), others);
    first.is(503).see("is not responding");
    second.is(503).see("is not responding");
    assert!(begun.elapsed() < Duration::from_secs(15));
    provider.close().await;
}

async fn a_provider_with_a_rotated_key_is_asked_again(clinic: Clinic) {
    let provider = FakeProvider::open();
    let clinic = linked(&clinic, &provider, &["rotated"]).await;
    assert_eq!(sign_in(&clinic.visitor(), "rotated").await.location(), "/");
    assert_eq!(provider.descriptions(), 2, "once before, once for the unknown key");
    assert_eq!(sign_in(&clinic.visitor(), "rotated").await.location(), "/");
    assert_eq!(provider.descriptions(), 2);
    provider.close().await;
}

async fn a_callback_belongs_to_one_provider_one_browser_and_one_use(clinic: Clinic) {
    let provider = FakeProvider::open();
    let clinic = linked(&clinic, &provider, &["honest", "text"]).await;
    let (visitor, other) = (clinic.visitor(), clinic.visitor());
    other.open("/login").await;
    let answer = callback("honest", &oidc::destination(&visitor.post("/login/oidc/honest", &[]).await));
    // Another user's browser that is made to open the answer; another provider; an unknown state; none at all.
    other.get(&answer).await.is(400).see("This sign-in has expired");
    clinic.visitor().get(&answer).await.is(400);
    visitor.get(&answer.replace("/honest/", "/text/")).await.is(400);
    visitor.get("/login/oidc/honest/callback?code=a&state=b").await.is(400);
    visitor.get("/login/oidc/honest/callback").await.is(400);
    visitor.get("/login/oidc/honest/callback?state=%00&code=%00").await.is(400);
    assert_eq!((provider.tokens(), signed_in(&clinic).await), (0, 0));
    let copy = visitor.copy();
    assert_eq!(visitor.get(&answer).await.location(), "/");
    copy.get(&answer).await.is(400).see("already been completed");
    visitor.get(&answer).await.is(400).see("Go to the start page");
    // An answer with another issuer.
    let visitor = clinic.visitor();
    let answer = callback("honest", &oidc::destination(&visitor.post("/login/oidc/honest", &[]).await));
    visitor.get(&format!("{answer}&iss=https%3A%2F%2Fevil.example")).await.is(502);
    assert_eq!(signed_in(&clinic).await, 1);
    provider.close().await;
}

async fn a_callback_expires_after_ten_minutes(clinic: Clinic) {
    let provider = FakeProvider::open();
    let clinic = linked(&clinic, &provider, &["honest"]).await;
    let visitor = clinic.visitor();
    let answer = callback("honest", &oidc::destination(&visitor.post("/login/oidc/honest", &[]).await));
    clinic.wait(time::Duration::minutes(10) + time::Duration::seconds(1));
    visitor.get(&answer).await.is(400).see("longer than 10 minutes");
    let page = visitor.post("/login/oidc/honest", &[]).await;
    page.is(200);
    assert_eq!(clinic.ask(|c| oidc_requests::table.count().get_result::<i64>(c)).await, 1, "those who did not come back are forgotten");
    provider.close().await;
}

async fn a_callback_used_by_many_at_once_admits_one(clinic: Clinic) {
    let provider = FakeProvider::open();
    let clinic = linked(&clinic, &provider, &["honest"]).await;
    let visitor = clinic.visitor();
    let answer = callback("honest", &oidc::destination(&visitor.post("/login/oidc/honest", &[]).await));
    let copies: Vec<Browser> = (0..32).map(|_| visitor.copy()).collect();
    let pages = futures_util::future::join_all(copies.iter().map(|copy| copy.get(&answer))).await;
    assert_eq!(pages.iter().filter(|page| page.status == 303).count(), 1);
    assert_eq!((provider.tokens(), signed_in(&clinic).await), (1, 1));
    provider.close().await;
}

async fn an_invalid_address_from_a_provider_makes_no_account(clinic: Clinic) {
    let provider = FakeProvider::open();
    let clinic = provider.clinic(&clinic, &["odd", "silent", "unproved"]).await;
    for manner in ["odd", "silent", "unproved"] {
        sign_in(&clinic.visitor(), manner).await.is(403).see("account is not linked").see("has not confirmed your email address");
    }
    assert_eq!(clinic.ask(|c| users::table.count().get_result::<i64>(c)).await, 0);
    assert_eq!(clinic.ask(|c| identities::table.count().get_result::<i64>(c)).await, 0);
    provider.close().await;
}

async fn a_providers_description_is_cached_for_an_hour(clinic: Clinic) {
    let provider = FakeProvider::open();
    let clinic = provider.clinic(&clinic, &["honest"]).await;
    for _ in 0..3 {
        clinic.visitor().post("/login/oidc/honest", &[]).await.is(200);
    }
    assert_eq!(provider.descriptions(), 1);
    clinic.wait(time::Duration::minutes(61));
    clinic.visitor().post("/login/oidc/honest", &[]).await.is(200);
    assert_eq!(provider.descriptions(), 2);
    provider.close().await;
}
