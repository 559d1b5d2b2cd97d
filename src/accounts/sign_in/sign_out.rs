//! Signing out: the session ends in the store, not only in the browser.

use actix_session::SessionExt;
use actix_web::HttpResponse;
use actix_web::http::header;

use crate::error::AppResult;
use crate::web::request::cookies::{self, VISITOR};
use crate::web::request::visit::Visit;
use crate::web::response::see_other;

pub async fn create(visit: Visit) -> AppResult<HttpResponse> {
    crate::accounts::session::view_as::end(&visit).await?;
    visit.request.get_session().purge();
    // Form tokens from before, such as that of a form still open in a tab, stop working.
    cookies::remove(&visit.request, &visit.app, VISITOR);
    let mut response = see_other("/login?signed_out=1");
    // Clears the browser's cache, so that Back shows nothing to the next person. Other cookies stay: one of them says which
    // accounts know this browser.
    response
        .headers_mut()
        .insert(header::HeaderName::from_static("clear-site-data"), header::HeaderValue::from_static("\"cache\", \"storage\""));
    Ok(response)
}
