//! The page where an invited user chooses a password.

use actix_session::SessionExt;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

use super::model::{consume, find_user};
use crate::accounts::password::fields::{check_password, password_fields};
use crate::accounts::password::rules::normal;
use crate::accounts::password::{self, Reason};
use crate::accounts::user::model::User;
use crate::db::connection::exclusive;
use crate::error::{AppError, AppResult};
use crate::resource::Model;
use crate::resource::access::permissions::actor;
use crate::resource::form::bind::{Binder, BoundForm};
use crate::resource::form::data::parse;
use crate::resource::write::writer::WriteError;
use crate::resource::{Actor, FormData, FormErrors, Row};
use crate::settings::Registration;
use crate::web::page::flash::{Tone, leave};
use crate::web::page::shell::Shell;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};

#[derive(Template)]
#[template(path = "accounts/invitation/invitation.html")]
struct InvitationPage {
    shell: Shell,
    form: BoundForm,
    username: String,
    action: String,
}

#[derive(Template)]
#[template(path = "accounts/invitation/invitation_ended.html")]
struct EndedPage {
    shell: Shell,
    /// Whether registration is open.
    is_open: bool,
}

pub async fn edit(visit: Visit, token: Path<String>) -> AppResult<HttpResponse> {
    match invited(&visit, &token).await? {
        Some(row) => render(&visit, &token, &row, FormErrors::default()).await,
        None => ended(&visit),
    }
}

pub async fn update(visit: Visit, token: Path<String>, posted: PostedForm) -> AppResult<HttpResponse> {
    let Some(row) = invited(&visit, &token).await? else { return ended(&visit) };
    let (values, mut errors) = parse(password_fields().iter(), &posted, visit.app.today(), &visit.app.clinic_zone());
    check_password(&visit.app, &values, &row.values, &mut errors);
    if !errors.is_empty() {
        return render(&visit, &token, &row, errors).await;
    }
    let hash = visit.app.passwords.hash(normal(values.at("password").as_text())).await?;
    match accept(&visit, row, token.into_inner(), hash).await {
        Ok(()) => {
            // Whoever was signed in here before is not the invited user.
            visit.request.get_session().purge();
            leave(&visit.request, &visit.app, Tone::Ok, "Password set. Sign in with it.");
            Ok(see_other("/login"))
        }
        Err(WriteError::NotFound) => ended(&visit),
        Err(error) => Err(error.into()),
    }
}

/// Uses the link and sets the password in one transaction; every session of the account ends.
async fn accept(visit: &Visit, row: Row, token: String, hash: String) -> Result<(), WriteError> {
    let data = visit.app.clone();
    visit
        .app
        .db
        .write(move |c| {
            exclusive(c, "user", row.id)?;
            let themselves = actor(c, row.id)?.ok_or(WriteError::NotFound)?;
            if !consume(c, &token, data.now())? {
                return Err(WriteError::NotFound);
            }
            password::set(c, &data, &themselves, &row, &hash, &Reason::Invited).map(|_| ())
        })
        .await
}

/// The account behind the link. Opening the link does not use it up, because mail programs open links by themselves.
async fn invited(visit: &Visit, token: &str) -> AppResult<Option<Row>> {
    let (app, token) = (visit.app.clone(), token.to_string());
    visit
        .app
        .db
        .read(move |c| {
            let Some(id) = find_user(c, &token, app.now())? else { return Ok::<_, AppError>(None) };
            Ok::<_, AppError>(app.registry.find(c, app.registry.of::<User>(), id, None)?)
        })
        .await
}

/// The same page for every link that does not work, so that it reveals nothing about accounts.
pub(crate) fn ended(visit: &Visit) -> AppResult<HttpResponse> {
    html(
        StatusCode::NOT_FOUND,
        &EndedPage { shell: visit.shell("This link has expired"), is_open: visit.app.registration() == Registration::Open },
    )
}

async fn render(visit: &Visit, token: &str, row: &Row, errors: FormErrors) -> AppResult<HttpResponse> {
    let app = visit.app.clone();
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let form = visit
        .app
        .db
        .read(move |c| {
            let (fields, nobody) = (password_fields(), Actor::system());
            let binder = Binder::new(&app.registry, &nobody, &app.clinic_zone());
            Ok::<_, AppError>(binder.bind(c, &[("", fields.iter().collect())], &FormData::default(), &errors)?.focused())
        })
        .await?;
    let shell = visit.shell("Choose your password").with_errors(!form.errors.is_empty());
    let username = row.values.at(User::FIELDS.username).as_text().into();
    html(status, &InvitationPage { shell, form, username, action: format!("/invitation/{token}") })
}
