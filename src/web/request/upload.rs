//! Reads a form with a file: the same checks as for every form, and the file is streamed to disk within the limit. The token
//! comes before the file, so that nothing is stored for a forged request.

use std::fs::File;
use std::future::{Ready, ready};
use std::io::Write;
use std::rc::Rc;
use std::time::Duration;

use actix_multipart::{Field, Multipart};
use actix_web::dev::{Payload, ServiceRequest};
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use futures_util::StreamExt;
use tokio::time::{Instant, timeout_at};

use super::body::{BODY_DEADLINE, STALE};
use super::csrf;
use super::posted::PostedForm;
use crate::app::App;
use crate::error::{AppError, AppResult};
use crate::resource::FormData;

/// The name of the file's field.
pub const FIELD: &str = "file";
/// Bytes of the request in addition to the file.
const AROUND: u64 = 64 * 1024;
const MOST_FIELDS: usize = 20;
/// Browsers show no response before the request is sent completely, so a file that is too large is read and discarded, up to this
/// many times the limit.
const PATIENCE: u64 = 4;
/// The slowest connection that is accepted, in bytes a second.
const SLOWEST: u64 = 64 * 1024;

/// An uploaded file; it has no name on the disk and is deleted with its handle.
pub struct Upload {
    /// The name on the sender's computer; for display only.
    pub name: String,
    pub size: u64,
    pub file: File,
}

/// The content of the file's field.
#[derive(Clone)]
pub enum Uploaded {
    Nothing,
    File(Rc<Upload>),
    TooLarge,
}

/// The form and its file, with a valid token.
pub async fn read(request: &mut ServiceRequest) -> AppResult<(PostedForm, Uploaded)> {
    let app = request.app_data::<web::Data<App>>().cloned().ok_or_else(|| AppError::internal("no application"))?;
    if !csrf::is_same_origin(request.request(), &app) {
        return Err(AppError::Forbidden("The request came from another website. Nothing was changed."));
    }
    let text = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let kind = text(header::CONTENT_TYPE).unwrap_or("").to_ascii_lowercase();
    if !kind.starts_with("multipart/form-data") {
        return Err(AppError::WrongType);
    }
    let limit = app.settings.upload_limit;
    let length = text(header::CONTENT_LENGTH).and_then(|length| length.parse().ok()).unwrap_or(limit + AROUND);
    if length > limit.saturating_mul(PATIENCE) + AROUND {
        return Err(AppError::TooLarge);
    }
    let deadline = Instant::now() + BODY_DEADLINE + Duration::from_secs(length / SLOWEST);
    let payload = request.take_payload();
    let parts = Multipart::new(request.headers(), payload);
    let mut reader = Reader { request: request.request().clone(), app, deadline, left: length.max(AROUND), data: FormData::default() };
    let uploaded = reader.parts(parts, limit).await?;
    if !reader.has_token() {
        return Err(AppError::Forbidden(STALE));
    }
    Ok((PostedForm(Rc::new(reader.data)), uploaded))
}

struct Reader {
    request: HttpRequest,
    app: web::Data<App>,
    deadline: Instant,
    /// Bytes that may still be read.
    left: u64,
    data: FormData,
}

impl Reader {
    fn has_token(&self) -> bool {
        let header = self.request.headers().get("x-csrf-token").and_then(|token| token.to_str().ok());
        csrf::is_valid(&self.request, &self.app, header.unwrap_or_else(|| self.data.text(csrf::FIELD)))
    }

    async fn parts(&mut self, mut parts: Multipart, limit: u64) -> AppResult<Uploaded> {
        let mut uploaded = Uploaded::Nothing;
        for _ in 0..MOST_FIELDS {
            let next = timeout_at(self.deadline, parts.next()).await.map_err(|_| AppError::TooSlow)?;
            let Some(field) = next else { return Ok(uploaded) };
            let field = field.map_err(|_| BROKEN)?;
            let name = field.name().unwrap_or("").to_string();
            if name != FIELD {
                let value = self.text(field).await?;
                self.data.push(name, value);
            } else if !self.has_token() {
                return Err(AppError::Forbidden(STALE));
            } else if matches!(uploaded, Uploaded::Nothing) {
                uploaded = self.file(field, limit).await?;
            } else {
                return Err(AppError::BadRequest("Upload one file at a time. Nothing was changed."));
            }
        }
        Err(AppError::TooLarge)
    }

    async fn piece(&mut self, field: &mut Field) -> AppResult<Option<web::Bytes>> {
        let piece = timeout_at(self.deadline, field.next()).await.map_err(|_| AppError::TooSlow)?;
        let Some(piece) = piece.transpose().map_err(|_| BROKEN)? else { return Ok(None) };
        self.left = self.left.checked_sub(piece.len() as u64).ok_or(AppError::TooLarge)?;
        Ok(Some(piece))
    }

    async fn text(&mut self, mut field: Field) -> AppResult<String> {
        let mut text = Vec::new();
        while let Some(piece) = self.piece(&mut field).await? {
            text.extend_from_slice(&piece);
            if text.len() as u64 > AROUND {
                return Err(AppError::TooLarge);
            }
        }
        Ok(String::from_utf8_lossy(&text).into_owned())
    }

    async fn file(&mut self, mut field: Field, limit: u64) -> AppResult<Uploaded> {
        let told = field.content_disposition().and_then(|told| told.get_filename()).unwrap_or("");
        let name = plain_name(told);
        let mut file = web::block(tempfile::tempfile).await.map_err(AppError::internal)?.map_err(AppError::internal)?;
        let mut size = 0;
        while let Some(piece) = self.piece(&mut field).await? {
            size += piece.len() as u64;
            if size <= limit {
                // Small pieces go into the page cache, which is quicker than a blocking thread for each.
                file.write_all(&piece).map_err(|error| AppError::Unavailable(format!("could not store an upload: {error}")))?;
            }
        }
        Ok(match size {
            0 => Uploaded::Nothing,
            _ if size > limit => Uploaded::TooLarge,
            _ => Uploaded::File(Rc::new(Upload { name, size, file })),
        })
    }
}

const BROKEN: AppError = AppError::BadRequest("The upload was interrupted. Nothing was changed.");

/// The last part of a path, without characters that do not belong on a page.
fn plain_name(told: &str) -> String {
    let last = told.rsplit(['/', '\\']).next().unwrap_or("");
    let name: String = last.chars().filter(|letter| !letter.is_control()).take(120).collect();
    if name.trim().is_empty() { "the file".into() } else { name.trim().into() }
}

impl FromRequest for Uploaded {
    type Error = AppError;
    type Future = Ready<Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let uploaded = request.extensions().get::<Self>().cloned();
        ready(uploaded.ok_or_else(|| AppError::internal("a file was asked for where none was read")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_only_a_name() {
        assert_eq!(plain_name("C:\\Users\\rosa\\patients.csv"), "patients.csv");
        assert_eq!(plain_name("../../etc/passwd"), "passwd");
        assert_eq!(plain_name("\0\n"), "the file");
    }
}
