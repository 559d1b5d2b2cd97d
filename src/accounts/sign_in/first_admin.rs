//! The first administrator: created once, through a link that the program prints at its start.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use diesel::prelude::*;

use crate::accounts::registration::account::{AccountForm, create as create_account};
use crate::accounts::registration::policy;
use crate::accounts::sign_in;
use crate::accounts::sign_in::set_up_questions::{self, Answers};
use crate::accounts::user::confirmed::confirm;
use crate::accounts::user::model::User;
use crate::app::App;
use crate::crypto::keys::{digest, random_text};
use crate::db::schema::setup_links;
use crate::db::{Connection, UtcDateTime};
use crate::error::{AppError, AppResult};
use crate::resource::form::bind::BoundForm;
use crate::resource::write::writer::{WriteError, Writer};
use crate::resource::{Actor, FormData, FormErrors, Row, Value, Values};
use crate::settings::Registration;
use crate::web::page::flash::{Tone, leave};
use crate::web::page::shell::Shell;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};

#[derive(Template)]
#[template(path = "accounts/sign_in/account_form.html")]
struct SetupPage {
    shell: Shell,
    form: BoundForm,
    lead: &'static str,
    action: String,
    button: &'static str,
}

/// For a link that was used, after which a bookmark or the terminal still leads here.
#[derive(Template)]
#[template(path = "accounts/sign_in/set_up_done.html")]
struct DonePage {
    shell: Shell,
}

fn done(visit: &Visit) -> AppResult<HttpResponse> {
    html(StatusCode::NOT_FOUND, &DonePage { shell: visit.shell("Praxis is already set up") })
}

/// A new link, if there is no administrator yet. Links from earlier starts stop working.
pub async fn make_link(app: &App) -> AppResult<Option<String>> {
    let (token, now) = (random_text(43), app.now());
    let hash = digest(&token);
    let made = app
        .db
        .write(move |c| {
            if User::any_superuser(c)? {
                return Ok::<_, AppError>(false);
            }
            diesel::delete(setup_links::table.filter(setup_links::used_at.is_null())).execute(c)?;
            diesel::insert_into(setup_links::table)
                .values((setup_links::token_hash.eq(hash), setup_links::created_at.eq(now), setup_links::updated_at.eq(now)))
                .execute(c)?;
            Ok(true)
        })
        .await?;
    let base = app.settings.public_url.as_str().trim_end_matches('/');
    Ok(made.then(|| format!("{base}/setup/{token}")))
}

/// What becomes of a link.
enum Link {
    Open,
    /// There is an administrator already.
    Done,
    Unknown,
}

fn find(c: &mut Connection, token: &str) -> QueryResult<Link> {
    if User::any_superuser(c)? {
        return Ok(Link::Done);
    }
    let link = setup_links::table.filter(setup_links::token_hash.eq(digest(token))).filter(setup_links::used_at.is_null());
    Ok(if link.count().get_result::<i64>(c)? == 1 { Link::Open } else { Link::Unknown })
}

/// Adds a superuser; the command line does the same.
pub fn create_superuser(
    c: &mut Connection,
    writer: &Writer,
    mut values: Values,
    errors: FormErrors,
    hash: &str,
) -> Result<Row, WriteError> {
    values.set("is_staff", Value::Bool(true));
    values.set("is_superuser", Value::Bool(true));
    let row = create_account(c, writer, values, errors, hash)?;
    // Whoever runs the system need not confirm an address.
    confirm(c, row.id, writer.now)?;
    policy::decide_at_first(c, Registration::Invitation, writer.now)?;
    Ok(row)
}

pub async fn new(visit: Visit, token: Path<String>) -> AppResult<HttpResponse> {
    if let Some(answer) = admit(&visit, &token).await? {
        return Ok(answer);
    }
    render(&visit, &token, set_up_questions::usual(), FormErrors::default()).await
}

pub async fn create(visit: Visit, token: Path<String>, posted: PostedForm) -> AppResult<HttpResponse> {
    if let Some(answer) = admit(&visit, &token).await? {
        return Ok(answer);
    }
    let typed = FormData::clone(&posted);
    let mut filled = AccountForm::new(&visit.app).read(&visit.app, &typed);
    let answers = Answers::read(&visit.app, &typed, &mut filled.errors);
    let hash = filled.hash(&visit.app).await?;
    let proved = hash.clone();
    let (app, key) = (visit.app.clone(), token.clone());
    let written = visit
        .app
        .db
        .write(move |c| {
            // Checked again inside the transaction, so that two clicks create one administrator.
            let now: UtcDateTime = app.now();
            let link = setup_links::table.filter(setup_links::token_hash.eq(digest(&key))).filter(setup_links::used_at.is_null());
            let used = diesel::update(link).set((setup_links::used_at.eq(now), setup_links::updated_at.eq(now))).execute(c)?;
            if used != 1 || User::any_superuser(c)? {
                return Err(WriteError::NotFound);
            }
            let actor = Actor::program("Set-up");
            app.act(c, &actor, |c, writer| {
                let row = create_superuser(c, writer, filled.values, filled.errors, &hash)?;
                answers.store(c, writer, &row)?;
                Ok(row)
            })
        })
        .await;
    match written {
        Ok(row) => {
            policy::refresh(&visit.app).await?;
            sign_in::session::open(&visit, row.id, &proved).await?;
            leave(&visit.request, &visit.app, Tone::Ok, "Welcome. Your administrator account is ready.");
            Ok(see_other("/"))
        }
        Err(WriteError::Invalid(errors)) => render(&visit, &token, typed, errors).await,
        Err(WriteError::NotFound) => done(&visit),
        Err(error) => Err(error.into()),
    }
}

/// The answer for a link that does not work.
async fn admit(visit: &Visit, token: &str) -> AppResult<Option<HttpResponse>> {
    let token = token.to_string();
    match visit.app.db.read(move |c| Ok::<_, AppError>(find(c, &token)?)).await? {
        Link::Open => Ok(None),
        Link::Done => done(visit).map(Some),
        Link::Unknown => Err(AppError::NotFound),
    }
}

async fn render(visit: &Visit, token: &str, typed: FormData, errors: FormErrors) -> AppResult<HttpResponse> {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let form = AccountForm::new(&visit.app).asking(set_up_questions::fields(&visit.app)).bind(&visit.app, typed, errors).await?;
    let shell = visit.shell("Set up this clinic").with_errors(!form.errors.is_empty());
    let lead = "Create the first administrator account. This link works once.";
    html(status, &SetupPage { shell, form, lead, action: format!("/setup/{token}"), button: "Create account" })
}
