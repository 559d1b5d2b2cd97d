//! How long a session has left, for the page that warns of its end.

use actix_web::{HttpMessage, HttpResponse};

use super::Standing;
use crate::error::{AppError, AppResult};
use crate::settings::session_limits::Left;
use crate::web::request::visit::Visit;

/// Asked before the page warns: another tab may have put the end off. Asking is not being there.
pub async fn show(visit: Visit) -> AppResult<HttpResponse> {
    Ok(HttpResponse::Ok().json(left(&visit).ok_or(AppError::SignInFirst)?))
}

/// 'Stay signed in': the request itself says that somebody is there.
pub async fn create(visit: Visit) -> AppResult<HttpResponse> {
    show(visit).await
}

/// What is left of the session that asks, if somebody is signed in.
pub fn left(visit: &Visit) -> Option<Left> {
    visit.user.as_ref()?;
    let standing = visit.request.extensions().get::<Standing>().copied()?;
    Some(standing.left(visit.app.now().unix_seconds()))
}
