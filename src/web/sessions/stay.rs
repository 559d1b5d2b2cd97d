//! How long the session lasts, for the warning before it ends.

use actix_web::{HttpMessage, HttpResponse};

use crate::error::{AppError, AppResult};
use crate::settings::session_limits::{Left, Standing};
use crate::web::request::visit::Visit;

/// Queried before the warning is shown, because another tab may have extended the session. The query does not count as activity.
pub async fn show(visit: Visit) -> AppResult<HttpResponse> {
    Ok(HttpResponse::Ok().json(left(&visit).ok_or(AppError::SignInFirst)?))
}

/// 'Stay signed in': the request itself counts as activity.
pub async fn create(visit: Visit) -> AppResult<HttpResponse> {
    show(visit).await
}

/// The remaining time of the current session, if somebody is signed in.
pub fn left(visit: &Visit) -> Option<Left> {
    visit.user.as_ref()?;
    let standing = visit.request.extensions().get::<Standing>().copied()?;
    Some(standing.left(visit.app.now().unix_seconds()))
}
