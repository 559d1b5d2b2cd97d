//! Pages that explain why signing in with a provider did not work.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use askama::Template;

use crate::error::AppResult;
use crate::oidc::{OidcError, Person, Provider};
use crate::settings::Registration;
use crate::web::page::shell::Shell;
use crate::web::request::visit::Visit;
use crate::web::response::html;

/// The reason, and what to do next.
#[derive(Template)]
#[template(path = "accounts/identity/provider_notice.html")]
pub struct NoticePage {
    shell: Shell,
    sentences: Vec<String>,
    ways: Vec<(&'static str, &'static str)>,
}

/// The same page for everybody who cannot sign in: it does not reveal whether an account with that address exists or is inactive.
pub fn unlinked(visit: &Visit, provider: &Provider, person: &Person) -> AppResult<HttpResponse> {
    let (label, clinic) = (&provider.label, &visit.app.clinic_name());
    let mut sentences = vec![format!(
        "If you have an account at {clinic}, sign in with your password and link {label} under “Linked accounts”. You can then \
            sign in with {label}."
    )];
    if visit.app.registration() != Registration::Open {
        sentences.push(format!("If you do not have an account, ask an administrator of {clinic} for an invitation."));
    } else if !person.email_is_verified {
        sentences.push(format!("{label} has not confirmed your email address, so you cannot create an account with it."));
    }
    let shell = visit.shell(format!("Your {label} account is not linked"));
    let ways = vec![("Sign in with your password", "/login?next=%2Fidentities")];
    html(StatusCode::FORBIDDEN, &NoticePage { shell, sentences, ways })
}

/// An unknown state, whatever the reason.
pub fn stale(visit: &Visit) -> AppResult<HttpResponse> {
    let sentences = vec![
        "It has already been completed, took longer than 10 minutes, or was started in another browser. Nothing was changed.".to_string(),
    ];
    let ways = vec![if visit.user.is_some() { ("Go to the start page", "/") } else { ("Start again", "/login") }];
    html(StatusCode::BAD_REQUEST, &NoticePage { shell: visit.shell("This sign-in has expired"), sentences, ways })
}

/// The provider cannot be reached or sent an invalid answer; the log has the details.
pub fn troubled(visit: &Visit, provider: &Provider, trouble: &OidcError) -> AppResult<HttpResponse> {
    tracing::warn!(provider = provider.name, %trouble, "a provider failed");
    let label = &provider.label;
    let (status, title, sentence) = match trouble {
        OidcError::Away(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            format!("{label} is not responding"),
            "Wait a minute and try again, or sign in with your password if you have one.",
        ),
        OidcError::Refused(_) => (
            StatusCode::BAD_GATEWAY,
            format!("{label} did not complete the sign-in"),
            "You may have waited too long. Nothing was changed. Start again.",
        ),
        OidcError::Lied(_) => (
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
