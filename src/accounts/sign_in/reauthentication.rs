//! Re-authentication: a password, a code or a passkey is required again before a sensitive page. A form that was sent waits in
//! the page, encrypted, and is sent on afterwards.

use std::rc::Rc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use diesel::prelude::*;
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;

use crate::accounts::password;
use crate::accounts::password::rules::normal;
use crate::accounts::second_factor::{self, Method, passkey, webauthn};
use crate::accounts::throttle::lockout::Client;
use crate::accounts::throttle::retry_after;
use crate::db::schema::users;
use crate::error::{AppError, AppResult};
use crate::resource::FormData;
use crate::resource::form::bind::Summary;
use crate::web::page::shell::Shell;
use crate::web::request::csrf;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::{html, local_path, see_other};
use crate::web::routing::reauthentication::{self, PATH, Way, is_recent};
use crate::web::routing::waiting_form::{FIELD, Sender, WaitingForm};

#[derive(Template)]
#[template(path = "accounts/sign_in/reauthentication.html")]
struct AgainPage {
    shell: Shell,
    errors: Vec<Summary>,
    action: String,
    /// Hidden fields: names and values.
    hidden: Vec<(&'static str, String)>,
    username: String,
    asks: Asks,
}

/// The ways in which the user can authenticate.
#[derive(Clone, Copy)]
struct Asks {
    password: bool,
    app: bool,
    passkey: bool,
}

enum Proof {
    Right,
    Wrong(Summary),
    Delayed(i64),
}

/// Before a sensitive page.
pub async fn new(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    let typed = FormData::parse(visit.request.query_string().as_bytes()).unwrap_or_default();
    let next = local_path(typed.text("next")).unwrap_or("/").to_string();
    if is_recent(&visit.request) || user.impersonated_by.is_some() {
        return Ok(see_other(next));
    }
    render(&visit, &user, PATH.into(), vec![("next", next)], Vec::new(), StatusCode::OK).await
}

pub async fn create(visit: Visit, user: CurrentUser, posted: PostedForm) -> AppResult<HttpResponse> {
    let next = local_path(posted.text("next")).unwrap_or("/").to_string();
    let hidden = vec![("next", next.clone())];
    match prove(&visit, &user, &posted).await? {
        Proof::Right => {
            reauthentication::prove(&visit)?;
            Ok(see_other(next))
        }
        other => refuse(&visit, &user, PATH.into(), hidden, other).await,
    }
}

/// The challenge for the current user's passkeys.
pub async fn question(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    let id = user.id;
    let ids = visit.app.db.read(move |c| Ok::<_, AppError>(passkey::ids(c, id)?)).await?;
    let question = webauthn::ask(&visit.app, &place(id), &ids).filter(|_| !ids.is_empty()).ok_or(AppError::NotFound)?;
    Ok(HttpResponse::Ok().json(question))
}

/// For the routes: handles a form whose sender authenticated too long ago.
pub fn settle(visit: Visit, posted: PostedForm) -> LocalBoxFuture<'static, AppResult<Way>> {
    async move {
        let user = visit.user.clone().ok_or(AppError::SignInFirst)?;
        let path = visit.request.uri().path_and_query().map_or("/", |path| path.as_str()).to_string();
        let (sender, sealed) = (Sender::User(user.id), posted.text(FIELD));
        if sealed.is_empty() {
            let body = FormData::clone(&posted).forget(|name| name == csrf::FIELD).encoded();
            let Some(sealed) = (WaitingForm { path: path.clone(), for_user: Some(user.id), body }).seal(&visit.app, sender) else {
                return Ok(Way::Answer(reauthentication::first("/")));
            };
            return render(&visit, &user, path, vec![(FIELD, sealed)], Vec::new(), StatusCode::UNAUTHORIZED).await.map(Way::Answer);
        }
        let waits = WaitingForm::open(&visit.app, sender, sealed).filter(|form| form.path == path);
        let waits = waits.and_then(|form| FormData::parse(form.body.as_bytes()));
        let waits = waits.ok_or(AppError::BadRequest("The form could not be restored. Go back and send it again."))?;
        match prove(&visit, &user, &posted).await? {
            Proof::Right => {
                reauthentication::prove(&visit)?;
                Ok(Way::On(PostedForm(Rc::new(waits))))
            }
            other => refuse(&visit, &user, path, vec![(FIELD, sealed.to_string())], other).await.map(Way::Answer),
        }
    }
    .boxed_local()
}

async fn refuse(
    visit: &Visit,
    user: &CurrentUser,
    action: String,
    hidden: Vec<(&'static str, String)>,
    proof: Proof,
) -> AppResult<HttpResponse> {
    let (error, seconds) = match proof {
        Proof::Wrong(error) => (error, None),
        Proof::Delayed(seconds) => {
            let text = format!("Too many failed attempts. Try again in {}.", retry_after::words(seconds));
            (Summary { target: "proof".into(), text }, Some(seconds))
        }
        Proof::Right => return Err(AppError::internal("refused what is right")),
    };
    let page = render(visit, user, action, hidden, vec![error], StatusCode::UNPROCESSABLE_ENTITY).await?;
    Ok(retry_after::answer(page, seconds))
}

/// Attempts count towards the same limits as those at the sign-in page.
async fn prove(visit: &Visit, user: &CurrentUser, posted: &FormData) -> AppResult<Proof> {
    let wrong = |target: &str, text: &str| Proof::Wrong(Summary { target: target.into(), text: text.into() });
    let (typed, code) = (posted.text("proof"), posted.text("code").trim().to_string());
    if posted.has("passkey_answer") {
        let right = by_key(visit, user, posted).await?;
        return Ok(if right { Proof::Right } else { wrong("proof", "The passkey did not work. Try again, or use another one.") });
    }
    if !code.is_empty() {
        return Ok(match second_factor::verify::prove(&visit.app, Client::of(visit, "").confirming(), user.id, code).await? {
            second_factor::verify::Proof::Right(_) => Proof::Right,
            second_factor::verify::Proof::Wrong => wrong("code", "The code is incorrect or has already been used"),
            second_factor::verify::Proof::Delayed(seconds) => Proof::Delayed(seconds),
        });
    }
    if typed.is_empty() {
        return Ok(wrong("proof", "Enter your password"));
    }
    Ok(match password::verify::prove(&visit.app, Client::of(visit, user.username.as_str()).confirming(), normal(typed)).await? {
        password::verify::Proof::Right(found) if found.id == user.id => Proof::Right,
        password::verify::Proof::Delayed(seconds) => Proof::Delayed(seconds),
        _ => wrong("proof", "Your password is incorrect"),
    })
}

async fn by_key(visit: &Visit, user: &CurrentUser, posted: &FormData) -> AppResult<bool> {
    let (app, id) = (visit.app.clone(), user.id);
    let (state, answer) = (posted.text("passkey_state").to_string(), posted.text("passkey_answer").to_string());
    let take =
        move |c: &mut crate::db::Connection| Ok::<_, AppError>(passkey::take(c, &app, Some(id), &place(id), &state, &answer)?.is_some());
    visit.app.db.write(take).await
}

/// Where the answer of a passkey is accepted.
fn place(user_id: i64) -> String {
    format!("once more {user_id}")
}

async fn render(
    visit: &Visit,
    user: &CurrentUser,
    action: String,
    hidden: Vec<(&'static str, String)>,
    errors: Vec<Summary>,
    status: StatusCode,
) -> AppResult<HttpResponse> {
    let id = user.id;
    let asks = visit
        .app
        .db
        .read(move |c| {
            let hash = users::table.filter(users::id.eq(id)).select(users::password_hash).first::<String>(c)?;
            let methods = second_factor::methods(c, id)?;
            let has = |method| methods.contains(&method);
            Ok::<_, AppError>(Asks { password: !hash.is_empty(), app: has(Method::App), passkey: has(Method::Passkey) })
        })
        .await?;
    let shell = visit.shell("Confirm your identity").with_errors(!errors.is_empty());
    html(status, &AgainPage { shell, errors, action, hidden, username: user.username.clone(), asks })
}
