//! Health checks for monitoring: liveness (`/healthz`) and readiness (`/readyz`).

use actix_web::{HttpResponse, web};

use crate::app::App;
use crate::db::{DbError, migrations};
use crate::web::sessions::Sessions;

pub async fn healthz() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ok\n")
}

/// 200 when the database can be reached and has every migration, and the session server, if there is one, can be reached;
/// otherwise 503.
pub async fn readyz(app: web::Data<App>, sessions: web::Data<Sessions>) -> HttpResponse {
    let pending = app.db.read(|c| migrations::is_pending(c).map_err(DbError::Unavailable)).await;
    let (mut response, text) = match pending {
        Ok(false) => match sessions.are_there().await {
            Ok(()) => (HttpResponse::Ok(), "ready\n"),
            Err(_) => (HttpResponse::ServiceUnavailable(), "not ready: no session server\n"),
        },
        Ok(true) => (HttpResponse::ServiceUnavailable(), "not ready: run praxis migrate\n"),
        Err(_) => (HttpResponse::ServiceUnavailable(), "not ready: no database\n"),
    };
    response.content_type("text/plain; charset=utf-8").body(text)
}
