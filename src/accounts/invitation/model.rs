//! Invitations: the owner of an account that an administrator created chooses the password, which the administrator never learns.

use diesel::prelude::*;
use time::Duration;

use crate::accounts::mail::{self, Recipient};
use crate::accounts::revoke::withdraw;
use crate::accounts::user::model::User;
use crate::app::App;
use crate::crypto::keys::{digest, random_text};
use crate::db::schema::{invitations, users};
use crate::db::{Connection, UtcDateTime};
use crate::mail::outbox;
use crate::resource::log::entry::{Change, LogAction};
use crate::resource::write::writer::{WriteError, Writer};
use crate::resource::{FormErrors, Row};

/// How long a link works.
pub const LASTS: Duration = Duration::days(7);

/// Stores a link that replaces earlier ones.
pub fn put(c: &mut Connection, user_id: i64, token: &str, ends: UtcDateTime, now: UtcDateTime) -> QueryResult<usize> {
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

/// Invites the owner of an account that was created in this transaction.
pub fn send(c: &mut Connection, app: &App, writer: &Writer, row: &Row) -> Result<(), WriteError> {
    let (token, ends) = (random_text(43), writer.now.plus(LASTS));
    let Ok(mail) = mail::invitation(app, &token, ends).to(&Recipient::owner(app, row)) else {
        let mut errors = FormErrors::default();
        errors.add("email", "Enter an email address that can receive email");
        return Err(WriteError::Invalid(errors));
    };
    put(c, row.id, &token, ends, writer.now)?;
    outbox::queue(c, &mail, writer.now)?;
    let user = writer.registry.of::<User>();
    writer.log(LogAction::Change, user, row, vec![sent_to(mail.recipient())]);
    Ok(())
}

pub fn sent_to(email: &str) -> Change {
    Change {
        field: "invitation".into(),
        label: "Invitation".into(),
        before: serde_json::Value::Null,
        after: email.into(),
        before_text: String::new(),
        after_text: format!("sent to {email}"),
    }
}

/// The user of a valid token.
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

/// Uses up the token; of concurrent requests one succeeds.
pub fn consume(c: &mut Connection, token: &str, now: UtcDateTime) -> QueryResult<bool> {
    let open = invitations::table
        .filter(invitations::token_hash.eq(digest(token)))
        .filter(invitations::used_at.is_null())
        .filter(invitations::expires_at.gt(now));
    let used = diesel::update(open).set((invitations::used_at.eq(Some(now)), invitations::updated_at.eq(now))).execute(c)?;
    Ok(used == 1)
}
