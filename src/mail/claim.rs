//! Claims: of several processes on one database, one sends an email. A claim expires, so that an email of a killed process is
//! sent by another.

use diesel::prelude::*;
use time::Duration;

use super::failure::Failure;
use super::queued::{MailStatus, QueuedMail};
use crate::crypto::keys::random_text;
use crate::db::schema::mails;
use crate::db::{Connection, UtcDateTime};
use crate::resource::write::message::Channel;

/// Longer than any SMTP dialogue, including the time to store its result.
const LASTS: Duration = Duration::seconds(60);
/// After this many attempts, over about 18 hours, an email is given up.
pub const MOST_ATTEMPTS: i32 = 8;
/// How many are considered, because other processes may claim the first ones.
const CANDIDATES: i64 = 10;

/// Emails or text messages that can be sent now, the longest overdue first.
pub fn due(c: &mut Connection, channel: Channel, now: UtcDateTime) -> QueryResult<Vec<i64>> {
    let abandoned = mails::table
        .filter(mails::channel.eq(channel))
        .filter(mails::status.eq(MailStatus::Sending))
        .filter(mails::claimed_until.le(now))
        .order((mails::claimed_until, mails::id))
        .select(mails::id)
        .limit(CANDIDATES)
        .load::<i64>(c)?;
    let mut ids = mails::table
        .filter(mails::channel.eq(channel))
        .filter(mails::status.eq(MailStatus::Queued))
        .filter(mails::next_attempt_at.le(now))
        .order((mails::next_attempt_at, mails::id))
        .select(mails::id)
        .limit(CANDIDATES)
        .load::<i64>(c)?;
    ids.extend(abandoned);
    Ok(ids)
}

/// Claims one email that is due. The condition is part of the statement, so that of concurrent attempts one succeeds.
pub fn take(c: &mut Connection, channel: Channel, now: UtcDateTime) -> QueryResult<Option<QueuedMail>> {
    for id in due(c, channel, now)? {
        let is_due = mails::status.eq(MailStatus::Queued).and(mails::next_attempt_at.le(now));
        let is_abandoned = mails::status.eq(MailStatus::Sending).and(mails::claimed_until.le(now));
        let taken = diesel::update(mails::table.filter(mails::id.eq(id)).filter(is_due.or(is_abandoned)))
            .set((
                mails::status.eq(MailStatus::Sending),
                mails::attempts.eq(mails::attempts + 1),
                mails::next_attempt_at.eq(None::<UtcDateTime>),
                mails::claimed_by.eq(Some(random_text(32))),
                mails::claimed_until.eq(Some(now.plus(LASTS))),
                mails::updated_at.eq(now),
            ))
            .execute(c)?;
        if taken == 1 {
            return mails::table.filter(mails::id.eq(id)).first(c).optional();
        }
    }
    Ok(None)
}

/// Stores the result of an attempt; false if the claim expired and another process has the email. The content of a sent email is
/// deleted unless `keep` is set, because it may contain a secret link.
pub fn settle(c: &mut Connection, mail: &QueuedMail, outcome: &Result<(), Failure>, keep: bool, now: UtcDateTime) -> QueryResult<bool> {
    let free = (mails::claimed_by.eq(None::<String>), mails::claimed_until.eq(None::<UtcDateTime>), mails::updated_at.eq(now));
    let ours = || {
        mails::table
            .filter(mails::id.eq(mail.id))
            .filter(mails::status.eq(MailStatus::Sending))
            .filter(mails::claimed_by.eq(mail.claimed_by.clone()))
    };
    let settled = match outcome {
        Ok(()) => {
            let kept = |text| if keep { text } else { "" };
            diesel::update(ours())
                .set((
                    mails::status.eq(MailStatus::Sent),
                    mails::sent_at.eq(Some(now)),
                    mails::last_error.eq(""),
                    mails::text_body.eq(kept(mail.text_body.as_str())),
                    mails::html_body.eq(kept(mail.html_body.as_str())),
                    mails::calendar.eq(kept(mail.calendar.as_str())),
                    free,
                ))
                .execute(c)?
        }
        Err(failure) => {
            let again = (!failure.is_final && mail.attempts < MOST_ATTEMPTS).then(|| now.plus(pause(mail.attempts)));
            let status = if again.is_some() { MailStatus::Queued } else { MailStatus::Dead };
            let reason: String = failure.reason.replace(char::is_control, " ").chars().take(500).collect();
            diesel::update(ours())
                .set((mails::status.eq(status), mails::next_attempt_at.eq(again), mails::last_error.eq(reason), free))
                .execute(c)?
        }
    };
    Ok(settled == 1)
}

/// The pause after an attempt: one minute, four, sixteen, and at most six hours.
pub fn pause(attempts: i32) -> Duration {
    let doubled = 4_i64.saturating_pow(attempts.saturating_sub(1).clamp(0, 20).unsigned_abs());
    Duration::minutes(doubled.min(360))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_limit() {
        let minutes: Vec<i64> = (1..MOST_ATTEMPTS).map(|attempts| pause(attempts).whole_minutes()).collect();
        assert_eq!(minutes, [1, 4, 16, 64, 256, 360, 360]);
    }
}
