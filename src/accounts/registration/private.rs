//! Registering where nobody is to learn who has an account (REGISTRATION_PRIVATE): first the address alone, and everything
//! more stands in a mail. A newcomer gets a link to the form; the owner of an account is told that there is one. An account
//! that could be signed in to before its address is proved would tell as much as an error at the field.

use std::time::Duration;

use actix_web::web::Data;
use tokio::time::Instant;

use super::outcome::Registered;
use crate::accounts::code::one_time::{Issue, Owner, Place};
use crate::accounts::code::purpose::Purpose;
use crate::accounts::mail::Recipient;
use crate::accounts::origin::Origin;
use crate::accounts::user::model::User;
use crate::accounts::{code, mail, registration};
use crate::app::App;
use crate::db::{Connection, UtcDateTime};
use crate::error::{AppError, AppResult};
use crate::mail::outbox;

/// The answer comes after this long, whatever was found; the work takes a fraction of it.
const ANSWER: Duration = Duration::from_millis(500);

/// The same answer, at the same time, for an address that is new and for one that has an account.
pub async fn ask(app: &Data<App>, address: String, origin: Origin) -> AppResult<Registered> {
    let (start, data) = (Instant::now(), app.clone());
    let asked = app.db.write(move |c| mail(c, &data, &address, &origin)).await;
    tokio::time::sleep_until(start + ANSWER).await;
    Ok(asked?.map_or(Registered::Mailed, Registered::Later))
}

/// Sends one of the two mails, if there were not too many.
fn mail(c: &mut Connection, app: &App, address: &str, origin: &Origin) -> AppResult<Option<UtcDateTime>> {
    let now = app.now();
    // Counted like the codes that newcomers get elsewhere; nobody types this one.
    let owner = Owner::Typed { name: &format!("register {}", address.to_lowercase()), user_id: None };
    let place = Place::account(&app.keys, 0, &origin.ip);
    if let Issue::Capped(until) = code::one_time::issue(c, &app.keys, Purpose::Activation, &owner, "", &place, now)? {
        return Ok(Some(until));
    }
    let mail = match (User::find_by_email(c, address)?, registration::link::make(c, address, 0, now)?) {
        (Some(user), _) => mail::account_exists(app).from(origin).to(&Recipient::user(app, &user)),
        (None, Some((token, ends))) => mail::registration_requested(app, &token, ends).from(origin).to(&Recipient::address(app, address)),
        (None, None) => return Ok(None),
    };
    match mail {
        Ok(mail) => outbox::queue(c, &mail, now).map(|_| ())?,
        Err(error) => return Err(AppError::internal(error)),
    }
    Ok(None)
}
