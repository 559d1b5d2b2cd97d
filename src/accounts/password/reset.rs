//! Forgotten password, second half: the code from the email and a new password. It does not sign in: the user then signs in as
//! usual, with every step that requires.

use actix_session::SessionExt;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;

use super::fields::{check_password, password_fields};
use super::rules::normal;
use crate::accounts::code;
use crate::accounts::code::one_time::{Outcome, Place};
use crate::accounts::code::purpose::Purpose;
use crate::accounts::code::text::Code;
use crate::accounts::origin::Origin;
use crate::accounts::password::{self, Reason};
use crate::accounts::throttle::lockout::{self, Claim, Client};
use crate::accounts::throttle::retry_after;
use crate::accounts::user::model::User;
use crate::app::App;
use crate::db::connection::exclusive;
use crate::db::{Connection, UtcDateTime};
use crate::error::{AppError, AppResult};
use crate::resource::access::permissions::actor;
use crate::resource::form::bind::BoundForm;
use crate::resource::form::data::parse;
use crate::resource::write::writer::WriteError;
use crate::resource::{Actor, Field, FormData, FormErrors, Values, field};
use crate::web::page::flash::{Tone, leave};
use crate::web::page::shell::Shell;
use crate::web::record::plain_form::bind;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};

#[derive(Template)]
#[template(path = "accounts/password/reset.html")]
struct ResetPage {
    shell: Shell,
    form: BoundForm,
    minutes: i64,
}

fn fields() -> Vec<Field> {
    let code = field("Code").named("code").max(40).autocomplete("one-time-code").required_error("Enter the code we emailed you");
    std::iter::once(code).chain(password_fields()).collect()
}

pub async fn edit(visit: Visit) -> AppResult<HttpResponse> {
    render(&visit, FormData::default(), FormErrors::default()).await
}

pub async fn update(visit: Visit, posted: PostedForm) -> AppResult<HttpResponse> {
    let (app, typed) = (visit.app.clone(), FormData::clone(&posted));
    let (values, mut errors) = parse(fields().iter(), &typed, app.today(), &app.clinic_zone());
    check_password(&visit.app, &values, &Values::default(), &mut errors);
    if Code::parse(values.at("code").as_text()).is_none() {
        errors.add("code", Outcome::Malformed.problem().unwrap_or_default());
    }
    if !errors.is_empty() {
        return render(&visit, typed, errors).await;
    }
    let (place, origin, now) = (Place::browser(&visit.request, &app), Origin::of(&visit.request), app.now());
    let visitor = Client::from(&origin, "");
    let name = place.name().to_string();
    let turn = app.passwords.turn().await?;
    let attempt = match app.db.write(move |c| Ok::<_, AppError>(lockout::begin_code(c, &name, &visitor, now)?)).await? {
        Claim::Open(id) => id,
        Claim::Delayed(until) => {
            let seconds = retry_after::seconds(until, now);
            errors.add("code", format!("Too many failed attempts. Try again in {}", retry_after::words(seconds)));
            return Ok(retry_after::answer(render(&visit, typed, errors).await?, seconds));
        }
    };
    // Before the code is checked, so that every attempt takes the same time.
    let hash = app.passwords.hash(normal(values.at("password").as_text())).await?;
    let try_it = Try { values, hash, place, origin, attempt };
    let data = app.clone();
    let done = app.db.write(move |c| try_it.set(c, &data, now)).await;
    drop(turn);
    match done {
        Ok(Outcome::Right { user_id, .. }) => {
            tracing::info!(user = user_id, "a forgotten password was reset");
            // Whoever was signed in here before is not necessarily the owner of this account.
            visit.request.get_session().purge();
            leave(&visit.request, &app, Tone::Ok, "Password set. Sign in with it.");
            Ok(see_other("/login"))
        }
        Ok(other) => {
            errors.add("code", other.problem().unwrap_or_default());
            render(&visit, typed, errors).await
        }
        Err(WriteError::Invalid(errors)) => render(&visit, typed, errors).await,
        Err(error) => Err(error.into()),
    }
}

/// The values of the form.
struct Try {
    values: Values,
    hash: String,
    place: Place,
    origin: Origin,
    attempt: i64,
}

impl Try {
    /// Uses the code and sets the password in one transaction, or counts a wrong attempt. A right code with a password that is
    /// too similar to the owner's details is not used up.
    fn set(self, c: &mut Connection, app: &Data<App>, now: UtcDateTime) -> Result<Outcome, WriteError> {
        let outcome = code::one_time::consume(c, &app.keys, Purpose::Reset, None, self.values.at("code").as_text(), &self.place, now)?;
        let Outcome::Right { user_id, .. } = outcome else { return Ok(outcome) };
        let resource = app.registry.of::<User>();
        exclusive(c, "user", user_id)?;
        let (Some(row), Some(owner)) = (app.registry.find(c, resource, user_id, None)?, actor(c, user_id)?) else {
            return Ok(Outcome::Ended);
        };
        let mut errors = FormErrors::default();
        check_password(app, &self.values, &row.values, &mut errors);
        if !errors.is_empty() {
            return Err(WriteError::Invalid(errors));
        }
        lockout::forgive(c, self.attempt)?;
        let owner = Actor { ip: self.origin.ip.clone(), ..owner };
        password::set(c, app, &owner, &row, &self.hash, &Reason::Reset { origin: self.origin })?;
        Ok(outcome)
    }
}

async fn render(visit: &Visit, typed: FormData, errors: FormErrors) -> AppResult<HttpResponse> {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let form = bind(&visit.app, fields(), typed, errors).await?;
    let shell = visit.shell("Choose a new password").with_errors(!form.errors.is_empty());
    html(status, &ResetPage { shell, form, minutes: code::one_time::LASTS.whole_minutes() })
}
