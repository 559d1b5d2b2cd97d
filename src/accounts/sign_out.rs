//! Signing out: the session ends in the table, not only in the browser.

use actix_session::SessionExt;
use actix_web::HttpResponse;
use actix_web::http::header;

use crate::error::AppResult;
use crate::web::flash::{Tone, leave};
use crate::web::page::{Visit, see_other};

pub async fn create(visit: Visit) -> AppResult<HttpResponse> {
    visit.request.get_session().purge();
    leave(&visit.request, &visit.app, Tone::Ok, "You are signed out.");
    let mut response = see_other("/login");
    // The browser forgets pages it kept, so that Back shows nothing to the next person.
    response
        .headers_mut()
        .insert(header::HeaderName::from_static("clear-site-data"), header::HeaderValue::from_static("\"cache\", \"storage\""));
    Ok(response)
}
