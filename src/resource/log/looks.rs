//! Who did what with a record, and what a user looked at: pages by key, which count nothing.

use diesel::prelude::*;
use time::Date;

use super::entry::{LogAction, LogEntry};
use crate::db::schema::log_entries;
use crate::db::sql::{Bind, Sql};
use crate::db::{Connection, UtcDateTime};

/// Which entries a page shows.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pub actor_id: Option<i64>,
    pub action: Option<LogAction>,
    pub from: Option<UtcDateTime>,
    /// The first instant after them.
    pub until: Option<UtcDateTime>,
    /// The entry that the page continues.
    pub before: Option<i64>,
}

impl Asked {
    /// Adds the days.
    fn narrow(&self, mut known: Sql) -> Sql {
        if let Some(from) = self.from {
            known = known.text(" AND log_entries.at >= ").bind(Bind::Timestamp(Some(from)));
        }
        if let Some(until) = self.until {
            known = known.text(" AND log_entries.at < ").bind(Bind::Timestamp(Some(until)));
        }
        known
    }
}

/// The newest entries of a record whose users are offered to choose from.
const RECENT: i64 = 2_000;

impl LogEntry {
    /// What was done with a record, by others than `without`, newest first.
    pub fn list_acts(
        c: &mut Connection,
        resource: &str,
        id: i64,
        without: Option<i64>,
        asked: &Asked,
        limit: i64,
    ) -> QueryResult<Vec<LogEntry>> {
        let mut known = of_record(resource, id);
        if let Some(actor_id) = asked.actor_id {
            known = known.text(" AND log_entries.actor_id = ").number(actor_id);
        }
        if let Some(own) = without {
            known = known.text(" AND (log_entries.actor_id IS NULL OR log_entries.actor_id <> ").number(own).text(")");
        }
        if let Some(action) = asked.action {
            known = known.text(" AND log_entries.action = ").bind(Bind::Text(Some(action.as_str().into())));
        }
        if let Some(before) = asked.before {
            known = known.text(" AND log_entries.id < ").number(before);
        }
        log_entries::table.filter(asked.narrow(known).condition()).order(log_entries::id.desc()).limit(limit).load(c)
    }

    /// Who did something with a record recently.
    pub fn list_actors(c: &mut Connection, resource: &str, id: i64) -> QueryResult<Vec<i64>> {
        Sql::new("SELECT DISTINCT actor_id FROM (SELECT log_entries.actor_id FROM log_entries WHERE ")
            .append(of_record(resource, id))
            .text(" ORDER BY log_entries.id DESC LIMIT ")
            .number(RECENT)
            .text(") AS newest WHERE actor_id IS NOT NULL")
            .load_ids(c)
    }

    /// What a user opened, searched and exported, newest first. Each act is read on its own, in the order of the partial index,
    /// whose condition is repeated.
    pub fn list_looks(c: &mut Connection, actor_id: i64, asked: &Asked, limit: i64) -> QueryResult<Vec<LogEntry>> {
        let last: Option<UtcDateTime> = match asked.before {
            Some(before) => log_entries::table.find(before).select(log_entries::at).first(c).optional()?,
            None => None,
        };
        // Without a bound SQLite sorts all of them.
        let asked = Asked { until: asked.until.or(Some(UtcDateTime::midnight(Date::MAX))), ..asked.clone() };
        let newest = |action: LogAction| {
            let start = "SELECT id FROM (SELECT log_entries.id FROM log_entries WHERE log_entries.actor_id = ";
            let act = format!(" AND log_entries.action IN ('view', 'search', 'export') AND log_entries.action = '{}'", action.as_str());
            let mut known = asked.narrow(Sql::new(start).number(actor_id).text(act));
            if let Some((at, before)) = last.zip(asked.before) {
                // An entry that waited for the start of a process has a later number than its time.
                known = known.text(" AND (log_entries.at, log_entries.id) < (").bind(Bind::Timestamp(Some(at)));
                known = known.text(", ").number(before).text(")");
            }
            known.text(" ORDER BY log_entries.at DESC, log_entries.id DESC LIMIT ").number(limit).text(format!(") AS {}s", action.as_str()))
        };
        let acts = [LogAction::View, LogAction::Search, LogAction::Export];
        let parts: Vec<Sql> = acts.into_iter().filter(|act| asked.action.is_none_or(|chosen| chosen == *act)).map(newest).collect();
        if parts.is_empty() {
            return Ok(Vec::new());
        }
        let known = Sql::new("log_entries.id IN (").append(Sql::join(parts, " UNION ALL ")).text(")");
        let order = (log_entries::at.desc(), log_entries::id.desc());
        log_entries::table.filter(known.condition()).order(order).limit(limit).load(c)
    }
}

fn of_record(resource: &str, id: i64) -> Sql {
    Sql::new("log_entries.resource = ").bind(Bind::Text(Some(resource.into()))).text(" AND log_entries.object_id = ").number(id)
}
