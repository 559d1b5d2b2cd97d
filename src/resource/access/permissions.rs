//! Permissions: the rows for the declarations, the default groups, and the permissions of a user.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::actor::{Action, Actor, Owes, codename};
use crate::db::connection::exclusive;
use crate::db::schema::{authenticators, group_permissions, groups, passkeys, permissions, user_groups, user_permissions, users};
use crate::db::sql::Number;
use crate::db::{Connection, UtcDateTime};
use crate::resource::list::query::fold;
use crate::resource::registry::Registry;

/// The groups of a new installation. Administrators can change their permissions afterwards.
pub const DEFAULT_GROUPS: [&str; 7] = ["Staff", "Receptionist", "Doctor", "Nurse", "Billing", "Administrator", "Patient"];

/// Adds the declared permissions that are missing, and grants each new one to the default groups that its resource names. A
/// permission that an administrator revoked stays revoked, because only new ones are granted.
pub fn sync(c: &mut Connection, registry: &Registry, now: UtcDateTime) -> QueryResult<()> {
    // Serialised, because several processes may start at the same time.
    exclusive(c, "permissions", 0)?;
    let known: BTreeSet<String> = permissions::table.select(permissions::codename).load::<String>(c)?.into_iter().collect();
    if known.is_empty() {
        for name in DEFAULT_GROUPS {
            diesel::insert_into(groups::table)
                .values((groups::name.eq(name), groups::search_text.eq(fold(name)), groups::created_at.eq(now), groups::updated_at.eq(now)))
                .execute(c)?;
        }
    }
    let declared = registry.permissions();
    // Records of these resources can only be viewed, so earlier versions had permissions that opened nothing.
    let dead = registry.iter().map(|resource| resource.declaration()).filter(|own| own.read_only);
    let dead = dead.flat_map(|own| Action::ALL.map(|action| codename(own.name, action))).filter(|code| !declared.contains_key(code));
    let dead: Vec<String> = dead.filter(|code| known.contains(code)).collect();
    if !dead.is_empty() {
        diesel::delete(permissions::table.filter(permissions::codename.eq_any(dead))).execute(c)?;
    }
    for (code, name) in declared.into_iter().filter(|(code, _)| !known.contains(code)) {
        let id: i64 = diesel::insert_into(permissions::table)
            .values((
                permissions::codename.eq(&code),
                permissions::name.eq(&name),
                permissions::search_text.eq(fold(&format!("{code}\n{name}"))),
                permissions::created_at.eq(now),
                permissions::updated_at.eq(now),
            ))
            .returning(permissions::id)
            .get_result(c)?;
        for group in granted(registry, &code) {
            let group_ids = groups::table.filter(groups::name.eq(group)).select(groups::id).load::<i64>(c)?;
            for group_id in group_ids {
                diesel::insert_into(group_permissions::table)
                    .values((
                        group_permissions::group_id.eq(group_id),
                        group_permissions::permission_id.eq(id),
                        group_permissions::created_at.eq(now),
                        group_permissions::updated_at.eq(now),
                    ))
                    .execute(c)?;
            }
        }
    }
    Ok(())
}

/// Grants a permission to the default groups of these names, as the set-up decides.
pub fn grant(c: &mut Connection, code: &str, names: &[&str], now: UtcDateTime) -> QueryResult<()> {
    let permission: i64 = permissions::table.filter(permissions::codename.eq(code)).select(permissions::id).first(c)?;
    let members = groups::table.filter(groups::name.eq_any(names.iter().map(ToString::to_string).collect::<Vec<_>>()));
    for group in members.select(groups::id).load::<i64>(c)? {
        let known =
            group_permissions::table.filter(group_permissions::group_id.eq(group)).filter(group_permissions::permission_id.eq(permission));
        if diesel::select(diesel::dsl::exists(known)).get_result::<bool>(c)? {
            continue;
        }
        let row = (group_permissions::group_id.eq(group), group_permissions::permission_id.eq(permission));
        let times = (group_permissions::created_at.eq(now), group_permissions::updated_at.eq(now));
        diesel::insert_into(group_permissions::table).values((row, times)).execute(c)?;
    }
    Ok(())
}

/// The default groups that get a permission.
fn granted(registry: &Registry, code: &str) -> Vec<&'static str> {
    for resource in registry.iter() {
        let declaration = resource.declaration();
        if let Some((_, _, groups)) = declaration.extra_permissions.iter().find(|(own, ..)| *own == code) {
            return groups.to_vec();
        }
        let held = declaration
            .default_grants
            .iter()
            .filter(|(_, actions)| actions.iter().any(|action| codename(declaration.name, *action) == code));
        let groups: Vec<_> = held.map(|(group, _)| *group).collect();
        if !groups.is_empty() {
            return groups;
        }
    }
    Vec::new()
}

/// The columns of a user that decide their permissions.
#[derive(Queryable)]
pub struct UserRights {
    pub id: i64,
    pub username: String,
    pub first_name: String,
    pub last_name: String,
    pub is_active: bool,
    pub is_staff: bool,
    pub is_superuser: bool,
    pub email_confirmed_at: Option<UtcDateTime>,
    pub time_zone: String,
    pub locale: String,
    /// How many notifications they have not read.
    pub unread: i64,
}

/// Read with the user, so that no page asks for it again.
const UNREAD: Number =
    Number("(SELECT count(*) FROM notifications WHERE notifications.user_id = users.id AND notifications.read_at IS NULL)");

/// The columns of [`UserRights`].
pub type RightsColumns = (
    users::id,
    users::username,
    users::first_name,
    users::last_name,
    users::is_active,
    users::is_staff,
    users::is_superuser,
    users::email_confirmed_at,
    users::time_zone,
    users::locale,
    Number,
);
pub const RIGHTS_COLUMNS: RightsColumns = (
    users::id,
    users::username,
    users::first_name,
    users::last_name,
    users::is_active,
    users::is_staff,
    users::is_superuser,
    users::email_confirmed_at,
    users::time_zone,
    users::locale,
    UNREAD,
);

/// The actor for a user; `None` if the user does not exist or is deactivated.
pub fn actor(c: &mut Connection, user_id: i64) -> QueryResult<Option<Actor>> {
    let rights = users::table.filter(users::id.eq(user_id)).select(RIGHTS_COLUMNS).first::<UserRights>(c).optional()?;
    rights.map_or(Ok(None), |rights| actor_with(c, rights))
}

/// Whether the user has set up two-step verification, with an authenticator app or a passkey.
fn has_second_factor(c: &mut Connection, user_id: i64) -> QueryResult<bool> {
    let app = authenticators::table.filter(authenticators::user_id.eq(user_id)).filter(authenticators::secret.ne(""));
    if app.select(authenticators::id).first::<i64>(c).optional()?.is_some() {
        return Ok(true);
    }
    Ok(passkeys::table.filter(passkeys::user_id.eq(user_id)).select(passkeys::id).first::<i64>(c).optional()?.is_some())
}

/// Whether the actor has every permission that the user has, and so may change the user's account and how they sign in.
pub fn outranks(c: &mut Connection, actor: &Actor, user_id: i64) -> QueryResult<bool> {
    if actor.is_superuser {
        return Ok(true);
    }
    let user = users::table.filter(users::id.eq(user_id)).select(RIGHTS_COLUMNS).first::<UserRights>(c).optional()?;
    let user = user.map_or(Ok(None), |user| actor_with(c, UserRights { is_active: true, ..user }))?;
    Ok(user.is_none_or(|user| {
        !user.is_superuser && (actor.is_staff || !user.is_staff) && user.permissions.iter().all(|codename| actor.can(codename))
    }))
}

/// The actor for a user that is already loaded; `None` if the user is deactivated.
pub fn actor_with(c: &mut Connection, user: UserRights) -> QueryResult<Option<Actor>> {
    if !user.is_active {
        return Ok(None);
    }
    let full_name = format!("{} {}", user.first_name, user.last_name).trim().to_string();
    let mut actor = Actor {
        id: user.id,
        name: if full_name.is_empty() { user.username.clone() } else { full_name },
        username: user.username,
        is_staff: user.is_staff,
        is_superuser: user.is_superuser,
        permissions: BTreeSet::new(),
        groups: Vec::new(),
        unconfirmed: user.email_confirmed_at.is_none(),
        acts_for_self: false,
        time_zone: user.time_zone,
        locale: user.locale,
        unread: user.unread,
        ip: String::new(),
        owes: None,
        impersonated_by: None,
    };
    let mut asked = actor.is_superuser.then_some(Owes::Superuser);
    let held: Vec<(String, bool, Option<String>)> = user_groups::table
        .inner_join(groups::table.on(groups::id.eq(user_groups::group_id)))
        .left_join(group_permissions::table.on(group_permissions::group_id.eq(groups::id)))
        .left_join(permissions::table.on(permissions::id.eq(group_permissions::permission_id)))
        .filter(user_groups::user_id.eq(user.id))
        .order(groups::name)
        .select((groups::name, groups::requires_second_factor, permissions::codename.nullable()))
        .load(c)?;
    for (group, asks, code) in held {
        if asks {
            asked = Some(Owes::Group);
        }
        if actor.groups.last() != Some(&group) {
            actor.groups.push(group);
        }
        actor.permissions.extend(code);
    }
    actor.owes = match asked {
        Some(_) if has_second_factor(c, user.id)? => None,
        asked => asked,
    };
    if actor.is_superuser {
        actor.permissions.clear();
        return Ok(Some(actor));
    }
    let own: Vec<String> = user_permissions::table
        .inner_join(permissions::table.on(permissions::id.eq(user_permissions::permission_id)))
        .filter(user_permissions::user_id.eq(user.id))
        .select(permissions::codename)
        .load(c)?;
    actor.permissions.extend(own);
    Ok(Some(actor))
}
