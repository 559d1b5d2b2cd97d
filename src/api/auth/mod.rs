//! Authentication of programs: signed tokens of a sign-in, and personal access tokens.

pub mod challenge;
pub mod me;
pub mod pair;
pub mod refresh;
pub mod register;
pub mod sign_in;
pub mod token;

use serde_json::Value;

use crate::api::auth::token::Wrong;
use crate::api::http::body::Body;
use crate::api::http::error::ApiError;
use crate::api::http::routes::{Route, get, patch, post};
use crate::web::routing::access::Access::{Public, SignedIn};

pub fn routes() -> Vec<Route> {
    vec![
        post("/auth/register", Public, register::create),
        post("/auth/login", Public, sign_in::create),
        post("/auth/challenge", Public, challenge::create),
        post("/auth/token/refresh", Public, refresh::create),
        post("/auth/token/verify", Public, refresh::verify),
        post("/auth/logout", Public, refresh::destroy),
        get("/auth/me", SignedIn, me::show),
        patch("/auth/me", SignedIn, me::update),
    ]
}

/// The texts of these members, all of which are required; all errors are reported at once.
fn required<const N: usize>(body: &Body, names: [&'static str; N]) -> Result<[String; N], ApiError> {
    let members = body.object()?;
    let mut errors = Vec::new();
    let texts = names.map(|name| {
        let wrong = match members.get(name) {
            Some(Value::String(text)) if !text.trim().is_empty() => return text.clone(),
            Some(Value::Number(number)) => return number.to_string(),
            Some(Value::String(_)) => "This field may not be blank.",
            Some(Value::Null) => "This field may not be null.",
            Some(_) => "This must be a string.",
            None => "This field is required.",
        };
        errors.push((name, wrong.to_string()));
        String::new()
    });
    if errors.is_empty() { Ok(texts) } else { Err(ApiError::fields(errors)) }
}

/// The error for an invalid token in the body.
fn not_valid(wrong: Wrong) -> ApiError {
    ApiError::unauthorized("token_not_valid", wrong.text())
}
