//! Signing in, with a username or an email address.

use actix_identity::Identity;
use actix_session::SessionExt;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpMessage, HttpResponse};
use diesel::prelude::*;

use super::budget::Visitor;
use super::device;
use super::password_rules::normal;
use super::proof::{Proof, prove};
use crate::db::schema::users;
use crate::error::{AppError, AppResult};
use crate::keys::{digest, random_text};
use crate::resource::FormData;
use crate::resource::bind::Summary;
use crate::web::csrf;
use crate::web::current::{ip_of, user_agent_of};
use crate::web::form::Posted;
use crate::web::page::{Visit, local_path, see_other};
use crate::web::resume::{self, Kept};
use crate::web::sessions::{self, CREDENTIAL, IP, USER_AGENT};

pub async fn new(visit: Visit) -> AppResult<HttpResponse> {
    let typed = FormData::parse(visit.request.query_string().as_bytes()).unwrap_or_default();
    let next = local_path(typed.text("next")).unwrap_or("").to_string();
    if visit.user.is_some() {
        return Ok(see_other(if next.is_empty() { "/" } else { &next }));
    }
    resume::sign_in(&visit, Vec::new(), String::new(), next, None)
}

pub async fn create(visit: Visit, posted: Posted) -> AppResult<HttpResponse> {
    let username = posted.text("username").trim().to_string();
    let password = posted.text("password");
    let next = local_path(posted.text("next")).unwrap_or("").to_string();
    let kept = Kept::of(&posted);
    let mut errors = Vec::new();
    if username.is_empty() {
        errors.push(Summary { target: "username".into(), text: "Enter your username or email address".into() });
    }
    if password.is_empty() {
        errors.push(Summary { target: "password".into(), text: "Enter your password".into() });
    }
    if errors.is_empty() {
        let devices = device::known(&visit.request, &visit.app);
        let visitor = Visitor { login: username.clone(), ip: ip_of(&visit.request), user_agent: user_agent_of(&visit.request), devices };
        let proof = prove(&visit.app, visitor, normal(password)).await?;
        if let Proof::Delayed(seconds) = proof {
            let text = format!("There were too many wrong passwords. Try again in {}.", wait(seconds));
            errors.push(Summary { target: "username".into(), text });
            let mut response = resume::sign_in(&visit, errors, username, next, kept)?;
            *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            return Ok(response);
        }
        if let Proof::Right(user) = proof {
            open(&visit, user.id, &user.password_hash).await?;
            device::remember(&visit.request, &visit.app, user.id);
            if let Some(kept) = kept {
                return resume::send_again(&visit, kept);
            }
            return Ok(see_other(if next.is_empty() { "/".into() } else { next }));
        }
        errors.push(Summary { target: "username".into(), text: "The username or the password is not right".into() });
    }
    resume::sign_in(&visit, errors, username, next, kept)
}

/// `40 seconds`, `3 minutes`
fn wait(seconds: i64) -> String {
    match seconds {
        1 => "one second".into(),
        2..=90 => format!("{seconds} seconds"),
        _ => format!("{} minutes", (seconds + 59) / 60),
    }
}

/// Begins a session for this user, who proved the password of this hash: a new key, nothing carried over from before.
pub async fn open(visit: &Visit, user_id: i64, hash: &str) -> AppResult<()> {
    let now = visit.app.now();
    visit
        .app
        .db
        .write(move |c| {
            Ok::<_, AppError>(diesel::update(users::table.filter(users::id.eq(user_id))).set(users::last_login.eq(now)).execute(c)?)
        })
        .await?;
    let session = visit.request.get_session();
    session.clear();
    sessions::remember(&visit.request, false)?;
    let told = |error: actix_session::SessionInsertError| AppError::internal(error);
    session.insert(csrf::FIELD, random_text(32)).map_err(told)?;
    session.insert(CREDENTIAL, digest(hash)).map_err(told)?;
    session.insert(IP, ip_of(&visit.request)).map_err(told)?;
    session.insert(USER_AGENT, user_agent_of(&visit.request)).map_err(told)?;
    Identity::login(&visit.request.extensions(), user_id.to_string()).map_err(AppError::internal)?;
    Ok(())
}
