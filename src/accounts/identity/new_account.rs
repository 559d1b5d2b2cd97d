//! Somebody with an address that the provider has verified and no account here: an account is created after they have seen its
//! details and agreed.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use super::model::{find_user, link};
use super::notices::{stale, unlinked};
use super::pending::ReturnState;
use super::session::sign_in;
use crate::accounts::origin::Origin;
use crate::accounts::registration::account::{create as create_account, default_group};
use crate::accounts::registration::register::welcome;
use crate::accounts::user::confirmed::confirm;
use crate::accounts::user::model::User;
use crate::app::App;
use crate::db::connection::exclusive;
use crate::db::schema::identities;
use crate::error::{AppError, AppResult};
use crate::oidc::{Person, Provider};
use crate::resource::form::bind::{Binder, BoundForm};
use crate::resource::form::data::parse;
use crate::resource::write::writer::WriteError;
use crate::resource::{Actor, Field, FormData, FormErrors, Value};
use crate::settings::Registration;
use crate::web::page::flash::{Tone, leave};
use crate::web::page::shell::Shell;
use crate::web::request::csrf;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::{html, local_path};

const PURPOSE: &str = "newcomer";
/// The field that carries the provider's claims.
const TICKET: &str = "offer";
/// How long the page can be used, in seconds.
const LASTS: i64 = 10 * 60;

#[derive(Template)]
#[template(path = "accounts/identity/new_account.html")]
struct NewcomerPage {
    shell: Shell,
    form: BoundForm,
    label: String,
    email: String,
    action: String,
    offer: String,
}

/// The provider's claims, signed for this browser, so that nothing is stored for those who do not agree.
#[derive(Serialize, Deserialize)]
struct SignedOffer {
    provider: String,
    issuer: String,
    subject: String,
    email: String,
    next: String,
    until: i64,
}

impl SignedOffer {
    fn seal(&self, visit: &Visit) -> AppResult<String> {
        let text = serde_json::to_vec(self).map_err(AppError::internal)?;
        Ok(format!("{}.{}", URL_SAFE_NO_PAD.encode(&text), URL_SAFE_NO_PAD.encode(sign(visit, &text)?)))
    }

    fn open(visit: &Visit, provider: &str, sealed: &str) -> Option<Self> {
        let (text, signature) = sealed.split_once('.')?;
        let (text, signature) = (URL_SAFE_NO_PAD.decode(text).ok()?, URL_SAFE_NO_PAD.decode(signature).ok()?);
        if !bool::from(sign(visit, &text).ok()?.as_slice().ct_eq(&signature)) {
            return None;
        }
        let offer: Self = serde_json::from_slice(&text).ok()?;
        (offer.provider == provider && offer.until > visit.app.now().unix_seconds()).then_some(offer)
    }

    fn person(&self) -> Person {
        Person {
            issuer: self.issuer.clone(),
            subject: self.subject.clone(),
            email: self.email.clone(),
            email_is_verified: true,
            username: String::new(),
            first_name: String::new(),
            last_name: String::new(),
        }
    }
}

fn sign(visit: &Visit, text: &[u8]) -> AppResult<[u8; 32]> {
    let browser = csrf::browser(&visit.request, &visit.app).ok_or_else(|| AppError::internal("a browser without a token"))?;
    Ok(visit.app.keys.sign(PURPOSE, &[browser.as_bytes(), text]))
}

/// Shows the account that would be created.
pub async fn offer(visit: &Visit, provider: &Provider, person: Person, next: &str) -> AppResult<HttpResponse> {
    let mut typed = FormData::default();
    typed.push("username", username(&person));
    typed.push("first_name", short(&person.first_name));
    typed.push("last_name", short(&person.last_name));
    let offer = SignedOffer {
        provider: provider.name.clone(),
        issuer: person.issuer,
        subject: person.subject,
        email: person.email,
        next: next.into(),
        until: visit.app.now().unix_seconds() + LASTS,
    };
    render(visit, provider, &offer, typed, FormErrors::default()).await
}

/// A username from the provider's claims, or from the address.
fn username(person: &Person) -> String {
    let named = if person.username.is_empty() { &person.email } else { &person.username };
    let ordinary = |letter: &char| letter.is_ascii_alphanumeric() || "._-+".contains(*letter);
    named.split('@').next().unwrap_or("").chars().filter(ordinary).take(150).collect()
}

fn short(name: &str) -> String {
    name.chars().filter(|letter| !letter.is_control()).take(150).collect()
}

pub async fn create(visit: Visit, name: Path<String>, posted: PostedForm) -> AppResult<HttpResponse> {
    let known = visit.app.providers.find(&name).ok_or(AppError::NotFound)?;
    let Some(offer) = SignedOffer::open(&visit, &name, posted.text(TICKET)).filter(|_| visit.user.is_none()) else { return stale(&visit) };
    if visit.app.registration() != Registration::Open {
        return unlinked(&visit, &known.provider, &offer.person());
    }
    let typed = FormData::clone(&posted);
    match make(&visit, &known.provider, &offer, &typed).await {
        Ok(()) => enter(&visit, &known.provider, offer).await,
        Err(WriteError::Invalid(errors)) if errors.of("email").is_none() => render(&visit, &known.provider, &offer, typed, errors).await,
        // The address was taken while this page was open, or this is a second click.
        Err(WriteError::Invalid(_)) => enter(&visit, &known.provider, offer).await,
        Err(error) => Err(error.into()),
    }
}

/// In one transaction: the account without a password, its link and their log entries.
async fn make(visit: &Visit, provider: &Provider, offer: &SignedOffer, typed: &FormData) -> Result<(), WriteError> {
    let (mut values, errors) = parse(fields(&visit.app).iter(), typed, visit.app.today(), &visit.app.clinic_zone());
    values.set("email", Value::Text(offer.email.clone()));
    let (app, person, label, origin) = (visit.app.clone(), offer.person(), provider.label.clone(), Origin::of(&visit.request));
    visit
        .app
        .db
        .write(move |c| {
            // Serialised, so that a second click sees what the first one created.
            exclusive(c, "newcomer", 0)?;
            values.set("groups", default_group(c, &app.settings.default_group)?);
            let actor = Actor::program("Registration");
            app.act(c, &actor, |c, writer| {
                writer.set_note(format!("Signs in with {label}."));
                let row = create_account(c, writer, values, errors, "")?;
                if !link(c, row.id, &person, writer.now)? {
                    return Err(WriteError::NotFound);
                }
                // The provider has verified the address.
                confirm(c, row.id, writer.now)?;
                Ok(welcome(c, &app, &row, &origin)?)
            })
        })
        .await
}

/// Signs in the user who has this identity now.
async fn enter(visit: &Visit, provider: &Provider, offer: SignedOffer) -> AppResult<HttpResponse> {
    let (person, app) = (offer.person(), visit.app.clone());
    let asked = person.clone();
    let found = app.db.read(move |c| Ok::<_, AppError>(find_user(c, &asked)?)).await?;
    let Some((link, user)) = found.filter(|(_, user)| user.is_active) else { return unlinked(visit, provider, &person) };
    let first = app
        .db
        .read(move |c| {
            let used = identities::table.filter(identities::id.eq(link)).select(identities::last_used_at);
            Ok::<_, AppError>(used.first::<Option<crate::db::UtcDateTime>>(c)?.is_none())
        })
        .await?;
    let return_state = ReturnState { next: local_path(&offer.next).unwrap_or("").into(), ..ReturnState::default() };
    let answer = sign_in(visit, link, user, &person.email, return_state).await?;
    if first {
        leave(&visit.request, &app, Tone::Ok, format!("Account created. You are signed in with {}.", provider.label));
    }
    Ok(answer)
}

fn fields(app: &App) -> Vec<Field> {
    app.registry.of::<User>().declaration().fields_named(&["username", "first_name", "last_name"]).cloned().collect()
}

async fn render(visit: &Visit, provider: &Provider, offer: &SignedOffer, typed: FormData, errors: FormErrors) -> AppResult<HttpResponse> {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let app = visit.app.clone();
    let form = visit
        .app
        .db
        .read(move |c| {
            let (fields, nobody) = (fields(&app), Actor::system());
            let binder = Binder::new(&app.registry, &nobody, &app.clinic_zone());
            Ok::<_, AppError>(binder.bind(c, &[("", fields.iter().collect())], &typed, &errors)?.focused())
        })
        .await?;
    let shell = visit.shell(format!("Create an account at {}", visit.app.clinic_name())).with_errors(!form.errors.is_empty());
    let action = format!("/login/oidc/{}/account", provider.name);
    let page = NewcomerPage { shell, form, label: provider.label.clone(), email: offer.email.clone(), action, offer: offer.seal(visit)? };
    html(status, &page)
}
