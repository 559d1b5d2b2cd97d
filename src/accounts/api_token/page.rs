//! The page where users see and revoke programs' access to their account.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use diesel::prelude::*;

use super::family::TokenFamily;
use super::model::{ApiToken, Scope, list_for_user};
use crate::accounts::{api_token, origin};
use crate::db::schema::api_tokens;
use crate::db::{UtcDateTime, Zone};
use crate::english::plural;
use crate::error::{AppError, AppResult};
use crate::resource::log::append::Entry;
use crate::resource::log::entry::LogAction;
use crate::web::page::confirm::{ConfirmPage, Effect};
use crate::web::page::flash::{Tone, leave};
use crate::web::page::shell::Shell;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};

#[derive(Template)]
#[template(path = "accounts/api_token/tokens.html")]
struct TokensPage {
    shell: Shell,
    tokens: Vec<TokenLine>,
    programs: Vec<ProgramLine>,
}

struct TokenLine {
    id: i64,
    name: String,
    hint: String,
    may: String,
    used: String,
    ends: String,
    is_over: bool,
}

struct ProgramLine {
    id: i64,
    program: String,
    network: String,
    since: String,
    renewed: String,
    ends: String,
}

pub async fn index(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    let (id, now) = (user.id, visit.app.now());
    let (tokens, families) =
        visit.app.db.read(move |c| Ok::<_, AppError>((list_for_user(c, id)?, api_token::family::list_for_user(c, id, now)?))).await?;
    let zone = &visit.zone();
    let page = TokensPage {
        shell: visit.shell("Access tokens"),
        tokens: tokens.iter().map(|token| token_line(token, zone, now)).collect(),
        programs: families.iter().map(|family| program_line(family, zone)).collect(),
    };
    html(StatusCode::OK, &page)
}

fn token_line(token: &ApiToken, zone: &Zone, now: UtcDateTime) -> TokenLine {
    TokenLine {
        id: token.id,
        name: token.name.clone(),
        hint: token.hint.clone(),
        may: match (token.scope, token.permissions.split(' ').count()) {
            (Scope::Chosen, count) => plural(count as i64, "permission", "permissions"),
            (scope, _) => scope.label().into(),
        },
        used: token.last_used_at.map_or_else(|| "Never".into(), |at| zone.show(at)),
        ends: zone.show(token.expires_at),
        is_over: token.expires_at <= now,
    }
}

fn program_line(family: &TokenFamily, zone: &Zone) -> ProgramLine {
    ProgramLine {
        id: family.id,
        program: origin::program(&family.user_agent),
        network: origin::network(&family.ip),
        since: zone.show(family.created_at),
        renewed: zone.show(family.rotated_at),
        ends: zone.show(family.expires_at),
    }
}

/// Asks for confirmation, because it cannot be undone.
pub async fn confirm(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let token = own(&visit, &user, *id).await?;
    let shell = visit.shell(format!("Revoke {}?", token.name)).after("Access tokens", "/tokens").renamed("Revoke");
    let used = token
        .last_used_at
        .map_or_else(|| "It has never been used.".to_string(), |at| format!("It was last used on {}.", visit.zone().show(at)));
    let sentences = vec![
        format!("The token ending in {} stops working immediately. Programs that use it lose access. {used}", token.hint),
        "You cannot undo this. You can create a new token at any time.".into(),
    ];
    let act = Some((format!("/tokens/{id}/delete"), "Revoke token"));
    html(StatusCode::OK, &ConfirmPage { shell, sentences, act, back: "/tokens".into(), effect: Effect::Deletes })
}

pub async fn destroy(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let token = own(&visit, &user, *id).await?;
    let (app, actor, name) = (visit.app.clone(), user.to_actor(), token.name.clone());
    let work = move |c: &mut crate::db::Connection| {
        if diesel::delete(api_tokens::table.filter(api_tokens::id.eq(token.id))).execute(c)? == 1 {
            app.act(c, &actor, |_, writer| {
                writer.log_entry(about(LogAction::Delete, token.id, &token.name, &token.hint));
                Ok::<_, AppError>(())
            })?;
        }
        Ok::<_, AppError>(())
    };
    visit.app.db.write(work).await?;
    leave(&visit.request, &visit.app, Tone::Ok, format!("{name} was revoked. Programs that use it no longer have access."));
    Ok(see_other("/tokens"))
}

/// Ends one sign-in by a program.
pub async fn sign_out(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let (user_id, id) = (user.id, *id);
    let ended = visit.app.db.write(move |c| Ok::<_, AppError>(api_token::family::end(c, user_id, id)?)).await?;
    let message = if ended == 1 { "The program was signed out." } else { "The program was already signed out." };
    leave(&visit.request, &visit.app, Tone::Ok, message);
    Ok(see_other("/tokens"))
}

async fn own(visit: &Visit, user: &CurrentUser, id: i64) -> AppResult<ApiToken> {
    let of_user = api_tokens::table.filter(api_tokens::user_id.eq(user.id)).filter(api_tokens::id.eq(id));
    visit.app.db.read(move |c| of_user.first::<ApiToken>(c).map_err(AppError::from)).await
}

pub(crate) fn about(action: LogAction, id: i64, name: &str, hint: &str) -> Entry {
    Entry { id, label: format!("{name} (…{hint})"), ..Entry::noted(action, "api_token", "") }
}
