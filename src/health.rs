//! For those who watch: does the process answer, and can it do its work?

use actix_web::{HttpResponse, web};

use crate::app::App;
use crate::db::{DbError, migrations};
use crate::web::sessions::Sessions;

pub async fn healthz() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ok\n")
}

/// 200 when the database answers and is as this program expects it, and so does the server of the sessions where there is one.
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
