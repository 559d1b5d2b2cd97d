//! Invitations: an administrator lets somebody choose their password, and never learns it.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use diesel::prelude::*;
use time::Duration;

use crate::accounts::mail;
use crate::accounts::mail::Recipient;
use crate::accounts::password::set_by_admin::owner;
use crate::app::App;
use crate::crypto::keys::{digest, random_text};
use crate::db::connection::exclusive;
use crate::db::schema::{invitations, users};
use crate::db::{Connection, UtcDateTime};
use crate::english::plural;
use crate::error::AppResult;
use crate::mail::{Mail, MailError, outbox};
use crate::resource::access::permissions::outranks;
use crate::resource::log::entry::{Change, LogAction};
use crate::resource::write::writer::{WriteError, Writer};
use crate::resource::{Actor, FormErrors, Row, Value};
use crate::web::page::confirm::AskPage;
use crate::web::page::flash::{Tone, leave};
use crate::web::page::shell::{Visit, html, see_other};
use crate::web::request::current_user::CurrentUser;

/// How long a link works.
const LASTS: Duration = Duration::days(7);

pub async fn new(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let row = owner(&visit, &user, *id).await?;
    let back = format!("/admin/users/{id}");
    let email = row.values.at("email").as_text();
    let is_active = row.values.at("is_active") == &Value::Bool(true);
    let sentences = match is_active {
        false => vec!["This account is not active. Select “Active” first, so that the user can sign in.".into()],
        true => vec![
            format!(
                "We will email {email} a link that works once and expires in {}. {} can use it to choose a password.",
                plural(LASTS.whole_days(), "day", "days"),
                row.label
            ),
            "Earlier links stop working. An existing password works until the user chooses a new one.".into(),
        ],
    };
    let shell = visit.shell(format!("Invite {}", row.label)).under(&[("Administration", "/admin"), ("Users", "/admin/users")]);
    let shell = shell.renamed("Send an invitation").after(&row.label, &back);
    let act = is_active.then(|| (format!("/users/{id}/invitation"), "Send invitation"));
    html(StatusCode::OK, &AskPage { shell, sentences, act, back, is_grave: false })
}

pub async fn create(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let row = owner(&visit, &user, *id).await?;
    let (token, ends) = (random_text(43), visit.app.now().plus(LASTS));
    match mail::invitation(&visit.app, &token, ends).to(&Recipient::owner(&visit.app, &row)) {
        Ok(mail) => {
            let told =
                format!("Invitation sent to {}. The link expires in {}.", mail.recipient(), plural(LASTS.whole_days(), "day", "days"));
            invite(&visit.app, user.to_actor(), row, mail, token, ends).await?;
            leave(&visit.request, &visit.app, Tone::Ok, told);
        }
        Err(MailError::Address) => {
            leave(&visit.request, &visit.app, Tone::Warn, "The email address of this account cannot receive email. Change it first.")
        }
        Err(error) => return Err(crate::error::AppError::internal(error)),
    }
    Ok(see_other(format!("/admin/users/{id}")))
}

/// The link, the mail and the log entry, or none of them.
async fn invite(app: &Data<App>, actor: Actor, row: Row, mail: Mail, token: String, ends: UtcDateTime) -> Result<(), WriteError> {
    let data = app.clone();
    app.db
        .write(move |c| {
            let user = data.registry.get("user").ok_or(WriteError::Gone)?;
            exclusive(c, "user", row.id)?;
            // Asked again here: the account may have risen, moved or gone meanwhile.
            let now = data.now();
            let (email, is_active) =
                users::table.filter(users::id.eq(row.id)).select((users::email, users::is_active)).first::<(String, bool)>(c)?;
            if !is_active || email != row.values.at("email").as_text() || !outranks(c, &actor, row.id)? {
                return Err(WriteError::Gone);
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

/// A link in place of those before it.
fn put(c: &mut Connection, user_id: i64, token: &str, ends: UtcDateTime, now: UtcDateTime) -> QueryResult<usize> {
    withdraw(c, user_id)?;
    diesel::insert_into(invitations::table)
        .values((
            invitations::user_id.eq(user_id),
            invitations::token_hash.eq(digest(token)),
            invitations::expires_at.eq(ends),
            invitations::created_at.eq(now),
            invitations::updated_at.eq(now),
        ))
        .execute(c)
}

/// Invites the owner of an account that was made in this transaction.
pub fn send(c: &mut Connection, app: &App, writer: &Writer, row: &Row) -> Result<(), WriteError> {
    let (token, ends) = (random_text(43), writer.now.plus(LASTS));
    let Ok(mail) = mail::invitation(app, &token, ends).to(&Recipient::owner(app, row)) else {
        let mut errors = FormErrors::default();
        errors.add("email", "Enter an email address that can receive email");
        return Err(WriteError::Invalid(errors));
    };
    put(c, row.id, &token, ends, writer.now)?;
    outbox::queue(c, &mail, writer.now)?;
    let user = writer.registry.get("user").ok_or(WriteError::Gone)?;
    writer.log(LogAction::Change, user, row, vec![sent_to(mail.recipient())]);
    Ok(())
}

fn sent_to(email: &str) -> Change {
    Change {
        field: "invitation".into(),
        label: "Invitation".into(),
        before: serde_json::Value::Null,
        after: email.into(),
        before_text: String::new(),
        after_text: format!("sent to {email}"),
    }
}

/// Makes links that were not used yet stop working: a newer one was sent, the address was wrong, a password was set.
pub fn withdraw(c: &mut Connection, user_id: i64) -> QueryResult<usize> {
    diesel::delete(invitations::table.filter(invitations::user_id.eq(user_id)).filter(invitations::used_at.is_null())).execute(c)
}

/// The user whom this token lets in, as long as it does.
pub fn find_user(c: &mut Connection, token: &str, now: UtcDateTime) -> QueryResult<Option<i64>> {
    invitations::table
        .inner_join(users::table.on(users::id.eq(invitations::user_id)))
        .filter(invitations::token_hash.eq(digest(token)))
        .filter(invitations::used_at.is_null())
        .filter(invitations::expires_at.gt(now))
        .filter(users::is_active.eq(true))
        .select(users::id)
        .first(c)
        .optional()
}

/// Uses the token up; of two who try one succeeds.
pub fn consume(c: &mut Connection, token: &str, now: UtcDateTime) -> QueryResult<bool> {
    let open = invitations::table
        .filter(invitations::token_hash.eq(digest(token)))
        .filter(invitations::used_at.is_null())
        .filter(invitations::expires_at.gt(now));
    let used = diesel::update(open).set((invitations::used_at.eq(Some(now)), invitations::updated_at.eq(now))).execute(c)?;
    Ok(used == 1)
}
