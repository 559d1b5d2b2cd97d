//! Which reminders are due: one for each appointment and way, that of the rule that is nearest to it.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text, Timestamp};
use time::Duration;

use super::rule::ReminderRule;
use super::sent::Key;
use crate::db::schema::reminder_rules;
use crate::db::sql::{Bind, Sql};
use crate::db::{Connection, UtcDateTime, Zone};
use crate::resource::write::message::Channel;
use crate::settings::QuietHours;

/// The most appointments of a rule that are looked at in one go. Those that are left are looked at in the next.
const MOST: i64 = 500;

/// The reminders of one appointment by one way: the one to send, if any, and those that will never be sent.
#[derive(Debug)]
pub struct Due {
    pub send: Option<Key>,
    pub leave_out: Vec<Key>,
}

#[derive(Queryable)]
struct Found {
    id: i64,
    starts_at: UtcDateTime,
    created_at: UtcDateTime,
    time_zone: Option<String>,
}

/// The rules in force for these ways.
fn rules(c: &mut Connection, channels: &[Channel]) -> QueryResult<Vec<ReminderRule>> {
    let active = reminder_rules::table.filter(reminder_rules::deleted_at.is_null()).filter(reminder_rules::is_active.eq(true));
    let mut rules: Vec<ReminderRule> = active.load(c)?;
    rules.retain(|rule| channels.contains(&rule.channel));
    // Of two for the same time, the one for the type comes first.
    rules.sort_by_key(|rule| (rule.hours_before, rule.type_id.is_none(), rule.id));
    Ok(rules)
}

/// What is due now. During the quiet hours of its place, a reminder waits.
pub fn list(c: &mut Connection, channels: &[Channel], quiet: Option<QuietHours>, clinic: &Zone, now: UtcDateTime) -> QueryResult<Vec<Due>> {
    let mut all: Vec<Due> = Vec::new();
    for rule in rules(c, channels)? {
        for found in candidates(c, &rule, now)? {
            let zone = clinic.read_by(&found.time_zone.unwrap_or_default(), "");
            if quiet.is_some_and(|quiet| quiet.contain(zone.on_wall(now.unix_minutes()).1)) {
                continue;
            }
            let key = Key { appointment_id: found.id, rule_id: rule.id, channel: rule.channel, starts_at: found.starts_at };
            let time = found.starts_at.plus(-Duration::hours(rule.hours_before.into()));
            // Neither the appointment nor the rule may be younger than the time of the reminder.
            let is_late = time < found.created_at || time < rule.updated_at;
            let same = |due: &&mut Due| {
                let known = due.send.iter().chain(&due.leave_out).next();
                known.is_some_and(|known| known.appointment_id == key.appointment_id && known.channel == key.channel)
            };
            match all.iter_mut().find(same) {
                Some(due) if is_late || due.send.is_some() => due.leave_out.push(key),
                Some(due) => due.send = Some(key),
                None if is_late => all.push(Due { send: None, leave_out: vec![key] }),
                None => all.push(Due { send: Some(key), leave_out: Vec::new() }),
            }
        }
    }
    Ok(all)
}

/// Appointments that begin within the hours of a rule, and of which nothing is written down.
fn candidates(c: &mut Connection, rule: &ReminderRule, now: UtcDateTime) -> QueryResult<Vec<Found>> {
    let at = |at| Bind::Timestamp(Some(at));
    let mut statement = Sql::new(
        "SELECT a.id, a.starts_at, a.created_at, s.time_zone FROM appointments AS a LEFT JOIN sites AS s ON s.id = a.site_id \
         WHERE a.deleted_at IS NULL AND a.state = 'booked' AND a.starts_at > ",
    );
    statement = statement.bind(at(now)).text(" AND a.starts_at <= ").bind(at(now.plus(Duration::hours(rule.hours_before.into()))));
    if let Some(type_id) = rule.type_id {
        statement = statement.text(" AND a.type_id = ").number(type_id);
    }
    statement =
        statement.text(" AND NOT EXISTS (SELECT 1 FROM reminders AS r WHERE r.appointment_id = a.id AND r.rule_id = ").number(rule.id);
    statement = statement.text(" AND r.channel = ").bind(Bind::Text(Some(rule.channel.as_str().into())));
    statement = statement.text(" AND r.starts_at = a.starts_at) ORDER BY a.starts_at, a.id LIMIT ").number(MOST);
    statement.returning::<(BigInt, Timestamp, Timestamp, Nullable<Text>)>().load(c)
}
