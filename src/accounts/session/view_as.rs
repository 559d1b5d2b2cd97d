//! A superuser views Praxis as another user, to help them. Nothing can be changed during that time.

use actix_session::SessionExt;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

use crate::accounts::user::model::User;
use crate::english::isolated;
use crate::error::{AppError, AppResult};
use crate::resource::Model;
use crate::resource::{Actor, Row, Value};
use crate::web::page::flash::{Tone, leave};
use crate::web::page::shell::Shell;
use crate::web::record;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};
use crate::web::sessions::view_as::{MINUTES, VIEW_AS, ViewAs};

#[derive(Template)]
#[template(path = "accounts/session/view_as.html")]
struct ViewAsPage {
    shell: Shell,
    label: String,
    minutes: i64,
    /// Why it is not possible for this account; blank if it is.
    refused: &'static str,
    action: String,
    back: String,
}

pub async fn new(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let row = record::find::find(&visit.app, user.to_actor(), "user", *id).await?;
    render(&visit, &user, &row, StatusCode::OK)
}

pub async fn create(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let row = record::find::find(&visit.app, user.to_actor(), "user", *id).await?;
    if !refused(&user, &row).is_empty() {
        return render(&visit, &user, &row, StatusCode::CONFLICT);
    }
    let view = ViewAs { user_id: row.id, username: row.values.at("username").as_text().into(), since: visit.app.now().rfc3339() };
    // The log before the session: there may be an entry too many, but never one missing.
    write_down(&visit, user.to_actor(), &view, format!("Began, for at most {MINUTES} minutes")).await?;
    let session = visit.request.get_session();
    session.renew();
    session.insert(VIEW_AS, &view).map_err(AppError::internal)?;
    Ok(see_other("/"))
}

/// Stops viewing; returns to the page of the user.
pub async fn destroy(visit: Visit) -> AppResult<HttpResponse> {
    let Some(view) = end(&visit).await? else { return Ok(see_other("/")) };
    leave(&visit.request, &visit.app, Tone::Info, format!("You are no longer viewing Praxis as {}.", view.username));
    Ok(see_other(format!("/admin/users/{}", view.user_id)))
}

/// Ends the view if there is one, and logs that.
pub async fn end(visit: &Visit) -> AppResult<Option<ViewAs>> {
    let session = visit.request.get_session();
    let Some(user) = visit.user.as_ref().filter(|user| user.impersonated_by.is_some()) else { return Ok(None) };
    let Ok(Some(view)) = session.get::<ViewAs>(VIEW_AS) else { return Ok(None) };
    write_down(visit, user.to_actor(), &view, "Ended").await?;
    session.remove(VIEW_AS);
    // Otherwise a copy of the old cookie could continue the view for longer than the log says.
    session.renew();
    Ok(Some(view))
}

async fn write_down(visit: &Visit, actor: Actor, view: &ViewAs, note: impl Into<String>) -> AppResult<()> {
    let (app, entry) = (visit.app.clone(), view.entry(note));
    visit
        .app
        .db
        .write(move |c| {
            app.act(c, &actor, |_, writer| {
                writer.log_entry(entry);
                Ok::<_, AppError>(())
            })
        })
        .await
}

fn refused(user: &CurrentUser, row: &Row) -> &'static str {
    match () {
        () if row.id == user.id => "This is your own account.",
        () if row.values.at(User::FIELDS.is_active) != &Value::Bool(true) => "This account is not active.",
        () => "",
    }
}

fn render(visit: &Visit, user: &CurrentUser, row: &Row, status: StatusCode) -> AppResult<HttpResponse> {
    let back = format!("/admin/users/{}", row.id);
    let shell =
        visit.shell(format!("View Praxis as {}", isolated(&row.label))).under(&[("Administration", "/admin"), ("Users", "/admin/users")]);
    let page = ViewAsPage {
        shell: shell.renamed("View as").after(&row.label, &back),
        label: row.label.clone(),
        minutes: MINUTES,
        refused: refused(user, row),
        action: format!("/users/{}/view-as", row.id),
        back,
    };
    html(status, &page)
}
