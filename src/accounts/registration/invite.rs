//! Sending an invitation to create an account.

use diesel::QueryResult;

use super::link;
use super::offer::Offer;
use crate::accounts::mail::{self, Recipient};
use crate::accounts::registration::account::default_group;
use crate::accounts::user::group::{Group, holds_all};
use crate::app::App;
use crate::db::Connection;
use crate::error::{AppError, AppResult};
use crate::mail::outbox;
use crate::resource::log::append::Entry;
use crate::resource::log::entry::LogAction;
use crate::resource::{Actor, Model, Value};
use crate::settings::Registration;

/// The group that the invited person joins.
pub const ROLE: &str = "role";
const TOO_MUCH: &str = "Choose a role from the list whose permissions you have yourself";
const GONE: &str = "The record already has an account, or you cannot give it one";
const TAKEN: &str = "An account with this email address already exists";

/// In one transaction: the link, the email and the log entry. Or the field that is in the way, and why.
pub fn invite(
    c: &mut Connection,
    app: &App,
    actor: &Actor,
    email: &str,
    offer: Offer,
) -> AppResult<Result<(), (&'static str, &'static str)>> {
    let now = app.now();
    // Whoever sends it answers for what it gives, also if somebody else has sent it before.
    match offer.record().map(|record| record.load(c, app, actor)).transpose() {
        Err(AppError::NotFound | AppError::InTrash(_)) => return Ok(Err(("", GONE))),
        loaded => loaded?,
    };
    let Some(role) = may_give(c, app, actor, offer.group_id)? else { return Ok(Err((ROLE, TOO_MUCH))) };
    let offer = Offer { group_id: Some(role), invited_by: Some(actor.id), ..offer };
    let Some((token, ends)) = link::make(c, email, Some(offer), now)? else { return Ok(Err(("email", TAKEN))) };
    let mail = mail::registration_invitation(app, &actor.name, &token, ends).to(&Recipient::address(app, email));
    outbox::queue(c, &mail.map_err(AppError::internal)?, now)?;
    app.act(c, actor, |_, writer| {
        writer.log_entry(Entry::noted(LogAction::Act, "user", format!("Invited {email} to create an account")));
        Ok(Ok(()))
    })
}

/// The group, if it exists and the actor has all its permissions. While registration is open,
/// everybody can join DEFAULT_GROUP.
fn may_give(c: &mut Connection, app: &App, actor: &Actor, group: Option<i64>) -> QueryResult<Option<i64>> {
    let Some(id) = group.filter(|id| *id > 0) else { return Ok(None) };
    if app.registration() == Registration::Open && default_group(c, &app.settings.default_group)? == Value::Many(vec![id]) {
        return Ok(Some(id));
    }
    let exists = !Group::resource().labels(c, &[id])?.is_empty();
    Ok((exists && holds_all(c, id, actor)?).then_some(id))
}
