//! Registering: somebody makes an account for themselves and is signed in.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::account::{AccountForm, create as create_account, default_group};
use super::sign_in;
use crate::error::{AppError, AppResult};
use crate::resource::bind::BoundForm;
use crate::resource::write::WriteError;
use crate::resource::{Actor, FormData, FormErrors};
use crate::web::flash::{Tone, leave};
use crate::web::form::Posted;
use crate::web::page::{Shell, Visit, html, see_other};

#[derive(Template)]
#[template(path = "accounts/account_form.html")]
struct RegisterPage {
    shell: Shell,
    form: BoundForm,
    lead: &'static str,
    action: &'static str,
    button: &'static str,
    sign_in: bool,
}

pub async fn new(visit: Visit) -> AppResult<HttpResponse> {
    admit(&visit)?;
    if visit.user.is_some() {
        return Ok(see_other("/"));
    }
    draw(&visit, FormData::default(), FormErrors::default()).await
}

pub async fn create(visit: Visit, posted: Posted) -> AppResult<HttpResponse> {
    admit(&visit)?;
    if visit.user.is_some() {
        return Ok(see_other("/"));
    }
    let typed = FormData::clone(&posted);
    let filled = AccountForm::new(&visit.app).read(&visit.app, &typed);
    let hash = filled.hash(&visit.app).await?;
    let proved = hash.clone();
    let app = visit.app.clone();
    let written = visit
        .app
        .db
        .write(move |c| {
            let actor = Actor::program("Registration");
            let mut values = filled.values;
            values.set("groups", default_group(c)?);
            app.act(c, &actor, |c, writer| create_account(c, writer, values, filled.errors, &hash))
        })
        .await;
    match written {
        Ok(row) => {
            sign_in::open(&visit, row.id, &proved).await?;
            leave(&visit.request, &visit.app, Tone::Ok, "Your account is ready and you are signed in.");
            Ok(see_other("/"))
        }
        Err(WriteError::Invalid(errors)) => draw(&visit, typed, errors).await,
        Err(error) => Err(error.into()),
    }
}

fn admit(visit: &Visit) -> AppResult<()> {
    if visit.app.settings.registration_open { Ok(()) } else { Err(AppError::NotFound) }
}

async fn draw(visit: &Visit, typed: FormData, errors: FormErrors) -> AppResult<HttpResponse> {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let form = AccountForm::new(&visit.app).bind(&visit.app, typed, errors).await?;
    let shell = visit.shell("Create an account").with_errors(!form.errors.is_empty());
    html(status, &RegisterPage { shell, form, lead: "", action: "/register", button: "Create account", sign_in: true })
}
