//! Confirming the address of an account: a signed-in user types the code that was sent there, in any browser.

use actix_web::web::Data;
use diesel::QueryResult;

use crate::accounts::code;
use crate::accounts::code::one_time::{Issue, Outcome, Owner, Place};
use crate::accounts::code::purpose::Purpose;
use crate::accounts::mail::{self, Recipient};
use crate::accounts::origin::Origin;
use crate::accounts::user::confirmed::confirm;
use crate::accounts::user::model::User;
use crate::app::App;
use crate::db::{Connection, UtcDateTime};
use crate::resource::Model;
use crate::resource::log::entry::{Change, LogAction};
use crate::resource::write::writer::WriteError;
use crate::resource::{Actor, Row};

/// The result of sending a code.
pub enum Sent {
    To(String),
    /// A limit was reached; the next code can be requested at this time.
    Later(UtcDateTime),
}

/// Sends a code to the address of this account, in the caller's transaction. Without `mails` the request is only counted.
pub fn issue(c: &mut Connection, app: &App, row: &Row, origin: &Origin, mails: bool) -> QueryResult<Sent> {
    let (now, text) = (app.now(), |name: &str| row.values.at(name).as_text());
    let (address, place) = (text("email"), Place::account(&app.keys, row.id, &origin.ip));
    let code = match code::one_time::issue(c, &app.keys, Purpose::Activation, &Owner::User(row.id), address, &place, now)? {
        Issue::Issued(code) => code,
        Issue::Capped(until) => return Ok(Sent::Later(until)),
    };
    if mails {
        let mail = mail::email_confirmation_requested(app, &code).from(origin);
        mail.queue(c, app, &Recipient::owner(app, row).by_username())?;
    }
    Ok(Sent::To(address.into()))
}

/// Checks the code of a signed-in user. A code that was sent to a previous address confirms nothing.
pub async fn accept(app: &Data<App>, actor: Actor, typed: String) -> Result<Outcome, WriteError> {
    let data = app.clone();
    app.db
        .write(move |c| {
            let (app, now, place) = (&data, data.now(), Place::account(&data.keys, actor.id, &actor.ip));
            let outcome = code::one_time::consume(c, &app.keys, Purpose::Activation, Some(actor.id), &typed, &place, now)?;
            let Outcome::Right { target, .. } = &outcome else { return Ok(outcome) };
            let resource = app.registry.of::<User>();
            let row = app.registry.find(c, resource, actor.id, None)?.ok_or(WriteError::NotFound)?;
            if row.values.at(User::FIELDS.email).as_text() != target {
                return Ok(Outcome::Ended);
            }
            confirm(c, row.id, now)?;
            app.act(c, &actor, |_, writer| {
                writer.log(LogAction::Change, resource, &row, vec![confirmed()]);
                Ok::<_, WriteError>(())
            })?;
            Ok(outcome)
        })
        .await
}

fn confirmed() -> Change {
    Change {
        field: "email_confirmed_at".into(),
        label: "Email address".into(),
        before: serde_json::Value::Null,
        after: serde_json::Value::Null,
        before_text: String::new(),
        after_text: "confirmed".into(),
    }
}
