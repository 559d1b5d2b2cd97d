//! Signing in with a password and a username or an email address. Every kind of sign-in ends in [`finish_first_step`].

use actix_web::HttpResponse;

use super::authenticated::Authenticated;
use super::page::Typed;
use super::rehash;
use super::session::finish_first_step;
use crate::accounts::password::rules::normal;
use crate::accounts::password::verify::{Proof, prove};
use crate::accounts::throttle::lockout::Client;
use crate::accounts::throttle::retry_after;
use crate::app::App;
use crate::error::AppResult;
use crate::resource::FormData;
use crate::resource::form::bind::Summary;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::{local_path, see_other};
use crate::web::routing::waiting_form::WaitingForm;

pub async fn new(visit: Visit) -> AppResult<HttpResponse> {
    let typed = FormData::parse(visit.request.query_string().as_bytes()).unwrap_or_default();
    let next = local_path(typed.text("next")).unwrap_or("").to_string();
    if visit.user.is_some() {
        return Ok(see_other(if next.is_empty() { "/" } else { &next }));
    }
    super::page::sign_in(&visit, Typed { next, ..Typed::default() })
}

/// The values of a sign-in form, except the password.
pub fn typed(app: &App, posted: &FormData) -> Typed {
    Typed {
        errors: Vec::new(),
        username: posted.text("username").trim().to_string(),
        next: local_path(posted.text("next")).unwrap_or("").to_string(),
        waiting_form: WaitingForm::carried(app, posted),
        remembered: posted.has("remember"),
    }
}

pub async fn create(visit: Visit, posted: PostedForm) -> AppResult<HttpResponse> {
    let mut typed = typed(&visit.app, &posted);
    let password = posted.text("password");
    if typed.username.is_empty() {
        typed.errors.push(Summary { target: "username".into(), text: "Enter your username or email address".into() });
    }
    if password.is_empty() {
        typed.errors.push(Summary { target: "password".into(), text: "Enter your password".into() });
    }
    if !typed.errors.is_empty() {
        return super::page::sign_in(&visit, typed);
    }
    match prove(&visit.app, Client::of(&visit, typed.username.as_str()), normal(password)).await? {
        Proof::Right(user) => {
            let hash = rehash::improved(&visit.app, user.id, user.password_hash, normal(password)).await?;
            let authenticated = Authenticated {
                user_id: user.id,
                hash,
                is_whole: false,
                is_recent: true,
                remembered: typed.remembered,
                next: typed.next,
                waiting_form: typed.waiting_form,
            };
            finish_first_step(&visit, authenticated).await
        }
        Proof::Wrong => {
            typed.errors.push(Summary { target: "username".into(), text: "Incorrect username or password".into() });
            super::page::sign_in(&visit, typed)
        }
        Proof::Delayed(seconds) => {
            let text = format!("Too many failed attempts. Try again in {}.", retry_after::words(seconds));
            typed.errors.push(Summary { target: "username".into(), text });
            Ok(retry_after::answer(super::page::sign_in(&visit, typed)?, seconds))
        }
    }
}
