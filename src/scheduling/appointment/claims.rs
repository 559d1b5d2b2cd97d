//! The table of the time that appointments take, compared with its rule and filled anew. Triggers keep both equal, so that only
//! somebody who changed the table by hand needs this.

use diesel::QueryResult;

use crate::db::Connection;
use crate::db::sql::Sql;

const COLUMNS: &str = "appointment_id, kind, resource_id, starts, ends, is_padded, is_overbooked, share";

/// In how many rows the table differs from the rule.
pub fn differences(c: &mut Connection) -> QueryResult<i64> {
    let less = |one: &str, other: &str| {
        format!("(SELECT count(*) FROM (SELECT {COLUMNS} FROM {one} EXCEPT SELECT {COLUMNS} FROM {other}) AS less)")
    };
    let counted = Sql::new(format!("SELECT {} + {}", less("claims", "claim_rule"), less("claim_rule", "claims")));
    Ok(counted.load_ids(c)?.first().copied().unwrap_or_default())
}

/// Fills the table anew; returns the number of rows. Fails if appointments overlap.
pub fn rebuild(c: &mut Connection) -> QueryResult<usize> {
    Sql::new("DELETE FROM claims").execute(c)?;
    Sql::new(format!("INSERT INTO claims ({COLUMNS}) SELECT {COLUMNS} FROM claim_rule")).execute(c)
}
