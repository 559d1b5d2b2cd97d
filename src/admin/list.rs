//! The list of any resource.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;

use crate::error::{AppError, AppResult};
use crate::resource::actor::Action;
use crate::web::changelist::{ChangeList, Wanted};
use crate::web::current::CurrentUser;
use crate::web::page::{ListPage, Visit, html};

pub async fn index(visit: Visit, user: CurrentUser, slug: Path<String>) -> AppResult<HttpResponse> {
    let declaration = super::declared(&visit.app, &slug)?;
    let (app, actor, name) = (visit.app.clone(), user.to_actor(), declaration.name);
    let query = visit.request.query_string().to_string();
    let list = visit
        .app
        .db
        .read(move |c| {
            let resource = app.registry.get(name).ok_or(AppError::NotFound)?;
            let own = resource.declaration();
            let path = super::home(own);
            let wanted =
                Wanted { resource, query: &query, path: &path, href: &|id| format!("{path}/{id}"), columns: own.list, filters: own.filter };
            ChangeList::load(c, &app, &actor, wanted).map_err(AppError::from)
        })
        .await?;
    let page = ListPage {
        shell: visit.shell(declaration.plural).under(&[super::ROOT]),
        subtitle: if list.is_narrowed { format!("{} found", list.total_text()) } else { format!("{} in all", list.total_text()) },
        singular: declaration.singular_lower(),
        add: declaration
            .allows(&user, Action::Add)
            .then(|| (format!("Add {}", declaration.singular_lower()), format!("{}/add", super::home(declaration)))),
        list,
    };
    html(StatusCode::OK, &page)
}
