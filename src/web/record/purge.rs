//! Permanently deleting records in the trash: by hand, after a confirmation, and automatically after the retention time.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;

use super::delete::RecordUrls;
use crate::app::App;
use crate::db::DbError;
use crate::english::isolated;
use crate::error::{AppError, AppResult};
use crate::resource::write::relations::{Dependents, trashed_with};
use crate::resource::write::writer::WriteError;
use crate::resource::{Actor, Declaration};
use crate::web::page::flash::{Tone, leave};
use crate::web::page::shell::Shell;
use crate::web::record;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};

/// The most records that the daily job deletes in one transaction.
const CHUNK: i64 = 100;

#[derive(Template)]
#[template(path = "web/record/purge_page.html")]
struct PurgePage {
    shell: Shell,
    label: String,
    what: String,
    tree: Vec<Dependents>,
    action: String,
    back: String,
}

/// The declaration of these records, if the user may delete them permanently.
fn check_right<'a>(visit: &'a Visit, user: &CurrentUser, place: &RecordUrls) -> AppResult<&'a Declaration> {
    let own = visit.app.registry.get(place.resource).map(|resource| resource.declaration()).filter(|own| own.trash);
    let own = own.ok_or(AppError::NotFound)?;
    let lacking = AppError::Forbidden("You do not have permission to delete records permanently.");
    if user.can(&own.purge_right()) { Ok(own) } else { Err(lacking) }
}

pub async fn confirm(visit: Visit, user: CurrentUser, place: RecordUrls) -> AppResult<HttpResponse> {
    let own = check_right(&visit, &user, &place)?;
    let (app, actor, name, id) = (visit.app.clone(), user.to_actor(), place.resource, place.id);
    let (row, tree) = visit
        .app
        .db
        .read(move |c| {
            let resource = app.registry.get(name).ok_or(AppError::NotFound)?;
            let row = app.registry.find_in_trash(c, resource, id, Some(&actor))?.ok_or(AppError::NotFound)?;
            Ok::<_, AppError>((row, trashed_with(c, &app.registry, &actor, name, id)?))
        })
        .await?;
    record::read::opened(&visit.app, &user, name, id, &row.label).await?;
    let trash = format!("{}/trash", place.list());
    let mut steps: Vec<(&str, &str)> = place.steps.iter().map(|(label, href)| (*label, href.as_str())).collect();
    steps.push(("Trash", &trash));
    let shell = visit.shell(format!("Delete {} permanently", isolated(&row.label))).under(&steps).renamed("Delete permanently");
    let shell = shell.of_record(&visit, own, &row, &place.record(""));
    let action = format!("{trash}/{id}/purge");
    html(StatusCode::OK, &PurgePage { shell, label: row.label, what: place.noun, tree, action, back: trash.clone() })
}

pub async fn destroy(visit: Visit, user: CurrentUser, place: RecordUrls) -> AppResult<HttpResponse> {
    check_right(&visit, &user, &place)?;
    let (app, actor, name, id) = (visit.app.clone(), user.to_actor(), place.resource, place.id);
    let row = visit
        .app
        .db
        .write(move |c| {
            let resource = app.registry.get(name).ok_or(WriteError::NotFound)?;
            app.act(c, &actor, |c, writer| writer.purge(c, resource, id))
        })
        .await?;
    leave(&visit.request, &visit.app, Tone::Ok, format!("The {} “{}” was permanently deleted.", place.noun, isolated(&row.label)));
    Ok(see_other(format!("{}/trash", place.list())))
}

/// Deletes records whose retention time is over, in chunks; returns how many.
pub async fn expired(app: &Data<App>) -> Result<usize, DbError> {
    let days = app.settings.trash_days;
    if days == 0 {
        return Ok(0);
    }
    let (before, mut gone) = (app.now().plus(-time::Duration::days(days)), 0);
    for name in app.registry.iter().map(|resource| resource.declaration()).filter(|own| own.trash).map(|own| own.name) {
        loop {
            let data = app.clone();
            let some = app
                .db
                .write(move |c| {
                    let Some(resource) = data.registry.get(name) else { return Ok(0) };
                    let due = resource.trashed_before(c, before, CHUNK)?;
                    data.act(c, &Actor::system(), |c, writer| {
                        for id in &due {
                            match writer.purge(c, resource, *id) {
                                // Deleted together with another, or by a user in the meantime.
                                Ok(_) | Err(WriteError::NotFound) => {}
                                Err(error) => return Err(error),
                            }
                        }
                        Ok(due.len())
                    })
                })
                .await;
            match some {
                Ok(0) => break,
                Ok(some) => gone += some,
                Err(WriteError::Db(error)) => return Err(error),
                Err(error) => {
                    tracing::warn!(?error, name, "could not empty the trash");
                    break;
                }
            }
        }
    }
    Ok(gone)
}
