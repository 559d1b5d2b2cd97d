//! Around the sessions: the cookie expires with the browser, unless the sign-in is to be remembered; and whether the request only
//! reads.

use actix_session::SessionExt;
use actix_web::body::MessageBody;
use actix_web::cookie::Cookie;
use actix_web::cookie::time::Duration;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{HeaderValue, SET_COOKIE};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, web};

use super::state::REMEMBERED;
use crate::app::App;
use crate::error::{AppError, AppResult};
use crate::settings::session_limits::Standing;
use crate::web::request::cookies;

/// What a sign-in requested for the session's cookie.
#[derive(Clone, Copy)]
struct Remembered(bool);

/// Sets whether the new session is remembered for days, even when the browser is closed.
pub fn remember(request: &HttpRequest, remembered: bool) -> AppResult<()> {
    request.extensions_mut().insert(Remembered(remembered));
    let session = request.get_session();
    if remembered {
        return session.insert(REMEMBERED, true).map_err(AppError::internal);
    }
    session.remove(REMEMBERED);
    Ok(())
}

tokio::task_local! {
    /// Whether the request only reads; the store of sessions does not know the request.
    static READS: bool;
}

/// Whether the current request only reads.
pub fn is_reading() -> bool {
    READS.try_with(|reads| *reads).unwrap_or(false)
}

/// Middleware outside the sessions, whose own can make either all cookies persistent or none.
pub async fn last<B: MessageBody>(request: ServiceRequest, next: Next<B>) -> Result<ServiceResponse<B>, actix_web::Error> {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let mut response = READS.scope(reads, next.call(request)).await?;
    if let Some((name, seconds)) = lasting(response.request()) {
        let headers = response.headers_mut();
        let sent: Vec<HeaderValue> = headers.remove(SET_COOKIE).collect();
        for value in sent {
            headers.append(SET_COOKIE, with_age(&value, &name, seconds).unwrap_or(value));
        }
    }
    Ok(response)
}

/// The cookie's name, and its lifetime in seconds.
fn lasting(request: &HttpRequest) -> Option<(String, i64)> {
    let app = request.app_data::<web::Data<App>>()?;
    let standing = request.extensions().get::<Standing>().copied();
    let now = app.now().unix_seconds();
    let seconds = match (request.extensions().get::<Remembered>().map(|Remembered(remembered)| *remembered), standing) {
        (Some(true), _) => app.settings.session_limits.remembered.whole_seconds(),
        (None, Some(standing)) if standing.remembered => standing.ends - now,
        _ => return None,
    };
    Some((cookies::SESSION.full(app), seconds.max(1)))
}

fn with_age(value: &HeaderValue, name: &str, seconds: i64) -> Option<HeaderValue> {
    let mut cookie = Cookie::parse_encoded(value.to_str().ok()?.to_string()).ok()?;
    if cookie.name() != name || cookie.value().is_empty() {
        return None;
    }
    cookie.set_max_age(Duration::seconds(seconds));
    HeaderValue::from_str(&cookie.encoded().to_string()).ok()
}
