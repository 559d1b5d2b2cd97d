//! The one way to set the password of an account, in the caller's transaction: stores the hash, revokes every access that the old
//! password gave, and queues the email to the owner and the log entry.

use crate::accounts::mail::{PasswordChange, Recipient, password_changed};
use crate::accounts::origin::Origin;
use crate::accounts::registration::account::set_hash;
use crate::accounts::revoke;
use crate::accounts::user::confirmed::confirm;
use crate::accounts::user::model::User;
use crate::app::App;
use crate::db::Connection;
use crate::db::connection::exclusive;
use crate::resource::access::permissions::outranks;
use crate::resource::log::entry::{Change, LogAction};
use crate::resource::write::writer::WriteError;
use crate::resource::{Actor, Row};

/// How a password is set.
pub enum Reason {
    /// By its owner, who is signed in and may have had none before. Their session, by the id of its row, continues.
    Changed { session: i64, origin: Origin },
    /// With a code that was sent to the address of the account.
    Reset { origin: Origin },
    /// With an invitation that was sent to the address of the account.
    Invited,
    /// By a user who has every right of the account, or on the command line.
    SetByOther,
}

/// The hashes of the sessions that ended, for [`Reason::Changed`]; the caller gives the session in hand a new key.
/// `actor` is who does it. An account that went, or has more rights than the actor by now, is [`WriteError::NotFound`].
pub fn set(c: &mut Connection, app: &App, actor: &Actor, user: &Row, hash: &str, reason: &Reason) -> Result<Vec<String>, WriteError> {
    let resource = app.registry.of::<User>();
    exclusive(c, "user", user.id)?;
    // Checked again here: the account may have gained rights while the password was hashed.
    if matches!(reason, Reason::SetByOther) && !outranks(c, actor, user.id)? {
        return Err(WriteError::NotFound);
    }
    if set_hash(c, user.id, hash, app.now())? != 1 {
        return Err(WriteError::NotFound);
    }
    if matches!(reason, Reason::Reset { .. } | Reason::Invited) {
        confirm(c, user.id, app.now())?;
    }
    let ended = match reason {
        Reason::Changed { session, .. } => revoke::end_others(c, user.id, *session)?,
        Reason::Reset { .. } | Reason::Invited | Reason::SetByOther => {
            revoke::end_all(c, user.id)?;
            Vec::new()
        }
    };
    revoke::withdraw(c, user.id)?;
    tell(c, app, actor, user, reason)?;
    app.act(c, actor, |_, writer| {
        if let Reason::Reset { .. } = reason {
            writer.set_note("With a code that was sent by mail");
        }
        writer.log(LogAction::Change, resource, user, vec![changed()]);
        Ok(ended)
    })
}

/// Queues the email to the owner, except for an invitation that they have just accepted.
fn tell(c: &mut Connection, app: &App, actor: &Actor, user: &Row, reason: &Reason) -> Result<(), WriteError> {
    let mail = match reason {
        Reason::Changed { origin, .. } => password_changed(app, &PasswordChange::ByOwner).from(origin),
        Reason::Reset { origin } => password_changed(app, &PasswordChange::WithCode).from(origin),
        Reason::SetByOther if actor.id != user.id => {
            let name = if actor.id > 0 { actor.name.as_str() } else { "The system administrator" };
            password_changed(app, &PasswordChange::By(name))
        }
        Reason::SetByOther | Reason::Invited => return Ok(()),
    };
    Ok(mail.queue(c, app, &Recipient::owner(app, user))?)
}

/// The log entry says only that the password changed.
fn changed() -> Change {
    Change {
        field: "password".into(),
        label: "Password".into(),
        before: serde_json::Value::Null,
        after: serde_json::Value::Null,
        before_text: String::new(),
        after_text: "changed".into(),
    }
}
