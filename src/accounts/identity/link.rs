//! Linking an account at a provider to the account of the user who is signed in.

use actix_web::HttpResponse;

use super::model::{Linked, link, obstacle};
use super::notices::stale;
use super::pending::ReturnState;
use crate::accounts::mail;
use crate::accounts::second_factor::change::{Changed, change};
use crate::app::App;
use crate::error::{AppError, AppResult};
use crate::oidc::{Person, Provider};
use crate::web::page::flash::{Tone, leave};
use crate::web::request::visit::Visit;
use crate::web::response::see_other;

/// Handles the return from the provider, in the session that started it.
pub async fn arrived(visit: &Visit, provider: &Provider, person: Person, return_state: ReturnState) -> AppResult<HttpResponse> {
    let Some(user) = visit.user.clone().filter(|user| return_state.user_id == Some(user.id) && user.impersonated_by.is_none()) else {
        return stale(visit);
    };
    let (id, asked, label) = (user.id, person.clone(), provider.label.clone());
    let done = change(visit, &user, move |c, app| {
        let linked = link(c, id, &person, app.now())?;
        Ok(linked.then(|| Changed {
            part: "Linked account",
            became: format!("{label} linked"),
            mail: mail::account_linked(app, &label),
            result: (),
        }))
    });
    let obstacle = match done.await? {
        Some(()) => None,
        None => visit.app.db.read(move |c| Ok::<_, AppError>(obstacle(c, id, &asked)?)).await?,
    };
    let label = &provider.label;
    let (tone, text) = match obstacle {
        None => (Tone::Ok, format!("{label} linked. You can now sign in with it. You are signed out everywhere else.")),
        Some(Linked::Known) => (Tone::Ok, format!("This {label} account is already linked.")),
        Some(Linked::Taken) => (Tone::Warn, format!("This {label} account is linked to another user. Nothing was changed.")),
        Some(Linked::Another) => (Tone::Warn, format!("You have already linked another {label} account. Unlink it first.")),
    };
    leave(&visit.request, &visit.app, tone, text);
    Ok(see_other("/identities"))
}

/// The clinic's label for a provider; its address if it is no longer configured.
pub fn label_of(app: &App, issuer: &str) -> String {
    app.providers.iter().find(|provider| provider.issuer == issuer).map_or_else(|| issuer.into(), |provider| provider.label.clone())
}

/// The issuers of the configured providers.
pub fn issuers(app: &App) -> Vec<String> {
    app.providers.iter().map(|provider| provider.issuer.clone()).collect()
}
