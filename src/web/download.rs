//! Downloading the file of a record, for those who may view the record.

use actix_web::http::header::{
    self, Charset, ContentDisposition, DispositionParam, DispositionType, EntityTag, ExtendedValue, Header, HeaderName, HeaderValue,
    IfNoneMatch,
};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};

use diesel::QueryResult;

use super::record::find;
use crate::db::Connection;
use crate::error::{AppError, AppResult};
use crate::resource::file::StoredFile;
use crate::resource::{Kind, Row};
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;

/// Nothing in the file may run, whatever opens it.
const POLICY: &str = "default-src 'none'; frame-ancestors 'none'; sandbox";

pub async fn show(visit: Visit, user: CurrentUser, name: &'static str, id: i64, field: &str) -> AppResult<HttpResponse> {
    let own = visit.app.registry.get(name).ok_or(AppError::NotFound)?.declaration();
    let field = own.field(field).filter(|field| field.kind == Kind::File).ok_or(AppError::NotFound)?;
    let row = find::find(&visit.app, user.to_actor(), name, id).await?;
    let (known, field) = (known(&visit.request), field.name);
    let found = visit.app.db.read(move |c| Ok::<_, AppError>(load(c, &row, field, known.as_ref())?)).await?;
    let (file, content) = found.ok_or(AppError::NotFound)?;
    Ok(response(&file, content))
}

/// What the client has already.
pub fn known(request: &HttpRequest) -> Option<IfNoneMatch> {
    // Without the header, actix reports one that matches anything.
    if request.headers().contains_key(header::IF_NONE_MATCH) { IfNoneMatch::parse(request).ok() } else { None }
}

/// The file of a record, and its content unless the client has it.
pub fn load(c: &mut Connection, row: &Row, field: &str, known: Option<&IfNoneMatch>) -> QueryResult<Option<(StoredFile, Option<Vec<u8>>)>> {
    let Some(id) = row.values.at(field).as_id() else { return Ok(None) };
    let Some(file) = StoredFile::find(c, id)? else { return Ok(None) };
    let content = if is_known(&tag(&file), known) { None } else { StoredFile::content(c, id)? };
    Ok(Some((file, content)))
}

fn is_known(tag: &EntityTag, known: Option<&IfNoneMatch>) -> bool {
    match known {
        Some(IfNoneMatch::Any) => true,
        Some(IfNoneMatch::Items(tags)) => tags.iter().any(|known| known.weak_eq(tag)),
        None => false,
    }
}

/// The beginning of an answer with this tag, and whether the client needs the content: 304 if it has it already.
pub fn tagged(request: &HttpRequest, tag: EntityTag) -> (HttpResponseBuilder, bool) {
    let is_known = is_known(&tag, known(request).as_ref());
    let mut answer = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer.insert_header((header::ETAG, tag.to_string()));
    (answer, !is_known)
}

fn tag(file: &StoredFile) -> EntityTag {
    EntityTag::new_strong(file.sha256.clone())
}

/// 304 without content. The file is always saved, never shown, because it could be anything that looks like its type.
pub fn response(file: &StoredFile, content: Option<Vec<u8>>) -> HttpResponse {
    let mut response = match content {
        Some(content) => HttpResponse::Ok().content_type(file.content_type.as_str()).body(content),
        None => HttpResponse::NotModified().finish(),
    };
    let headers = response.headers_mut();
    // ASCII for old programs, UTF-8 as in RFC 5987 for all others.
    let plain: String =
        file.name.chars().map(|letter| if letter.is_ascii() && letter != '"' && letter != '\\' { letter } else { '_' }).collect();
    let whole = ExtendedValue { charset: Charset::Ext("UTF-8".into()), language_tag: None, value: file.name.clone().into_bytes() };
    let named = ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::Filename(plain), DispositionParam::FilenameExt(whole)],
    };
    for (name, value) in [
        (header::CONTENT_DISPOSITION, named.to_string()),
        (header::ETAG, tag(file).to_string()),
        // A browser may keep it, but asks each time whether its user may still have it.
        (header::CACHE_CONTROL, "private, no-cache".into()),
        (HeaderName::from_static("content-security-policy"), POLICY.into()),
    ] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    response
}
