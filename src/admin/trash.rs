//! The trash of any resource.

use actix_web::HttpResponse;
use actix_web::web::Path;

use super::delete::place;
use crate::error::AppResult;
use crate::web::record::{purge, trash};
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;

pub async fn index(visit: Visit, user: CurrentUser, slug: Path<String>) -> AppResult<HttpResponse> {
    let place = place(&visit, &(slug.into_inner(), 0))?;
    trash::index(visit, user, place).await
}

pub async fn restore(visit: Visit, user: CurrentUser, path: Path<(String, i64)>) -> AppResult<HttpResponse> {
    let place = place(&visit, &path)?;
    trash::restore(visit, user, place).await
}

pub async fn confirm(visit: Visit, user: CurrentUser, path: Path<(String, i64)>) -> AppResult<HttpResponse> {
    let place = place(&visit, &path)?;
    purge::confirm(visit, user, place).await
}

pub async fn purge(visit: Visit, user: CurrentUser, path: Path<(String, i64)>) -> AppResult<HttpResponse> {
    let place = place(&visit, &path)?;
    purge::destroy(visit, user, place).await
}
