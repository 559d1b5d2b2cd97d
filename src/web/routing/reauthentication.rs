//! Routes behind which it matters that whoever sits there is still the one who signed in: they have to prove it once more
//! when they did so more than ten minutes ago. What they were about to send waits, sealed, in the page that asks.

use actix_session::SessionExt;
use actix_web::{HttpRequest, HttpResponse};
use futures_util::future::LocalBoxFuture;

use crate::app::App;
use crate::error::{AppError, AppResult};
use crate::web::request::client::{ip_of, user_agent_of};
use crate::web::request::posted::Posted;
use crate::web::request::visit::Visit;
use crate::web::response::{percent, see_other};
use crate::web::sessions::state::{IP, USER_AGENT};

/// When they proved it last, in seconds: an entry of the session.
pub const PROVED: &str = "proved_at";
/// So long it counts (SECURITY 5.1, step-up).
const LASTS: i64 = 10 * 60;
/// Where somebody proves it who was about to open a page.
pub const PATH: &str = "/confirm";

/// How it ended for somebody who sent a form.
pub enum Way {
    /// They proved it: what they had sent goes on.
    On(Posted),
    Answer(HttpResponse),
}

/// Asks somebody who sent this; areas know how.
pub type Ask = fn(Visit, Posted) -> LocalBoxFuture<'static, AppResult<Way>>;

/// Whether they proved it lately.
pub fn is_fresh(request: &HttpRequest) -> bool {
    let Some(app) = request.app_data::<actix_web::web::Data<App>>() else { return false };
    let since = request.get_session().get::<i64>(PROVED).ok().flatten().map(|at| app.now().unix_seconds() - at);
    since.is_some_and(|since| (0..LASTS).contains(&since))
}

/// They proved it now. The session goes on under another key.
pub fn prove(visit: &Visit) -> AppResult<()> {
    let session = visit.request.get_session();
    session.renew();
    session.insert(PROVED, visit.app.now().unix_seconds()).map_err(AppError::internal)?;
    session.insert(IP, ip_of(&visit.request)).map_err(AppError::internal)?;
    session.insert(USER_AGENT, user_agent_of(&visit.request)).map_err(AppError::internal)
}

/// First there, and then to where they wanted to go.
pub fn first(wanted: &str) -> HttpResponse {
    see_other(format!("{PATH}?next={}", percent(wanted)))
}
