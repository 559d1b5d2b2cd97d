//! Groups and permissions: what users may do, by their role.

use std::collections::BTreeSet;

use diesel::prelude::*;

use crate::db::schema::{group_permissions, groups, permissions};
use crate::db::{Connection, UtcDateTime};
use crate::resource::access::actor::{Action, Actor};
use crate::resource::declare::candidate::Candidate;
use crate::resource::declare::hooks::Hooks;
use crate::resource::write::required_records::RequiredRecord;
use crate::resource::{Api, Row, Value, Values, field};
use crate::settings::Settings;

#[derive(Clone, Debug, Queryable)]
pub struct Group {
    pub id: i64,
    pub name: String,
    pub search_text: String,
    pub created_at: UtcDateTime,
    pub updated_at: UtcDateTime,
    pub version: i64,
    pub requires_second_factor: bool,
}

crate::resource! {
    Group in groups;
    name "group" at "groups", "Group" / "Groups";
    area "Accounts", icon "group";
    fields {
        name: field("Name").max(150).unique_error("A group with this name already exists"),
        requires_second_factor: field("Two-step verification").help("Require two-step verification"),
    }
    many { permissions: field("Permissions"), group_permissions(group_id, permission_id) to Permission; }
    automatic { created_at: field("Added"), updated_at: field("Changed") }
    list_display [name, requires_second_factor, created_at];
    search_fields [name];
    natural_key [name];
    list_filter [requires_second_factor, created_at];
    ordering [name];
    label |group| group.name.clone();
    options {
        requires_reauthentication: true,
        api: const { Some(Api::read_only(&["name", "permissions", "created_at", "updated_at"])) },
        default_grants: &[("Administrator", &[Action::View, Action::Add, Action::Change])],
    }
}

impl Hooks for Group {
    fn initial(_actor: &Actor, _now: UtcDateTime) -> Values {
        [("requires_second_factor", Value::Bool(false))].into_iter().collect()
    }

    /// Only users who have all permissions of a group may change it, even its name.
    fn validate(c: &mut Connection, candidate: &mut Candidate) -> QueryResult<()> {
        if let Some(id) = candidate.id
            && !holds_all(c, id, candidate.actor)?
        {
            candidate.errors.add("", "You cannot change this group, because it has permissions that you do not have");
        }
        check_granted(c, candidate, "permissions")
    }

    /// Deleting a group revokes its permissions from its members.
    fn before_delete(c: &mut Connection, row: &Row, actor: &Actor) -> QueryResult<Option<String>> {
        Ok((!holds_all(c, row.id, actor)?).then(|| "This group has permissions that you do not have.".into()))
    }
}

#[derive(Clone, Debug, Queryable)]
pub struct Permission {
    pub id: i64,
    pub codename: String,
    pub name: String,
    pub search_text: String,
    pub created_at: UtcDateTime,
    pub updated_at: UtcDateTime,
}

crate::resource! {
    Permission in permissions, read_only;
    name "permission" at "permissions", "Permission" / "Permissions";
    area "Accounts", icon "key";
    fields {}
    automatic { name: field("Permission"), codename: field("Codename"), created_at: field("Added"), updated_at: field("Changed") }
    list_display [name, codename];
    search_fields [codename, name];
    list_filter [created_at];
    ordering [codename];
    label |permission| format!("{}: {}", area_of(&permission.codename), permission.name);
    options {
        api: const { Some(Api::read_only(&["codename", "name"])) },
        default_grants: &[("Administrator", &[Action::View])],
    }
}

impl Hooks for Permission {}

/// `Log entry` for `log_entry.view`.
fn area_of(codename: &str) -> String {
    let word = codename.split('.').next().unwrap_or("").replace('_', " ");
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// New users join this group, so it must exist.
pub fn default_group(settings: &Settings) -> RequiredRecord {
    let why = "New users join this group (setting DEFAULT_GROUP). Change the setting first";
    RequiredRecord { resource: "group", field: "name", value: settings.default_group.clone(), why }
}

/// A message if no group has the configured name.
pub fn check_default(c: &mut Connection, settings: &Settings) -> QueryResult<Option<String>> {
    let name = &settings.default_group;
    let found = groups::table.filter(groups::name.eq(name)).count().get_result::<i64>(c)?;
    Ok((found == 0).then(|| format!("DEFAULT_GROUP is “{name}”, but there is no such group: new users join no group.")))
}

/// Whether the actor has every permission of this group.
pub fn holds_all(c: &mut Connection, group_id: i64, actor: &Actor) -> QueryResult<bool> {
    let codes = group_permissions::table
        .inner_join(permissions::table.on(permissions::id.eq(group_permissions::permission_id)))
        .filter(group_permissions::group_id.eq(group_id))
        .select(permissions::codename)
        .load::<String>(c)?;
    Ok(codes.iter().all(|code| actor.can(code)))
}

/// The ids that the candidate adds to or removes from a many-to-many field.
fn moved(candidate: &Candidate, field: &str) -> Vec<i64> {
    let ids = |value: &Value| if let Value::Many(ids) = value { ids.clone() } else { Vec::new() };
    let before = candidate.before.map_or_else(Vec::new, |row| ids(row.values.at(field)));
    let after = ids(candidate.values.at(field));
    let gone = before.iter().filter(|id| !after.contains(id));
    after.iter().filter(|id| !before.contains(id)).chain(gone).copied().collect()
}

/// Only users who have a permission may grant or revoke it.
pub fn check_granted(c: &mut Connection, candidate: &mut Candidate, field: &'static str) -> QueryResult<()> {
    let codes =
        permissions::table.filter(permissions::id.eq_any(moved(candidate, field))).select(permissions::codename).load::<String>(c)?;
    refuse_unheld(candidate, field, codes);
    Ok(())
}

/// Only users who have all permissions of a group may add or remove its members.
pub fn check_memberships(c: &mut Connection, candidate: &mut Candidate) -> QueryResult<()> {
    let codes = group_permissions::table
        .inner_join(permissions::table.on(permissions::id.eq(group_permissions::permission_id)))
        .filter(group_permissions::group_id.eq_any(moved(candidate, "groups")))
        .select(permissions::codename)
        .load::<String>(c)?;
    refuse_unheld(candidate, "groups", codes);
    Ok(())
}

fn refuse_unheld(candidate: &mut Candidate, field: &'static str, codes: Vec<String>) {
    let unheld: BTreeSet<String> = codes.into_iter().filter(|code| !candidate.actor.can(code)).collect();
    if !unheld.is_empty() {
        let named: Vec<String> = unheld.into_iter().take(5).collect();
        candidate.errors.add(field, format!("You cannot give or remove permissions that you do not have: {}", named.join(", ")));
    }
}
