//! What a user opened, searched and exported.

use actix_web::HttpResponse;
use actix_web::web::Path;

use super::filter::Filter;
use super::lines::lines;
use super::page::{ASKED, Found, LooksPage, Subject, first_page};
use crate::english::isolated;
use crate::error::{AppError, AppResult};
use crate::resource::log::entry::LogEntry;
use crate::web::record;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;

pub async fn show(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let id = *id;
    let row = record::find::find(&visit.app, user.to_actor(), "user", id).await?;
    let (filter, mistake) = Filter::read(visit.request.query_string());
    let (app, actor, asked) = (visit.app.clone(), user.to_actor(), filter.asked(&visit.zone()));
    let found = visit
        .app
        .db
        .read(move |c| {
            let mut entries = LogEntry::list_looks(c, id, &asked, ASKED)?;
            let older = first_page(&mut entries);
            Ok::<_, AppError>(Found { lines: lines(c, &app, &actor, &entries)?, older })
        })
        .await?;
    let place = format!("/admin/users/{id}");
    let shell = visit
        .shell(format!("What {} looked at", isolated(&row.label)))
        .under(&[("Administration", "/admin"), ("Users", "/admin/users")])
        .renamed("What they looked at")
        .after(&row.label, &place);
    LooksPage::respond(shell, (Subject::User, format!("{place}/access")), (filter, mistake), Vec::new(), found)
}
