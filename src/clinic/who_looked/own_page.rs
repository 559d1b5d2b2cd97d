//! Who looked at one's own record, for patients who sign in: everybody but themselves, and not from where.

use actix_web::HttpResponse;

use super::filter::Filter;
use super::lines::lines;
use super::page::{ASKED, Found, LooksPage, Subject, first_page};
use crate::clinic::own_record;
use crate::clinic::patient::Patient;
use crate::error::{AppError, AppResult};
use crate::resource::Model;
use crate::resource::log::entry::LogEntry;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;

pub const PATH: &str = "/my/access";

pub async fn show(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    let (filter, _) = Filter::read(visit.request.query_string());
    let (app, actor, asked) = (visit.app.clone(), user.to_actor(), filter.asked(&visit.zone()));
    let found = visit
        .app
        .db
        .read(move |c| {
            let own = own_record::find(c, &actor)?.ok_or(AppError::NotFound)?;
            let mut entries = LogEntry::list_acts(c, Patient::NAME, own.id, Some(actor.id), &asked, ASKED)?;
            let older = first_page(&mut entries);
            Ok::<_, AppError>(Found { lines: lines(c, &app, &actor, &entries)?, older })
        })
        .await?;
    let shell = visit.shell("Who looked at your record").under(&[("Your record", "/")]).renamed("Who looked");
    LooksPage::respond(shell, (Subject::Own, PATH.into()), (filter, None), Vec::new(), found)
}
