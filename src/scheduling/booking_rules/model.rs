//! The rules in the database. `booking_rules` has exactly one row.

use diesel::prelude::*;

use crate::db::connection::exclusive;
use crate::db::schema::booking_rules as own;
use crate::db::{Connection, UtcDateTime};

/// Codename, name, and the groups that have it from the start.
pub const PERMISSION: (&str, &str, &[&str]) = ("scheduling.set_rules", "Can set what patients may book by themselves", &["Administrator"]);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable)]
pub struct BookingRules {
    /// The most requests and bookings of one patient that are still ahead.
    pub open_requests: i32,
    /// For how many hours a request keeps its time.
    pub hold_hours: i32,
    /// Offers the time of a cancelled appointment to those who wait.
    pub fills_waiting_list: bool,
    /// To how many of them at once.
    pub offers_at_once: i32,
}

impl BookingRules {
    pub fn load(c: &mut Connection) -> QueryResult<Self> {
        own::table.select((own::open_requests, own::hold_hours, own::fills_waiting_list, own::offers_at_once)).first(c)
    }

    /// Stores them in the caller's transaction. Returns those before.
    pub fn store(self, c: &mut Connection, now: UtcDateTime) -> QueryResult<Self> {
        exclusive(c, "booking_rules", 0)?;
        let before = Self::load(c)?;
        let values = (
            own::open_requests.eq(self.open_requests),
            own::hold_hours.eq(self.hold_hours),
            own::fills_waiting_list.eq(self.fills_waiting_list),
            own::offers_at_once.eq(self.offers_at_once),
            own::updated_at.eq(now),
        );
        diesel::update(own::table).set(values).execute(c)?;
        Ok(before)
    }
}
