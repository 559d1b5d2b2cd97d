//! Passkeys: adding one, and signing in with one and nothing else.

use actix_web::HttpResponse;

use super::recovery_page::{self, Made};
use crate::accounts::mail;
use crate::accounts::second_factor;
use crate::accounts::second_factor::change::{Changed, change};
use crate::accounts::second_factor::passkey;
use crate::accounts::second_factor::passkey::{LONGEST_NAME, MOST};
use crate::accounts::second_factor::{recovery, webauthn};
use crate::accounts::sign_in::password::{Arrival, let_in, typed};
use crate::accounts::throttle::budget::{Visitor, passed};
use crate::db::schema::users;
use crate::error::{AppError, AppResult};
use crate::resource::form::bind::Summary;
use crate::web::page::shell::{Visit, see_other};
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::Posted;
use crate::web::routing::resume;
use diesel::prelude::*;

/// Where the answer of a passkey counts that signs somebody in.
const SIGN_IN: &str = "sign-in";

/// What to ask a new key.
pub async fn new(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    let id = user.id;
    let ids = visit.app.db.read(move |c| Ok::<_, AppError>(passkey::ids(c, id)?)).await?;
    let question = webauthn::ask_new(&visit.app, id, &user.username, &user.name, &ids).ok_or(AppError::NotFound)?;
    Ok(HttpResponse::Ok().json(question))
}

pub async fn create(visit: Visit, user: CurrentUser, posted: Posted) -> AppResult<HttpResponse> {
    let name = posted.text("name").trim().to_string();
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.contains('\0') {
        let text = format!("Enter a name with {LONGEST_NAME} characters or fewer");
        return second_factor::page::draw(&visit, &user, Some(text), name).await;
    }
    let (state, answer, id, called) =
        (posted.text("passkey_state").to_string(), posted.text("passkey_answer").to_string(), user.id, name.clone());
    let done = change(&visit, &user, move |c, app| {
        let Some(key) = webauthn::joined(c, app, id, &state, &answer)? else { return Ok(None) };
        if passkey::count(c, id)? >= MOST || !passkey::add(c, id, &called, &key, app.now())? {
            return Ok(None);
        }
        let codes = if recovery::left(c, id)? == 0 { recovery::renew(c, &app.keys, id, app.now())? } else { Vec::new() };
        Ok(Some(Changed {
            part: "Passkey", became: format!("“{called}” added"), mail: mail::passkey_added(app, &called), result: codes
        }))
    });
    match done.await? {
        Some(codes) => recovery_page::after(&visit, &user, Made { codes, what: "Passkey added." }),
        None => {
            let text = "The passkey could not be added. Try again and follow the instructions in your browser.".to_string();
            second_factor::page::draw(&visit, &user, Some(text), name).await
        }
    }
}

/// What to ask a key that knows whose it is.
pub async fn question(visit: Visit) -> AppResult<HttpResponse> {
    let question = webauthn::ask(&visit.app, SIGN_IN, &[]).ok_or(AppError::NotFound)?;
    Ok(HttpResponse::Ok().json(question))
}

/// Signs in whoever unlocked their key: both steps in one.
pub async fn sign_in(visit: Visit, posted: Posted) -> AppResult<HttpResponse> {
    if visit.user.is_some() {
        return Ok(see_other("/"));
    }
    let mut typed = typed(&posted);
    let (app, visitor) = (visit.app.clone(), Visitor::of(&visit, ""));
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
        return resume::sign_in(&visit, typed);
    };
    let arrival =
        Arrival { user_id, hash, is_whole: true, is_fresh: true, remembered: typed.remembered, next: typed.next, kept: typed.kept };
    let_in(&visit, arrival).await
}
