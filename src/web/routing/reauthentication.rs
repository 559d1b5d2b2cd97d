//! Sensitive routes require authentication within the last ten minutes; otherwise the user has to authenticate again. A form that
//! was sent waits, encrypted, in the page that asks for it.

use actix_session::SessionExt;
use actix_web::{HttpRequest, HttpResponse};
use futures_util::future::LocalBoxFuture;

use crate::app::App;
use crate::error::{AppError, AppResult};
use crate::web::request::client::{ip_of, user_agent_of};
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::{percent, see_other};
use crate::web::sessions::state::{IP, USER_AGENT};

/// The session's entry with the time of the last authentication, in Unix seconds.
pub const PROVED: &str = "proved_at";
/// How long an authentication counts as recent, in seconds (SECURITY 5.1, step-up).
const LASTS: i64 = 10 * 60;
/// The page to authenticate again before a sensitive page.
pub const PATH: &str = "/confirm";

/// The result for a user who sent a form.
pub enum Way {
    /// They have authenticated: continues with the form.
    On(PostedForm),
    Answer(HttpResponse),
}

/// Asks the sender of a form to authenticate again; accounts implement it.
pub type Ask = fn(Visit, PostedForm) -> LocalBoxFuture<'static, AppResult<Way>>;

/// Whether the user authenticated recently.
pub fn is_recent(request: &HttpRequest) -> bool {
    let Some(app) = request.app_data::<actix_web::web::Data<App>>() else { return false };
    let since = request.get_session().get::<i64>(PROVED).ok().flatten().map(|at| app.now().unix_seconds() - at);
    since.is_some_and(|since| (0..LASTS).contains(&since))
}

/// Records that the user has authenticated. The session continues under a new key.
pub fn prove(visit: &Visit) -> AppResult<()> {
    let session = visit.request.get_session();
    session.renew();
    session.insert(PROVED, visit.app.now().unix_seconds()).map_err(AppError::internal)?;
    session.insert(IP, ip_of(&visit.request)).map_err(AppError::internal)?;
    session.insert(USER_AGENT, user_agent_of(&visit.request)).map_err(AppError::internal)
}

/// Redirects to the page to authenticate, and from there to `wanted`.
pub fn first(wanted: &str) -> HttpResponse {
    see_other(format!("{PATH}?next={}", percent(wanted)))
}
