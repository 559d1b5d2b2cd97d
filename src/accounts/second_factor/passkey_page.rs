//! Passkeys: adding one, and signing in with one alone.

use actix_web::HttpResponse;

use super::change::{Changed, change};
use super::passkey::{self, LONGEST_NAME, MOST};
use super::recovery_page::{self, Made};
use crate::accounts::mail;
use crate::accounts::second_factor::{self, recovery, webauthn};
use crate::error::{AppError, AppResult};
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;

/// The place of a challenge for signing in.
pub const SIGN_IN: &str = "sign-in";

/// The challenge for a new passkey.
pub async fn new(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    let id = user.id;
    let ids = visit.app.db.read(move |c| Ok::<_, AppError>(passkey::ids(c, id)?)).await?;
    let question = webauthn::ask_new(&visit.app, id, &user.username, &user.name, &ids).ok_or(AppError::NotFound)?;
    Ok(HttpResponse::Ok().json(question))
}

pub async fn create(visit: Visit, user: CurrentUser, posted: PostedForm) -> AppResult<HttpResponse> {
    let name = posted.text("name").trim().to_string();
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.contains('\0') {
        let text = format!("Enter a name with {LONGEST_NAME} characters or fewer");
        return second_factor::page::render(&visit, &user, Some(text), name).await;
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
            second_factor::page::render(&visit, &user, Some(text), name).await
        }
    }
}
