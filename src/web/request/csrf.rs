//! Protection against cross-site request forgery: a token bound to the session, and the browser's headers about the origin of a
//! request.

use actix_session::SessionExt;
use actix_web::HttpRequest;
use actix_web::http::header;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;

use super::cookies::{self, VISITOR};
use super::current_user::CurrentUser;
use crate::app::App;
use crate::crypto::keys::{random_bytes, random_text};

/// The name of the field, and of the session's entry.
pub const FIELD: &str = "csrf_token";

/// A token for a form in this response. Masked with random bytes, so that compression does not reveal it (BREACH).
pub fn token(request: &HttpRequest, app: &App) -> String {
    let signature = app.keys.sign("csrf", &[secret(request, app).as_bytes()]);
    let mask = random_bytes(signature.len());
    let masked = signature.iter().zip(&mask).map(|(byte, mask)| byte ^ mask);
    let user = CurrentUser::of(request).map_or(0, |user| user.id).to_be_bytes();
    let owner = app.keys.sign(OWNER, &[&mask, &user]);
    let whole = mask.iter().copied().chain(masked).chain(user).chain(owner.into_iter().take(OWNER_LENGTH));
    URL_SAFE_NO_PAD.encode(whole.collect::<Vec<_>>())
}

/// The purpose of the signature that says for whom a token was made, and how much of it a token has.
const OWNER: &str = "csrf: owner";
const OWNER_LENGTH: usize = 16;

/// The user for whom Praxis made this token, in whichever session. It proves that their own page sent the form, but not that the
/// session still holds: enough to give them back what they typed.
pub fn owner(app: &App, token: &str) -> Option<i64> {
    let whole = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (mask, rest) = whole.split_at_checked(MASK_LENGTH)?;
    let (user, given) = rest.get(MASK_LENGTH..)?.split_first_chunk::<8>()?;
    let owner = app.keys.sign(OWNER, &[mask, user]);
    let expected = owner.get(..OWNER_LENGTH)?;
    let id = i64::from_be_bytes(*user);
    (bool::from(expected.ct_eq(given)) && id > 0).then_some(id)
}

/// The length of the signature, and of its mask.
const MASK_LENGTH: usize = 32;

/// Whether a token was made for this session, or for this visitor's cookie.
pub fn is_valid(request: &HttpRequest, app: &App, token: &str) -> bool {
    let Some(secret) = known_secret(request, app) else { return false };
    let expected = app.keys.sign("csrf", &[secret.as_bytes()]);
    let Ok(whole) = URL_SAFE_NO_PAD.decode(token) else { return false };
    let Some((mask, masked)) = whole.split_at_checked(expected.len()) else { return false };
    let given: Vec<u8> = mask.iter().zip(masked).map(|(mask, byte)| mask ^ byte).collect();
    whole.len() == 2 * expected.len() + 8 + OWNER_LENGTH && bool::from(given.as_slice().ct_eq(expected.as_slice()))
}

/// Identifies this browser until somebody signs in or out, for processes that have to end in the browser that started them.
pub fn browser(request: &HttpRequest, app: &App) -> Option<String> {
    let secret = known_secret(request, app)?;
    Some(URL_SAFE_NO_PAD.encode(app.keys.sign("browser", &[secret.as_bytes()])))
}

/// Whether the browser's headers allow that the request comes from a page of Praxis. With our Referrer-Policy a form's Origin is
/// `null`, so Sec-Fetch-Site comes first. Old browsers, and pages over plain HTTP, do not say; then the token decides.
pub fn is_same_origin(request: &HttpRequest, app: &App) -> bool {
    let text = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    match (text("sec-fetch-site"), text(header::ORIGIN.as_str())) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, None | Some("null")) => true,
        (None, Some(origin)) => url::Url::parse(origin).is_ok_and(|origin| {
            let ours = app.settings.public_url.origin();
            origin.origin() == ours || (!app.settings.is_https() && is_this_host(request, &origin))
        }),
    }
}

/// In development Praxis can be reached under any allowed host name.
fn is_this_host(request: &HttpRequest, origin: &url::Url) -> bool {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("");
    let named = match (origin.host_str(), origin.port()) {
        (Some(name), Some(port)) => format!("{name}:{port}"),
        (Some(name), None) => name.into(),
        _ => return false,
    };
    origin.scheme() == "http" && named == host && app_allows(request, host)
}

fn app_allows(request: &HttpRequest, host: &str) -> bool {
    request.app_data::<actix_web::web::Data<App>>().is_some_and(|app| app.settings.allows_host(host))
}

fn known_secret(request: &HttpRequest, app: &App) -> Option<String> {
    match request.get_session().get::<String>(FIELD) {
        Ok(Some(secret)) => Some(secret),
        _ => request.cookie(&VISITOR.full(app)).map(|cookie| cookie.value().to_string()).filter(|value| value.len() == 32),
    }
}

/// The session's secret, or the visitor's, which is created for the first form.
fn secret(request: &HttpRequest, app: &App) -> String {
    known_secret(request, app).unwrap_or_else(|| {
        let made = random_text(32);
        cookies::set(request, app, VISITOR, made.clone(), None);
        made
    })
}
