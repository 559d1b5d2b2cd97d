//! Signing in, with a username or an email address.

use actix_identity::Identity;
use actix_session::SessionExt;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpMessage, HttpResponse};
use diesel::prelude::*;

use super::budget::{Begun, Visitor, begin, delay};
use super::device;
use super::password_rules::normal;
use super::sign_in_attempt::succeeded;
use super::user::User;
use crate::db::UtcDateTime;
use crate::db::schema::users;
use crate::error::{AppError, AppResult};
use crate::keys::{digest, random_text};
use crate::resource::FormData;
use crate::resource::bind::Summary;
use crate::web::csrf;
use crate::web::current::ip_of;
use crate::web::form::Posted;
use crate::web::page::{Visit, local_path, see_other};
use crate::web::resume::{self, Kept};
use crate::web::sessions::{CREDENTIAL, IP, USER_AGENT};

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
        let fits = username.len() <= 254 && password.chars().count() <= crate::passwords::LONGEST && !username.contains('\0');
        let proof = if fits { prove(&visit, username.clone(), normal(password)).await? } else { Proof::Wrong };
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

enum Proof {
    Right(Box<User>),
    Wrong,
    /// Seconds to wait before the password is looked at.
    Delayed(i64),
}

/// Whether the password is that of an active user. An unknown name costs the same as a wrong password, in time and in tries.
async fn prove(visit: &Visit, login: String, password: String) -> AppResult<Proof> {
    let visitor =
        Visitor { login, ip: ip_of(&visit.request), user_agent: user_agent(visit), devices: device::known(&visit.request, &visit.app) };
    let (app, now) = (visit.app.clone(), visit.app.now());
    let (until, visitor) = visit.app.db.read(move |c| Ok::<_, AppError>((delay(c, &app.keys, &visitor, now)?, visitor))).await?;
    if let Some(until) = until {
        return Ok(Proof::Delayed(seconds(until, now)));
    }
    let (app, _turn) = (visit.app.clone(), visit.app.passwords.turn().await?);
    let begun = visit.app.db.write(move |c| Ok::<_, AppError>(begin(c, &app.keys, &visitor, now)?)).await?;
    let (id, found) = match begun {
        Begun::Open { id, user } => (id, user),
        Begun::Delayed(until) => return Ok(Proof::Delayed(seconds(until, now))),
    };
    let hash = found.as_ref().map(|user| user.password_hash.clone());
    let right = visit.app.passwords.verify(password, hash).await?;
    let user = found.filter(|user| right && user.is_active);
    tracing::info!(user = user.as_ref().map(|user| user.id), "sign-in {}", if user.is_some() { "succeeded" } else { "failed" });
    let Some(user) = user else { return Ok(Proof::Wrong) };
    visit.app.db.write(move |c| Ok::<_, AppError>(succeeded(c, id, now)?)).await?;
    Ok(Proof::Right(user))
}

/// Whole seconds, never too few.
fn seconds(until: UtcDateTime, now: UtcDateTime) -> i64 {
    let wait = until.since(now);
    wait.whole_seconds() + i64::from(wait.subsec_nanoseconds() > 0)
}

/// `40 seconds`, `3 minutes`
fn wait(seconds: i64) -> String {
    match seconds {
        1 => "one second".into(),
        2..=90 => format!("{seconds} seconds"),
        _ => format!("{} minutes", (seconds + 59) / 60),
    }
}

pub(super) fn user_agent(visit: &Visit) -> String {
    visit.request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or("").to_string()
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
    let told = |error: actix_session::SessionInsertError| AppError::internal(error);
    session.insert(csrf::FIELD, random_text(32)).map_err(told)?;
    session.insert(CREDENTIAL, digest(hash)).map_err(told)?;
    session.insert(IP, ip_of(&visit.request)).map_err(told)?;
    session.insert(USER_AGENT, user_agent(visit)).map_err(told)?;
    Identity::login(&visit.request.extensions(), user_id.to_string()).map_err(AppError::internal)?;
    Ok(())
}
