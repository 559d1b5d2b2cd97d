//! Verifying the second factor of a user: the attempt is counted before it is checked, as with a password.

use actix_web::web::Data;

use super::{Code, take};
use crate::accounts::mail;
use crate::accounts::throttle::attempt::succeeded;
use crate::accounts::throttle::lockout::{Claim, Client, claim_second};
use crate::accounts::throttle::retry_after;
use crate::app::App;
use crate::error::{AppError, AppResult};
use crate::resource::access::permissions::actor;
use crate::resource::log::append::Entry;
use crate::resource::log::entry::LogAction;

/// The longest code that is checked.
const LONGEST: usize = 100;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Proof {
    Right(Code),
    Wrong,
    /// Seconds to wait; the code was not checked.
    Delayed(i64),
}

/// Whether this code is right for this user, who has passed the first step; if so, it is used up. The owner is notified by email
/// when a recovery code is used.
pub async fn prove(app: &Data<App>, visitor: Client, user_id: i64, typed: String) -> AppResult<Proof> {
    if typed.len() > LONGEST || typed.contains('\0') {
        return Ok(Proof::Wrong);
    }
    let (data, now) = (app.clone(), app.now());
    app.db
        .write(move |c| {
            let tried = match claim_second(c, &visitor, user_id, now)? {
                Claim::Delayed(until) => return Ok::<_, AppError>(Proof::Delayed(retry_after::seconds(until, now))),
                Claim::Open(tried) => tried,
            };
            let Some(code) = take(c, &data.keys, user_id, &typed, now)? else { return Ok(Proof::Wrong) };
            succeeded(c, tried, now)?;
            if let (Code::Recovery(left), Some(themselves)) = (code, actor(c, user_id)?) {
                mail::recovery_code_used(&data, left).from(&visitor.origin).queue_for_user(c, &data, user_id)?;
                data.act(c, &themselves, |_, writer| {
                    let entry = Entry::noted(LogAction::Act, "user", "Used a recovery code");
                    writer.log_entry(Entry { id: user_id, label: themselves.username.clone(), ..entry });
                    Ok::<_, AppError>(())
                })?;
            }
            Ok(Proof::Right(code))
        })
        .await
}
