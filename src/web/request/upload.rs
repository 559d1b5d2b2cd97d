//! Reads a form with files: the same checks as for every form, and a file is streamed to disk within its limit. The token
//! comes before the files, so that nothing is stored for a forged request.

use std::fs::File;
use std::future::{Ready, ready};
use std::io::Write;
use std::rc::Rc;

use actix_multipart::{Field, Multipart};
use actix_web::dev::{Payload, ServiceRequest};
use actix_web::error::PayloadError;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use futures_util::{StreamExt, stream};
use tokio::time::{Instant, timeout_at};

use super::body::{STALE, deadline, refuse};
use super::csrf;
use super::posted::PostedForm;
use crate::app::App;
use crate::error::{AppError, AppResult};
use crate::resource::FormData;
use crate::resource::file::rules::LARGEST;
use crate::resource::file::stored::plain_name;

/// The name of the file's field in a form that is only for a file.
pub const FIELD: &str = "file";
/// Bytes of the request in addition to the file.
const AROUND: u64 = 64 * 1024;
/// The most fields of a form that is only for a file.
const FEW_FIELDS: usize = 20;
/// Browsers show no response before the request is sent completely, so a file that is too large is read and discarded, up to this
/// many times the limit.
const PATIENCE: u64 = 4;

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
    Empty,
    File(Rc<Upload>),
    TooLarge,
}

/// The form and its one file, with a valid token.
pub async fn read(request: &mut ServiceRequest) -> AppResult<(PostedForm, Uploaded)> {
    let app = request.app_data::<web::Data<App>>().cloned().ok_or_else(|| AppError::internal("no application"))?;
    let limit = app.settings.upload_limit;
    let (data, mut files) = read_parts(request, (limit, FEW_FIELDS), |name| (name == FIELD).then_some(limit)).await?;
    let uploaded = files.pop().map_or(Uploaded::Nothing, |(_, file)| file);
    if !files.is_empty() {
        return Err(AppError::BadRequest("Upload one file at a time. Nothing was changed."));
    }
    Ok((PostedForm(Rc::new(data)), uploaded))
}

/// Whether a form is sent in parts.
pub fn is_multipart(request: &ServiceRequest) -> bool {
    is_in_parts(request.request())
}

pub fn is_in_parts(request: &HttpRequest) -> bool {
    request.headers().get(header::CONTENT_TYPE).is_some_and(is_of_parts)
}

/// Whether the content type is that of a form in parts.
pub fn is_of_parts(kind: &HeaderValue) -> bool {
    kind.to_str().is_ok_and(|kind| kind.to_ascii_lowercase().starts_with("multipart/form-data"))
}

/// The fields of a form and its files by the names of their parts, with a valid token. `limit_of` says which parts are files,
/// and how large each may be; `largest` is the largest of these limits, and `most_fields` the number of parts.
pub async fn read_parts(
    request: &mut ServiceRequest,
    (largest, most_fields): (u64, usize),
    limit_of: impl Fn(&str) -> Option<u64>,
) -> AppResult<(FormData, Vec<(String, Uploaded)>)> {
    let app = request.app_data::<web::Data<App>>().cloned().ok_or_else(|| AppError::internal("no application"))?;
    if !csrf::is_same_origin(request.request(), &app) {
        return Err(AppError::Forbidden("The request came from another website. Nothing was changed."));
    }
    if !is_multipart(request) {
        return Err(AppError::WrongType);
    }
    let declared = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let length = declared.unwrap_or(largest + AROUND);
    if length > largest.saturating_mul(PATIENCE) + AROUND {
        return Err(AppError::TooLarge);
    }
    let (mut reader, parts) = Reader::of(request, app, length);
    let uploaded = reader.parts(parts, most_fields, limit_of).await?;
    if !reader.has_token() || reader.is_stale {
        refuse(&reader.request, &reader.app, reader.token(), &reader.data);
        return Err(AppError::Forbidden(STALE));
    }
    Ok((reader.data, uploaded))
}

/// The texts of a form with files, without checking the token. Files are read and dropped.
pub async fn texts(request: &mut ServiceRequest) -> AppResult<FormData> {
    let app = request.app_data::<web::Data<App>>().cloned().ok_or_else(|| AppError::internal("no application"))?;
    let (mut reader, mut parts) = Reader::of(request, app, LARGEST);
    while let Some(field) = timeout_at(reader.deadline, parts.next()).await.map_err(|_| AppError::TooSlow)? {
        let mut field = field.map_err(|_| BROKEN)?;
        let name = field.name().unwrap_or("").to_string();
        if field.content_disposition().is_some_and(|sent| sent.get_filename().is_some()) {
            while reader.piece(&mut field).await?.is_some() {}
        } else {
            let value = reader.text(field).await?;
            reader.data.push(name, value);
        }
    }
    Ok(reader.data)
}

/// The texts in a copy of a form in parts, which may be cut off.
pub async fn texts_in(kind: HeaderValue, copy: Vec<u8>) -> FormData {
    let headers = [(header::CONTENT_TYPE, kind)].into_iter().collect();
    let whole = stream::once(ready(Ok::<_, PayloadError>(web::Bytes::from(copy))));
    let (mut parts, mut data) = (Multipart::new(&headers, whole), FormData::default());
    while let Some(Ok(mut field)) = parts.next().await {
        let is_file = field.content_disposition().is_some_and(|sent| sent.get_filename().is_some());
        let (name, mut text) = (field.name().unwrap_or("").to_string(), Vec::new());
        loop {
            match field.next().await {
                Some(Ok(piece)) => text.extend_from_slice(&piece),
                Some(Err(_)) => return data,
                None => break,
            }
        }
        if !is_file {
            data.push(name, String::from_utf8_lossy(&text));
        }
    }
    data
}

struct Reader {
    request: HttpRequest,
    app: web::Data<App>,
    deadline: Instant,
    /// Bytes that may still be read.
    left: u64,
    /// Bytes of text that may still be read.
    text_left: u64,
    data: FormData,
    /// A file came without a valid token before it, and was dropped.
    is_stale: bool,
}

impl Reader {
    /// Reads the parts of a request of this many bytes.
    fn of(request: &mut ServiceRequest, app: web::Data<App>, length: u64) -> (Self, Multipart) {
        let payload = request.take_payload();
        let parts = Multipart::new(request.headers(), payload);
        let (left, deadline) = (length.max(AROUND), deadline(length));
        (
            Self { request: request.request().clone(), app, deadline, left, text_left: AROUND, data: FormData::default(), is_stale: false },
            parts,
        )
    }

    fn token(&self) -> &str {
        let header = self.request.headers().get("x-csrf-token").and_then(|token| token.to_str().ok());
        header.unwrap_or_else(|| self.data.text(csrf::FIELD))
    }

    fn has_token(&self) -> bool {
        csrf::is_valid(&self.request, &self.app, self.token())
    }

    async fn parts(
        &mut self,
        mut parts: Multipart,
        most: usize,
        limit_of: impl Fn(&str) -> Option<u64>,
    ) -> AppResult<Vec<(String, Uploaded)>> {
        let mut files = Vec::new();
        for _ in 0..most {
            let next = timeout_at(self.deadline, parts.next()).await.map_err(|_| AppError::TooSlow)?;
            let Some(field) = next else { return Ok(files) };
            let field = field.map_err(|_| BROKEN)?;
            let name = field.name().unwrap_or("").to_string();
            let Some(limit) = limit_of(&name) else {
                let value = self.text(field).await?;
                self.data.push(name, value);
                continue;
            };
            if !self.has_token() {
                // The texts after it are given back.
                self.is_stale = true;
                let mut field = field;
                while self.piece(&mut field).await?.is_some() {}
                continue;
            }
            match self.file(field, limit).await? {
                Uploaded::Nothing => {}
                file => files.push((name, file)),
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
            self.text_left = self.text_left.checked_sub(piece.len() as u64).ok_or(AppError::TooLarge)?;
            text.extend_from_slice(&piece);
        }
        Ok(String::from_utf8_lossy(&text).into_owned())
    }

    async fn file(&mut self, mut field: Field, limit: u64) -> AppResult<Uploaded> {
        let sent = field.content_disposition().and_then(|sent| sent.get_filename()).unwrap_or("").to_string();
        let name = plain_name(&sent);
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
            // Browsers send this if no file was chosen.
            0 if sent.is_empty() => Uploaded::Nothing,
            0 => Uploaded::Empty,
            _ if size > limit => Uploaded::TooLarge,
            _ => Uploaded::File(Rc::new(Upload { name, size, file })),
        })
    }
}

const BROKEN: AppError = AppError::BadRequest("The upload was interrupted. Nothing was changed.");

impl FromRequest for Uploaded {
    type Error = AppError;
    type Future = Ready<Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let uploaded = request.extensions().get::<Self>().cloned();
        ready(uploaded.ok_or_else(|| AppError::internal("a file was asked for where none was read")))
    }
}
