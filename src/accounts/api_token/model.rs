//! Access tokens that users create for scripts. Administrators can list and revoke them; nobody can see the secret again
//! after it was created.

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
use crate::resource::declare::bulk_action::BulkAction;
use crate::resource::declare::hooks::Hooks;
use crate::resource::declare::reference::OnDelete;
use crate::resource::log::entry::LogAction;
use crate::resource::write::writer::{WriteError, Writer};
use crate::resource::{Registry, Row, Values, field};

/// `last_used_at` is updated at most this often.
const USED_EVERY: Duration = Duration::seconds(60);

crate::text_enum! {
    /// Which of its owner's permissions a token has.
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
    /// The last four characters of the secret, to recognise it by.
    pub hint: String,
    pub scope: Scope,
    /// Codenames separated by spaces, if the scope is chosen.
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
        actions: BULK_ACTIONS,
        default_grants: &[("Administrator", &[Action::View, Action::Delete])],
    }
}

impl Hooks for ApiToken {}

const BULK_ACTIONS: &[BulkAction] = &[BulkAction {
    name: "revoke",
    label: "Revoke",
    title: "Revoke {}",
    done: "revoked",
    about: "Programs that use these tokens lose access immediately. You cannot undo this. The owners can create new tokens.",
    icon: "lock",
    permissions: &["api_token.delete"],
    apply: revoke_one,
    on_record: true,
    is_dangerous: true,
    ..BulkAction::blank()
}];

fn revoke_one(c: &mut Connection, writer: &Writer, resource: &Resource, row: &Row, _: &Values) -> Result<(), WriteError> {
    diesel::delete(api_tokens::table.filter(api_tokens::id.eq(row.id))).execute(c)?;
    writer.log(LogAction::Delete, resource, row, Vec::new());
    Ok(())
}

/// A valid token, with its owner restricted to the token's permissions.
pub struct Held {
    pub token: ApiToken,
    pub actor: Actor,
}

/// The result of looking up a token.
pub enum Standing {
    /// There is no such token.
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

/// The same actor with no more permissions than the token has. A superuser's are listed explicitly first.
fn narrowed(actor: Actor, registry: &Registry, scope: Scope, chosen: &str) -> Actor {
    let held = || offered(&actor, registry);
    let permissions: BTreeSet<String> = match scope {
        Scope::All => return actor,
        Scope::Read => held().into_iter().filter(|codename| is_viewing(codename)).collect(),
        Scope::Chosen => {
            let chosen: BTreeSet<&str> = chosen.split(' ').collect();
            held().into_iter().filter(|codename| chosen.contains(codename.as_str())).collect()
        }
    };
    Actor { is_superuser: false, permissions, ..actor }
}

/// Every permission of the actor, by codename; `change` includes `view`.
pub fn offered(actor: &Actor, registry: &Registry) -> BTreeSet<String> {
    registry.permissions().into_keys().filter(|codename| actor.can(codename)).collect()
}

/// `patient.view`, and permissions that extend what can be viewed, such as `clinic.view_all_patients`.
fn is_viewing(codename: &str) -> bool {
    codename.split_once('.').is_some_and(|(_, right)| right == "view" || right.starts_with("view_"))
}

/// Whether `last_used_at` needs an update.
pub fn is_due(last_used_at: Option<UtcDateTime>, now: UtcDateTime) -> bool {
    last_used_at.is_none_or(|at| now.since(at) >= USED_EVERY)
}

pub fn used(c: &mut Connection, id: i64, now: UtcDateTime) -> QueryResult<usize> {
    diesel::update(api_tokens::table.filter(api_tokens::id.eq(id))).set(api_tokens::last_used_at.eq(Some(now))).execute(c)
}

/// A user's tokens, the newest first.
pub fn list_for_user(c: &mut Connection, user_id: i64) -> QueryResult<Vec<ApiToken>> {
    api_tokens::table.filter(api_tokens::user_id.eq(user_id)).order(api_tokens::id.desc()).load(c)
}

/// Removes tokens that expired long ago.
pub fn clear_expired(c: &mut Connection, now: UtcDateTime) -> QueryResult<usize> {
    diesel::delete(api_tokens::table.filter(api_tokens::expires_at.lt(now.plus(-Duration::days(90))))).execute(c)
}
