//! Signing in the user to whom an account at a provider is linked.

use actix_web::HttpResponse;

use super::pending::ReturnState;
use crate::accounts::throttle::lockout::{Client, passed};
use crate::accounts::user::model::User;
use crate::accounts::{identity, sign_in};
use crate::error::{AppError, AppResult};
use crate::web::request::visit::Visit;

/// Signs in after the provider has authenticated the user. It is the first factor, as a password is. A user with neither a
/// password nor another factor here has just used the only one, so the sign-in counts as recent authentication.
pub async fn sign_in(visit: &Visit, link: i64, user: User, email: &str, return_state: ReturnState) -> AppResult<HttpResponse> {
    let (visitor, user_id, email, now) = (Client::of(visit, ""), user.id, email.to_string(), visit.app.now());
    visit
        .app
        .db
        .write(move |c| {
            identity::model::used(c, link, &email, now)?;
            passed(c, &visitor, user_id, &format!("identity {link}"), now)?;
            Ok::<_, AppError>(())
        })
        .await?;
    tracing::info!(user = user_id, "signed in by a provider");
    let authenticated = sign_in::authenticated::Authenticated {
        user_id,
        is_whole: false,
        is_recent: user.password_hash.is_empty(),
        hash: user.password_hash,
        remembered: return_state.remembered,
        next: return_state.next,
        waiting_form: return_state.waiting_form,
    };
    sign_in::session::finish_first_step(visit, authenticated).await
}
