//! The logo: what may be one, and its address, which everybody may open, because the sign-in page shows it.

use std::io::{Read, Seek, SeekFrom};

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use actix_web::web::Path;

use super::model::{self, Logo};
use crate::error::{AppError, AppResult};
use crate::resource::file::content::content_type;
use crate::web::paths::LOGO as PATH;
use crate::web::request::upload::Uploaded;
use crate::web::request::visit::Visit;

/// The media types. SVG is a document with scripts, so it is not one of them.
pub const TYPES: [&str; 3] = ["image/png", "image/jpeg", "image/webp"];
/// The largest logo, in bytes.
pub const LARGEST: u64 = 256 * 1024;

/// The uploaded logo, if there is one, or what is wrong with it.
pub fn read(uploaded: &Uploaded) -> AppResult<Result<Option<Logo>, &'static str>> {
    let upload = match uploaded {
        Uploaded::Nothing => return Ok(Ok(None)),
        Uploaded::Empty => return Ok(Err("The file is empty")),
        Uploaded::TooLarge => return Ok(Err(TOO_LARGE)),
        Uploaded::File(upload) if upload.size > LARGEST => return Ok(Err(TOO_LARGE)),
        Uploaded::File(upload) => upload,
    };
    let (mut file, mut content) = (&upload.file, Vec::new());
    file.seek(SeekFrom::Start(0)).and_then(|_| file.take(LARGEST).read_to_end(&mut content)).map_err(AppError::internal)?;
    let found = content_type(&content).and_then(|found| TYPES.into_iter().find(|known| *known == found));
    Ok(found.map(|content_type| Some(Logo { content_type, content })).ok_or("Choose a PNG, JPEG or WebP image"))
}

const TOO_LARGE: &str = "The logo must be smaller than 256 kB";

/// The address has the digest of the content, so it never changes.
pub fn address(hash: &str) -> String {
    format!("{PATH}/{hash}")
}

pub async fn show(visit: Visit, hash: Path<String>) -> AppResult<HttpResponse> {
    let (kind, content) = visit.app.db.read(move |c| model::logo(c, &hash)?.ok_or(AppError::NotFound)).await?;
    let kind = TYPES.into_iter().find(|known| *known == kind).ok_or(AppError::NotFound)?;
    Ok(HttpResponse::Ok()
        .content_type(kind)
        .insert_header((CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'; sandbox"))
        .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .body(content))
}
