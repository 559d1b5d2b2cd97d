//! Signing in, and linking, with an account at a provider: leaving for it and coming back.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use actix_web::web::Path;
use askama::Template;

use super::model::find_user;
use super::pending::{Errand, consume, remember};
use crate::accounts::throttle::budget::{Visitor, passed};
use crate::accounts::user::model::User;
use crate::accounts::{identity, sign_in};
use crate::error::{AppError, AppResult};
use crate::oidc::{Known, Person, Provider, Trouble};
use crate::resource::FormData;
use crate::settings::Registration;
use crate::web::page::flash::{Tone, leave};
use crate::web::page::shell::{Shell, Visit, html, see_other};
use crate::web::request::csrf;
use crate::web::request::posted::Posted;

/// The longest code that is handed on.
const LONGEST_CODE: usize = 4_000;

/// Shown for a moment: a form of ours may not lead elsewhere by itself, so a page does.
#[derive(Template)]
#[template(path = "accounts/provider_leaving.html")]
struct LeavingPage {
    shell: Shell,
    label: String,
    url: String,
}

/// Why somebody was not let in, and the way on.
#[derive(Template)]
#[template(path = "accounts/provider_notice.html")]
struct NoticePage {
    shell: Shell,
    sentences: Vec<String>,
    ways: Vec<(&'static str, &'static str)>,
}

pub async fn create(visit: Visit, name: Path<String>, posted: Posted) -> AppResult<HttpResponse> {
    let typed = sign_in::password::typed(&posted);
    if visit.user.is_some() {
        return Ok(see_other(if typed.next.is_empty() { "/".into() } else { typed.next }));
    }
    depart(&visit, &name, Errand { user_id: None, remembered: typed.remembered, next: typed.next, kept: typed.kept }).await
}

/// Off to the provider, with everything noted that has to come back.
pub async fn depart(visit: &Visit, name: &str, errand: Errand) -> AppResult<HttpResponse> {
    let known = visit.app.providers.find(name).ok_or(AppError::NotFound)?;
    let now = visit.app.now();
    let departure = match visit.app.providers.depart(known, &way_back(visit, name)?, now).await {
        Ok(departure) => departure,
        Err(trouble) => return troubled(visit, &known.provider, &trouble),
    };
    let browser = csrf::browser(&visit.request, &visit.app).ok_or(AppError::Forbidden(crate::web::request::body::STALE))?;
    let (name, url) = (name.to_string(), departure.url.clone());
    visit.app.db.write(move |c| Ok::<_, AppError>(remember(c, &name, &browser, &departure, errand, now)?)).await?;
    let label = known.provider.label.clone();
    html(StatusCode::OK, &LeavingPage { shell: visit.shell(format!("Continue to {label}")), label, url })
}

/// Where the provider sends people back to.
fn way_back(visit: &Visit, name: &str) -> AppResult<url::Url> {
    visit.app.settings.public_url.join(&format!("/login/oidc/{name}/callback")).map_err(AppError::internal)
}

pub async fn show(visit: Visit, name: Path<String>) -> AppResult<HttpResponse> {
    let known = visit.app.providers.find(&name).ok_or(AppError::NotFound)?;
    let told = FormData::parse(visit.request.query_string().as_bytes()).unwrap_or_default();
    let now = visit.app.now();
    let (provider, state) = (name.to_string(), told.text("state").to_string());
    let Some(browser) = csrf::browser(&visit.request, &visit.app) else { return stale(&visit) };
    let errand = visit.app.db.write(move |c| Ok::<_, AppError>(consume(c, &provider, &browser, &state, now)?)).await?;
    let Some((sent, errand)) = errand else { return stale(&visit) };
    // An answer that names its sender must have come from where it was asked for.
    if told.get("iss").is_some_and(|issuer| issuer != known.provider.issuer) {
        return troubled(&visit, &known.provider, &Trouble::lied("the answer names another issuer"));
    }
    let code = told.text("code");
    if told.has("error") || code.is_empty() || code.len() > LONGEST_CODE {
        let word: String = told.text("error").chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '_').take(60).collect();
        tracing::info!(provider = known.provider.name, word, "the provider returned an error");
        let text = format!("{} did not confirm your identity. Nothing was changed. Try again.", known.provider.label);
        leave(&visit.request, &visit.app, Tone::Warn, text);
        return Ok(see_other(if errand.user_id.is_some() { "/identities" } else { "/login" }));
    }
    match visit.app.providers.arrive(known, &way_back(&visit, &name)?, code, &sent, now).await {
        Err(trouble) => troubled(&visit, &known.provider, &trouble),
        Ok(person) if errand.user_id.is_some() => identity::page::arrived(&visit, &known.provider, person, errand).await,
        Ok(person) => arrived(&visit, known, person, errand).await,
    }
}

/// Somebody who wants to sign in and is, by the provider's word, this person.
async fn arrived(visit: &Visit, known: &Known, person: Person, errand: Errand) -> AppResult<HttpResponse> {
    let asked = person.clone();
    let (found, taken) =
        visit.app.db.read(move |c| Ok::<_, AppError>((find_user(c, &asked)?, identity::model::address_is_known(c, &asked.email)?))).await?;
    match found {
        Some((link, user)) if user.is_active => let_in(visit, link, user, &person.email, errand).await,
        // An address alone opens nothing, and only one that was proved makes an account.
        None if visit.app.settings.registration == Registration::Open && person.email_is_verified && !taken => {
            identity::new_account::offer(visit, &known.provider, person, &errand.next).await
        }
        _ => unlinked(visit, &known.provider, &person),
    }
}

/// In by a provider's word. It is the first step, as a password is; who has neither a password nor another proof here has
/// just given the only one there is.
pub async fn let_in(visit: &Visit, link: i64, user: User, email: &str, errand: Errand) -> AppResult<HttpResponse> {
    let (visitor, user_id, email, now) = (Visitor::of(visit, ""), user.id, email.to_string(), visit.app.now());
    visit
        .app
        .db
        .write(move |c| {
            identity::model::used(c, link, &email, now)?;
            passed(c, &visitor, user_id, &format!("identity {link}"), now)?;
            Ok::<_, AppError>(())
        })
        .await?;
    tracing::info!(user = user_id, "signed in by a provider");
    let arrival = sign_in::password::Arrival {
        user_id,
        is_whole: false,
        is_fresh: user.password_hash.is_empty(),
        hash: user.password_hash,
        remembered: errand.remembered,
        next: errand.next,
        kept: errand.kept,
    };
    sign_in::password::let_in(visit, arrival).await
}

/// One page for everybody who is not let in: whether there is an account with that address, or one that is kept out, is
/// not told.
pub fn unlinked(visit: &Visit, provider: &Provider, person: &Person) -> AppResult<HttpResponse> {
    let (label, clinic) = (&provider.label, &visit.app.settings.clinic_name);
    let mut sentences = vec![format!(
        "If you have an account at {clinic}, sign in with your password and link {label} under “Linked accounts”. You can then \
            sign in with {label}."
    )];
    if visit.app.settings.registration != Registration::Open {
        sentences.push(format!("If you do not have an account, ask an administrator of {clinic} for an invitation."));
    } else if !person.email_is_verified {
        sentences.push(format!("{label} has not confirmed your email address, so you cannot create an account with it."));
    }
    let shell = visit.shell(format!("Your {label} account is not linked"));
    let ways = vec![("Sign in with your password", "/login?next=%2Fidentities")];
    html(StatusCode::FORBIDDEN, &NoticePage { shell, sentences, ways })
}

/// A state that is not known, whatever the reason.
pub fn stale(visit: &Visit) -> AppResult<HttpResponse> {
    let sentences = vec![
        "It has already been completed, took longer than 10 minutes, or was started in another browser. Nothing was changed.".to_string(),
    ];
    let ways = vec![if visit.user.is_some() { ("Go to the start page", "/") } else { ("Start again", "/login") }];
    html(StatusCode::BAD_REQUEST, &NoticePage { shell: visit.shell("This sign-in has expired"), sentences, ways })
}

/// What people are told when the provider is away or not to be believed; the log knows more.
fn troubled(visit: &Visit, provider: &Provider, trouble: &Trouble) -> AppResult<HttpResponse> {
    tracing::warn!(provider = provider.name, %trouble, "a provider failed");
    let label = &provider.label;
    let (status, title, sentence) = match trouble {
        Trouble::Away(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            format!("{label} is not responding"),
            "Wait a minute and try again, or sign in with your password if you have one.",
        ),
        Trouble::Refused(_) => (
            StatusCode::BAD_GATEWAY,
            format!("{label} did not complete the sign-in"),
            "You may have waited too long. Nothing was changed. Start again.",
        ),
        Trouble::Lied(_) => (
            StatusCode::BAD_GATEWAY,
            format!("The response from {label} could not be verified"),
            "Nothing was changed. The problem has been logged.",
        ),
    };
    let ways = vec![if visit.user.is_some() { ("Linked accounts", "/identities") } else { ("Back to sign-in", "/login") }];
    let page = NoticePage { shell: visit.shell(title), sentences: vec![sentence.into()], ways };
    let mut response = html(status, &page)?;
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("60"));
    }
    Ok(response)
}
