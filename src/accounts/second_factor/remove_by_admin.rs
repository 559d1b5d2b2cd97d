//! An administrator removes the second factors of a user who lost both phone and codes, after verifying who asks.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;

use super::change::line;
use super::{methods, remove_all};
use crate::accounts::password::set_by_admin::owner;
use crate::accounts::user::model::User;
use crate::accounts::{mail, revoke};
use crate::db::connection::exclusive;
use crate::english::isolated;
use crate::error::{AppError, AppResult};
use crate::resource::access::permissions::outranks;
use crate::resource::log::entry::LogAction;
use crate::web::page::confirm::{ConfirmPage, Effect};
use crate::web::page::flash::{Tone, leave};
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};

pub async fn new(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    if *id == user.id {
        return Ok(see_other(crate::accounts::second_factor::page::PATH));
    }
    let row = owner(&visit, &user, *id).await?;
    let account = *id;
    let has = !visit.app.db.read(move |c| Ok::<_, AppError>(methods(c, account)?)).await?.is_empty();
    let back = format!("/admin/users/{id}");
    let shell = visit
        .shell(format!("Turn off two-step verification for {}", isolated(&row.label)))
        .under(&[("Administration", "/admin"), ("Users", "/admin/users")]);
    let shell = shell.renamed("Turn off two-step verification").after(&row.label, &back);
    let sentences = match has {
        false => vec![format!("{} does not use two-step verification.", row.label)],
        true => vec![
            "The authenticator app, all passkeys and the recovery codes are removed. The user can sign in with a password \
                only, until they set up two-step verification again."
                .into(),
            "The user is signed out everywhere and notified by email. The log records that you did this.".into(),
            "Before you continue, check in person or by phone that the request came from the user.".into(),
        ],
    };
    let act = has.then(|| (format!("/users/{id}/second-step"), "Turn off two-step verification"));
    html(StatusCode::OK, &ConfirmPage { shell, sentences, act, back, effect: Effect::Deletes })
}

pub async fn create(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    if *id == user.id {
        return Err(AppError::Forbidden("To turn off your own two-step verification, go to “Sign-in and security”."));
    }
    let row = owner(&visit, &user, *id).await?;
    let (app, actor, label) = (visit.app.clone(), user.to_actor(), row.label.clone());
    let removed = visit
        .app
        .db
        .write(move |c| {
            exclusive(c, "user", row.id)?;
            // Checked again here: the account may have gained rights since.
            if !outranks(c, &actor, row.id)? {
                return Err(AppError::NotFound);
            }
            if !remove_all(c, row.id)? {
                return Ok(false);
            }
            revoke::end_all(c, row.id)?;
            mail::second_factor_removed(&app, &actor.name).queue_for_user(c, &app, row.id)?;
            let resource = app.registry.of::<User>();
            app.act(c, &actor, |_, writer| {
                writer.log(LogAction::Change, resource, &row, vec![line("Second steps", "removed")]);
                Ok::<_, AppError>(())
            })?;
            Ok(true)
        })
        .await?;
    let message = if removed {
        format!("Two-step verification turned off for {label}. They are signed out everywhere.")
    } else {
        format!("{label} does not use two-step verification.")
    };
    leave(&visit.request, &visit.app, Tone::Ok, message);
    Ok(see_other(format!("/admin/users/{id}")))
}
