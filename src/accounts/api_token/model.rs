//! Tokens that people make for their scripts. Administrators see which there are and revoke them; nobody sees the token
//! itself again after it was made.

use std::collections::BTreeSet;

use diesel::prelude::*;
use time::Duration;

use crate::accounts::user::model::User;
use crate::crypto::keys::digest;
use crate::db::schema::{api_tokens, users};
use crate::db::{Connection, UtcDateTime};
use crate::resource::Resource;
use crate::resource::access::actor::{Action, Actor};
use crate::resource::access::permissions::{RIGHTS_COLUMNS, UserRights, actor_with};
use crate::resource::declare::bulk_action::Act;
use crate::resource::declare::hooks::Hooks;
use crate::resource::declare::reference::OnDelete;
use crate::resource::log::entry::LogAction;
use crate::resource::write::writer::{WriteError, Writer};
use crate::resource::{Registry, Row, Values, field};

/// Last used is written at most so often.
const USED_EVERY: Duration = Duration::seconds(60);

crate::text_enum! {
    /// How much of what its owner may a token may.
    pub enum Scope {
        All = "all" / "Full access",
        Read = "read" / "Read only",
        Chosen = "chosen" / "Selected permissions",
    }
}

#[derive(Clone, Debug, Queryable)]
pub struct ApiToken {
    pub id: i64,
    pub user_id: i64,
    pub name: String,
    pub token_hash: String,
    /// Its last four letters, to tell it by.
    pub hint: String,
    pub scope: Scope,
    /// Codenames, one space between them, of a chosen scope.
    pub permissions: String,
    pub expires_at: UtcDateTime,
    pub last_used_at: Option<UtcDateTime>,
    pub created_at: UtcDateTime,
    pub updated_at: UtcDateTime,
}

crate::resource! {
    ApiToken in api_tokens, read_only;
    name "api_token" at "api-tokens", "Access token" / "Access tokens";
    area "Accounts", icon "key";
    fields {}
    automatic {
        name: field("Name"),
        user_id: field("User").references::<User>(OnDelete::Cascade),
        scope: field("Access"),
        hint: field("Last characters"),
        created_at: field("Created"),
        last_used_at: field("Last used"),
        expires_at: field("Expires"),
    }
    list_display [name, user_id, scope, created_at, last_used_at, expires_at];
    search_through [user_id];
    list_filter [user_id, scope, created_at, last_used_at, expires_at];
    ordering [-created_at];
    label |token| format!("{} (…{})", token.name, token.hint);
    options {
        actions: ACTS,
        default_grants: &[("Administrator", &[Action::View, Action::Delete])],
    }
}

impl Hooks for ApiToken {}

const ACTS: &[Act] = &[Act {
    name: "revoke",
    label: "Revoke",
    title: "Revoke {}",
    done: "revoked",
    about: "Programs that use these tokens lose access immediately. You cannot undo this. The owners can create new tokens.",
    icon: "lock",
    permissions: &["api_token.delete"],
    each: revoke_one,
    on_record: true,
    is_dangerous: true,
    ..Act::blank()
}];

fn revoke_one(c: &mut Connection, writer: &Writer, resource: &Resource, row: &Row, _: &Values) -> Result<(), WriteError> {
    diesel::delete(api_tokens::table.filter(api_tokens::id.eq(row.id))).execute(c)?;
    writer.log(LogAction::Delete, resource, row, Vec::new());
    Ok(())
}

/// A token that was shown, with its owner as this token lets them act.
pub struct Held {
    pub token: ApiToken,
    pub actor: Actor,
}

/// Whom a token speaks for.
pub enum Standing {
    /// There is none, or no more.
    Unknown,
    Expired,
    Inactive,
    Holds(Box<Held>),
}

pub fn standing(c: &mut Connection, registry: &Registry, token: &str, now: UtcDateTime) -> QueryResult<Standing> {
    let row = api_tokens::table
        .inner_join(users::table.on(users::id.eq(api_tokens::user_id)))
        .filter(api_tokens::token_hash.eq(digest(token)))
        .select((api_tokens::all_columns, RIGHTS_COLUMNS))
        .first::<(ApiToken, UserRights)>(c)
        .optional()?;
    let Some((token, rights)) = row else { return Ok(Standing::Unknown) };
    if token.expires_at <= now {
        return Ok(Standing::Expired);
    }
    let Some(actor) = actor_with(c, rights)? else { return Ok(Standing::Inactive) };
    let actor = narrowed(actor, registry, token.scope, &token.permissions);
    Ok(Standing::Holds(Box::new(Held { token, actor })))
}

/// The same person with no more rights than the token has. A superuser's are spelled out first.
fn narrowed(actor: Actor, registry: &Registry, scope: Scope, chosen: &str) -> Actor {
    let held = || offered(&actor, registry);
    let permissions: BTreeSet<String> = match scope {
        Scope::All => return actor,
        Scope::Read => held().into_iter().filter(|codename| is_looking(codename)).collect(),
        Scope::Chosen => {
            let chosen: BTreeSet<&str> = chosen.split(' ').collect();
            held().into_iter().filter(|codename| chosen.contains(codename.as_str())).collect()
        }
    };
    Actor { is_superuser: false, permissions, ..actor }
}

/// Every permission that somebody holds, by codename; who may change something may look at it.
pub fn offered(actor: &Actor, registry: &Registry) -> BTreeSet<String> {
    registry.permissions().into_keys().filter(|codename| actor.can(codename)).collect()
}

/// `patient.view`, and rights that widen what is seen, such as `clinic.view_all_patients`.
fn is_looking(codename: &str) -> bool {
    codename.split_once('.').is_some_and(|(_, right)| right == "view" || right.starts_with("view_"))
}

/// Whether it is time to write down that a token was used.
pub fn is_due(last_used_at: Option<UtcDateTime>, now: UtcDateTime) -> bool {
    last_used_at.is_none_or(|at| now.since(at) >= USED_EVERY)
}

pub fn used(c: &mut Connection, id: i64, now: UtcDateTime) -> QueryResult<usize> {
    diesel::update(api_tokens::table.filter(api_tokens::id.eq(id))).set(api_tokens::last_used_at.eq(Some(now))).execute(c)
}

/// Somebody's tokens, the newest first.
pub fn list_for_user(c: &mut Connection, user_id: i64) -> QueryResult<Vec<ApiToken>> {
    api_tokens::table.filter(api_tokens::user_id.eq(user_id)).order(api_tokens::id.desc()).load(c)
}

/// Removes what expired so long ago that nobody wonders any more.
pub fn clear_expired(c: &mut Connection, now: UtcDateTime) -> QueryResult<usize> {
    diesel::delete(api_tokens::table.filter(api_tokens::expires_at.lt(now.plus(-Duration::days(90))))).execute(c)
}
