//! Claims: of several processes on one database, one sends a mail. A claim runs out by itself, so that what a killed process
//! had in hand is taken up by another.

use diesel::prelude::*;
use time::Duration;

use super::failure::Failure;
use super::queued::{MailStatus, QueuedMail};
use crate::crypto::keys::random_text;
use crate::db::schema::mails;
use crate::db::{Connection, UtcDateTime};

/// Longer than any dialogue may take, with time to write its end down.
const LASTS: Duration = Duration::seconds(60);
/// After so many attempts, over about 18 hours, a mail is given up.
pub const MOST_ATTEMPTS: i32 = 8;
/// So many are looked at when others may take the first ones meanwhile.
const CANDIDATES: i64 = 10;

/// Mails that could be taken now, the longest due first.
pub fn due(c: &mut Connection, now: UtcDateTime) -> QueryResult<Vec<i64>> {
    let abandoned = mails::table
        .filter(mails::status.eq(MailStatus::Sending))
        .filter(mails::claimed_until.le(now))
        .order((mails::claimed_until, mails::id))
        .select(mails::id)
        .limit(CANDIDATES)
        .load::<i64>(c)?;
    let mut ids = mails::table
        .filter(mails::status.eq(MailStatus::Queued))
        .filter(mails::next_attempt_at.le(now))
        .order((mails::next_attempt_at, mails::id))
        .select(mails::id)
        .limit(CANDIDATES)
        .load::<i64>(c)?;
    ids.extend(abandoned);
    Ok(ids)
}

/// Takes one mail that is due. The condition is part of the statement, so that of two who try one succeeds.
pub fn take(c: &mut Connection, now: UtcDateTime) -> QueryResult<Option<QueuedMail>> {
    for id in due(c, now)? {
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

/// Writes down how it went; false when the claim ran out and another has the mail now. What was sent is forgotten unless it
/// is to be kept: it may hold a link that still opens something.
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
            let (text, html) = if keep { (mail.text_body.as_str(), mail.html_body.as_str()) } else { ("", "") };
            diesel::update(ours())
                .set((
                    mails::status.eq(MailStatus::Sent),
                    mails::sent_at.eq(Some(now)),
                    mails::last_error.eq(""),
                    mails::text_body.eq(text),
                    mails::html_body.eq(html),
                    free,
                ))
                .execute(c)?
        }
        Err(failure) => {
            let again = (!failure.is_final && mail.attempts < MOST_ATTEMPTS).then(|| now.plus(pause(mail.attempts)));
            let status = if again.is_some() { MailStatus::Queued } else { MailStatus::Dead };
            let told: String = failure.told.replace(char::is_control, " ").chars().take(500).collect();
            diesel::update(ours())
                .set((mails::status.eq(status), mails::next_attempt_at.eq(again), mails::last_error.eq(told), free))
                .execute(c)?
        }
    };
    Ok(settled == 1)
}

/// How long to wait after so many attempts: one minute, four, sixteen, and at most six hours.
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
