//! Registering with a program: the same account, by the same rules, as the form makes.

use actix_web::http::StatusCode;
use serde_json::json;

use super::me::{full_name, split};
use super::required;
use crate::accounts::account::{create as create_account, default_group};
use crate::accounts::password_rules::{check, normal};
use crate::accounts::user::User;
use crate::api::once::{Once, Reply};
use crate::api::{Answer, ApiError, Call};
use crate::resource::form::parse;
use crate::resource::write::WriteError;
use crate::resource::{Actor, Field, FormData, FormErrors};
use crate::web::current::ip_of;

/// The address is the username as well.
pub async fn create(call: Call) -> Answer {
    if !call.app.settings.registration_open {
        let detail = "Accounts are made by the administrators of this clinic.";
        return Err(ApiError::new(StatusCode::FORBIDDEN, "registration_closed", detail));
    }
    let once = Once::of(&call)?;
    let [name, email, password] = required(&call.body, ["name", "email", "password"])?;
    let (first, last) = split(&name);
    let mut typed = FormData::default();
    for (field, text) in [("username", email.trim()), ("email", email.trim()), ("first_name", &first), ("last_name", &last)] {
        typed.push(field, text);
    }
    let app = call.app.clone();
    let fields: Vec<Field> = app.registry.get("user").map_or_else(Vec::new, |user| {
        user.declaration().fields_named(&["username", "email", "first_name", "last_name"]).cloned().collect()
    });
    let (mut values, mut errors) = parse(fields.iter(), &typed, app.today(), &app.settings.time_zone);
    let password = normal(&password);
    let broken = check(&password, &User::attributes(&values));
    if !broken.is_empty() {
        errors.add("password", broken.join(". "));
    }
    let hash = if errors.is_empty() { app.passwords.hash(password).await? } else { String::new() };
    let actor = Actor { ip: ip_of(&call.request), ..Actor::program("Registration") };
    let written = call
        .app
        .db
        .write(move |c| {
            if let Some(reply) = once.as_ref().map_or(Ok(None), |once| once.begin(c, app.now()))? {
                return Ok(reply);
            }
            values.set("groups", default_group(c)?);
            let made = app.act(c, &actor, |c, writer| create_account(c, writer, values, errors, &hash)).map_err(unwritten)?;
            let (first, last) = (made.values.at("first_name").as_text(), made.values.at("last_name").as_text());
            let body = json!({ "id": made.id, "name": full_name(first, last), "email": made.values.at("email").as_text() });
            let reply = Reply::new(StatusCode::CREATED, String::new(), body.to_string().into_bytes());
            if let Some(once) = once {
                once.keep(c, &reply, made.id, app.now())?;
            }
            Ok::<_, ApiError>(reply)
        })
        .await;
    written.map(Reply::answer)
}

fn unwritten(error: WriteError) -> ApiError {
    match error {
        WriteError::Invalid(errors) => told(&errors),
        error => error.into(),
    }
}

/// Under the names of this address: there is one address and one name, and what is wrong with it is told once.
fn told(errors: &FormErrors) -> ApiError {
    let has_email = errors.of("email").is_some();
    ApiError::fields(errors.iter().filter(|error| error.field != "username" || !has_email).map(|error| {
        let name = match error.field {
            "username" => "email",
            "first_name" | "last_name" => "name",
            other => other,
        };
        (name, error.text.clone())
    }))
}
