//! Multipart forms. Every part must be text, because nothing here accepts files.

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::http::header::HeaderMap;
use actix_web::web::Bytes;
use futures_util::{StreamExt, stream};

use super::error::ApiError;
use crate::error::AppError;
use crate::resource::FormData;

/// No endpoint accepts more parts.
const MOST_PARTS: usize = 1_000;

/// The names and texts of a body that is in memory, and so within its limit.
pub async fn read(headers: &HeaderMap, body: &[u8]) -> Result<FormData, ApiError> {
    let whole = Bytes::copy_from_slice(body);
    let mut parts = Multipart::new(headers, stream::iter([Ok(whole)]));
    let mut form = FormData::default();
    for _ in 0..=MOST_PARTS {
        let Some(part) = parts.next().await else { return Ok(form) };
        let part = part.map_err(unreadable)?;
        let disposition = part.content_disposition().cloned();
        let name = disposition.as_ref().and_then(|disposition| disposition.get_name()).unwrap_or_default().to_string();
        let file = disposition.as_ref().and_then(|disposition| disposition.get_filename()).map(str::to_string);
        let text = text(part).await?;
        match (file, text) {
            (None, Some(text)) => form.push(name, text),
            (None, None) => return Err(ApiError::malformed(format!("The part “{}” is not valid UTF-8.", plain(&name)))),
            // Browsers send this if no file was chosen.
            (Some(file), Some(text)) if file.is_empty() && text.is_empty() => {}
            (Some(_), _) => return Err(ApiError::field(&name, "Files are not accepted. Send a string")),
        }
    }
    Err(AppError::TooLarge.into())
}

/// `None` if it is not UTF-8.
async fn text(mut part: Field) -> Result<Option<String>, ApiError> {
    let mut bytes = Vec::new();
    while let Some(piece) = part.next().await {
        bytes.extend_from_slice(&piece.map_err(unreadable)?);
    }
    Ok(String::from_utf8(bytes).ok())
}

fn unreadable(error: MultipartError) -> ApiError {
    ApiError::malformed(format!("The body is not a valid multipart form: {error}"))
}

fn plain(name: &str) -> String {
    name.chars().filter(|letter| !letter.is_control()).take(80).collect()
}
