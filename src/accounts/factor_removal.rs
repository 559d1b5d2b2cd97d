//! Somebody lost phone and codes: an administrator takes their second steps away, after they have made sure who asks.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;

use super::password_page::owner;
use super::second_factor::change::line;
use super::second_factor::{methods, remove_all};
use super::{everywhere, mail};
use crate::db::connection::exclusive;
use crate::error::{AppError, AppResult};
use crate::resource::history::LogAction;
use crate::resource::permissions::outranks;
use crate::web::ask::AskPage;
use crate::web::current::CurrentUser;
use crate::web::flash::{Tone, leave};
use crate::web::page::{Visit, html, see_other};

pub async fn new(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    if *id == user.id {
        return Ok(see_other(super::security_page::PATH));
    }
    let row = owner(&visit, &user, *id).await?;
    let account = *id;
    let has = !visit.app.db.read(move |c| Ok::<_, AppError>(methods(c, account)?)).await?.is_empty();
    let back = format!("/admin/users/{id}");
    let shell =
        visit.shell(format!("Remove the second steps of {}", row.label)).under(&[("Administration", "/admin"), ("Users", "/admin/users")]);
    let shell = shell.renamed("Remove second steps").after(&row.label, &back);
    let sentences = match has {
        false => vec![format!("{} signs in with a password alone; there is nothing to remove.", row.label)],
        true => vec![
            "The app, all passkeys and the recovery codes go. From then on the password alone lets them in, until they set up another second step.".into(),
            "They are signed out everywhere and told by mail; the log names you.".into(),
            "Make sure first that it is really they who ask: in person, or by calling a number that you know.".into(),
        ],
    };
    let act = has.then(|| (format!("/users/{id}/second-step"), "Remove second steps"));
    html(StatusCode::OK, &AskPage { shell, sentences, act, back, is_grave: true })
}

pub async fn create(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    if *id == user.id {
        return Err(AppError::Forbidden("Remove your own second steps under “Sign-in and security”."));
    }
    let row = owner(&visit, &user, *id).await?;
    let (app, actor, label) = (visit.app.clone(), user.to_actor(), row.label.clone());
    let removed = visit
        .app
        .db
        .write(move |c| {
            exclusive(c, "user", row.id)?;
            // Asked again here: the account may have risen meanwhile.
            if !outranks(c, &actor, row.id)? {
                return Err(AppError::NotFound);
            }
            if !remove_all(c, row.id)? {
                return Ok(false);
            }
            everywhere::end_all(c, row.id)?;
            mail::second_factor_removed(&app, &actor.name).queue_for_user(c, &app, row.id)?;
            let resource = app.registry.get("user").ok_or(AppError::NotFound)?;
            app.act(c, &actor, |_, writer| {
                writer.log(LogAction::Change, resource, &row, vec![line("Second steps", "removed")]);
                Ok::<_, AppError>(())
            })?;
            Ok(true)
        })
        .await?;
    let told = if removed {
        format!("The second steps of {label} were removed. They are signed out everywhere.")
    } else {
        format!("{label} had no second step.")
    };
    leave(&visit.request, &visit.app, Tone::Ok, told);
    Ok(see_other(format!("/admin/users/{id}")))
}
