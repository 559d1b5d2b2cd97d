//! Views of records in the log, and the details of an entry.

use diesel::prelude::*;

use super::entry::{Details, LogAction, LogEntry};
use crate::db::schema::log_entries;
use crate::db::sql::condition;
use crate::db::{Connection, UtcDateTime};
use crate::resource::access::actor::Actor;
use crate::resource::registry::Registry;

/// See [`LogEntry::list_opened`].
const OPENED: i64 = 100;

impl LogEntry {
    /// The views of a record, newest first.
    pub fn list_views(c: &mut Connection, resource: &str, id: i64, limit: i64, offset: i64) -> QueryResult<Vec<LogEntry>> {
        log_entries::table
            .filter(log_entries::resource.eq(resource))
            .filter(log_entries::object_id.eq(id))
            .filter(log_entries::action.eq(LogAction::View))
            .order(log_entries::id.desc())
            .limit(limit)
            .offset(offset)
            .load(c)
    }

    /// The records of this kind that an actor opened last, newest first. Only the actor's newest [`OPENED`] views are checked.
    pub fn list_opened(c: &mut Connection, resource: &str, actor_id: i64, most: usize) -> QueryResult<Vec<i64>> {
        let views: Vec<i64> = log_entries::table
            .filter(log_entries::actor_id.eq(actor_id))
            .filter(log_entries::action.eq(LogAction::View))
            .filter(log_entries::resource.eq(resource))
            .order(log_entries::id.desc())
            .limit(OPENED)
            .select(log_entries::object_id)
            .load(c)?;
        let mut ids: Vec<i64> = Vec::new();
        for id in views {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids.truncate(most);
        Ok(ids)
    }

    /// The views by others than this user, newest first.
    pub fn list_views_of_others(c: &mut Connection, resource: &str, id: i64, own: i64, limit: i64) -> QueryResult<Vec<LogEntry>> {
        log_entries::table
            .filter(log_entries::resource.eq(resource))
            .filter(log_entries::object_id.eq(id))
            .filter(log_entries::action.eq(LogAction::View))
            .filter(log_entries::actor_id.is_null().or(log_entries::actor_id.ne(own)))
            .order(log_entries::id.desc())
            .limit(limit)
            .load(c)
    }

    /// Whether the log has a view of this record by this actor since then. Only the newest 20 views are checked, so a record
    /// that many people view may be logged more often.
    pub fn is_seen(c: &mut Connection, resource: &str, id: i64, actor_id: i64, since: UtcDateTime) -> QueryResult<bool> {
        let views = Self::list_views(c, resource, id, 20, 0)?;
        Ok(views.iter().any(|view| view.actor_id == Some(actor_id) && view.at > since))
    }

    /// How many changes of other records were saved together with this one.
    pub fn count_beside(c: &mut Connection, entry: &LogEntry) -> QueryResult<i64> {
        log_entries::table
            .filter(log_entries::at.eq(entry.at))
            .filter(log_entries::actor.eq(&entry.actor))
            .filter(log_entries::id.ne(entry.id))
            .filter(condition("log_entries.action IN ('add', 'change', 'trash', 'delete')"))
            .count()
            .get_result(c)
    }

    /// What the page of an entry shows in addition to its fields.
    pub(crate) fn details(c: &mut Connection, registry: &Registry, actor: &Actor, id: i64) -> QueryResult<Details> {
        let entry = log_entries::table.filter(log_entries::id.eq(id)).first::<LogEntry>(c).optional()?;
        let Some(entry) = entry else { return Ok(Details::default()) };
        let target = registry.get(&entry.resource).filter(|_| entry.object_id > 0);
        let place = target.and_then(|target| Some((target, target.declaration().list_url(actor)?)));
        let href = match place {
            Some((target, place)) if registry.find(c, target, entry.object_id, Some(actor))?.is_some() => {
                Some(format!("{place}/{}", entry.object_id))
            }
            _ => None,
        };
        Ok(Details { changes: entry.changes(), record: href.map(|href| (entry.object_label.clone(), href)) })
    }
}
