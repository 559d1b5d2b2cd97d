//! Notifications: what others did to the appointments of a doctor, and what patients ask for. Each is a row for one user, inserted in
//! the transaction of the change. How many are unread is read with the session.

mod add;
mod email;
pub mod page;

use diesel::prelude::*;
use time::Duration;

use crate::db::schema::notifications;
use crate::db::{Connection, UtcDateTime};

pub use add::{Kind, add};
pub use email::emails;

/// How long they are kept, in days.
const KEPT: i64 = 90;

pub fn clear_old(c: &mut Connection, now: UtcDateTime) -> QueryResult<usize> {
    diesel::delete(notifications::table.filter(notifications::created_at.lt(now.plus(-Duration::days(KEPT))))).execute(c)
}
