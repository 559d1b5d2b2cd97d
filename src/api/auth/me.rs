//! The current account, to which the token belongs.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use diesel::prelude::*;
use serde_json::{Map, Value, json};

use crate::accounts::api_token::model::offered;
use crate::accounts::user::model::User;
use crate::api::state::State;
use crate::api::{Answer, ApiError, Call};
use crate::db::Connection;
use crate::db::schema::users;
use crate::resource::form::data::parse;
use crate::resource::{Actor, Field, FormData, FormErrors};

/// The members that the owner can change here. The address is changed on the profile page, where a code goes to the new one; all
/// other members are ignored, like read-only members elsewhere.
const OWN: [&str; 3] = ["first_name", "last_name", "phone"];

pub async fn show(call: Call) -> Answer {
    let (app, actor) = (call.app.clone(), call.actor()?);
    let body = call.app.db.read(move |c| message(c, &app, &actor)).await?;
    Ok(HttpResponse::Ok().json(body))
}

pub async fn update(call: Call) -> Answer {
    if !call.caller()?.by.is_whole() {
        return Err(ApiError::forbidden("This token has limited access and cannot change the account."));
    }
    let typed = typed(call.body.object()?)?;
    let (app, actor) = (call.app.clone(), call.actor()?);
    let body = call
        .app
        .db
        .write(move |c| {
            let user = app.registry.of::<User>();
            let fields: Vec<Field> =
                user.declaration().fields_named(&OWN).filter(|field| typed.get(field.name).is_some()).cloned().collect();
            let (values, errors): (_, FormErrors) = parse(fields.iter(), &typed, app.today(), &app.clinic_zone());
            app.act(c, &actor, |c, writer| writer.update(c, user, actor.id, values, errors, None))?;
            message(c, &app, &actor)
        })
        .await?;
    Ok(HttpResponse::Ok().json(body))
}

/// The texts that were sent; `name` stands for first and last name together.
fn typed(members: &Map<String, Value>) -> Result<FormData, ApiError> {
    let (mut texts, mut errors) = (BTreeMap::new(), Vec::new());
    for name in ["name"].into_iter().chain(OWN) {
        match members.get(name) {
            None => {}
            Some(Value::String(text)) if name == "name" => match split(text) {
                Ok((first, last)) => texts.extend([("first_name", first), ("last_name", last)]),
                Err(sentence) => errors.push((name, sentence)),
            },
            Some(Value::String(text)) => {
                texts.insert(name, text.clone());
            }
            Some(Value::Null) => errors.push((name, "This field may not be null.".to_string())),
            Some(_) => errors.push((name, "This must be a string.".to_string())),
        }
    }
    if !errors.is_empty() {
        return Err(ApiError::fields(errors));
    }
    let mut typed = FormData::default();
    texts.into_iter().for_each(|(name, text)| typed.push(name, text));
    Ok(typed)
}

/// The most characters of a full name, so that either part of it can be stored.
pub const LONGEST_NAME: usize = 150;

/// Splits a full name at the last space. The error is a sentence for the member.
pub fn split(name: &str) -> Result<(String, String), String> {
    if name.trim().is_empty() {
        return Err("This field may not be blank.".into());
    }
    if name.chars().any(char::is_control) {
        return Err("This contains unreadable characters.".into());
    }
    if name.chars().count() > LONGEST_NAME {
        return Err(format!("This must be {LONGEST_NAME} characters or fewer."));
    }
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    Ok(name.rsplit_once(' ').map_or_else(|| (name.clone(), String::new()), |(first, last)| (first.into(), last.into())))
}

pub fn full_name(first: &str, last: &str) -> String {
    format!("{first} {last}").trim().to_string()
}

/// The account as its owner sees it, with the permissions of this token.
fn message(c: &mut Connection, app: &State, actor: &Actor) -> Result<Value, ApiError> {
    let user: User = users::table.filter(users::id.eq(actor.id)).first(c)?;
    let name = full_name(&user.first_name, &user.last_name);
    Ok(json!({
        "id": user.id,
        "username": user.username,
        "email": user.email,
        "name": if name.is_empty() { user.username.clone() } else { name },
        "first_name": user.first_name,
        "last_name": user.last_name,
        "phone": user.phone,
        "is_staff": user.is_staff,
        "is_superuser": user.is_superuser,
        "groups": actor.groups,
        "permissions": offered(actor, &app.registry),
        "last_login": user.last_login.map(|at| at.rfc3339_micros()),
        "date_joined": user.date_joined.rfc3339_micros(),
    }))
}
