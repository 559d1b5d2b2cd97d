//! Forged tokens, and tokens for other purposes.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use praxis::crypto::keys::Keys;
use serde_json::{Value, json};

use crate::stories;
use crate::support::database::KEY;
use crate::support::people::Rights;
use crate::support::{Clinic, Program};

stories![
    a_malformed_authorization_header_has_its_own_error,
    a_token_is_valid_for_one_purpose_and_one_hour,
    a_token_signed_by_others_is_refused,
    a_token_for_another_audience_is_refused,
    a_token_in_a_cookie_is_refused,
];

async fn rosa(clinic: &Clinic) -> Program {
    clinic.account("rosa", Rights { groups: &["Staff"], ..Rights::default() }).await;
    clinic.program_of("rosa").await
}

/// The error message for an invalid token.
async fn message(program: &Program, token: &str) -> String {
    let answer = program.holding(token).me().await;
    let body = answer.refuses(401, "token_not_valid").json();
    assert_eq!((&body["messages"][0]["token_class"], &body["messages"][0]["token_type"]), (&json!("AccessToken"), &json!("access")));
    body["messages"][0]["message"].as_str().expect("a message").into()
}

async fn a_malformed_authorization_header_has_its_own_error(clinic: Clinic) {
    let rosa = rosa(&clinic).await;
    for header in ["Bearer", "Bearer ", "Bearer a b", "bearer a b c"] {
        rosa.saying(header).await.refuses(401, "bad_authorization_header");
    }
    for header in ["Basic cm9zYTpyb3Nh", "Token abc", "JWT x", "", "Bearerx y"] {
        rosa.saying(header).await.refuses(401, "not_authenticated");
    }
    for header in ["Bearer x", "Bearer a.b.c", "Bearer null", "Bearer ..", "Bearer a.b.c.d.e", &format!("Bearer {}", "x".repeat(6000))] {
        rosa.saying(header).await.refuses(401, "token_not_valid");
    }
    rosa.saying(&format!("bearer {}", rosa.access)).await.is(200);
}

async fn a_token_is_valid_for_one_purpose_and_one_hour(clinic: Clinic) {
    let rosa = rosa(&clinic).await;
    assert_eq!(message(&rosa, &rosa.refresh).await, "Token has wrong type");
    let answer = rosa.post("/api/auth/token/refresh/", json!({ "refresh": rosa.access })).await;
    assert_eq!(answer.refuses(401, "token_not_valid").member("detail"), "Token has wrong type");
    rosa.post("/api/auth/logout/", json!({ "refresh": rosa.access })).await.refuses(401, "token_not_valid");
    rosa.me().await.is(200);
    clinic.wait(time::Duration::minutes(60));
    assert_eq!(message(&rosa, &rosa.access).await, "Token is expired");
    clinic.wait(time::Duration::hours(23));
    let answer = rosa.post("/api/auth/token/refresh/", json!({ "refresh": rosa.refresh })).await;
    assert_eq!(answer.refuses(401, "token_not_valid").member("detail"), "Token is expired");
}

fn signed(header: &Header, claims: &Value, key: &[u8]) -> String {
    encode(header, claims, &EncodingKey::from_secret(key)).expect("a token")
}

async fn a_token_signed_by_others_is_refused(clinic: Clinic) {
    let rosa = rosa(&clinic).await;
    let [head, body, mark] = rosa.access.split('.').collect::<Vec<_>>().try_into().expect("three parts");
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).expect("base64")).expect("claims");
    let mut forged = Vec::new();
    for none in [r#"{"alg":"none","typ":"JWT"}"#, r#"{"alg":"NONE"}"#, r#"{"alg":"RS256","typ":"JWT"}"#, r#"{"typ":"JWT"}"#, "[]"] {
        forged.push(format!("{}.{body}.", URL_SAFE_NO_PAD.encode(none)));
        forged.push(format!("{}.{body}.{mark}", URL_SAFE_NO_PAD.encode(none)));
    }
    // Other keys, and our key with other purposes and algorithms.
    let keys = Keys::new(KEY.to_string().into());
    let ours = keys.derive("api: tokens");
    let others: [&[u8]; 6] = [b"", b"secret", KEY.as_bytes(), &keys.derive("cookie: session"), &keys.derive("log chain"), &ours[..32]];
    forged.extend(others.iter().map(|key| signed(&Header::default(), &claims, key)));
    forged.extend([Algorithm::HS384, Algorithm::HS512].iter().map(|other| signed(&Header::new(*other), &claims, &ours)));
    for kid in ["../../../../dev/null", "' OR 1=1 --", "https://example.org/keys"] {
        forged.push(signed(&Header { kid: Some(kid.into()), jku: Some(kid.into()), ..Header::default() }, &claims, b""));
    }
    forged.push(format!("{head}.{body}.{mark}.{mark}.{mark}"));
    forged.push(format!("{head}.{body}"));
    forged.push(format!("{body}.{head}.{mark}"));
    // One character after the other.
    for place in (0..rosa.access.len()).step_by(7) {
        let mut letters: Vec<char> = rosa.access.chars().collect();
        letters[place] = if letters[place] == 'A' { 'B' } else { 'A' };
        forged.push(letters.into_iter().collect());
    }
    for token in &forged {
        assert_eq!(message(&rosa, token).await, "Token is invalid", "{token}");
    }
    rosa.me().await.is(200);
}

async fn a_token_for_another_audience_is_refused(clinic: Clinic) {
    let rosa = rosa(&clinic).await;
    let ada = clinic.account("ada", Rights { is_superuser: true, ..Rights::default() }).await;
    let key = Keys::new(KEY.to_string().into()).derive("api: tokens");
    let body = URL_SAFE_NO_PAD.decode(rosa.access.split('.').nth(1).expect("a body")).expect("base64");
    let claims: Value = serde_json::from_slice(&body).expect("claims");
    let with = |name: &str, value: Value| {
        let mut claims = claims.clone();
        claims[name] = value;
        signed(&Header::default(), &claims, &key)
    };
    // Even with the right key, a sign-in belongs to one user.
    rosa.holding(&with("jti", json!("another"))).me().await.is(200);
    assert_eq!(message(&rosa, &with("user_id", json!(ada.to_string()))).await, "Token is blacklisted");
    assert_eq!(message(&rosa, &with("family", json!("a-family-that-nobody-has"))).await, "Token is blacklisted");
    for id in ["0", "-1", "99999", "1 OR 1=1", ""] {
        rosa.holding(&with("user_id", json!(id))).me().await.refuses(401, "user_not_found");
    }
    for (name, value) in [("user_id", json!(ada)), ("exp", json!("9999999999")), ("exp", Value::Null), ("nbf", json!(9_999_999_999_i64))] {
        assert_eq!(message(&rosa, &with(name, value)).await, "Token is invalid", "{name}");
    }
    assert_eq!(message(&rosa, &with("token_type", json!("challenge"))).await, "Token has wrong type");
}

async fn a_token_in_a_cookie_is_refused(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    rosa.get("/api/auth/me/").await.refuses(401, "not_authenticated");
    // A token of the API opens no page.
    let program = clinic.program_of("rosa").await;
    assert!(program.get("/patients").await.location().starts_with("/login"));
}
