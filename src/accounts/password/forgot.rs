//! Forgotten password, first half: whoever knows the username and the email address of an account receives a code by email.
//!
//! Everybody gets the same response after the same work: the statements are the same whether there is such an account or not,
//! nothing is hashed, and the worker sends the email on its next poll, so that even that does not follow at once.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use crate::accounts::code;
use crate::accounts::code::one_time::{Issue, Owner, Place};
use crate::accounts::code::purpose::Purpose;
use crate::accounts::mail::{self, Recipient};
use crate::accounts::origin::Origin;
use crate::accounts::throttle::{lockout, retry_after};
use crate::accounts::user::model::User;
use crate::app::App;
use crate::db::{Connection, UtcDateTime};
use crate::error::{AppError, AppResult};
use crate::mail::{Mail, outbox};
use crate::resource::Model;
use crate::resource::declare::widget::Widget;
use crate::resource::form::bind::BoundForm;
use crate::resource::form::data::parse;
use crate::resource::{Field, FormData, FormErrors, field};
use crate::web::page::shell::Shell;
use crate::web::record::plain_form::bind;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};

/// A placeholder address: email queued for it is deleted in the same transaction.
const NOBODY: &str = "nobody@example.invalid";

#[derive(Template)]
#[template(path = "accounts/password/forgot.html")]
struct ForgotPage {
    shell: Shell,
    form: BoundForm,
}

fn fields() -> Vec<Field> {
    vec![
        field("Username").named("username").max(150).autocomplete("username").required_error("Enter your username"),
        field("Email")
            .named("email")
            .max(254)
            .widget(Widget::Email)
            .autocomplete("email")
            .required_error("Enter the email address of your account"),
    ]
}

pub async fn new(visit: Visit) -> AppResult<HttpResponse> {
    render(&visit, FormData::default(), FormErrors::default()).await
}

pub async fn create(visit: Visit, posted: PostedForm) -> AppResult<HttpResponse> {
    let typed = FormData::clone(&posted);
    let (values, mut errors) = parse(fields().iter(), &typed, visit.app.today(), &visit.app.clinic_zone());
    if !errors.is_empty() {
        return render(&visit, typed, errors).await;
    }
    let (username, email) =
        (values.at(User::FIELDS.username).as_text().to_lowercase(), values.at(User::FIELDS.email).as_text().to_lowercase());
    let (app, now) = (visit.app.clone(), visit.app.now());
    let (place, origin) = (Place::browser(&visit.request, &app), Origin::of(&visit.request));
    let asked = visit.app.db.write(move |c| ask(c, &app, &username, &email, &place, &origin, now)).await?;
    match asked {
        None => Ok(see_other("/reset-password")),
        Some(until) => {
            let seconds = retry_after::seconds(until, now);
            let text = format!("Too many attempts. Check your inbox for an earlier email, or try again in {}", retry_after::words(seconds));
            errors.add("", text);
            Ok(retry_after::answer(render(&visit, typed, errors).await?, seconds))
        }
    }
}

/// Sends the code if both belong to the same account. Returns when the next request is allowed, if there were too many.
fn ask(
    c: &mut Connection,
    app: &App,
    username: &str,
    email: &str,
    place: &Place,
    origin: &Origin,
    now: UtcDateTime,
) -> AppResult<Option<UtcDateTime>> {
    if let Some(until) = lockout::network_delay(c, &origin.ip, now)? {
        return Ok(Some(until));
    }
    let found = User::find_by_both(c, username, email)?.filter(|user| user.is_active && !user.password_hash.is_empty());
    let owner = Owner::Typed { name: &format!("{username}\n{email}"), user_id: found.as_ref().map(|user| user.id) };
    let code = match code::one_time::issue(c, &app.keys, Purpose::Reset, &owner, "", place, now)? {
        Issue::Issued(code) => code,
        Issue::Capped(until) => return Ok(Some(until)),
    };
    let mail = mail(app, found.as_ref(), username, &code, origin)?;
    let id = outbox::queue_quietly(c, &mail, now)?;
    // Email to a real account does not match this address and stays.
    outbox::take_back(c, id, NOBODY)?;
    Ok(None)
}

/// To the stored address, not to the one that was typed.
fn mail(app: &App, found: Option<&User>, username: &str, code: &str, origin: &Origin) -> AppResult<Mail> {
    let mail = mail::password_reset_requested(app, code).from(origin);
    let nobody = Recipient::address(app, NOBODY).named(username);
    let recipient = found.map_or_else(|| nobody.clone(), |user| Recipient::user(app, user));
    mail.to(&recipient)
        .or_else(|error| {
            tracing::warn!(user = found.map(|user| user.id), %error, "could not send a code");
            mail.to(&nobody)
        })
        .map_err(AppError::internal)
}

async fn render(visit: &Visit, typed: FormData, errors: FormErrors) -> AppResult<HttpResponse> {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let form = bind(&visit.app, fields(), typed, errors).await?;
    let shell = visit.shell("Forgot your password?").with_errors(!form.errors.is_empty());
    html(status, &ForgotPage { shell, form })
}
