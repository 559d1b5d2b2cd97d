//! Events for calendar programs, as iCalendar (RFC 5545): invitations in emails (RFC 5546, RFC 6047) and whole calendars. The
//! calendars of other programs are read in [`busy`].
//!
//! Times are in UTC, so that no program has to know a time zone.

pub mod busy;
mod write;

use time::Date;

use crate::db::UtcDateTime;

pub use write::{calendar, invitation, object};

/// Something that takes time.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Its name in every calendar, for ever.
    pub uid: String,
    /// Of two versions the one with the higher number is the current one.
    pub sequence: i64,
    pub changed_at: UtcDateTime,
    pub time: EventTime,
    pub status: Status,
    pub summary: String,
    pub location: String,
    pub description: String,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum EventTime {
    Between(UtcDateTime, UtcDateTime),
    /// Whole days: the first and the last.
    Days(Date, Date),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Tentative,
    Confirmed,
    Cancelled,
}

crate::text_enum! {
    /// What an invitation asks of a calendar: to enter an event or its new version, or to remove it.
    pub enum Method {
        Request = "REQUEST" / "Invitation",
        Cancel = "CANCEL" / "Cancellation",
    }
}

/// Who invites.
#[derive(Clone, Debug)]
pub struct Organizer {
    pub name: String,
    pub address: String,
}
