//! The pages to create one's own account, with or without a link that an administrator sent.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

use super::account::AccountForm;
use super::offer::Offer;
use super::outcome::Registered;
use super::private::ask;
use super::register::{UNREACHABLE, register};
use crate::accounts::invitation::accept_page::ended;
use crate::accounts::origin::Origin;
use crate::accounts::throttle::retry_after;
use crate::accounts::user::model::User;
use crate::accounts::{registration, sign_in};
use crate::email_address::shown;
use crate::error::{AppError, AppResult};
use crate::mail::is_address;
use crate::resource::Model;
use crate::resource::declare::widget::Widget;
use crate::resource::form::bind::BoundForm;
use crate::resource::form::data::parse;
use crate::resource::{Field, FormData, FormErrors, field};
use crate::settings::Registration;
use crate::web::page::flash::{Tone, leave};
use crate::web::page::shell::Shell;
use crate::web::record::plain_form::bind;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};

#[derive(Template)]
#[template(path = "accounts/registration/register.html")]
struct RegisterPage {
    shell: Shell,
    form: BoundForm,
    action: String,
    /// The address that the link was sent to.
    address: Option<String>,
    /// The name or address is taken, perhaps by this person's own account.
    taken: bool,
}

#[derive(Template)]
#[template(path = "accounts/registration/register_address.html")]
struct AddressPage {
    shell: Shell,
    form: BoundForm,
}

#[derive(Template)]
#[template(path = "accounts/registration/register_sent.html")]
struct SentPage {
    shell: Shell,
}

/// The token of an invitation, the address that it was sent to, and what was offered.
type Invited = Option<(String, String, Offer)>;

pub async fn new(visit: Visit) -> AppResult<HttpResponse> {
    admit(&visit)?;
    if visit.user.is_some() {
        return Ok(see_other("/"));
    }
    if visit.app.settings.registration_private {
        return draw_address(&visit, FormData::default(), FormErrors::default()).await;
    }
    render(&visit, &None, FormData::default(), FormErrors::default()).await
}

pub async fn create(visit: Visit, posted: PostedForm) -> AppResult<HttpResponse> {
    admit(&visit)?;
    if visit.user.is_some() {
        return Ok(see_other("/"));
    }
    if visit.app.settings.registration_private { send_link(visit, posted).await } else { make(visit, None, posted).await }
}

/// Opening a link does not use it up, because mail programs open links by themselves.
pub async fn new_by_link(visit: Visit, token: Path<String>) -> AppResult<HttpResponse> {
    match invited(&visit, token.into_inner()).await? {
        None => ended(&visit),
        invited => {
            let offer = invited.as_ref().map(|(_, _, offer)| offer.clone()).unwrap_or_default();
            let named = FormData::default().with("first_name", offer.first_name).with("last_name", offer.last_name);
            render(&visit, &invited, named, FormErrors::default()).await
        }
    }
}

pub async fn create_by_link(visit: Visit, token: Path<String>, posted: PostedForm) -> AppResult<HttpResponse> {
    match invited(&visit, token.into_inner()).await? {
        None => ended(&visit),
        invited => make(visit, invited, posted).await,
    }
}

/// With REGISTRATION_PRIVATE: the same page whatever the address.
pub async fn sent(visit: Visit) -> AppResult<HttpResponse> {
    admit(&visit)?;
    html(StatusCode::OK, &SentPage { shell: visit.shell("Check your email") })
}

fn admit(visit: &Visit) -> AppResult<()> {
    if visit.app.registration() == Registration::Open { Ok(()) } else { Err(AppError::NotFound) }
}

async fn invited(visit: &Visit, token: String) -> AppResult<Invited> {
    if visit.app.registration() == Registration::Closed {
        return Err(AppError::NotFound);
    }
    let (app, asked) = (visit.app.clone(), token.clone());
    let found = visit.app.db.read(move |c| Ok::<_, AppError>(registration::link::find(c, &asked, app.now())?)).await?;
    Ok(found.map(|(address, offer)| (token, address, offer)))
}

fn form(visit: &Visit, invited: &Invited) -> AccountForm {
    AccountForm::new(&visit.app).with_address(invited.as_ref().map(|(_, address, _)| address.clone()))
}

async fn make(visit: Visit, invited: Invited, posted: PostedForm) -> AppResult<HttpResponse> {
    let typed = FormData::clone(&posted);
    let filled = form(&visit, &invited).read(&visit.app, &typed);
    let link = invited.as_ref().map(|(token, ..)| token.clone());
    match register(&visit.app, filled, link, Origin::of(&visit.request), Box::new(|_, _| Ok(()))).await? {
        Registered::Made { row, hash } => {
            sign_in::session::open(&visit, row.id, &hash).await?;
            leave(&visit.request, &visit.app, Tone::Ok, "Account created. You are signed in.");
            Ok(see_other("/"))
        }
        Registered::Mailed => Ok(see_other("/register/sent")),
        Registered::Refused(errors) => render(&visit, &invited, typed, errors).await,
        Registered::Later(until) => {
            let (seconds, mut errors) = (retry_after::seconds(until, visit.app.now()), FormErrors::default());
            let text = format!("Too many accounts were created from your network. Try again in {}", retry_after::words(seconds));
            errors.add("", text);
            Ok(retry_after::answer(render(&visit, &invited, typed, errors).await?, seconds))
        }
        Registered::Closed => ended(&visit),
    }
}

/// With REGISTRATION_PRIVATE the address is asked for first.
fn address_field() -> Vec<Field> {
    vec![field("Email").named("email").max(254).widget(Widget::Email).autocomplete("email").required_error("Enter your email address")]
}

async fn send_link(visit: Visit, posted: PostedForm) -> AppResult<HttpResponse> {
    let typed = FormData::clone(&posted);
    let (values, mut errors) = parse(address_field().iter(), &typed, visit.app.today(), &visit.app.clinic_zone());
    let address = values.at(User::FIELDS.email).as_text().to_string();
    if errors.is_empty() && !is_address(&address) {
        errors.add("email", UNREACHABLE);
    }
    if !errors.is_empty() {
        return draw_address(&visit, typed, errors).await;
    }
    match ask(&visit.app, address, Origin::of(&visit.request)).await? {
        Registered::Later(until) => {
            let seconds = retry_after::seconds(until, visit.app.now());
            errors.add(
                "email",
                format!("You have requested too many emails. Use the latest one, or try again in {}", retry_after::words(seconds)),
            );
            Ok(retry_after::answer(draw_address(&visit, typed, errors).await?, seconds))
        }
        _ => Ok(see_other("/register/sent")),
    }
}

async fn draw_address(visit: &Visit, typed: FormData, errors: FormErrors) -> AppResult<HttpResponse> {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let form = bind(&visit.app, address_field(), typed, errors).await?.focused();
    let shell = visit.shell("Create an account").with_errors(!form.errors.is_empty());
    html(status, &AddressPage { shell, form })
}

async fn render(visit: &Visit, invited: &Invited, typed: FormData, errors: FormErrors) -> AppResult<HttpResponse> {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let taken = errors.is_taken();
    let form = form(visit, invited).bind(&visit.app, typed, errors).await?;
    let shell = visit.shell("Create an account").with_errors(!form.errors.is_empty());
    let action = invited.as_ref().map_or_else(|| "/register".into(), |(token, ..)| format!("/register/{token}"));
    html(status, &RegisterPage { shell, form, action, address: invited.as_ref().map(|(_, address, _)| shown(address).into_owned()), taken })
}
