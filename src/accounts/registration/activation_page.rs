//! `/activation`: the page to type the code that confirms an email address, or to request another one.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::activation::{self, Sent};
use crate::accounts::code;
use crate::accounts::code::one_time::Outcome;
use crate::accounts::origin::Origin;
use crate::accounts::throttle::retry_after;
use crate::accounts::user::model::User;
use crate::email_address::shown;
use crate::error::{AppError, AppResult};
use crate::resource::Model;
use crate::resource::form::bind::BoundForm;
use crate::resource::form::data::parse;
use crate::resource::{Field, FormData, FormErrors, Row, field};
use crate::web::page::flash::{Tone, leave};
use crate::web::page::shell::Shell;
use crate::web::paths::ACTIVATION;
use crate::web::record::plain_form::bind;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};
use crate::web::routing::required_steps::is_held;

#[derive(Template)]
#[template(path = "accounts/registration/activation.html")]
struct ActivationPage {
    shell: Shell,
    form: BoundForm,
    email: String,
    minutes: i64,
    /// Whether other pages are blocked until then.
    held: bool,
}

fn fields() -> Vec<Field> {
    vec![field("Code").named("code").max(40).autocomplete("one-time-code").required_error("Enter the code we emailed you")]
}

pub async fn edit(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    if !user.unconfirmed {
        return Ok(already(&visit));
    }
    render(&visit, &user, FormData::default(), FormErrors::default()).await
}

pub async fn update(visit: Visit, user: CurrentUser, posted: PostedForm) -> AppResult<HttpResponse> {
    if !user.unconfirmed {
        return Ok(already(&visit));
    }
    let typed = FormData::clone(&posted);
    let (values, mut errors) = parse(fields().iter(), &typed, visit.app.today(), &visit.app.clinic_zone());
    if !errors.is_empty() {
        return render(&visit, &user, typed, errors).await;
    }
    match activation::accept(&visit.app, user.to_actor(), values.at("code").as_text().into()).await? {
        Outcome::Right { .. } => {
            leave(&visit.request, &visit.app, Tone::Ok, "Email address confirmed.");
            Ok(see_other("/"))
        }
        other => {
            errors.add("code", other.problem().unwrap_or_default());
            render(&visit, &user, typed, errors).await
        }
    }
}

pub async fn resend(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    if !user.unconfirmed {
        return Ok(already(&visit));
    }
    let (app, row, origin) = (visit.app.clone(), own(&visit, &user).await?, Origin::of(&visit.request));
    match visit.app.db.write(move |c| Ok::<_, AppError>(activation::issue(c, &app, &row, &origin, true)?)).await? {
        Sent::To(address) => {
            leave(
                &visit.request,
                &visit.app,
                Tone::Ok,
                format!("We emailed a new code to {}. Earlier codes no longer work.", shown(&address)),
            );
            Ok(see_other(ACTIVATION))
        }
        Sent::Later(until) => {
            let (seconds, mut errors) = (retry_after::seconds(until, visit.app.now()), FormErrors::default());
            let text = format!("You have requested too many codes. Use the latest one, or try again in {}", retry_after::words(seconds));
            errors.add("code", text);
            Ok(retry_after::answer(render(&visit, &user, FormData::default(), errors).await?, seconds))
        }
    }
}

fn already(visit: &Visit) -> HttpResponse {
    leave(&visit.request, &visit.app, Tone::Info, "Your email address is already confirmed.");
    see_other("/")
}

/// The user's own account.
async fn own(visit: &Visit, user: &CurrentUser) -> AppResult<Row> {
    let (app, id) = (visit.app.clone(), user.id);
    visit
        .app
        .db
        .read(move |c| {
            let resource = app.registry.of::<User>();
            app.registry.find(c, resource, id, None)?.ok_or(AppError::NotFound)
        })
        .await
}

async fn render(visit: &Visit, user: &CurrentUser, typed: FormData, errors: FormErrors) -> AppResult<HttpResponse> {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let email = shown(own(visit, user).await?.values.at(User::FIELDS.email).as_text()).into_owned();
    let form = bind(&visit.app, fields(), typed, errors).await?;
    let shell = visit.shell("Confirm your email address").with_errors(!form.errors.is_empty());
    let held = is_held(user, &visit.app.settings);
    html(status, &ActivationPage { shell, form, email, minutes: code::one_time::LASTS.whole_minutes(), held })
}
