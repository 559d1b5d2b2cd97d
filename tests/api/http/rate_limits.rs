//! Rate limits.

use serde_json::json;

use crate::stories;
use crate::support::Clinic;
use crate::support::people::Rights;

stories![each_token_has_its_own_rate_limit, each_network_without_a_token_has_its_own_rate_limit, a_switched_off_rate_limit_counts_nothing];

async fn each_token_has_its_own_rate_limit(clinic: Clinic) {
    let clinic = Clinic::open_with(clinic.backend, &[("API_RATE", "5/min")]).await;
    clinic.account("rosa", Rights::default()).await;
    let (one, other) = (clinic.program_of("rosa").await, clinic.program_of("rosa").await);
    clinic.stop_the_clock();
    for number in 0..5 {
        let answer = one.me().await;
        let left = (answer.header("x-ratelimit-limit"), answer.header("x-ratelimit-remaining"), answer.header("x-ratelimit-reset"));
        assert_eq!((answer.status, left), (200, ("5", &*(4 - number).to_string(), &*(12 * (number + 1)).to_string())));
    }
    let refused = one.me().await;
    assert_eq!(refused.refuses(429, "throttled").header("retry-after"), "12");
    assert_eq!((refused.header("x-ratelimit-remaining"), refused.header("x-ratelimit-reset")), ("0", "60"));
    assert_eq!(other.me().await.is(200).header("x-ratelimit-remaining"), "4");
    // Signing out and renewing are not limited.
    one.post("/api/auth/token/refresh/", json!({ "refresh": one.refresh })).await.is(200);
    clinic.wait(time::Duration::seconds(12));
    one.me().await.is(200);
    one.me().await.is(429);
    clinic.server.stop(false).await;
}

async fn each_network_without_a_token_has_its_own_rate_limit(clinic: Clinic) {
    let settings = [("API_ANONYMOUS_RATE", "4/min"), ("TRUSTED_PROXIES", "127.0.0.0/8")];
    let clinic = Clinic::open_with(clinic.backend, &settings).await;
    clinic.account("rosa", Rights::default()).await;
    let from = |ip: &str| crate::support::Program::new(clinic.visitor().saying("x-forwarded-for", ip));
    clinic.stop_the_clock();
    let rosa = from("203.0.113.7").sign_in("rosa").await;
    from("203.0.113.7").me().await.is(401);
    rosa.holding("nonsense").me().await.is(401);
    rosa.post("/api/auth/token/verify/", json!({ "token": rosa.access })).await.is(200);
    for program in [from("203.0.113.7"), rosa.holding("nonsense")] {
        assert_eq!(program.me().await.refuses(429, "throttled").header("retry-after"), "15");
    }
    rosa.post("/api/auth/login/", json!({})).await.is(429);
    // A token has its own limit, and so has another network.
    rosa.me().await.is(200);
    from("203.0.113.8").me().await.is(401);
    clinic.server.stop(false).await;
}

async fn a_switched_off_rate_limit_counts_nothing(clinic: Clinic) {
    let clinic = Clinic::open_with(clinic.backend, &[("API_RATE", "off"), ("API_ANONYMOUS_RATE", "off")]).await;
    clinic.account("rosa", Rights::default()).await;
    assert_eq!(clinic.program_of("rosa").await.me().await.is(200).header("x-ratelimit-limit"), "");
    clinic.server.stop(false).await;
}
