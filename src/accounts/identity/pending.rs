//! Somebody who is at a provider just now: what has to come back with them, and what they were about to do. Used once, in the
//! browser that left, within ten minutes.

use diesel::prelude::*;
use time::Duration;

use crate::crypto::keys::digest;
use crate::db::schema::oidc_requests;
use crate::db::{Connection, UtcDateTime};
use crate::oidc::AuthorizationRequest;

/// So long somebody may take at the provider.
const LASTS: Duration = Duration::minutes(10);

/// What they were about to do.
#[derive(Clone, Debug, Default)]
pub struct ReturnState {
    /// Who links an account; nobody when somebody signs in.
    pub user_id: Option<i64>,
    /// Whether the sign-in is to last for days.
    pub remembered: bool,
    /// Where they go on, on this site.
    pub next: String,
    /// A sealed form that waits for its sender to be signed in; blank for none.
    pub waiting_form: String,
}

/// Remembers somebody who leaves.
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

/// Somebody comes back from this provider, in this browser, with this state. Of two who bring the same one is known.
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

/// Removes those who did not come back.
pub fn clear_expired(c: &mut Connection, now: UtcDateTime) -> QueryResult<usize> {
    diesel::delete(oidc_requests::table.filter(oidc_requests::expires_at.le(now))).execute(c)
}
