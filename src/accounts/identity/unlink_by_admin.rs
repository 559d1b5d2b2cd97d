//! An administrator unlinks an account at a provider for a user who lost it, or left.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use diesel::prelude::*;

use super::link::{issuers, label_of};
use super::model::{Identity, has_other_way, unlink};
use crate::accounts::second_factor::change::line;
use crate::accounts::user::model::User;
use crate::accounts::{mail, revoke};
use crate::db::Connection;
use crate::db::connection::exclusive;
use crate::db::schema::{identities, users};
use crate::error::{AppError, AppResult};
use crate::resource::Actor;
use crate::resource::access::permissions::outranks;
use crate::resource::log::entry::LogAction;
use crate::web::page::confirm::{ConfirmPage, Effect};
use crate::web::page::flash::{Tone, leave};
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};

pub async fn new(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let (app, actor, id) = (visit.app.clone(), user.to_actor(), *id);
    let (identity, username, stays) = visit
        .app
        .db
        .read(move |c| {
            let identity = find(c, &actor, id)?;
            let username = users::table.filter(users::id.eq(identity.user_id)).select(users::username).first::<String>(c)?;
            let stays = has_other_way(c, &identity, &issuers(&app))?;
            Ok::<_, AppError>((identity, username, stays))
        })
        .await?;
    let label = label_of(&visit.app, &identity.issuer);
    let mut sentences =
        vec![format!("{username} can no longer sign in with {label}. They are signed out everywhere and notified by email.")];
    sentences.push(match stays {
        true => "They can sign in another way and link it again.".into(),
        false => "This is their only sign-in method. Send them an invitation afterwards, so that they can choose a password.".into(),
    });
    let back = format!("/admin/identities/{id}");
    let shell = visit
        .shell(format!("Unlink {label} from {username}"))
        .under(&[("Administration", "/admin"), ("Linked accounts", "/admin/identities")])
        .renamed("Unlink")
        .after(&username, &back);
    html(StatusCode::OK, &ConfirmPage { shell, sentences, act: Some((format!("{back}/unlink"), "Unlink")), back, effect: Effect::Deletes })
}

pub async fn create(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let (app, actor, id) = (visit.app.clone(), user.to_actor(), *id);
    visit
        .app
        .db
        .write(move |c| {
            let identity = find(c, &actor, id)?;
            exclusive(c, "user", identity.user_id)?;
            if !unlink(c, id)? {
                return Err(AppError::NotFound);
            }
            revoke::end_all(c, identity.user_id)?;
            let label = label_of(&app, &identity.issuer);
            mail::account_unlinked_by(&app, &label, &actor.name).queue_for_user(c, &app, identity.user_id)?;
            let resource = app.registry.of::<User>();
            let owner = app.registry.find(c, resource, identity.user_id, None)?.ok_or(AppError::NotFound)?;
            app.act(c, &actor, |_, writer| {
                writer.log(LogAction::Change, resource, &owner, vec![line("Linked account", &format!("{label} unlinked"))]);
                Ok::<_, AppError>(())
            })
        })
        .await?;
    leave(&visit.request, &visit.app, Tone::Ok, "Account unlinked. It can no longer be used to sign in.");
    Ok(see_other("/admin/identities"))
}

/// An identity of a user whom this actor may deactivate.
fn find(c: &mut Connection, actor: &Actor, id: i64) -> AppResult<Identity> {
    let identity = identities::table.filter(identities::id.eq(id)).first::<Identity>(c)?;
    match outranks(c, actor, identity.user_id)? {
        true => Ok(identity),
        false => Err(AppError::Forbidden("You cannot change this account, because it has permissions that you do not have.")),
    }
}
