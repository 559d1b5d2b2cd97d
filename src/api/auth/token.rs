//! Signed tokens: JSON Web Tokens with one algorithm and one key, in the format that clients of simplejwt expect.

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};
use time::Duration;

use crate::crypto::keys::{Keys, random_bytes};
use crate::db::UtcDateTime;
use crate::error::{AppError, AppResult};

/// The purpose that the key is derived for.
const PURPOSE: &str = "api: tokens";
/// Longer texts are refused before they are decoded; real tokens are far shorter.
const LONGEST: usize = 4096;

/// The type of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Access,
    Refresh,
    /// The password was right, and the second step is pending.
    Challenge,
}

impl Kind {
    pub fn word(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Refresh => "refresh",
            Self::Challenge => "challenge",
        }
    }
}

/// The claims of a token. They only identify it; the database decides whether it is valid.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Claims {
    pub token_type: String,
    pub exp: i64,
    pub iat: i64,
    #[serde(default, skip_serializing)]
    pub nbf: Option<i64>,
    /// The id of the token: 32 hexadecimal digits.
    pub jti: String,
    /// As text, as in simplejwt since 5.5.
    pub user_id: String,
    /// The sign-in that it belongs to; for a challenge, a digest of the password hash.
    pub family: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl Claims {
    pub fn new(kind: Kind, user_id: i64, family: &str, now: UtcDateTime, lasts: Duration) -> Self {
        Self {
            token_type: kind.word().into(),
            exp: now.unix_seconds() + lasts.whole_seconds(),
            iat: now.unix_seconds(),
            nbf: None,
            jti: new_jti(),
            user_id: user_id.to_string(),
            family: family.into(),
            email: None,
            name: None,
        }
    }

    /// The user's id; 0, which no user has, if it is not a number.
    pub fn user(&self) -> i64 {
        self.user_id.parse().unwrap_or(0)
    }
}

/// Why a token was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    Invalid,
    Expired,
    WrongType,
    /// Revoked, or used already.
    Ended,
}

impl Wrong {
    /// The message, which clients of simplejwt recognise.
    pub fn text(self) -> &'static str {
        match self {
            Self::Invalid => "Token is invalid",
            Self::Expired => "Token is expired",
            Self::WrongType => "Token has wrong type",
            Self::Ended => "Token is blacklisted",
        }
    }
}

/// Signs tokens and verifies them.
pub struct Tokens {
    signing: EncodingKey,
    reading: DecodingKey,
    validation: Validation,
}

impl Tokens {
    pub fn new(keys: &Keys) -> Self {
        let key = keys.derive(PURPOSE);
        // One algorithm, whatever the token's header says. The expiry is checked below, with the application's clock.
        let mut validation = Validation::new(Algorithm::HS256);
        validation.validate_exp = false;
        validation.validate_aud = false;
        Self { signing: EncodingKey::from_secret(&key), reading: DecodingKey::from_secret(&key), validation }
    }

    pub fn sign(&self, claims: &Claims) -> AppResult<String> {
        encode(&Header::new(Algorithm::HS256), claims, &self.signing).map_err(AppError::internal)
    }

    /// Verifies the signature and expiry of a token of any type. There is no leeway, because the same clock signs and verifies.
    pub fn read(&self, text: &str, now: UtcDateTime) -> Result<Claims, Wrong> {
        if text.len() > LONGEST {
            return Err(Wrong::Invalid);
        }
        let claims = decode::<Claims>(text, &self.reading, &self.validation).map_err(|_| Wrong::Invalid)?.claims;
        let now = now.unix_seconds();
        if claims.nbf.is_some_and(|from| from > now) {
            return Err(Wrong::Invalid);
        }
        if claims.exp <= now { Err(Wrong::Expired) } else { Ok(claims) }
    }

    /// The same for one type.
    pub fn read_as(&self, kind: Kind, text: &str, now: UtcDateTime) -> Result<Claims, Wrong> {
        let claims = self.read(text, now)?;
        if claims.token_type == kind.word() { Ok(claims) } else { Err(Wrong::WrongType) }
    }
}

/// 128 random bits in hexadecimal.
pub fn new_jti() -> String {
    random_bytes(16).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    fn tokens() -> Tokens {
        Tokens::new(&Keys::new("a-key-for-these-tests-only-0123456789-0123456789".to_string().into()))
    }

    fn now() -> UtcDateTime {
        UtcDateTime::parse("2026-11-21T08:00:00Z").unwrap()
    }

    fn signed(tokens: &Tokens) -> String {
        tokens.sign(&Claims::new(Kind::Access, 7, "a-family-of-tokens", now(), Duration::minutes(60))).unwrap()
    }

    #[test]
    fn a_token_says_what_simplejwt_says() {
        let tokens = tokens();
        let text = signed(&tokens);
        let part = text.split('.').nth(1).unwrap();
        let said: serde_json::Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
        assert_eq!((&said["token_type"], &said["user_id"]), (&"access".into(), &"7".into()));
        assert_eq!(said["exp"].as_i64().unwrap() - said["iat"].as_i64().unwrap(), 3600);
        assert_eq!(said["jti"].as_str().unwrap().len(), 32);
        assert!(tokens.read_as(Kind::Access, &text, now()).is_ok());
        assert_eq!(tokens.read_as(Kind::Refresh, &text, now()).unwrap_err(), Wrong::WrongType);
    }

    #[test]
    fn its_time_ends_to_the_second() {
        let (tokens, text) = (tokens(), signed(&tokens()));
        assert!(tokens.read(&text, now().plus(Duration::seconds(3599))).is_ok());
        assert_eq!(tokens.read(&text, now().plus(Duration::seconds(3600))).unwrap_err(), Wrong::Expired);
    }

    #[test]
    fn every_changed_letter_is_noticed() {
        let (tokens, text) = (tokens(), signed(&tokens()));
        for place in 0..text.len() {
            for letter in ['A', 'b', '-', '.', '='] {
                let mut changed: Vec<char> = text.chars().collect();
                if changed[place] != letter {
                    changed[place] = letter;
                    let changed: String = changed.into_iter().collect();
                    assert_eq!(tokens.read(&changed, now()).unwrap_err(), Wrong::Invalid, "{place} {letter}");
                }
            }
        }
    }

    #[test]
    fn only_one_algorithm_and_one_key_are_taken() {
        let tokens = tokens();
        let text = signed(&tokens);
        let [_, body, mark] = text.split('.').collect::<Vec<_>>().try_into().unwrap();
        let claims = tokens.read(&text, now()).unwrap();
        for head in [r#"{"alg":"none"}"#, r#"{"alg":"None","typ":"JWT"}"#, r#"{"typ":"JWT"}"#, r#"{"alg":"HS256","alg":"none"}"#, "{}"] {
            let head = URL_SAFE_NO_PAD.encode(head);
            for mark in [mark, ""] {
                assert_eq!(tokens.read(&format!("{head}.{body}.{mark}"), now()).unwrap_err(), Wrong::Invalid);
            }
        }
        let key = Keys::new("a-key-for-these-tests-only-0123456789-0123456789".to_string().into()).derive(PURPOSE);
        for algorithm in [Algorithm::HS384, Algorithm::HS512] {
            let other = encode(&Header::new(algorithm), &claims, &EncodingKey::from_secret(&key)).unwrap();
            assert_eq!(tokens.read(&other, now()).unwrap_err(), Wrong::Invalid, "{algorithm:?}");
        }
        for key in [&b""[..], b"secret", b"a-key-for-these-tests-only-0123456789-0123456789"] {
            let other = encode(&Header::default(), &claims, &EncodingKey::from_secret(key)).unwrap();
            assert_eq!(tokens.read(&other, now()).unwrap_err(), Wrong::Invalid);
        }
        for text in ["", ".", "..", "a.b.c.d.e", &format!("{text}.{mark}.{mark}"), &"x".repeat(5000)] {
            assert_eq!(tokens.read(text, now()).unwrap_err(), Wrong::Invalid);
        }
    }

    #[test]
    fn a_token_before_its_time_and_a_time_that_is_no_number_are_refused() {
        let tokens = tokens();
        let sign = |claims: serde_json::Value| encode(&Header::default(), &claims, &tokens.signing).unwrap();
        let said = |exp: serde_json::Value, nbf: serde_json::Value| {
            let claims =
                serde_json::json!({"token_type": "access", "exp": exp, "iat": 0, "nbf": nbf, "jti": "x", "user_id": "7", "family": "f"});
            tokens.read(&sign(claims), now()).err()
        };
        let later = now().unix_seconds() + 60;
        assert_eq!(said(later.into(), serde_json::Value::Null), None);
        assert_eq!(said(later.into(), (later - 1).into()), Some(Wrong::Invalid));
        assert_eq!(said("9999999999".into(), serde_json::Value::Null), Some(Wrong::Invalid));
        assert_eq!(said(serde_json::Value::Null, serde_json::Value::Null), Some(Wrong::Invalid));
    }
}
