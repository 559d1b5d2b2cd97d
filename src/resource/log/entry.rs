//! The log: who did what to which record, with old and new values. Entries are appended and never changed.

use std::collections::BTreeMap;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::db::schema::log_entries;
use crate::db::sql::{Sql, condition, is_one_of};
use crate::db::{Connection, UtcDateTime, Zone};
use crate::resource::access::actor::{Action, Actor};
use crate::resource::declare::api::Api;
use crate::resource::declare::declaration::{Chart, Declaration, Interval};
use crate::resource::declare::field::{Mode, field};
use crate::resource::declare::hooks::Hooks;
use crate::resource::declare::widget::Widget;
use crate::resource::file::StoredFile;
use crate::resource::registry::Registry;
use crate::resource::value::{Kind, Row, Value};

crate::text_enum! {
    pub enum LogAction {
        Add = "add" / "Added",
        Change = "change" / "Changed",
        Delete = "delete" / "Deleted",
        Trash = "trash" / "Moved to trash",
        Restore = "restore" / "Restored",
        Purge = "purge" / "Permanently deleted",
        View = "view" / "Viewed",
        Search = "search" / "Searched",
        Export = "export" / "Exported",
        Import = "import" / "Imported",
        Act = "action" / "Ran",
        SignIn = "sign_in" / "Signed in",
        ViewAs = "view_as" / "Viewed as",
    }
}

/// The permission to view the system status: the database, the backups, and the settings without secrets.
pub const SYSTEM: &str = "system.view";

/// A change of one field: the exact values, and their text at the time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    pub field: String,
    pub label: String,
    pub before: serde_json::Value,
    pub after: serde_json::Value,
    pub before_text: String,
    pub after_text: String,
}

/// What the admin page of a record shows in addition to its fields.
#[derive(Clone, Debug, Default)]
pub struct Details {
    pub changes: Vec<Change>,
    /// The record that the entry is about, if the actor may open it: label and URL.
    pub record: Option<(String, String)>,
}

#[derive(Clone, Debug, Queryable)]
pub struct LogEntry {
    pub id: i64,
    pub at: UtcDateTime,
    pub actor_id: Option<i64>,
    pub actor: String,
    pub action: LogAction,
    pub resource: String,
    pub object_id: i64,
    pub object_label: String,
    pub changes: String,
    pub search_text: String,
    pub ip: String,
    pub note: String,
    pub version: i64,
    pub hash: String,
}

crate::resource! {
    LogEntry in log_entries, read_only;
    name "log_entry" at "log", "Log entry" / "Log entries";
    area "Records", icon "history";
    fields {}
    automatic {
        at: field("When"),
        actor: field("Who"),
        actor_id: field("User ID"),
        action: field("Action"),
        object_label: field("Record"),
        resource: field("Type").widget(Widget::ResourceName),
        object_id: field("Number"),
        version: field("Version"),
        ip: field("IP address"),
        note: field("Note"),
    }
    list_display [at, actor, action, object_label, resource, ip, note];
    search_fields [object_label, actor, resource];
    list_filter [action, resource, object_id, actor_id, at];
    ordering [-id];
    label |entry| format!("{} {}", entry.action.label(), entry.object_label);
    options {
        api: const { Some(Api::read_only(&[
            "at", "actor", "actor_id", "action", "resource", "object_id", "object_label", "version", "ip", "note",
        ])) },
        search_index: true,
        target: Some(("object_label", "resource", "object_id")),
        signed: Some(("actor", "actor_id")),
        details: Some(LogEntry::details),
        chart: Some(Chart { title: "Log entries", field: "at", interval: Interval::Day }),
        extra_permissions: &[(SYSTEM, "Can view the system status", &["Administrator"])],
        default_grants: &[("Administrator", &[Action::View])],
    }
}

impl Hooks for LogEntry {}

/// Written as a literal so that the partial index applies; a bound parameter would not match it.
const WITHOUT_VIEWS: &str = "log_entries.action <> 'view'";
const WITHOUT_READS: &str = "log_entries.action NOT IN ('view', 'search')";

impl LogEntry {
    /// The changed fields; empty if the stored JSON is not valid.
    pub fn changes(&self) -> Vec<Change> {
        serde_json::from_str(&self.changes).unwrap_or_default()
    }

    /// The entries of a record without views, newest first. [`Self::list_views`] returns the views.
    pub fn list_for_object(c: &mut Connection, resource: &str, id: i64, limit: i64, offset: i64) -> QueryResult<Vec<LogEntry>> {
        log_entries::table
            .filter(log_entries::resource.eq(resource))
            .filter(log_entries::object_id.eq(id))
            .filter(condition(WITHOUT_VIEWS))
            .order(log_entries::id.desc())
            .limit(limit)
            .offset(offset)
            .load(c)
    }

    /// The same with the entries of the rows that refer to the record: the names of their resources, their tables and columns.
    pub fn list_for_object_and_rows(
        c: &mut Connection,
        resource: &str,
        id: i64,
        rows: &[(&str, &str, &str)],
        limit: i64,
    ) -> QueryResult<Vec<LogEntry>> {
        // Each part is short, so that none reads the whole log.
        let newest = |alias: &str| format!(" AND {WITHOUT_VIEWS} ORDER BY log_entries.id DESC LIMIT {limit}) AS {alias}");
        let start = "log_entries.id IN (SELECT id FROM (SELECT log_entries.id FROM log_entries WHERE log_entries.resource = ";
        let mut known = Sql::new(format!("{start}'{resource}' AND log_entries.object_id = ")).number(id).text(newest("own"));
        for (name, table, column) in rows {
            let join = format!("JOIN log_entries ON log_entries.resource = '{name}' AND log_entries.object_id = {table}.id");
            known = known.text(format!(" UNION ALL SELECT id FROM (SELECT log_entries.id FROM {table} {join} WHERE {table}.{column} = "));
            known = known.number(id).text(newest(&format!("{table}_entries")));
        }
        log_entries::table.filter(known.text(")").condition()).order(log_entries::id.desc()).limit(limit).load(c)
    }

    /// The entries after this version of the record, newest first.
    pub fn list_since(c: &mut Connection, resource: &str, id: i64, version: i64, limit: i64, offset: i64) -> QueryResult<Vec<LogEntry>> {
        log_entries::table
            .filter(log_entries::resource.eq(resource))
            .filter(log_entries::object_id.eq(id))
            .filter(log_entries::version.gt(version))
            .filter(condition(WITHOUT_VIEWS))
            .order(log_entries::id.desc())
            .limit(limit)
            .offset(offset)
            .load(c)
    }

    /// The entry that made this version of the record.
    pub fn find_version(c: &mut Connection, resource: &str, id: i64, version: i64) -> QueryResult<Option<LogEntry>> {
        log_entries::table
            .filter(log_entries::resource.eq(resource))
            .filter(log_entries::object_id.eq(id))
            .filter(log_entries::version.eq(version))
            .filter(condition("log_entries.action IN ('add', 'change', 'import', 'restore')"))
            .order(log_entries::id)
            .first(c)
            .optional()
    }

    /// The latest entry that moved each of these records to the trash, by record id.
    pub fn list_trashed(c: &mut Connection, resource: &str, ids: &[i64]) -> QueryResult<BTreeMap<i64, LogEntry>> {
        let entries: Vec<LogEntry> = log_entries::table
            .filter(log_entries::resource.eq(resource))
            .filter(is_one_of("log_entries.object_id", ids))
            .filter(log_entries::action.eq(LogAction::Trash))
            .filter(condition(WITHOUT_VIEWS))
            .order(log_entries::id)
            .load(c)?;
        Ok(entries.into_iter().map(|entry| (entry.object_id, entry)).collect())
    }

    /// The other entries of the deletion that last moved this record to the trash.
    pub fn list_of_deletion(c: &mut Connection, resource: &str, id: i64) -> QueryResult<Vec<LogEntry>> {
        let own = log_entries::table
            .filter(log_entries::resource.eq(resource))
            .filter(log_entries::object_id.eq(id))
            .filter(log_entries::action.eq(LogAction::Trash))
            .order(log_entries::id.desc());
        let Some(deletion) = own.first::<LogEntry>(c).optional()? else { return Ok(Vec::new()) };
        log_entries::table
            .filter(log_entries::at.eq(deletion.at))
            .filter(log_entries::actor.eq(deletion.actor))
            .filter(condition("log_entries.action IN ('trash', 'change')"))
            .filter(log_entries::id.ne(deletion.id))
            .order(log_entries::id)
            .load(c)
    }

    /// The entries of an actor without views and searches, newest first.
    pub fn list_for_actor(c: &mut Connection, actor: &Actor, limit: i64) -> QueryResult<Vec<LogEntry>> {
        log_entries::table
            .filter(log_entries::actor_id.eq(actor.id))
            .filter(condition(WITHOUT_READS))
            .order(log_entries::id.desc())
            .limit(limit)
            .load(c)
    }

    /// The entries of all actors, newest first.
    pub fn list_newest(c: &mut Connection, limit: i64) -> QueryResult<Vec<LogEntry>> {
        log_entries::table.order(log_entries::id.desc()).limit(limit).load(c)
    }
}

/// The differences between two states of a record; `None` is the state before it was added or after it was deleted.
pub fn differences(
    c: &mut Connection,
    registry: &Registry,
    zone: &Zone,
    declaration: &Declaration,
    before: Option<&Row>,
    after: Option<&Row>,
) -> QueryResult<Vec<Change>> {
    let mut changes = Vec::new();
    for field in declaration.fields.iter().filter(|field| !field.is_derived && !matches!(field.mode, Mode::Automatic | Mode::Computed)) {
        let old = before.map_or(&Value::Null, |row| row.values.at(field.name));
        let new = after.map_or(&Value::Null, |row| row.values.at(field.name));
        if old == new || (old.is_blank() && new.is_blank()) {
            continue;
        }
        changes.push(Change {
            field: field.name.into(),
            label: field.label.into(),
            before: old.to_json(),
            after: new.to_json(),
            before_text: words(c, registry, zone, field, old)?,
            after_text: words(c, registry, zone, field, new)?,
        });
    }
    Ok(changes)
}

/// A value as text, with references as labels and files as names.
pub fn words(c: &mut Connection, registry: &Registry, zone: &Zone, field: &crate::resource::Field, value: &Value) -> QueryResult<String> {
    match (field.reference, value) {
        (Some(reference), Value::Integer(id)) => registry.label(c, reference.resource, *id),
        (Some(reference), Value::Many(ids)) => {
            let mut labels: Vec<String> = registry.labels(c, reference.resource, ids)?.into_iter().map(|(_, label)| label).collect();
            labels.sort();
            Ok(labels.join(", "))
        }
        (None, Value::Integer(id)) if field.kind == Kind::File => {
            Ok(StoredFile::find(c, *id)?.map_or_else(|| "a file that was deleted".into(), |file| file.name))
        }
        _ => Ok(value.show(if field.kind == Kind::Many { Kind::Text } else { field.kind }, zone)),
    }
}
