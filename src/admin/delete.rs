//! Deleting a record of any resource.

use actix_web::HttpResponse;
use actix_web::web::Path;

use crate::error::AppResult;
use crate::web::record;
use crate::web::record::delete::RecordUrls;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;

pub async fn confirm(visit: Visit, user: CurrentUser, path: Path<(String, i64)>) -> AppResult<HttpResponse> {
    let place = place(&visit, &path)?;
    record::delete::confirm(visit, user, place).await
}

pub async fn destroy(visit: Visit, user: CurrentUser, path: Path<(String, i64)>, posted: PostedForm) -> AppResult<HttpResponse> {
    let place = place(&visit, &path)?;
    record::delete::destroy(visit, user, place, posted).await
}

pub(super) fn place(visit: &Visit, path: &(String, i64)) -> AppResult<RecordUrls> {
    let declaration = super::declared(&visit.app, &path.0)?;
    let steps = vec![(super::ROOT.0, super::ROOT.1.to_string()), (declaration.plural, super::home(declaration))];
    let back = Some(super::back(visit, declaration));
    Ok(RecordUrls { resource: declaration.name, noun: declaration.singular_lower(), id: path.1, steps, back })
}
