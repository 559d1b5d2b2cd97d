//! Keeps what was fetched: the busy times of a calendar are replaced in one transaction.

use diesel::prelude::*;
use time::Duration;

use super::fetch::Version;
use super::model::OutsideCalendar;
use crate::db::schema::{busy_times, outside_calendars};
use crate::db::sql::condition;
use crate::db::{Connection, UtcDateTime};
use crate::ical::busy::BusyTimes;

/// Rows of one INSERT; SQLite takes up to 32,766 values.
const BATCH: usize = 1_000;

/// The next calendar that is due.
pub fn next_due(c: &mut Connection, now: UtcDateTime) -> QueryResult<Option<OutsideCalendar>> {
    use outside_calendars as own;
    let living = condition("doctor_id IN (SELECT id FROM doctors WHERE deleted_at IS NULL)");
    own::table.filter(own::due_at.le(now)).filter(living).order((own::due_at, own::id)).first(c).optional()
}

/// Takes the next calendar that is due, and says when it is due again, so that no other process takes it.
pub fn take_due(c: &mut Connection, now: UtcDateTime, every: Duration) -> QueryResult<Option<OutsideCalendar>> {
    use outside_calendars as own;
    let Some(calendar) = next_due(c, now)? else { return Ok(None) };
    let still_due = own::table.filter(own::id.eq(calendar.id)).filter(own::due_at.eq(calendar.due_at));
    let taken = diesel::update(still_due).set(own::due_at.eq(now.plus(every))).execute(c)?;
    // Another process was faster; this one looks again in a minute.
    Ok(Some(calendar).filter(|_| taken == 1))
}

/// It is fetched as soon as a process looks.
pub fn set_due(c: &mut Connection, id: i64, now: UtcDateTime) -> QueryResult<usize> {
    use outside_calendars as own;
    diesel::update(own::table.filter(own::id.eq(id))).set((own::due_at.eq(now), own::updated_at.eq(now))).execute(c)
}

/// The fetch failed; the busy times stay.
pub fn note_problem(c: &mut Connection, id: i64, problem: &str, now: UtcDateTime) -> QueryResult<usize> {
    use outside_calendars as own;
    diesel::update(own::table.filter(own::id.eq(id))).set((own::problem.eq(problem), own::updated_at.eq(now))).execute(c)
}

/// Nothing has changed since the last time.
pub fn note_same(c: &mut Connection, calendar: &OutsideCalendar, now: UtcDateTime) -> QueryResult<usize> {
    use outside_calendars as own;
    // A problem of the file is still one, but not that the server could not be reached.
    let problem = if calendar.problem.starts_with(UNREAD) { calendar.problem.as_str() } else { "" };
    let changes = (own::fetched_at.eq(Some(now)), own::problem.eq(problem), own::updated_at.eq(now));
    diesel::update(own::table.filter(own::id.eq(calendar.id))).set(changes).execute(c)
}

/// The beginning of what is said about events that are left out.
pub const UNREAD: &str = "Not everything could be read";

/// Replaces the busy times, unless the calendar was removed in the meantime.
pub fn replace(c: &mut Connection, id: i64, version: &Version, busy: &BusyTimes, problem: &str, now: UtcDateTime) -> QueryResult<()> {
    use outside_calendars as own;
    let changes = (
        own::etag.eq(&version.etag),
        own::last_modified.eq(&version.last_modified),
        own::fetched_at.eq(Some(now)),
        own::read_at.eq(Some(now)),
        own::problem.eq(problem),
        own::busy_count.eq(busy.times.len() as i64),
        own::updated_at.eq(now),
    );
    if diesel::update(own::table.filter(own::id.eq(id))).set(changes).execute(c)? == 0 {
        return Ok(());
    }
    diesel::delete(busy_times::table.filter(busy_times::calendar_id.eq(id))).execute(c)?;
    for part in busy.times.chunks(BATCH) {
        insert(c, id, part)?;
    }
    Ok(())
}

/// A multi-row insert. Diesel supports it per backend, but not on the connection enum.
fn insert(c: &mut Connection, id: i64, times: &[(i64, i64)]) -> QueryResult<usize> {
    use busy_times as own;
    let rows: Vec<_> = times.iter().map(|(starts, ends)| (own::calendar_id.eq(id), own::starts.eq(*starts), own::ends.eq(*ends))).collect();
    match c {
        Connection::Postgres(c) => diesel::insert_into(own::table).values(&rows).execute(c),
        Connection::Sqlite(c) => diesel::insert_into(own::table).values(&rows).execute(c),
    }
}
