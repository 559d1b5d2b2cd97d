//! Verifying a user's password: the attempt is counted before it is checked, and takes as long for an unknown name. Pages and the
//! API both use this.

use actix_web::web::Data;

use crate::accounts::throttle::attempt::succeeded;
use crate::accounts::throttle::lockout::{Begun, Client, begin, delay};
use crate::accounts::throttle::retry_after;
use crate::accounts::user::model::User;
use crate::app::App;
use crate::error::{AppError, AppResult};

/// The longest username or email address.
const LONGEST_LOGIN: usize = 254;

pub enum Proof {
    Right(Box<User>),
    Wrong,
    /// Seconds to wait; the password was not checked.
    Delayed(i64),
}

/// Whether the password is that of an active user. An unknown name takes as long as a wrong password, and counts the same.
pub async fn prove(app: &Data<App>, visitor: Client, password: String) -> AppResult<Proof> {
    let fits = visitor.login.len() <= LONGEST_LOGIN && password.chars().count() <= crate::passwords::LONGEST;
    if !fits || visitor.login.contains('\0') {
        return Ok(Proof::Wrong);
    }
    let now = app.now();
    let data = app.clone();
    let (until, visitor) = app.db.read(move |c| Ok::<_, AppError>((delay(c, &data.keys, &visitor, now)?, visitor))).await?;
    if let Some(until) = until {
        return Ok(Proof::Delayed(retry_after::seconds(until, now)));
    }
    let (data, _turn) = (app.clone(), app.passwords.turn().await?);
    let begun = app.db.write(move |c| Ok::<_, AppError>(begin(c, &data.keys, &visitor, now)?)).await?;
    let (id, found) = match begun {
        Begun::Open { id, user } => (id, user),
        Begun::Delayed(until) => return Ok(Proof::Delayed(retry_after::seconds(until, now))),
    };
    let hash = found.as_ref().map(|user| user.password_hash.clone());
    let right = app.passwords.verify(password, hash).await?;
    let user = found.filter(|user| right && user.is_active);
    tracing::info!(user = user.as_ref().map(|user| user.id), "sign-in {}", if user.is_some() { "succeeded" } else { "failed" });
    let Some(user) = user else { return Ok(Proof::Wrong) };
    app.db.write(move |c| Ok::<_, AppError>(succeeded(c, id, now)?)).await?;
    Ok(Proof::Right(user))
}
