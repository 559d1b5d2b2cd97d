//! Groups and permissions: what users may do, by their job.

use std::collections::BTreeSet;

use diesel::prelude::*;

use crate::db::schema::{group_permissions, groups, permissions};
use crate::db::{Connection, UtcDateTime};
use crate::resource::access::actor::{Action, Actor};
use crate::resource::declare::declaration::Draft;
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

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = groups)]
pub struct GroupChanges {
    pub name: String,
    pub requires_second_factor: bool,
}

crate::resource! {
    Group in groups, changes GroupChanges;
    name "group" at "groups", "Group" / "Groups";
    area "Accounts", icon "group";
    fields {
        name: field("Name").max(150).taken("A group with this name already exists"),
        requires_second_factor: field("Two-step verification").help("Require two-step verification"),
    }
    many { permissions: field("Permissions"), group_permissions(group_id, permission_id) to "permission"; }
    automatic { created_at: field("Added"), updated_at: field("Changed") }
    list [name, requires_second_factor, created_at];
    search [name];
    natural_key [name];
    filter [requires_second_factor, created_at];
    order [name false];
    label |group| group.name.clone();
    initial initial;
    validate validate;
    before_delete before_delete;
    about {
        delicate: true,
        api: const { Some(Api::to_look_at(&["name", "permissions", "created_at", "updated_at"])) },
        granted: &[("Administrator", &[Action::View, Action::Add, Action::Change])],
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
    Permission in permissions;
    name "permission" at "permissions", "Permission" / "Permissions";
    area "Accounts", icon "key";
    fields {}
    automatic { name: field("Permission"), codename: field("Codename"), created_at: field("Added"), updated_at: field("Changed") }
    list [name, codename];
    search [codename, name];
    filter [created_at];
    order [codename false];
    label |permission| format!("{}: {}", area_of(&permission.codename), permission.name);
    about {
        read_only: true,
        api: const { Some(Api::to_look_at(&["codename", "name"])) },
        granted: &[("Administrator", &[Action::View])],
    }
}

fn initial(_actor: &Actor, _now: UtcDateTime) -> Values {
    [("requires_second_factor", Value::Bool(false))].into_iter().collect()
}

/// `Log entry` for `log_entry.view`.
fn area_of(codename: &str) -> String {
    let word = codename.split('.').next().unwrap_or("").replace('_', " ");
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// A group is worth its permissions, whatever its name, so only users who have all of them may change it.
fn validate(c: &mut Connection, draft: &mut Draft) -> QueryResult<()> {
    if let Some(id) = draft.id
        && !holds_all(c, id, draft.actor)?
    {
        draft.errors.add("", "You cannot change this group, because it has permissions that you do not have");
    }
    check_granted(c, draft, "permissions")
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

/// Deleting a group takes its permissions from its members.
fn before_delete(c: &mut Connection, row: &Row, actor: &Actor) -> QueryResult<Option<String>> {
    Ok((!holds_all(c, row.id, actor)?).then(|| "This group has permissions that you do not have.".into()))
}

fn holds_all(c: &mut Connection, group_id: i64, actor: &Actor) -> QueryResult<bool> {
    let codes = group_permissions::table
        .inner_join(permissions::table.on(permissions::id.eq(group_permissions::permission_id)))
        .filter(group_permissions::group_id.eq(group_id))
        .select(permissions::codename)
        .load::<String>(c)?;
    Ok(codes.iter().all(|code| actor.can(code)))
}

/// Ids that the draft adds to a many-to-many field, or removes from it.
fn moved(draft: &Draft, field: &str) -> Vec<i64> {
    let ids = |value: &Value| if let Value::Many(ids) = value { ids.clone() } else { Vec::new() };
    let before = draft.before.map_or_else(Vec::new, |row| ids(row.values.at(field)));
    let after = ids(draft.values.at(field));
    let gone = before.iter().filter(|id| !after.contains(id));
    after.iter().filter(|id| !before.contains(id)).chain(gone).copied().collect()
}

/// Only users who have a permission may grant or revoke it.
pub fn check_granted(c: &mut Connection, draft: &mut Draft, field: &'static str) -> QueryResult<()> {
    let codes = permissions::table.filter(permissions::id.eq_any(moved(draft, field))).select(permissions::codename).load::<String>(c)?;
    refuse_unheld(draft, field, codes);
    Ok(())
}

/// Only users who have all permissions of a group may add or remove its members.
pub fn check_memberships(c: &mut Connection, draft: &mut Draft) -> QueryResult<()> {
    let codes = group_permissions::table
        .inner_join(permissions::table.on(permissions::id.eq(group_permissions::permission_id)))
        .filter(group_permissions::group_id.eq_any(moved(draft, "groups")))
        .select(permissions::codename)
        .load::<String>(c)?;
    refuse_unheld(draft, "groups", codes);
    Ok(())
}

fn refuse_unheld(draft: &mut Draft, field: &'static str, codes: Vec<String>) {
    let unheld: BTreeSet<String> = codes.into_iter().filter(|code| !draft.actor.can(code)).collect();
    if !unheld.is_empty() {
        let named: Vec<String> = unheld.into_iter().take(5).collect();
        draft.errors.add(field, format!("You cannot give or remove permissions that you do not have: {}", named.join(", ")));
    }
}
