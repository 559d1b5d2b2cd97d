//! What every change of one's own second factors includes: all other sessions and tokens end, the owner is notified by email, and
//! the log records the change without secrets.

use actix_session::SessionExt;
use actix_web::web::Data;
use diesel::QueryResult;

use crate::accounts::mail::model::AccountMail;
use crate::accounts::origin::Origin;
use crate::accounts::revoke;
use crate::accounts::user::model::User;
use crate::app::App;
use crate::db::Connection;
use crate::db::connection::exclusive;
use crate::error::{AppError, AppResult};
use crate::resource::log::entry::{Change, LogAction};
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::sessions::state::ROW;
use crate::web::sessions::{self, Sessions};

/// The change: the factor, what happened to it, and the email to its owner.
pub struct Changed<T> {
    pub part: &'static str,
    pub became: String,
    pub mail: AccountMail,
    /// For the page.
    pub result: T,
}

/// Runs `work` for the current user, and the rest if it returns a change.
pub async fn change<T: Send + 'static>(
    visit: &Visit,
    user: &CurrentUser,
    work: impl FnOnce(&mut Connection, &App) -> QueryResult<Option<Changed<T>>> + Send + 'static,
) -> AppResult<Option<T>> {
    let (app, actor, origin, id) = (visit.app.clone(), user.to_actor(), Origin::of(&visit.request), user.id);
    let this = visit.request.get_session().get::<i64>(ROW).ok().flatten().unwrap_or(0);
    let done = visit
        .app
        .db
        .write(move |c| {
            exclusive(c, "user", id)?;
            let Some(changed) = work(c, &app)? else { return Ok::<_, AppError>(None) };
            let ended = revoke::end_others(c, id, this)?;
            changed.mail.from(&origin).queue_for_user(c, &app, id)?;
            let user = app.registry.of::<User>();
            let row = app.registry.find(c, user, id, None)?.ok_or(AppError::NotFound)?;
            app.act(c, &actor, |_, writer| {
                writer.log(LogAction::Change, user, &row, vec![line(changed.part, &changed.became)]);
                Ok::<_, AppError>(())
            })?;
            Ok(Some((changed.result, ended)))
        })
        .await?;
    let Some((result, ended)) = done else { return Ok(None) };
    sessions::keep(visit, id).await?;
    if let Some(store) = visit.request.app_data::<Data<Sessions>>() {
        store.forget(ended).await;
    }
    Ok(Some(result))
}

/// A line of the log entry.
pub fn line(part: &str, became: &str) -> Change {
    Change {
        field: "second_factor".into(),
        label: part.into(),
        before: serde_json::Value::Null,
        after: serde_json::Value::Null,
        before_text: String::new(),
        after_text: became.into(),
    }
}
