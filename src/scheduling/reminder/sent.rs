//! Which reminders were sent, and which never will be.

use diesel::QueryResult;

use crate::db::sql::{Bind, Sql};
use crate::db::{Connection, UtcDateTime};
use crate::resource::write::message::Channel;

/// One reminder: it is the only one of its appointment, rule, way and time.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    pub appointment_id: i64,
    pub rule_id: i64,
    pub channel: Channel,
    pub starts_at: UtcDateTime,
}

/// Writes it down; false if somebody has done so before.
pub fn insert(c: &mut Connection, key: Key, is_sent: bool, now: UtcDateTime) -> QueryResult<bool> {
    let at = |at| Bind::Timestamp(Some(at));
    let statement = Sql::new("INSERT INTO reminders (appointment_id, rule_id, channel, starts_at, is_sent, created_at) VALUES (");
    let statement = statement.number(key.appointment_id).text(", ").number(key.rule_id).text(", ");
    let statement = statement.bind(Bind::Text(Some(key.channel.as_str().into()))).text(", ").bind(at(key.starts_at)).text(", ");
    let statement = statement.bind(Bind::Bool(Some(is_sent))).text(", ").bind(at(now)).text(") ON CONFLICT DO NOTHING");
    Ok(statement.execute(c)? == 1)
}

/// Leaves out the reminders whose time is over when an appointment gets its time: its patient knows of it already.
pub fn leave_out(c: &mut Connection, appointment_id: i64, starts_at: UtcDateTime, now: UtcDateTime) -> QueryResult<usize> {
    let seconds = starts_at.since(now).whole_seconds();
    let at = |at| Bind::Timestamp(Some(at));
    Sql::new("INSERT INTO reminders (appointment_id, rule_id, channel, starts_at, is_sent, created_at) SELECT ")
        .number(appointment_id)
        .text(", id, channel, ")
        .bind(at(starts_at))
        .text(", FALSE, ")
        .bind(at(now))
        .text(" FROM reminder_rules WHERE deleted_at IS NULL AND hours_before * 3600 >= ")
        .number(seconds)
        .text(" ON CONFLICT DO NOTHING")
        .execute(c)
}
