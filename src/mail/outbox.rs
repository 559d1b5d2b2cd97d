//! The outbox: emails are queued in the transaction of their cause, and stay there until the worker sends them.

use diesel::prelude::*;
use tokio::sync::Notify;

use super::content::{Mail, message_id};
use super::queued::MailStatus;
use crate::crypto::keys::random_text;
use crate::db::connection::{after_commit, exclusive};
use crate::db::schema::mails;
use crate::db::sql::condition;
use crate::db::{Connection, UtcDateTime};
use crate::resource::list::query::fold;

/// Wakes the workers of this process. Those of other processes poll.
pub(super) static QUEUED: Notify = Notify::const_new();

/// Makes the workers of this process poll now.
pub fn wake() {
    QUEUED.notify_waiters();
}

/// Queues an email in the caller's transaction. False if an email with the same key was queued before.
pub fn queue(c: &mut Connection, mail: &Mail, now: UtcDateTime) -> QueryResult<bool> {
    queue_for(c, mail, now, now)
}

/// The same for an email that is not sent before `due`.
pub fn queue_for(c: &mut Connection, mail: &Mail, now: UtcDateTime, due: UtcDateTime) -> QueryResult<bool> {
    let message_id = mail.key().map_or_else(|| random_text(32), ToString::to_string);
    if mail.key().is_some() {
        // Serialised, so that the second of two with the same key sees the first.
        exclusive(c, &message_id, 0)?;
        if mails::table.filter(mails::message_id.eq(&message_id)).count().get_result::<i64>(c)? > 0 {
            return Ok(false);
        }
    }
    insert(c, mail, message_id, (now, due))?;
    after_commit(wake);
    Ok(true)
}

/// Queues an email without waking a worker, so that nothing observable follows at once; it is sent at the next poll, a few
/// seconds later. Returns the id of its row.
pub fn queue_quietly(c: &mut Connection, mail: &Mail, now: UtcDateTime) -> QueryResult<i64> {
    insert(c, mail, random_text(32), (now, now))
}

/// Deletes an email to this address in the transaction that queued it.
pub fn take_back(c: &mut Connection, id: i64, recipient: &str) -> QueryResult<usize> {
    diesel::delete(mails::table.filter(mails::id.eq(id)).filter(mails::recipient.eq(recipient))).execute(c)
}

/// Takes an email back that nobody has begun to send, by its type and key. False if it is sent or being sent.
pub fn take_back_by_key(c: &mut Connection, kind: &str, key: &str) -> QueryResult<bool> {
    let waiting = mails::table.filter(mails::message_id.eq(message_id(kind, key))).filter(mails::status.eq(MailStatus::Queued));
    Ok(diesel::delete(waiting.filter(mails::attempts.eq(0))).execute(c)? == 1)
}

fn insert(c: &mut Connection, mail: &Mail, message_id: String, (now, due): (UtcDateTime, UtcDateTime)) -> QueryResult<i64> {
    diesel::insert_into(mails::table)
        .values((
            mails::kind.eq(mail.kind()),
            mails::recipient.eq(mail.recipient()),
            mails::subject.eq(mail.subject()),
            mails::text_body.eq(mail.text()),
            mails::html_body.eq(mail.html()),
            mails::channel.eq(mail.channel()),
            mails::calendar_method.eq(mail.calendar().0),
            mails::calendar.eq(mail.calendar().1),
            mails::message_id.eq(message_id),
            mails::status.eq(MailStatus::Queued),
            mails::next_attempt_at.eq(Some(due)),
            mails::search_text.eq(format!("{}\n{}", fold(mail.recipient()), fold(mail.subject()))),
            mails::created_at.eq(now),
            mails::updated_at.eq(now),
        ))
        .returning(mails::id)
        .get_result(c)
}

/// Queues an email again that was given up; false if it was not.
pub fn requeue(c: &mut Connection, id: i64, now: UtcDateTime) -> QueryResult<bool> {
    let given_up = mails::table.filter(mails::id.eq(id)).filter(mails::status.eq(MailStatus::Dead));
    let moved = diesel::update(given_up)
        .set((mails::status.eq(MailStatus::Queued), mails::attempts.eq(0), mails::next_attempt_at.eq(Some(now)), mails::updated_at.eq(now)))
        .execute(c)?;
    after_commit(wake);
    Ok(moved == 1)
}

/// The state of the outbox, for the dashboard.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct QueueState {
    /// Waiting or being sent.
    pub queued: i64,
    pub oldest_queued_at: Option<UtcDateTime>,
    pub dead: i64,
}

pub fn queue_state(c: &mut Connection) -> QueryResult<QueueState> {
    let waiting = mails::table.filter(condition("mails.status IN ('queued', 'sending')"));
    let (queued, oldest_queued_at) = waiting.select((diesel::dsl::count_star(), diesel::dsl::min(mails::created_at))).first(c)?;
    Ok(QueueState { queued, oldest_queued_at, dead: mails::table.filter(mails::status.eq(MailStatus::Dead)).count().get_result(c)? })
}
