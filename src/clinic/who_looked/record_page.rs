//! Who looked at a record, and what else they did with it.

use actix_web::HttpResponse;
use actix_web::web::Path;

use super::filter::Filter;
use super::lines::lines;
use super::page::{ASKED, Choice, Found, LooksPage, Subject, first_page};
use crate::english::isolated;
use crate::error::{AppError, AppResult};
use crate::resource::Resource;
use crate::resource::log::entry::LogEntry;
use crate::web::record;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;

pub async fn show(model: &'static Resource, visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let own = model.declaration();
    let (id, name) = (*id, own.name);
    let row = record::find::find(&visit.app, user.to_actor(), name, id).await?;
    let (filter, mistake) = Filter::read(visit.request.query_string());
    let (app, actor, asked) = (visit.app.clone(), user.to_actor(), filter.asked(&visit.zone()));
    let (found, mut users) = visit
        .app
        .db
        .read(move |c| {
            let mut entries = LogEntry::list_acts(c, name, id, None, &asked, ASKED)?;
            let older = first_page(&mut entries);
            let mut ids = LogEntry::list_actors(c, name, id)?;
            let chosen = asked.actor_id.filter(|chosen| !ids.contains(chosen));
            ids.extend(chosen);
            let users = app.registry.labels(c, "user", &ids)?;
            Ok::<_, AppError>((Found { lines: lines(c, &app, &actor, &entries)?, older }, users))
        })
        .await?;
    users.sort_by(|one, other| one.1.cmp(&other.1));
    let choice = |(id, label): (i64, String)| Choice { value: id.to_string(), label, is_chosen: filter.user_id == Some(id) };
    let users = users.into_iter().map(choice).collect();
    let place = format!("{}/{id}", own.staff.path);
    let shell = visit
        .shell(format!("Who looked at {}", isolated(&row.label)))
        .under(&[(own.plural, own.staff.path)])
        .renamed("Who looked")
        .of_record(&visit, own, &row, &place)
        .after(&row.label, &place);
    LooksPage::respond(shell, (Subject::Record, format!("{place}/access")), (filter, mistake), users, found)
}
