//! Compression of pages for whoever asks, and of static files once. In place: actix's own middleware hands anything longer than a
//! kilobyte to another thread, which costs a page more than compressing it.

use std::io::Write;

use actix_web::HttpRequest;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{AcceptEncoding, CONTENT_ENCODING, CONTENT_TYPE, Encoding, Header, HeaderValue, VARY};
use actix_web::middleware::Next;
use actix_web::web::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

/// Shorter answers fit into one packet anyway.
const LEAST: usize = 1_200;
/// Longer pages, which are few, are worth the time to compress them well.
const LONG: usize = 100_000;

/// Middleware that compresses HTML. Tokens in forms are masked anew for each page, so its length tells nothing about them.
pub async fn compress(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let is_asked = accepts_gzip(request.request());
    let response = next.call(request).await?.map_into_boxed_body();
    let headers = response.headers();
    let is_html = headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if !is_html || headers.contains_key(CONTENT_ENCODING) {
        return Ok(response);
    }
    let mut compressed = false;
    let mut response = response.map_body(|_, body| match body.try_into_bytes() {
        Ok(bytes) if is_asked && bytes.len() >= LEAST => match gzip(&bytes, level(bytes.len())) {
            Some(smaller) => {
                compressed = true;
                BoxBody::new(smaller)
            }
            None => BoxBody::new(bytes),
        },
        Ok(bytes) => BoxBody::new(bytes),
        Err(body) => body,
    });
    let headers = response.headers_mut();
    headers.append(VARY, HeaderValue::from_static("accept-encoding"));
    if compressed {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    Ok(response)
}

fn level(length: usize) -> Compression {
    if length > LONG { Compression::default() } else { Compression::fast() }
}

/// Whether the client prefers gzip to nothing.
pub fn accepts_gzip(request: &HttpRequest) -> bool {
    let accepted = AcceptEncoding::parse(request).ok();
    let offered = [Encoding::gzip(), Encoding::identity()];
    accepted.and_then(|accepted| accepted.negotiate(offered.iter())) == Some(Encoding::gzip())
}

/// `None` if it does not get smaller.
pub fn gzip(bytes: &[u8], level: Compression) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 4), level);
    encoder.write_all(bytes).ok()?;
    let compressed = encoder.finish().ok()?;
    (compressed.len() < bytes.len()).then(|| compressed.into())
}
