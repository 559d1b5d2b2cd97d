//! Changing one's own password, which asks for the current one. The current session continues under a new key; every other
//! session and token ends.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::fields::{check_password, password_fields};
use super::rules::normal;
use super::verify::{Proof, prove};
use crate::accounts::origin::Origin;
use crate::accounts::password::{self, Reason};
use crate::accounts::session;
use crate::accounts::throttle::lockout::Client;
use crate::accounts::throttle::retry_after;
use crate::accounts::user::model::User;
use crate::error::{AppError, AppResult};
use crate::resource::Model;
use crate::resource::declare::widget::Widget;
use crate::resource::form::bind::{Binder, BoundForm};
use crate::resource::form::data::parse;
use crate::resource::{Actor, Field, FormData, FormErrors, Row, Values, field};
use crate::web::page::flash::{Tone, leave};
use crate::web::page::shell::Shell;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};

#[derive(Template)]
#[template(path = "accounts/password/password.html")]
struct PasswordPage {
    shell: Shell,
    form: BoundForm,
    /// For password managers.
    username: String,
    /// Whether the account has a password.
    has_one: bool,
}

/// The field for the current password.
pub fn current_field() -> Field {
    field("Current password")
        .named("current_password")
        .widget(Widget::CurrentPassword)
        .autocomplete("current-password")
        .max(crate::passwords::LONGEST)
        .required_error("Enter your current password")
}

fn fields() -> Vec<Field> {
    let [first, again] = password_fields();
    let named = |field: Field, label| Field { label, ..field };
    vec![current_field(), named(first, "New password"), named(again, "Confirm new password")]
}

pub async fn edit(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    render(&visit, &user, FormErrors::default(), None).await
}

pub async fn update(visit: Visit, user: CurrentUser, posted: PostedForm) -> AppResult<HttpResponse> {
    let (row, has_one) = own(&visit, &user).await?;
    if !has_one {
        return render(&visit, &user, FormErrors::default(), None).await;
    }
    let (values, mut errors) = parse(fields().iter(), &posted, visit.app.today(), &visit.app.clinic_zone());
    check_password(&visit.app, &values, &row.values, &mut errors);
    let (old, new) = (values.at("current_password").as_text(), values.at("password").as_text());
    if errors.is_empty() && normal(old) == normal(new) {
        errors.add("password", "The new password must be different from your current password");
    }
    if !errors.is_empty() {
        return render(&visit, &user, errors, None).await;
    }
    if let Err((errors, wait)) = proved(&visit, &user, &values).await? {
        return render(&visit, &user, errors, wait).await;
    }
    let hash = visit.app.passwords.hash(normal(new)).await?;
    store(&visit, &user, row, hash).await?;
    leave(&visit.request, &visit.app, Tone::Ok, "Password changed. You are signed out everywhere else.");
    Ok(see_other("/profile"))
}

/// Errors for the form, and the seconds to wait after too many wrong passwords.
pub type Refused = (FormErrors, Option<i64>);

/// Checks the current password in the form. A wrong one counts as a failed sign-in attempt.
pub async fn proved(visit: &Visit, user: &CurrentUser, values: &Values) -> AppResult<Result<(), Refused>> {
    let visitor = Client::of(visit, user.username.as_str()).confirming();
    let mut errors = FormErrors::default();
    let wait = match prove(&visit.app, visitor, normal(values.at("current_password").as_text())).await? {
        Proof::Right(found) if found.id == user.id => return Ok(Ok(())),
        Proof::Right(_) | Proof::Wrong => {
            errors.add("current_password", "Your current password is incorrect");
            None
        }
        Proof::Delayed(seconds) => {
            errors.add("current_password", format!("Too many failed attempts. Try again in {}", retry_after::words(seconds)));
            Some(seconds)
        }
    };
    Ok(Err((errors, wait)))
}

/// The user's own record, and whether the account has a password.
pub async fn own(visit: &Visit, user: &CurrentUser) -> AppResult<(Row, bool)> {
    let (app, id) = (visit.app.clone(), user.id);
    visit
        .app
        .db
        .read(move |c| {
            let resource = app.registry.of::<User>();
            let row = app.registry.find(c, resource, id, None)?.ok_or(AppError::NotFound)?;
            Ok::<_, AppError>((row, crate::accounts::user::model::has_password(c, id)?))
        })
        .await
}

/// Sets the user's password; the current session then continues under a new key.
pub async fn store(visit: &Visit, user: &CurrentUser, row: Row, hash: String) -> AppResult<()> {
    let (session, origin) = (session::renew::row(visit), Origin::of(&visit.request));
    let (app, actor, proved) = (visit.app.clone(), user.to_actor(), hash.clone());
    let ended = visit.app.db.write(move |c| password::set(c, &app, &actor, &row, &hash, &Reason::Changed { session, origin })).await?;
    session::renew::renew(visit, user.id, &proved, ended).await
}

async fn render(visit: &Visit, user: &CurrentUser, errors: FormErrors, wait: Option<i64>) -> AppResult<HttpResponse> {
    let (row, has_one) = own(visit, user).await?;
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let form = bound(visit, fields(), FormData::default(), errors).await?;
    let shell =
        visit.shell(if has_one { "Change your password" } else { "Set a password" }).under(&[("Profile", "/profile")]).renamed("Password");
    let shell = shell.with_errors(!form.errors.is_empty());
    let username = row.values.at(User::FIELDS.username).as_text().into();
    Ok(retry_after::answer(html(status, &PasswordPage { shell, form, username, has_one })?, wait))
}

/// A form of fields that belong to no record.
pub async fn bound(visit: &Visit, fields: Vec<Field>, typed: FormData, errors: FormErrors) -> AppResult<BoundForm> {
    let app = visit.app.clone();
    visit
        .app
        .db
        .read(move |c| {
            let nobody = Actor::system();
            let binder = Binder::new(&app.registry, &nobody, &app.clinic_zone());
            Ok::<_, AppError>(binder.bind(c, &[("", fields.iter().collect())], &typed, &errors)?)
        })
        .await
}
