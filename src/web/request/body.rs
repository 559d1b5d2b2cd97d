//! Reads the body of every request that may change something, within limits of size and time, and accepts only forms of Praxis.

use std::rc::Rc;
use std::time::Duration;

use actix_web::dev::{Payload, ServiceRequest};
use actix_web::http::header;
use actix_web::{HttpMessage, HttpRequest, web};
use futures_util::StreamExt;
use tokio::time::{Instant, timeout_at};

use super::current_user::CurrentUser;
use super::posted::{PostedForm, RefusedForm};
use super::{csrf, upload};
use crate::app::App;
use crate::error::{AppError, AppResult};
use crate::resource::FormData;

/// The largest form, in bytes.
pub const FORM_LIMIT: usize = 64 * 1024;
/// A longer form is given back to be shortened, up to this size in bytes.
const HELD: usize = 256 * 1024;
/// How long a form may take to arrive.
const BODY_DEADLINE: Duration = Duration::from_secs(10);
/// The slowest connection that may send files, in bytes a second.
const SLOWEST: u64 = 64 * 1024;

/// How much longer than a form this many bytes of files may take to arrive.
pub fn time_for(bytes: u64) -> Duration {
    Duration::from_secs(bytes / SLOWEST)
}

/// The message for an invalid token.
pub const STALE: &str =
    "The page was open too long, or you have signed in again since. Nothing was changed. Go back, reload the page and try again.";

/// The form, with a valid token.
pub async fn read(request: &mut ServiceRequest) -> AppResult<PostedForm> {
    let app = request.app_data::<web::Data<App>>().cloned().ok_or_else(|| AppError::internal("no application"))?;
    if !csrf::is_same_origin(request.request(), &app) {
        return Err(AppError::Forbidden("The request came from another website. Nothing was changed."));
    }
    let (data, length) = form_up_to(request, HELD).await?;
    let header = request.headers().get("x-csrf-token").and_then(|token| token.to_str().ok());
    let token = header.unwrap_or_else(|| data.text(csrf::FIELD));
    if !csrf::is_valid(request.request(), &app, token) {
        refuse(request.request(), &app, token, &data);
        request.extensions_mut().insert(StaleForm(data));
        return Err(AppError::Forbidden(STALE));
    }
    if length > FORM_LIMIT {
        let path = request.uri().to_string();
        request.extensions_mut().insert(RefusedForm { path, data, in_parts: false });
        return Err(AppError::TooLarge);
    }
    Ok(PostedForm(Rc::new(data)))
}

/// Keeps a form that is refused for the user to send again, if the token says that their own page sent it.
pub fn refuse(request: &HttpRequest, app: &App, token: &str, data: &FormData) {
    let user = CurrentUser::of(request).map(|user| user.id);
    if user.is_some() && csrf::owner(app, token) == user {
        request.extensions_mut().insert(RefusedForm {
            path: request.uri().to_string(),
            data: data.clone(),
            in_parts: upload::is_in_parts(request),
        });
    }
}

/// The same for a request whose user may not, or no longer, do what it asks; nothing else reads it.
pub async fn refuse_unread(request: &mut ServiceRequest) {
    let Some(app) = request.app_data::<web::Data<App>>().cloned() else { return };
    if !csrf::is_same_origin(request.request(), &app) {
        return;
    }
    let read = match upload::is_multipart(request) {
        true => upload::texts(request).await,
        false => form_up_to(request, HELD).await.map(|(data, _)| data),
    };
    if let Ok(data) = read {
        refuse(request.request(), &app, data.text(csrf::FIELD), &data);
    }
}

/// A form whose token is not valid.
pub struct StaleForm(pub FormData);

/// The form in the body, without checking the token.
pub async fn form(request: &mut ServiceRequest) -> AppResult<FormData> {
    form_up_to(request, FORM_LIMIT).await.map(|(data, _)| data)
}

/// The same with its length in bytes.
async fn form_up_to(request: &mut ServiceRequest, limit: usize) -> AppResult<(FormData, usize)> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("");
    let kind = kind.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    if !kind.is_empty() && kind != "application/x-www-form-urlencoded" {
        return Err(AppError::WrongType);
    }
    let declared = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|length| length > limit) {
        return Err(AppError::TooLarge);
    }
    let body = body(request.take_payload(), limit, 0).await?;
    FormData::parse(&body).map(|data| (data, body.len())).ok_or(AppError::TooLarge)
}

/// When a body has to be complete that holds this many bytes of files.
pub fn deadline(files: u64) -> Instant {
    Instant::now() + BODY_DEADLINE + time_for(files)
}

/// The whole body. Errors if it is too slow or too large. `files` is how many bytes of it are files.
pub async fn body(mut payload: Payload, limit: usize, files: u64) -> AppResult<Vec<u8>> {
    let deadline = deadline(files);
    let mut body = Vec::new();
    loop {
        match timeout_at(deadline, payload.next()).await {
            Err(_) => return Err(AppError::TooSlow),
            Ok(None) => return Ok(body),
            Ok(Some(Err(_))) => return Err(AppError::BadRequest("The request was interrupted. Nothing was changed.")),
            Ok(Some(Ok(chunk))) if body.len() + chunk.len() > limit => return Err(AppError::TooLarge),
            Ok(Some(Ok(chunk))) => body.extend_from_slice(&chunk),
        }
    }
}
