//! Headers of every response.

use crate::stories;
use crate::support::clinic::Clinic;
use crate::support::page::Page;

stories![
    every_response_has_the_security_headers,
    cookies_behind_tls_have_the_host_prefix,
    cookies_cannot_be_read_by_script,
    assets_with_a_hash_are_cached_for_ever,
    a_page_is_compressed_for_whoever_asks,
    no_page_holds_inline_script_or_style,
];

fn check(page: &Page) {
    let policy = page.header("content-security-policy");
    for part in [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    ] {
        assert!(policy.contains(part), "{}: {policy}", page.path);
    }
    assert!(!policy.contains("unsafe"));
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("x-frame-options", "DENY"),
    ] {
        assert_eq!(page.header(name), value, "{}: {name}", page.path);
    }
    assert!(page.header("permissions-policy").contains("camera=()"));
    assert_eq!(page.header("server"), "");
}

async fn every_response_has_the_security_headers(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let visitor = clinic.visitor();
    for page in [
        visitor.get("/login").await,
        visitor.get("/").await,
        visitor.get("/nothing").await,
        visitor.get("/static/nothing.css").await,
        visitor.get("/healthz").await,
        visitor.post("/login", &[]).await,
        rosa.get("/patients").await,
        rosa.get("/patients/77").await,
        rosa.get("/admin").await,
        rosa.get("/logout").await,
        rosa.send(actix_web::http::Method::POST, "/patients/new", &[], Vec::new()).await,
    ] {
        check(&page);
        assert_eq!(page.header("cache-control"), "no-store", "{}", page.path);
        assert_eq!(page.header("strict-transport-security"), "", "HSTS is for TLS");
    }
}

async fn cookies_behind_tls_have_the_host_prefix(clinic: Clinic) {
    let behind = Clinic::open_with(clinic.backend, &[("PUBLIC_URL", "https://clinic.example.org")]).await;
    let host = [("host", "clinic.example.org")];
    let page = behind.visitor().send(actix_web::http::Method::GET, "/login", &host, Vec::new()).await;
    assert_eq!(page.header("strict-transport-security"), "max-age=63072000; includeSubDomains");
    let cookie = page.header("set-cookie");
    assert!(
        cookie.starts_with("__Host-visitor=")
            && cookie.contains("Secure")
            && cookie.contains("HttpOnly")
            && cookie.contains("SameSite=Lax")
            && cookie.contains("Path=/"),
        "{cookie}"
    );
    assert!(!cookie.contains("Domain"));
    behind.server.stop(false).await;
}

async fn cookies_cannot_be_read_by_script(clinic: Clinic) {
    clinic.account("rosa", Default::default()).await;
    let page = clinic.visitor().fill("/login", &[("username", "rosa"), ("password", crate::support::people::PASSWORD)]).await;
    let cookies: Vec<&String> = page.headers.iter().filter(|(name, _)| name == "set-cookie").map(|(_, value)| value).collect();
    assert!(cookies.iter().any(|cookie| cookie.starts_with("sid=") && !cookie.contains("Max-Age")), "{cookies:?}");
    for cookie in cookies {
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"), "{cookie}");
    }
}

async fn assets_with_a_hash_are_cached_for_ever(clinic: Clinic) {
    let visitor = clinic.visitor();
    let page = visitor.open("/login").await;
    let mut assets = page.attributes("link[rel=stylesheet], link[rel=icon], link[rel=preload]", "href");
    assets.extend(page.attributes("script", "src"));
    assets.push(page.attributes("use", "href")[0].split('#').next().unwrap_or("").to_string());
    assert_eq!(assets.len(), 5);
    for asset in &assets {
        let file = visitor.get(asset).await;
        assert!(file.is(200).header("cache-control").contains("immutable"), "{asset}");
        check(&file);
    }
    let style = visitor.get(&page.attributes("link[rel=stylesheet]", "href")[0]).await.body;
    for part in style.split("url(\"").skip(1) {
        let address = part.split('"').next().unwrap_or("");
        assert!(address.starts_with("/static/font/"), "{address}");
        visitor.get(address).await.is(200);
    }
    let script = visitor.get(&page.attributes("script", "src")[0]).await.body;
    assert!(!script.lines().any(|line| line.starts_with("import ")), "the modules are one file");
    visitor.get("/static/app.css").await.is(404);
    visitor.get("/static/../Cargo.toml").await.is(404);
}

async fn no_page_holds_inline_script_or_style(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let id = clinic.patient("Émile Zola", clinic.user_id("ada").await).await;
    for path in [
        "/",
        "/patients",
        "/patients/new",
        &format!("/patients/{id}"),
        "/admin",
        "/admin/patients",
        "/admin/users/new",
        "/admin/groups/1",
        "/search?q=a",
        "/nothing",
    ] {
        let page = ada.get(path).await;
        assert!(!page.has("[style], style, script:not([src])"), "{path}");
        assert!(!page.body.contains(" on") || !page.has("[onclick], [onload], [onsubmit], [onchange]"), "{path}");
    }
}

/// The encoding of the answer, what it varies by, and its body as sent.
async fn sent(clinic: &Clinic, path: &str, accepted: &str) -> (String, String, Vec<u8>) {
    let request = awc::Client::default().get(format!("http://{}{path}", clinic.address)).insert_header(("accept-encoding", accepted));
    let mut answer = request.send().await.expect("an answer");
    let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or("").to_string();
    let (encoding, varies) = (header("content-encoding"), header("vary"));
    (encoding, varies, answer.body().await.expect("a body").to_vec())
}

async fn a_page_is_compressed_for_whoever_asks(clinic: Clinic) {
    let page = clinic.visitor().open("/login").await;
    let style = page.attributes("link[rel=stylesheet]", "href").remove(0);
    for path in ["/login".to_string(), style] {
        let (encoding, varies, plain) = sent(&clinic, &path, "identity").await;
        assert_eq!((encoding.as_str(), varies.as_str()), ("", "accept-encoding"), "{path}");
        let (encoding, varies, smaller) = sent(&clinic, &path, "gzip, deflate, br").await;
        assert_eq!((encoding.as_str(), varies.as_str()), ("gzip", "accept-encoding"), "{path}");
        let mut text = String::new();
        std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(smaller.as_slice()), &mut text).expect("gzip");
        // A page differs in its token each time.
        assert!(text.len() == plain.len() && smaller.len() * 3 < plain.len() * 2, "{path}: {} of {}", smaller.len(), plain.len());
        let (encoding, _, refused) = sent(&clinic, &path, "gzip;q=0").await;
        assert!(encoding.is_empty() && refused.len() == plain.len(), "{path}");
    }
}
