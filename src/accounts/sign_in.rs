//! Signing in, with a username or an email address.

use actix_identity::Identity;
use actix_session::SessionExt;
use actix_web::http::header;
use actix_web::{HttpMessage, HttpResponse};
use diesel::prelude::*;

use super::password_rules::normal;
use super::user::User;
use crate::db::schema::users;
use crate::error::{AppError, AppResult};
use crate::keys::{digest, random_text};
use crate::resource::FormData;
use crate::resource::bind::Summary;
use crate::web::csrf;
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
        let user = if fits { prove(&visit, username.clone(), normal(password)).await? } else { None };
        if let Some(user) = user {
            open(&visit, user.id, &user.password_hash).await?;
            if let Some(kept) = kept {
                return resume::send_again(&visit, kept);
            }
            return Ok(see_other(if next.is_empty() { "/".into() } else { next }));
        }
        errors.push(Summary { target: "username".into(), text: "The username or the password is not right".into() });
    }
    resume::sign_in(&visit, errors, username, next, kept)
}

/// The user, if the password is theirs and they are active. An unknown name costs the same time as a wrong password.
async fn prove(visit: &Visit, login: String, password: String) -> AppResult<Option<User>> {
    let found = visit.app.db.read(move |c| Ok::<_, AppError>(User::find_by_login(c, &login)?)).await?;
    let hash = found.as_ref().map(|user| user.password_hash.clone());
    let right = visit.app.passwords.verify(password, hash).await?;
    let user = found.filter(|user| right && user.is_active);
    tracing::info!(user = user.as_ref().map(|user| user.id), "sign-in {}", if user.is_some() { "succeeded" } else { "failed" });
    Ok(user)
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
    let header =
        |name: header::HeaderName| visit.request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or("").to_string();
    let forwarded =
        visit.request.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok()).collect::<Vec<_>>().join(",");
    let ip = visit.app.settings.client_ip(visit.request.peer_addr().map(|peer| peer.ip()), &forwarded);
    let session = visit.request.get_session();
    session.clear();
    let told = |error: actix_session::SessionInsertError| AppError::internal(error);
    session.insert(csrf::FIELD, random_text(32)).map_err(told)?;
    session.insert(CREDENTIAL, digest(hash)).map_err(told)?;
    session.insert(IP, ip.map(|ip| ip.to_string()).unwrap_or_default()).map_err(told)?;
    session.insert(USER_AGENT, header(header::USER_AGENT)).map_err(told)?;
    Identity::login(&visit.request.extensions(), user_id.to_string()).map_err(AppError::internal)?;
    Ok(())
}
