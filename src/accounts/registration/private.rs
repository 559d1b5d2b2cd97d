//! Registration that does not reveal who has an account (REGISTRATION_PRIVATE). The form asks for the address alone, and
//! everything else follows by email: a new user gets a link to the form; the owner of an account is informed that it exists. If
//! an account could be used before its address is confirmed, that would reveal as much as an error at the field.

use std::time::Duration;

use actix_web::web::Data;
use tokio::time::Instant;

use super::outcome::Registered;
use crate::accounts::code::one_time::{Issue, Owner, Place};
use crate::accounts::code::purpose::Purpose;
use crate::accounts::mail::{self, Recipient};
use crate::accounts::origin::Origin;
use crate::accounts::user::model::User;
use crate::accounts::{code, registration};
use crate::app::App;
use crate::db::{Connection, UtcDateTime};
use crate::error::{AppError, AppResult};
use crate::mail::outbox;

/// The response is sent after this time whatever was found; the work takes a fraction of it.
const ANSWER: Duration = Duration::from_millis(500);

/// The same response, after the same time, for a new address and for one that has an account.
pub async fn ask(app: &Data<App>, address: String, origin: Origin) -> AppResult<Registered> {
    let (start, data) = (Instant::now(), app.clone());
    let asked = app.db.write(move |c| mail(c, &data, &address, &origin)).await;
    tokio::time::sleep_until(start + ANSWER).await;
    Ok(asked?.map_or(Registered::Mailed, Registered::Later))
}

/// Queues one of the two emails, unless a limit was reached. Returns when the next one is allowed.
fn mail(c: &mut Connection, app: &App, address: &str, origin: &Origin) -> AppResult<Option<UtcDateTime>> {
    let now = app.now();
    // Counted like the codes of other registrations; nobody types this one.
    let owner = Owner::Typed { name: &format!("register {}", address.to_lowercase()), user_id: None };
    let place = Place::account(&app.keys, 0, &origin.ip);
    if let Issue::Capped(until) = code::one_time::issue(c, &app.keys, Purpose::Activation, &owner, "", &place, now)? {
        return Ok(Some(until));
    }
    let mail = match (User::find_by_email(c, address)?, registration::link::make(c, address, None, now)?) {
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
