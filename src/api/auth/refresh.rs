//! Renewing, verifying and ending the tokens of a sign-in.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Data;
use serde_json::json;

use super::pair::{Pair, ends, refresh_lasts};
use super::token::{Claims, Kind, Wrong};
use super::{not_valid, required};
use crate::accounts::api_token;
use crate::accounts::api_token::family::{Member, Rotated, Standing};
use crate::api::http::caller::By;
use crate::api::state::State;
use crate::api::{Answer, ApiError, Call, http};

/// Returns a new access token and the next refresh token. The one that was sent is used up; sent again soon, because the answer
/// was lost, it returns the same successor, and later it is refused. It ends the sign-in once its successor was used.
pub async fn create(call: Call) -> Answer {
    let [text] = required(&call.body, ["refresh"])?;
    let (app, now) = (&call.app, call.app.now());
    let old = app.tokens.read_as(Kind::Refresh, &text, now).map_err(not_valid)?;
    let next = Claims::new(Kind::Refresh, old.user(), &old.family, now, refresh_lasts(app));
    let (jti, ends) = (next.jti.clone(), ends(app, now));
    let done = app
        .db
        .write(move |c| {
            let mut standing = api_token::family::standing(c, old.user(), &old.family, now)?;
            let rotated = match standing {
                Standing::Holds(_) => api_token::family::rotate(c, &old.family, &old.jti, &jti, ends, now)?,
                _ => Rotated::Gone,
            };
            if rotated == Rotated::Again {
                // Another request may have replaced it since.
                standing = api_token::family::standing(c, old.user(), &old.family, now)?;
            }
            Ok::<_, ApiError>((standing, rotated, old.user()))
        })
        .await?;
    match done {
        (Standing::Holds(member), Rotated::Done, _) => Ok(Pair::sign(app, &member, &next)?.answer()),
        (Standing::Holds(member), Rotated::Again, _) => {
            let next = Claims { jti: member.current_jti.clone(), ..next };
            Ok(Pair::sign(app, &member, &next)?.answer())
        }
        (_, Rotated::Stolen, user) => {
            tracing::warn!(user, "a used refresh token was sent again; its session was ended");
            Err(not_valid(Wrong::Ended))
        }
        (Standing::NoUser | Standing::Inactive, ..) => {
            Err(ApiError::unauthorized("no_active_account", "No active account found for the given token."))
        }
        _ => Err(not_valid(Wrong::Ended)),
    }
}

/// Whether a token of any type is valid.
pub async fn verify(call: Call) -> Answer {
    let [text] = required(&call.body, ["token"])?;
    let (app, now) = (&call.app, call.app.now());
    if text.starts_with(api_token::secret::PREFIX) {
        let (data, is_ours) = (app.clone(), api_token::secret::is_written_right(&text));
        let standing = app.db.read(move |c| Ok::<_, ApiError>(api_token::model::standing(c, &data.registry, &text, now)?)).await?;
        return match standing {
            api_token::model::Standing::Holds(_) if is_ours => Ok(nothing_more()),
            api_token::model::Standing::Expired => Err(not_valid(Wrong::Expired)),
            _ => Err(not_valid(Wrong::Invalid)),
        };
    }
    let claims = app.tokens.read(&text, now).map_err(not_valid)?;
    let (is_refresh, jti) = (claims.token_type == Kind::Refresh.word(), claims.jti.clone());
    if !is_refresh && claims.token_type != Kind::Access.word() {
        return Err(not_valid(Wrong::WrongType));
    }
    match http::authentication::standing(app, claims, now).await? {
        Standing::Holds(member) if !is_refresh || member.current_jti == jti => Ok(nothing_more()),
        _ => Err(not_valid(Wrong::Ended)),
    }
}

/// Ends the sign-in of the refresh token in the body, or that of the access token in the header, with all of its tokens.
pub async fn destroy(call: Call) -> Answer {
    if call.body.object()?.contains_key("refresh") || !call.request.headers().contains_key(header::AUTHORIZATION) {
        let [text] = required(&call.body, ["refresh"])?;
        let claims = call.app.tokens.read_as(Kind::Refresh, &text, call.app.now()).map_err(not_valid)?;
        let standing = http::authentication::standing(&call.app, claims, call.app.now()).await?;
        let Standing::Holds(member) = standing else { return Err(not_valid(Wrong::Ended)) };
        let Member { family, actor, .. } = *member;
        return end(&call.app, actor.id, family).await;
    }
    let caller = http::authentication::authenticate(&call.request).await?;
    match caller.by {
        By::SignIn { family } => end(&call.app, caller.actor.id, family).await,
        By::Script { .. } => Err(ApiError::malformed("You can only revoke a personal access token on the access tokens page.")),
    }
}

async fn end(app: &Data<State>, user_id: i64, family: i64) -> Answer {
    app.db.write(move |c| Ok::<_, ApiError>(api_token::family::end(c, user_id, family)?)).await?;
    Ok(nothing_more())
}

fn nothing_more() -> HttpResponse {
    HttpResponse::Ok().json(json!({}))
}
