//! A provider that misbehaves as required. Each misbehaviour is an issuer of its own, `http://127.0.0.1:…/manner`; the code that
//! it accepts is the nonce, so that a story can return without having been there.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::web::{Bytes, Data, Form, Path};
use actix_web::{App, HttpResponse, HttpServer, rt, web};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use futures_util::StreamExt;
use openidconnect::core::{CoreEdDsaPrivateSigningKey, CoreJwsSigningAlgorithm};
use openidconnect::{JsonWebKeyId, PrivateSigningKey};
use serde_json::{Value, json};

use super::oidc::SECRET;
use super::{Clinic, oidc};

pub struct FakeProvider {
    pub port: u16,
    server: ServerHandle,
    asked: Data<Asked>,
}

/// Counts of its requests, and its keys.
struct Asked {
    port: u16,
    keys: [CoreEdDsaPrivateSigningKey; 2],
    descriptions: AtomicU32,
    tokens: AtomicU32,
    elsewhere: AtomicU32,
    served: AtomicU32,
}

fn key(id: &str) -> CoreEdDsaPrivateSigningKey {
    // Such keys always have the same format: a header and 32 random bytes.
    let head = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
    let whole = [&head[..], &praxis::crypto::keys::random_bytes(32)].concat();
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(whole));
    CoreEdDsaPrivateSigningKey::from_ed25519_pem(&pem, Some(JsonWebKeyId::new(id.into()))).expect("a key")
}

impl FakeProvider {
    pub fn open() -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let zero = || AtomicU32::new(0);
        let asked = Data::new(Asked {
            port,
            keys: [key("one"), key("two")],
            descriptions: zero(),
            tokens: zero(),
            elsewhere: zero(),
            served: zero(),
        });
        let shared = asked.clone();
        let server = HttpServer::new(move || {
            App::new()
                .app_data(shared.clone())
                .route("/{manner}/.well-known/openid-configuration", web::get().to(description))
                .route("/{manner}/jwks", web::get().to(jwks))
                .route("/{manner}/token", web::post().to(token))
                .route("/{manner}/userinfo", web::get().to(userinfo))
                .default_service(web::to(|asked: Data<Asked>| async move {
                    asked.elsewhere.fetch_add(1, Ordering::SeqCst);
                    HttpResponse::Ok().finish()
                }))
        })
        .workers(1)
        .disable_signals()
        .shutdown_timeout(0)
        .listen(listener)
        .expect("a server")
        .run();
        let handle = server.handle();
        rt::spawn(server);
        Self { port, server: handle, asked }
    }

    /// A clinic with these misbehaving providers.
    pub async fn clinic(&self, clinic: &Clinic, manners: &[&str]) -> Clinic {
        let mut settings = vec![("OIDC_PROVIDERS".to_string(), manners.join(","))];
        for manner in manners {
            let name = |end: &str| format!("OIDC_{}_{end}", manner.to_uppercase());
            settings.push((name("ISSUER"), self.issuer(manner)));
            settings.push((name("CLIENT_ID"), "praxis".into()));
            settings.push((name("CLIENT_SECRET"), SECRET.into()));
        }
        let settings: Vec<_> = settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        Clinic::open_with(clinic.backend, &settings).await
    }

    pub fn issuer(&self, manner: &str) -> String {
        format!("http://127.0.0.1:{}/{manner}", self.port)
    }

    pub fn descriptions(&self) -> u32 {
        self.asked.descriptions.load(Ordering::SeqCst)
    }

    pub fn tokens(&self) -> u32 {
        self.asked.tokens.load(Ordering::SeqCst)
    }

    /// The number of requests to addresses that no provider should cause.
    pub fn elsewhere(&self) -> u32 {
        self.asked.elsewhere.load(Ordering::SeqCst)
    }

    /// Megabytes of the endless document that were read.
    pub fn served(&self) -> u32 {
        self.asked.served.load(Ordering::SeqCst)
    }

    pub async fn close(&self) {
        self.server.stop(false).await;
    }
}

/// The callback from a provider of this name with its code, which is the nonce.
pub fn callback(name: &str, destination: &url::Url) -> String {
    let asked = |name: &str| destination.query_pairs().find(|(known, _)| known == name).expect("a parameter").1.into_owned();
    assert_eq!(
        (asked("response_type"), asked("code_challenge_method"), asked("client_id")),
        ("code".into(), "S256".into(), "praxis".into())
    );
    assert_eq!(asked("code_challenge").len(), 43);
    format!("/login/oidc/{name}/callback?code={}&state={}", asked("nonce"), asked("state"))
}

/// Signs in with the provider.
pub async fn sign_in(browser: &super::Browser, manner: &str) -> super::Page {
    let leaving = browser.post(&format!("/login/oidc/{manner}"), &[]).await;
    if leaving.status != 200 {
        return leaving;
    }
    browser.get(&callback(manner, &oidc::destination(&leaving))).await
}

async fn description(asked: Data<Asked>, manner: Path<String>) -> HttpResponse {
    asked.descriptions.fetch_add(1, Ordering::SeqCst);
    let own = format!("http://127.0.0.1:{}/{manner}", asked.port);
    match manner.as_str() {
        "redirect" => {
            let honest = format!("http://127.0.0.1:{}/elsewhere", asked.port);
            return HttpResponse::Found().insert_header(("location", honest)).finish();
        }
        "hanging" => rt::time::sleep(Duration::from_secs(3600)).await,
        "broken" => return HttpResponse::InternalServerError().finish(),
        "page" => return HttpResponse::Ok().content_type("text/html").body("<h1>Welcome</h1>"),
        "huge" => {
            let pieces = futures_util::stream::iter(0..50).map(move |_| {
                asked.served.fetch_add(1, Ordering::SeqCst);
                Ok::<_, actix_web::Error>(Bytes::from(vec![b' '; 1 << 20]))
            });
            return HttpResponse::Ok().content_type("application/json").streaming(pieces);
        }
        _ => {}
    }
    let elsewhere = |place: &str| format!("http://localhost:{}/{place}", asked.port);
    let place = |lie: &str, place: &str| if manner.as_str() == lie { elsewhere("inward") } else { format!("{own}/{place}") };
    HttpResponse::Ok().json(json!({
        "issuer": if manner.as_str() == "another_name" { elsewhere("other") } else { own.clone() },
        "authorization_endpoint": if manner.as_str() == "script" { "javascript:alert(1)".into() } else { format!("{own}/authorize") },
        "token_endpoint": place("inward_token", "token"),
        "jwks_uri": place("inward_keys", "jwks"),
        "userinfo_endpoint": format!("{own}/userinfo"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA", "HS256", "none"],
    }))
}

async fn jwks(asked: Data<Asked>, manner: Path<String>) -> HttpResponse {
    // A provider that rotates its keys returns the new one to the second request.
    let second = manner.as_str() == "rotated" && asked.tokens.load(Ordering::SeqCst) > 0;
    HttpResponse::Ok().json(json!({ "keys": [asked.keys[usize::from(second)].as_verification_key()] }))
}

async fn token(asked: Data<Asked>, manner: Path<String>, form: Form<Vec<(String, String)>>) -> HttpResponse {
    asked.tokens.fetch_add(1, Ordering::SeqCst);
    let sent = |name: &str| form.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()).unwrap_or_default();
    assert_eq!(sent("code_verifier").len(), 64);
    match manner.as_str() {
        "slow" => rt::time::sleep(Duration::from_secs(3600)).await,
        "refusing" => return HttpResponse::BadRequest().json(json!({ "error": "invalid_grant" })),
        _ => {}
    }
    let now = time::OffsetDateTime::now_utc().unix_timestamp();
    let mut claims = json!({
        "iss": format!("http://127.0.0.1:{}/{manner}", asked.port), "aud": "praxis", "sub": "mallory", "nonce": sent("code"),
        "iat": now, "exp": now + 600, "email": "rosa@example.org", "email_verified": true,
    });
    let mut set = |name: &str, value: Value| claims[name] = value;
    match manner.as_str() {
        "nonce" => set("nonce", "another-nonce".into()),
        "no_nonce" => set("nonce", Value::Null),
        "audience" => set("aud", "another-clinic".into()),
        "audiences" => set("aud", json!(["praxis", "another-clinic"])),
        "party" => set("azp", "another-clinic".into()),
        "issuer" => set("iss", format!("http://127.0.0.1:{}/honest", asked.port).into()),
        "expired" => set("exp", (now - 300).into()),
        "old" => set("iat", (now - 3600).into()),
        "early" => set("iat", (now + 3600).into()),
        "subject" => set("sub", "".into()),
        "access" => set("at_hash", "AAAAAAAAAAAAAAAAAAAAAA".into()),
        "userinfo" | "silent" => set("email", Value::Null),
        "text" => set("email_verified", "true".into()),
        "unproved" => set("email_verified", false.into()),
        "free" => set("email", "newcomer@example.org".into()),
        "odd" => set("email", ODD.into()),
        _ => {}
    }
    let named = usize::from(manner.as_str() == "rotated");
    let algorithm = match manner.as_str() {
        "unsigned" => "none",
        "symmetric" => "HS256",
        _ => "EdDSA",
    };
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let kid = ["one", "two"][named];
    let head = json!({ "typ": "JWT", "alg": algorithm, "kid": kid });
    let text = format!("{}.{}", part(&head), part(&claims));
    let signature = match manner.as_str() {
        "unsigned" => Vec::new(),
        "symmetric" => {
            let key = openidconnect::core::CoreHmacKey::new(SECRET);
            key.sign(&CoreJwsSigningAlgorithm::HmacSha256, text.as_bytes()).expect("signed")
        }
        // The right key id, but another key.
        "signature" => asked.keys[1].sign(&CoreJwsSigningAlgorithm::EdDsa, text.as_bytes()).expect("signed"),
        _ => asked.keys[named].sign(&CoreJwsSigningAlgorithm::EdDsa, text.as_bytes()).expect("signed"),
    };
    let token = format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature));
    let told = json!({ "access_token": "access", "token_type": "Bearer", "id_token": if manner.as_str() == "no_token" { Value::Null } else { token.into() } });
    HttpResponse::Ok().json(told)
}

/// An address that tries to inject a header into an email.
const ODD: &str = "newcomer@example.org\r\nBcc: x@example.org";

async fn userinfo(manner: Path<String>) -> HttpResponse {
    let sub = if manner.as_str() == "userinfo" { "somebody-else" } else { "mallory" };
    let email = match manner.as_str() {
        "silent" => Value::Null,
        "odd" => ODD.into(),
        _ => "rosa@example.org".into(),
    };
    HttpResponse::Ok().json(json!({ "sub": sub, "email": email, "email_verified": true }))
}
