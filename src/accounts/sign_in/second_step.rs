//! The second step of a sign-in: a code of the app, a passkey, or a recovery code.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::authenticated::Authenticated;
use super::pending::PendingSignIn;
use super::session::open_session;
use crate::accounts::origin::Origin;
use crate::accounts::second_factor::verify::{Proof, prove};
use crate::accounts::second_factor::{Code, Method, methods, passkey, webauthn};
use crate::accounts::sign_in;
use crate::accounts::throttle::lockout::{Client, passed};
use crate::accounts::throttle::retry_after;
use crate::english::plural;
use crate::error::{AppError, AppResult};
use crate::resource::FormData;
use crate::web::page::flash::{Tone, leave};
use crate::web::page::shell::Shell;
use crate::web::request::cookies::{self, PENDING};
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};

#[derive(Template)]
#[template(path = "accounts/sign_in/second_step.html")]
struct SecondStepPage {
    shell: Shell,
    /// The error of the code that was typed.
    error: Option<String>,
    app: bool,
    passkey: bool,
    /// Whether a recovery code is asked for.
    recovery: bool,
}

pub async fn new(visit: Visit) -> AppResult<HttpResponse> {
    if visit.user.is_some() {
        return Ok(see_other("/"));
    }
    let Some(pending) = sign_in::pending::current(&visit).await? else { return over(&visit, "The sign-in expired. Sign in again.") };
    render(&visit, &pending, None).await
}

/// The challenge for this user's passkeys.
pub async fn question(visit: Visit) -> AppResult<HttpResponse> {
    let pending = sign_in::pending::current(&visit).await?.ok_or(AppError::NotFound)?;
    let user_id = pending.user_id;
    let ids = visit.app.db.read(move |c| Ok::<_, AppError>(passkey::ids(c, user_id)?)).await?;
    let question = webauthn::ask(&visit.app, &place(&pending), &ids).filter(|_| !ids.is_empty()).ok_or(AppError::NotFound)?;
    Ok(HttpResponse::Ok().json(question))
}

pub async fn create(visit: Visit, posted: PostedForm) -> AppResult<HttpResponse> {
    if visit.user.is_some() {
        return Ok(see_other("/"));
    }
    let Some(pending) = sign_in::pending::current(&visit).await? else { return over(&visit, "The sign-in expired. Sign in again.") };
    let code = posted.text("code").trim().to_string();
    let message = if posted.has("passkey_answer") {
        match by_key(&visit, &pending, &posted).await? {
            true => Proof::Right(Code::App),
            false => Proof::Wrong,
        }
    } else if code.is_empty() {
        return render(&visit, &pending, Some("Enter the code".into())).await;
    } else {
        prove(&visit.app, Client::of(&visit, ""), pending.user_id, code).await?
    };
    match message {
        Proof::Right(code) => finish(&visit, pending, code).await,
        Proof::Delayed(seconds) => {
            let text = format!("Too many failed attempts. Try again in {}.", retry_after::words(seconds));
            Ok(retry_after::answer(render(&visit, &pending, Some(text)).await?, seconds))
        }
        Proof::Wrong => {
            let (app, origin, id, user_id) = (visit.app.clone(), Origin::of(&visit.request), pending.id, pending.user_id);
            let ended =
                visit.app.db.write(move |c| Ok::<_, AppError>(sign_in::pending::count_wrong(c, &app, id, user_id, &origin)?)).await?;
            if ended {
                return over(&visit, "Too many failed attempts. Sign in again.");
            }
            let text = match posted.has("passkey_answer") {
                true => "The passkey did not work. Try again, or use another one.",
                false => "The code is incorrect or has already been used. The app shows a new code every 30 seconds.",
            };
            render(&visit, &pending, Some(text.into())).await
        }
    }
}

async fn by_key(visit: &Visit, pending: &PendingSignIn, posted: &FormData) -> AppResult<bool> {
    let (app, visitor, place, user_id) = (visit.app.clone(), Client::of(visit, ""), place(pending), pending.user_id);
    let (state, answer) = (posted.text("passkey_state").to_string(), posted.text("passkey_answer").to_string());
    visit
        .app
        .db
        .write(move |c| {
            let right = passkey::take(c, &app, Some(user_id), &place, &state, &answer)?.is_some();
            if right {
                passed(c, &visitor, user_id, "second passkey", app.now())?;
            }
            Ok::<_, AppError>(right)
        })
        .await
}

async fn finish(visit: &Visit, pending: PendingSignIn, code: Code) -> AppResult<HttpResponse> {
    let id = pending.id;
    if !visit.app.db.write(move |c| Ok::<_, AppError>(sign_in::pending::end(c, id)?)).await? {
        return over(visit, "This sign-in was already completed. Sign in again.");
    }
    cookies::remove(&visit.request, &visit.app, PENDING);
    let PendingSignIn { user_id, hash, remembered, next, waiting_form, .. } = pending;
    let response =
        open_session(visit, Authenticated { user_id, hash, is_whole: true, is_recent: true, remembered, next, waiting_form }).await?;
    if let Code::Recovery(left) = code {
        let text = match left {
            0 => "That was your last recovery code. Create new codes under “Sign-in and security”.".to_string(),
            1 => "You have 1 recovery code left. Create new codes under “Sign-in and security”.".into(),
            _ => format!("You have {} left.", plural(left, "recovery code", "recovery codes")),
        };
        leave(&visit.request, &visit.app, Tone::Warn, text);
    }
    Ok(response)
}

/// Where the answer of a passkey is accepted.
fn place(pending: &PendingSignIn) -> String {
    format!("second step {}", pending.id)
}

fn over(visit: &Visit, why: &str) -> AppResult<HttpResponse> {
    cookies::remove(&visit.request, &visit.app, PENDING);
    leave(&visit.request, &visit.app, Tone::Warn, why);
    Ok(see_other("/login"))
}

async fn render(visit: &Visit, pending: &PendingSignIn, error: Option<String>) -> AppResult<HttpResponse> {
    let user_id = pending.user_id;
    let methods = visit.app.db.read(move |c| Ok::<_, AppError>(methods(c, user_id)?)).await?;
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let (app, passkey) = (methods.contains(&Method::App), methods.contains(&Method::Passkey));
    let page = SecondStepPage {
        shell: visit.shell("Two-step verification").with_errors(error.is_some()),
        error,
        app,
        passkey,
        recovery: visit.request.query_string() == "recovery=1",
    };
    html(status, &page)
}
