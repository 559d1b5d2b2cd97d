//! Signing in with an account at a provider: the redirect to it.

use actix_web::HttpResponse;
use actix_web::web::Path;

use super::depart::depart;
use super::pending::ReturnState;
use crate::accounts::sign_in;
use crate::error::AppResult;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::see_other;

pub async fn create(visit: Visit, name: Path<String>, posted: PostedForm) -> AppResult<HttpResponse> {
    let typed = sign_in::password::typed(&visit.app, &posted);
    if visit.user.is_some() {
        return Ok(see_other(if typed.next.is_empty() { "/".into() } else { typed.next }));
    }
    depart(&visit, &name, ReturnState { user_id: None, remembered: typed.remembered, next: typed.next, waiting_form: typed.waiting_form })
        .await
}
