//! Sign-ins in progress at a provider: the state to compare on return, and what the user wanted to do. Each is used once, in the
//! browser that started it, within ten minutes.

use diesel::prelude::*;
use time::Duration;

use crate::crypto::keys::digest;
use crate::db::schema::oidc_requests;
use crate::db::{Connection, UtcDateTime};
use crate::oidc::AuthorizationRequest;

/// How long the user may take at the provider.
const LASTS: Duration = Duration::minutes(10);

/// What the user wanted to do.
#[derive(Clone, Debug, Default)]
pub struct ReturnState {
    /// The user who links an account; `None` for a sign-in.
    pub user_id: Option<i64>,
    /// Whether the sign-in should last for days.
    pub remembered: bool,
    /// The page to go to afterwards, on this site.
    pub next: String,
    /// A sealed form that waits for its sender to be signed in; blank for none.
    pub waiting_form: String,
}

/// Stores a sign-in before the redirect.
pub fn remember(
    c: &mut Connection,
    provider: &str,
    browser: &str,
    departure: &AuthorizationRequest,
    return_state: ReturnState,
    now: UtcDateTime,
) -> QueryResult<usize> {
    clear_expired(c, now)?;
    diesel::insert_into(oidc_requests::table)
        .values((
            oidc_requests::state_hash.eq(digest(&departure.state)),
            oidc_requests::browser_hash.eq(digest(browser)),
            oidc_requests::provider.eq(provider),
            oidc_requests::nonce.eq(&departure.nonce),
            oidc_requests::verifier.eq(&departure.verifier),
            oidc_requests::user_id.eq(return_state.user_id),
            oidc_requests::remembered.eq(return_state.remembered),
            oidc_requests::next.eq(return_state.next),
            oidc_requests::waiting_form.eq(return_state.waiting_form),
            oidc_requests::expires_at.eq(now.plus(LASTS)),
            oidc_requests::created_at.eq(now),
            oidc_requests::updated_at.eq(now),
        ))
        .execute(c)
}

/// Finds and deletes the sign-in with this provider, browser and state. Of concurrent requests one succeeds.
pub fn consume(
    c: &mut Connection,
    provider: &str,
    browser: &str,
    state: &str,
    now: UtcDateTime,
) -> QueryResult<Option<(AuthorizationRequest, ReturnState)>> {
    let theirs = oidc_requests::table
        .filter(oidc_requests::state_hash.eq(digest(state)))
        .filter(oidc_requests::browser_hash.eq(digest(browser)))
        .filter(oidc_requests::provider.eq(provider))
        .filter(oidc_requests::expires_at.gt(now));
    let found = theirs
        .select((
            oidc_requests::id,
            (oidc_requests::nonce, oidc_requests::verifier),
            (oidc_requests::user_id, oidc_requests::remembered),
            oidc_requests::next,
            oidc_requests::waiting_form,
        ))
        .first::<(i64, (String, String), (Option<i64>, bool), String, String)>(c)
        .optional()?;
    let Some((id, (nonce, verifier), (user_id, remembered), next, waiting_form)) = found else { return Ok(None) };
    if diesel::delete(oidc_requests::table.filter(oidc_requests::id.eq(id))).execute(c)? != 1 {
        return Ok(None);
    }
    Ok(Some((
        AuthorizationRequest { url: String::new(), state: state.into(), nonce, verifier },
        ReturnState { user_id, remembered, next, waiting_form },
    )))
}

/// Removes sign-ins that were not completed.
pub fn clear_expired(c: &mut Connection, now: UtcDateTime) -> QueryResult<usize> {
    diesel::delete(oidc_requests::table.filter(oidc_requests::expires_at.le(now))).execute(c)
}
