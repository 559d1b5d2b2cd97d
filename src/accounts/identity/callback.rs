//! The OIDC callback: the provider sends the browser back, and the person signs in or links the account.

use actix_web::HttpResponse;
use actix_web::web::Path;

use super::depart::way_back;
use super::model::find_user;
use super::notices::{stale, troubled, unlinked};
use super::pending::{ReturnState, consume};
use super::session::sign_in;
use crate::accounts::identity;
use crate::error::{AppError, AppResult};
use crate::oidc::{Known, OidcError, Person};
use crate::resource::FormData;
use crate::settings::Registration;
use crate::web::page::flash::{Tone, leave};
use crate::web::request::csrf;
use crate::web::request::visit::Visit;
use crate::web::response::see_other;

/// The longest authorization code that is accepted.
const LONGEST_CODE: usize = 4_000;

pub async fn show(visit: Visit, name: Path<String>) -> AppResult<HttpResponse> {
    let known = visit.app.providers.find(&name).ok_or(AppError::NotFound)?;
    let query = FormData::parse(visit.request.query_string().as_bytes()).unwrap_or_default();
    let now = visit.app.now();
    let (provider, state) = (name.to_string(), query.text("state").to_string());
    let Some(browser) = csrf::browser(&visit.request, &visit.app) else { return stale(&visit) };
    let return_state = visit.app.db.write(move |c| Ok::<_, AppError>(consume(c, &provider, &browser, &state, now)?)).await?;
    let Some((sent, return_state)) = return_state else { return stale(&visit) };
    // An answer with an issuer must come from the provider that was asked (RFC 9207).
    if query.get("iss").is_some_and(|issuer| issuer != known.provider.issuer) {
        return troubled(&visit, &known.provider, &OidcError::lied("the answer names another issuer"));
    }
    let code = query.text("code");
    if query.has("error") || code.is_empty() || code.len() > LONGEST_CODE {
        let word: String = query.text("error").chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '_').take(60).collect();
        tracing::info!(provider = known.provider.name, word, "the provider returned an error");
        let text = format!("{} did not confirm your identity. Nothing was changed. Try again.", known.provider.label);
        leave(&visit.request, &visit.app, Tone::Warn, text);
        return Ok(see_other(if return_state.user_id.is_some() { "/identities" } else { "/login" }));
    }
    match visit.app.providers.finish(known, &way_back(&visit, &name)?, code, &sent, now).await {
        Err(trouble) => troubled(&visit, &known.provider, &trouble),
        Ok(person) if return_state.user_id.is_some() => identity::link::arrived(&visit, &known.provider, person, return_state).await,
        Ok(person) => arrived(&visit, known, person, return_state).await,
    }
}

/// Signs in the user with this identity.
async fn arrived(visit: &Visit, known: &Known, person: Person, return_state: ReturnState) -> AppResult<HttpResponse> {
    let asked = person.clone();
    let (found, taken) =
        visit.app.db.read(move |c| Ok::<_, AppError>((find_user(c, &asked)?, identity::model::address_is_known(c, &asked.email)?))).await?;
    match found {
        Some((link, user)) if user.is_active => sign_in(visit, link, user, &person.email, return_state).await,
        // An address alone never signs anybody in, and only a verified one creates an account.
        None if visit.app.registration() == Registration::Open && person.email_is_verified && !taken => {
            identity::new_account::offer(visit, &known.provider, person, &return_state.next).await
        }
        _ => unlinked(visit, &known.provider, &person),
    }
}
