//! Limits on how many codes are sent: per account, per network, and overall. Counted in the database, so that all processes share
//! the counts.

use diesel::prelude::*;
use time::Duration;

use super::purpose::Purpose;
use crate::db::schema::codes;
use crate::db::{Connection, UtcDateTime};

/// SECURITY 5.1: the most codes of one purpose for one account in an hour; below, in a day.
const PER_HOUR: i64 = 3;
const PER_DAY: i64 = 6;
/// SECURITY 5.1: the most codes an hour from one network.
const NETWORK_PER_HOUR: i64 = 30;
/// The most emails an hour overall, to protect the reputation of the clinic's mail server.
const ALL_PER_HOUR: i64 = 3_000;

const HOUR: Duration = Duration::hours(1);
pub(crate) const DAY: Duration = Duration::days(1);

/// When the next code can be sent, if a limit was reached.
pub(crate) fn capped(
    c: &mut Connection,
    purpose: Purpose,
    budget: &str,
    network: &str,
    now: UtcDateTime,
) -> QueryResult<Option<UtcDateTime>> {
    let mut until = None;
    for (most, span) in [(PER_HOUR, HOUR), (PER_DAY, DAY)] {
        let own = codes::table.filter(codes::purpose.eq(purpose)).filter(codes::budget.eq(budget));
        let lately = own.filter(codes::created_at.gt(now.plus(-span))).order(codes::created_at.desc());
        let oldest = lately.offset(most - 1).select(codes::created_at).first::<UtcDateTime>(c).optional()?;
        until = until.max(oldest.map(|at| at.plus(span)));
    }
    let near = codes::table.filter(codes::network.eq(network)).filter(codes::created_at.gt(now.plus(-HOUR)));
    let near = near.order(codes::created_at.desc()).offset(NETWORK_PER_HOUR - 1);
    let oldest = near.select(codes::created_at).first::<UtcDateTime>(c).optional()?;
    until = until.max(oldest.map(|at| at.plus(HOUR)));
    // Codes that were emailed. Counted without a lock, so the limit may be exceeded slightly.
    let sent = codes::table.filter(codes::user_id.is_not_null()).filter(codes::created_at.gt(now.plus(-HOUR)));
    let sent = sent.order(codes::created_at.desc()).offset(ALL_PER_HOUR - 1);
    let oldest = sent.select(codes::created_at).first::<UtcDateTime>(c).optional()?;
    Ok(until.max(oldest.map(|at| at.plus(HOUR))))
}
