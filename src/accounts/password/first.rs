//! The first password of a signed-in user who has none. Instead of a current password, a code proves access to the mailbox.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::change::{bound, own, store};
use super::fields::{check_password, password_fields};
use super::rules::normal;
use crate::accounts::code;
use crate::accounts::code::one_time::{Issue, Outcome, Owner, Place};
use crate::accounts::code::purpose::Purpose;
use crate::accounts::code::text::code_field;
use crate::accounts::mail::{self, Recipient};
use crate::accounts::origin::Origin;
use crate::accounts::profile::email::StepPage;
use crate::accounts::user::model::User;
use crate::error::{AppError, AppResult};
use crate::mail::outbox;
use crate::resource::Model;
use crate::resource::form::data::parse;
use crate::resource::{Field, FormData, FormErrors, Row};
use crate::web::page::flash::{Tone, leave};
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};

const HERE: &str = "/password/first";

fn fields() -> Vec<Field> {
    [code_field()].into_iter().chain(password_fields()).collect()
}

/// Sends the code.
pub async fn create(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    let Some(row) = without_one(&visit, &user).await? else { return Ok(see_other("/password")) };
    let (app, origin) = (visit.app.clone(), Origin::of(&visit.request));
    let place = Place::browser(&visit.request, &visit.app);
    let issued = visit.app.db.write(move |c| {
        let now = app.now();
        let issued = code::one_time::issue(c, &app.keys, Purpose::Password, &Owner::User(row.id), "", &place, now)?;
        if let Issue::Issued(code) = &issued {
            let mail = mail::first_password_requested(&app, code).from(&origin).to(&Recipient::owner(&app, &row));
            outbox::queue(c, &mail.map_err(AppError::internal)?, now)?;
        }
        Ok::<_, AppError>(issued)
    });
    if let Issue::Capped(until) = issued.await? {
        let message = format!("Too many codes requested. Try again after {}.", visit.zone().show(until));
        leave(&visit.request, &visit.app, Tone::Warn, message);
        return Ok(see_other("/password"));
    }
    Ok(see_other(HERE))
}

pub async fn edit(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    match without_one(&visit, &user).await? {
        Some(row) => render(&visit, &row, FormData::default(), FormErrors::default()).await,
        None => Ok(see_other("/password")),
    }
}

pub async fn update(visit: Visit, user: CurrentUser, posted: PostedForm) -> AppResult<HttpResponse> {
    let Some(row) = without_one(&visit, &user).await? else { return Ok(see_other("/password")) };
    let typed = FormData::clone(&posted).only("code");
    let (values, mut errors) = parse(fields().iter(), &posted, visit.app.today(), &visit.zone());
    check_password(&visit.app, &values, &row.values, &mut errors);
    if !errors.is_empty() {
        return render(&visit, &row, typed, errors).await;
    }
    let (app, place, id) = (visit.app.clone(), Place::browser(&visit.request, &visit.app), user.id);
    let given = values.at("code").as_text().to_string();
    let tried = visit
        .app
        .db
        .write(move |c| Ok::<_, AppError>(code::one_time::consume(c, &app.keys, Purpose::Password, Some(id), &given, &place, app.now())?))
        .await?;
    if !matches!(tried, Outcome::Right { .. }) {
        errors.add("code", tried.problem().unwrap_or_default());
        return render(&visit, &row, typed, errors).await;
    }
    let hash = visit.app.passwords.hash(normal(values.at("password").as_text())).await?;
    store(&visit, &user, row, hash).await?;
    leave(&visit.request, &visit.app, Tone::Ok, "Password set. You can now sign in with it.");
    Ok(see_other("/profile"))
}

/// The user's record, if the account has no password.
async fn without_one(visit: &Visit, user: &CurrentUser) -> AppResult<Option<Row>> {
    let (row, has_one) = own(visit, user).await?;
    Ok((!has_one).then_some(row))
}

async fn render(visit: &Visit, row: &Row, typed: FormData, errors: FormErrors) -> AppResult<HttpResponse> {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let form = bound(visit, fields(), typed, errors).await?;
    let shell = visit.shell("Set a password").under(&[("Profile", "/profile")]).with_errors(!form.errors.is_empty());
    let lead = format!("We emailed a code to {}. It expires in 10 minutes.", row.values.at(User::FIELDS.email).as_text());
    html(status, &StepPage { shell, lead, form, action: HERE, button: "Set password", back: "/password", first: None })
}
