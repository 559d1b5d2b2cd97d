//! Registering through the API: the same account, by the same rules, as the registration form.

use actix_web::http::StatusCode;
use serde_json::json;

use super::me::{full_name, split};
use super::required;
use crate::accounts::origin::Origin;
use crate::accounts::password::rules::{Known, check, normal};
use crate::accounts::registration::account::Filled;
use crate::accounts::registration::outcome::Registered;
use crate::accounts::registration::register::{Along, register};
use crate::accounts::throttle::retry_after;
use crate::accounts::user::model::User;
use crate::api::http::idempotency::{Once, Reply};
use crate::api::{Answer, ApiError, Call};
use crate::email_address::ascii;
use crate::resource::form::data::parse;
use crate::resource::{Field, FormData, FormErrors, Row};

/// The address becomes the username as well.
pub async fn create(call: Call) -> Answer {
    let once = Once::of(&call)?;
    let filled = read(&call)?;
    if let Some(reply) = known(&call, once.clone()).await? {
        return Ok(reply.answer());
    }
    let origin = Origin::of(&call.request);
    match register(call.app.app(), filled, None, origin, keep(&call, once.clone())).await.map_err(ApiError::from)? {
        Registered::Made { row, .. } => Ok(made(&row).answer()),
        Registered::Mailed => Ok(Reply::new(StatusCode::ACCEPTED, String::new(), MAILED.into()).answer()),
        Registered::Closed => Err(ApiError::new(StatusCode::FORBIDDEN, "registration_closed", CLOSED)),
        Registered::Later(until) => Err(ApiError::throttled(retry_after::seconds(until, call.app.now()).unsigned_abs())),
        // The address is taken, perhaps by a concurrent copy of this request.
        Registered::Refused(errors) => match known(&call, once).await? {
            Some(reply) => Ok(reply.answer()),
            None => Err(message(&errors)),
        },
    }
}

const CLOSED: &str = "Registration is closed. Administrators create the accounts of this clinic.";
/// The response with REGISTRATION_PRIVATE, which must not reveal whether there is an account.
const MAILED: &str = r#"{"detail":"We emailed this address with the next steps.","code":"mailed"}"#;

fn read(call: &Call) -> Result<Filled, ApiError> {
    let [name, email, password] = required(&call.body, ["name", "email", "password"])?;
    let (first, last, too_long) = match split(&name) {
        Ok((first, last)) => (first, last, None),
        Err(sentence) => (String::new(), String::new(), Some(sentence)),
    };
    let mut typed = FormData::default();
    // A username has no letters but those of addresses as mail servers write them.
    let username = ascii(email.trim());
    for (field, text) in [("username", &*username), ("email", email.trim()), ("first_name", &first), ("last_name", &last)] {
        typed.push(field, text);
    }
    let (app, names) = (&call.app, ["username", "email", "first_name", "last_name"]);
    let fields: Vec<Field> = app.registry.of::<User>().declaration().fields_named(&names).cloned().collect();
    let (values, mut errors) = parse(fields.iter(), &typed, app.today(), &app.clinic_zone());
    if let Some(sentence) = too_long {
        errors.add("first_name", sentence);
    }
    let password = normal(&password);
    let broken = check(&password, &Known::new(User::attributes(&values), &app.clinic_name()));
    if !broken.is_empty() {
        errors.add("password", broken.join(". "));
    }
    Ok(Filled { values, password, errors })
}

fn made(row: &Row) -> Reply {
    let text = |name: &str| row.values.at(name).as_text();
    let name = full_name(text("first_name"), text("last_name"));
    let body = json!({ "id": row.id, "name": name, "email": text("email") });
    Reply::new(StatusCode::CREATED, String::new(), body.to_string().into_bytes())
}

/// The response to an earlier copy of this request.
async fn known(call: &Call, once: Option<Once>) -> Result<Option<Reply>, ApiError> {
    let (Some(once), now) = (once, call.app.now()) else { return Ok(None) };
    call.app.db.write(move |c| once.begin(c, now)).await
}

/// Stores the response together with the account.
fn keep(call: &Call, once: Option<Once>) -> Along {
    let now = call.app.now();
    Box::new(move |c, row| {
        if let Some(once) = once {
            once.keep(c, &made(row), row.id, now)?;
        }
        Ok(())
    })
}

/// With the API's names of the members: address and username are one member, and so are the names, so each error is reported
/// once.
fn message(errors: &FormErrors) -> ApiError {
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
