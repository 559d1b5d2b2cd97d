//! Addresses that have changed for good: bookmarks, links in old mails and forms that are still open go on to the new ones.

use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse, guard, web};

use super::segments::Segments;
use crate::web::response::percent;

/// A method, the old path and the new one. A gap of the new path is filled with what stands in the gap of the old path that
/// has its name.
pub type Moved = (Method, &'static str, &'static str);

/// Adds the old addresses. They come before the routes, so a gap of an old path takes no more than it has to. Nothing is
/// asked and nothing read: the new address does both.
pub fn add(segments: &mut Segments, addresses: impl IntoIterator<Item = Moved>) {
    for (method, from, to) in addresses {
        let is_asked = guard::fn_guard(move |context| match &context.head().method {
            asked if *asked == method => true,
            asked => *asked == Method::HEAD && method == Method::GET,
        });
        let redirecting = move |request: HttpRequest| {
            let response = redirect(&request, to);
            async move { response }
        };
        segments.add(from, |rest| web::resource(rest).guard(is_asked).to(redirecting));
    }
}

/// A form is sent again as it is, a page is opened.
fn redirect(request: &HttpRequest, to: &str) -> HttpResponse {
    let gap = |part: &str| Some(percent(request.match_info().query(part.strip_prefix('{')?.strip_suffix('}')?)));
    let parts: Vec<String> = to.split('/').map(|part| gap(part).unwrap_or_else(|| part.into())).collect();
    let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut response = match *request.method() {
        Method::POST => HttpResponse::PermanentRedirect(),
        _ => HttpResponse::MovedPermanently(),
    };
    response.insert_header((header::LOCATION, parts.join("/") + &query)).finish()
}
