//! Signing in through the API: the password once, then tokens.

use super::pair::open;
use super::{challenge, required};
use crate::accounts::origin::Origin;
use crate::accounts::password::rules::normal;
use crate::accounts::password::verify::{Proof, prove};
use crate::accounts::second_factor;
use crate::accounts::throttle::lockout::Client;
use crate::api::{Answer, ApiError, Call};

pub async fn create(call: Call) -> Answer {
    // Clients of simplejwt may send `username` instead of `email`; either accepts a username or an address.
    let has = |name: &str| call.body.value.get(name).is_some();
    let login = if has("username") && !has("email") { "username" } else { "email" };
    let [login, password] = required(&call.body, [login, "password"])?;
    let origin = Origin::of(&call.request);
    let visitor = Client::from(&origin, login.trim());
    match prove(call.app.app(), visitor, normal(&password)).await? {
        Proof::Right(user) => {
            let id = user.id;
            let methods = call.app.db.read(move |c| Ok::<_, ApiError>(second_factor::methods(c, id)?)).await?;
            if !methods.is_empty() {
                return Err(challenge::ask(&call.app, user.id, &user.password_hash, &methods)?);
            }
            Ok(open(&call.app, user.id, user.password_hash, origin).await?.answer())
        }
        Proof::Wrong => Err(ApiError::unauthorized("no_active_account", "No active account found with the given credentials")),
        Proof::Delayed(seconds) => Err(ApiError::throttled(seconds.unsigned_abs())),
    }
}
