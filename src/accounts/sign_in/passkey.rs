//! Signing in with a passkey.

use actix_web::HttpResponse;
use diesel::prelude::*;

use super::authenticated::Authenticated;
use super::page::{self, Typed};
use super::password::typed;
use super::session::finish_first_step;
use crate::accounts::second_factor::passkey_page::SIGN_IN;
use crate::accounts::second_factor::{passkey, webauthn};
use crate::accounts::throttle::lockout::{Client, passed};
use crate::db::schema::users;
use crate::error::{AppError, AppResult};
use crate::resource::form::bind::Summary;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::see_other;

/// The challenge for a discoverable passkey.
pub async fn question(visit: Visit) -> AppResult<HttpResponse> {
    let question = webauthn::ask(&visit.app, SIGN_IN, &[]).ok_or(AppError::NotFound)?;
    Ok(HttpResponse::Ok().json(question))
}

/// Signs in with a passkey, which covers both steps.
pub async fn sign_in(visit: Visit, posted: PostedForm) -> AppResult<HttpResponse> {
    if visit.user.is_some() {
        return Ok(see_other("/"));
    }
    let mut typed = typed(&visit.app, &posted);
    let (app, visitor) = (visit.app.clone(), Client::of(&visit, ""));
    let (state, answer) = (posted.text("passkey_state").to_string(), posted.text("passkey_answer").to_string());
    let found = visit
        .app
        .db
        .write(move |c| {
            let Some(id) = passkey::take(c, &app, None, SIGN_IN, &state, &answer)? else { return Ok::<_, AppError>(None) };
            let active = users::table.filter(users::id.eq(id)).filter(users::is_active.eq(true));
            let hash = active.select(users::password_hash).first::<String>(c).optional()?;
            if hash.is_some() {
                passed(c, &visitor, id, "passkey", app.now())?;
            }
            Ok(hash.map(|hash| (id, hash)))
        })
        .await?;
    tracing::info!(
        user = found.as_ref().map(|(id, _)| *id),
        "sign-in by a passkey {}",
        if found.is_some() { "succeeded" } else { "failed" }
    );
    let Some((user_id, hash)) = found else {
        let text = "This passkey is not registered here. Sign in with your password.".to_string();
        typed.errors.push(Summary { target: "username".into(), text });
        return page::sign_in(&visit, typed);
    };
    let Typed { remembered, next, waiting_form, .. } = typed;
    let authenticated = Authenticated { user_id, hash, is_whole: true, is_recent: true, remembered, next, waiting_form };
    finish_first_step(&visit, authenticated).await
}
