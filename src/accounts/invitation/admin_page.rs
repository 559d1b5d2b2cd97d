//! The page on which an administrator sends an invitation.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use diesel::prelude::*;

use super::model::{LASTS, put, sent_to};
use crate::accounts::mail::{self, Recipient};
use crate::accounts::password::set_by_admin::owner;
use crate::accounts::user::model::User;
use crate::app::App;
use crate::crypto::keys::random_text;
use crate::db::UtcDateTime;
use crate::db::connection::exclusive;
use crate::db::schema::users;
use crate::email_address::shown;
use crate::english::{isolated, plural};
use crate::error::AppResult;
use crate::mail::{Mail, MailError, outbox};
use crate::resource::Model;
use crate::resource::access::permissions::outranks;
use crate::resource::log::entry::LogAction;
use crate::resource::write::writer::WriteError;
use crate::resource::{Actor, Row, Value};
use crate::web::page::confirm::{ConfirmPage, Effect};
use crate::web::page::flash::{Tone, leave};
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};

pub async fn new(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let row = owner(&visit, &user, *id).await?;
    let back = format!("/admin/users/{id}");
    let email = shown(row.values.at(User::FIELDS.email).as_text());
    let is_active = row.values.at(User::FIELDS.is_active) == &Value::Bool(true);
    let sentences = match is_active {
        false => vec!["This account is not active. Select “Active” first, so that the user can sign in.".into()],
        true => vec![
            format!(
                "We will email {email} a link that works once and expires in {}. {} can use it to choose a password.",
                plural(LASTS.whole_days(), "day", "days"),
                isolated(&row.label)
            ),
            "Earlier links stop working. An existing password works until the user chooses a new one.".into(),
        ],
    };
    let shell = visit.shell(format!("Invite {}", isolated(&row.label))).under(&[("Administration", "/admin"), ("Users", "/admin/users")]);
    let shell = shell.renamed("Send an invitation").after(&row.label, &back);
    let act = is_active.then(|| (format!("/users/{id}/invitation"), "Send invitation"));
    html(StatusCode::OK, &ConfirmPage { shell, sentences, act, back, effect: Effect::Changes })
}

pub async fn create(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let row = owner(&visit, &user, *id).await?;
    let (token, ends) = (random_text(43), visit.app.now().plus(LASTS));
    match mail::invitation(&visit.app, &token, ends).to(&Recipient::owner(&visit.app, &row)) {
        Ok(mail) => {
            let message = format!(
                "Invitation sent to {}. The link expires in {}.",
                shown(mail.recipient()),
                plural(LASTS.whole_days(), "day", "days")
            );
            invite(&visit.app, user.to_actor(), row, mail, token, ends).await?;
            leave(&visit.request, &visit.app, Tone::Ok, message);
        }
        Err(MailError::Address) => {
            leave(&visit.request, &visit.app, Tone::Warn, "The email address of this account cannot receive email. Change it first.")
        }
        Err(error) => return Err(crate::error::AppError::internal(error)),
    }
    Ok(see_other(format!("/admin/users/{id}")))
}

/// In one transaction: the link, the email and the log entry.
pub async fn invite(app: &Data<App>, actor: Actor, row: Row, mail: Mail, token: String, ends: UtcDateTime) -> Result<(), WriteError> {
    let data = app.clone();
    app.db
        .write(move |c| {
            let user = data.registry.of::<User>();
            exclusive(c, "user", row.id)?;
            // Checked again here: the account may have gained rights, changed its address or been deleted since.
            let now = data.now();
            let (email, is_active) =
                users::table.filter(users::id.eq(row.id)).select((users::email, users::is_active)).first::<(String, bool)>(c)?;
            if !is_active || email != row.values.at(User::FIELDS.email).as_text() || !outranks(c, &actor, row.id)? {
                return Err(WriteError::NotFound);
            }
            put(c, row.id, &token, ends, now)?;
            outbox::queue(c, &mail, now)?;
            data.act(c, &actor, |_, writer| {
                writer.log(LogAction::Change, user, &row, vec![sent_to(&email)]);
                Ok(())
            })
        })
        .await
}
